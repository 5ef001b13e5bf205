/** One number of a service: what it is now, how old that is, and how it went. */

import { useQuery } from "@tanstack/react-query";

import { seriesOf } from "../../api/queries";
import type { MetricNow } from "../../api/types";
import { useLocale, useT, type Key } from "../../i18n";
import { isYoung, metricState, summary, written } from "../../lib/measured";
import { Chip } from "../../ui/Chip";
import { Spark } from "../../ui/Spark";
import { useFailure } from "../parts/failures";
import { Since } from "../parts/parts";
import { Said } from "../parts/Said";

export function Metric({ of, service }: { of: MetricNow; service: string }) {
  const t = useT();
  const locale = useLocale();
  const { key, shape, tone } = metricState(of.state);
  const say = (value: number) => written(value, of.unit, locale);
  const named = t(`measured.name.${of.name}` as Key);
  const age = <Since at={of.at} label={t("measured.at")} />;
  return (
    <li>
      <p className="states">
        <span>{named}</span>
        {of.value === null ? (
          <Chip shape={shape} tone={tone}>
            {t(key)}
          </Chip>
        ) : (
          <>
            <b className="num">{say(of.value)}</b>
            {of.unit === "count" && <small>{t("measured.unit.count")}</small>}
            <small className="mute">{age}</small>
          </>
        )}
        {of.value === null && of.last_value !== null && (
          <small className="mute num">
            {t("measured.last", { value: say(of.last_value) })} {age}
          </small>
        )}
      </p>
      <Line of={of} service={service} named={named} />
      {of.value === null && (
        <small className="mute query">
          {of.connector}: <code>{of.query}</code>
        </small>
      )}
      {of.message && (
        <p className="fault">
          <Said words={of.message} />
        </p>
      )}
    </li>
  );
}

const DAY = 24;
const HOUR = 1;

/** The last day; of what is known for a short time only, the last hour. */
function useLine(service: string, of: MetricNow) {
  const day = useQuery(seriesOf(service, of.name, DAY));
  const values = day.data?.points.map((one) => one.value) ?? [];
  const young = isYoung(values) || (of.value !== null && summary(values) === null);
  const hour = useQuery({ ...seriesOf(service, of.name, HOUR), enabled: young });
  return young && hour.data ? { asked: hour, hours: HOUR } : { asked: day, hours: DAY };
}

function Line({ of, service, named }: { of: MetricNow; service: string; named: string }) {
  const t = useT();
  const locale = useLocale();
  const { asked, hours } = useLine(service, of);
  const failure = useFailure(asked, named);
  if (asked.data === undefined) {
    return <p className="mute">{failure ? `${failure.title} · ${failure.detail}` : t("loading")}</p>;
  }
  const values = asked.data.points.map((one) => one.value);
  const told = summary(values);
  if (!told) return <p className="mute">{t("measured.line.none", { what: named, hours })}</p>;
  const edges = {
    low: written(told.low, of.unit, locale),
    high: written(told.high, of.unit, locale),
  };
  const missing = told.of - told.known;
  const label = t("measured.line", { what: named, hours, ...edges, missing, points: told.of });
  return (
    <>
      <Spark values={values} label={label} low={of.unit === "ratio" ? undefined : 0} />
      <small className="mute num" aria-hidden="true">
        {t(edges.low === edges.high ? "measured.range.flat" : "measured.range", { hours, ...edges })}
        {missing > 0 && <span>{t("measured.range.gaps", { missing, points: told.of })}</span>}
      </small>
    </>
  );
}
