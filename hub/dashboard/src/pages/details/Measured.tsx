/** The numbers of a service and what is left of its error budgets. */

import { useQuery } from "@tanstack/react-query";

import { oneService, seriesOf } from "../../api/queries";
import type { MetricNow, Objective, ServiceInFull } from "../../api/types";
import { useLocale, useT, type Key } from "../../i18n";
import "../../i18n/measured";
import { burnState, lasting, metricState, summary, written } from "../../lib/measured";
import { Chip } from "../../ui/Chip";
import { Meter } from "../../ui/Meter";
import { Spark } from "../../ui/Spark";
import { useName } from "../parts/named";
import { Open, When } from "../parts/parts";
import "./measured.css";

/** For a detail that is about something else: nothing where nobody said what to measure. */
export function MeasuredOf({ service }: { service: string | null | undefined }) {
  const t = useT();
  const name = useName();
  const found = useQuery({ ...oneService(service ?? ""), enabled: !!service }).data;
  if (!service || !found || !isMeasured(found)) return null;
  return (
    <>
      <h3>
        {t("measured.of")} <ServiceLink at={service}>{name(service, found.name)}</ServiceLink>
      </h3>
      <Measured of={found} />
    </>
  );
}

export function ServiceLink({ at, children }: { at: string; children: string }) {
  return (
    <Open kind="open" at={`service:${at}`}>
      {children}
    </Open>
  );
}

export const isMeasured = ({ metrics = [], objectives = [] }: ServiceInFull): boolean =>
  metrics.length + objectives.length > 0;

export function Measured({ of }: { of: ServiceInFull }) {
  const { metrics = [], objectives = [] } = of;
  return (
    <>
      {objectives.length > 0 && (
        <ul className="budgets">
          {objectives.map((one) => (
            <Budget key={one.name} of={one} />
          ))}
        </ul>
      )}
      {metrics.length > 0 && (
        <ul className="metrics">
          {metrics.map((one) => (
            <Metric key={one.name} of={one} service={of.ref} />
          ))}
        </ul>
      )}
    </>
  );
}

function Budget({ of }: { of: Objective }) {
  const t = useT();
  const locale = useLocale();
  const { key, shape, tone } = burnState(of.state);
  const { left, left_minutes: rest, minutes, whole } = of.budget;
  const days = Math.round(of.period_seconds / 86_400);
  const worst = of.rules.find((rule) => rule.state === of.state && rule.long_burn !== null);
  const span = (value: number) => {
    const { key: word, n } = lasting(value);
    return t(word, { n });
  };
  return (
    <li>
      <p className="states">
        <b>{of.title}</b>
        <Chip shape={shape} tone={tone}>
          {t(key)}
        </Chip>
        <span className="mute">
          {t("measured.since")} <When at={of.since} label={t("measured.since")} />
        </span>
      </p>
      <p className="mute">
        {t("measured.target", { target: written(of.target, "ratio", locale), days })}
      </p>
      {left === null ? (
        <p>{t("measured.left.unknown")}</p>
      ) : (
        <>
          <p className="num">
            {left < 0
              ? t("measured.left.over", { over: span(-(rest ?? 0)), whole: span(minutes) })
              : t("measured.left", {
                  percent: written(left, "ratio", locale),
                  rest: span(rest ?? 0),
                  whole: span(minutes),
                })}
          </p>
          <Meter value={left * 100} tone={left <= 0 ? "crit" : tone} />
        </>
      )}
      {worst && (of.state === "page" || of.state === "ticket") && (
        <p className="num">
          {t("measured.burns", {
            times: worst.long_burn,
            short: worst.short_burn,
            span: span(worst.long_seconds / 60),
            last: span(worst.short_seconds / 60),
          })}
        </p>
      )}
      {whole === false && <p className="mute">{t("measured.partial")}</p>}
      {of.message && <p className="fault">{of.message}</p>}
    </li>
  );
}

function Metric({ of, service }: { of: MetricNow; service: string }) {
  const t = useT();
  const locale = useLocale();
  const { key, shape, tone } = metricState(of.state);
  const points = useQuery(seriesOf(service, of.name)).data?.points.map((one) => one.value) ?? [];
  const told = summary(points);
  const say = (value: number) => written(value, of.unit, locale);
  const named = t(`measured.name.${of.name}` as Key);
  const label = told
    ? t("measured.line", {
        what: named,
        low: say(told.low),
        high: say(told.high),
        missing: told.of - told.known,
        points: told.of,
      })
    : t("measured.line.none", { what: named });
  return (
    <li>
      <p className="states">
        <span>{named}</span>
        {of.value !== null ? (
          <b className="num">{say(of.value)}</b>
        ) : (
          <Chip shape={shape} tone={tone}>
            {t(key)}
          </Chip>
        )}
        {of.value === null && of.last_value !== null && (
          <span className="mute num">
            {t("measured.last", { value: say(of.last_value) })} <When at={of.at} />
          </span>
        )}
      </p>
      {told ? <Spark values={points} label={label} low={of.unit === "ratio" ? undefined : 0} /> : <p className="mute">{label}</p>}
      {of.message && <p className="fault">{of.message}</p>}
    </li>
  );
}
