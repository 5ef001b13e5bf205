/** One objective: its target, what is left of its error budget, and how fast that burns. */

import type { BurnRule, Objective } from "../../api/types";
import { useLocale, useT, type Key } from "../../i18n";
import { burnState, lasting, written } from "../../lib/measured";
import { Chip } from "../../ui/Chip";
import { Meter } from "../../ui/Meter";
import { When } from "../parts/parts";
import { Said } from "../parts/Said";

export function Budget({ of, full }: { of: Objective; full: boolean }) {
  const t = useT();
  const locale = useLocale();
  const { key, shape, tone } = burnState(of.state);
  const days = Math.round(of.period_seconds / 86_400);
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
      <Left of={of} />
      <Fastest of={of} />
      {of.budget.whole === false && <p className="mute">{t("measured.partial")}</p>}
      {of.message && (
        <p className="fault">
          <Said words={of.message} />
        </p>
      )}
      <Rules of={of} open={full} />
    </li>
  );
}

function useSpan() {
  const t = useT();
  return (minutes: number) => {
    const { key, n } = lasting(minutes);
    return t(key, { n });
  };
}

function Left({ of }: { of: Objective }) {
  const t = useT();
  const locale = useLocale();
  const span = useSpan();
  const { left, left_minutes: rest, minutes } = of.budget;
  if (left === null) return <p>{t("measured.left.unknown")}</p>;
  const whole = span(minutes);
  const said =
    left < 0
      ? t("measured.left.over", { over: span(-(rest ?? 0)), whole })
      : t("measured.left", { percent: written(left, "ratio", locale), rest: span(rest ?? 0), whole });
  return (
    <>
      <p className="num">{said}</p>
      <Meter value={left * 100} tone={left <= 0 ? "crit" : burnState(of.state).tone} />
    </>
  );
}

/** The rule that fires, in a sentence. */
function Fastest({ of }: { of: Objective }) {
  const t = useT();
  const span = useSpan();
  const firing = of.rules.find((rule) => rule.state === of.state && rule.long_burn !== null);
  if (!firing || (of.state !== "page" && of.state !== "ticket")) return null;
  return (
    <p className="num">
      {t("measured.burns", {
        times: firing.long_burn,
        short: firing.short_burn,
        span: span(firing.long_seconds / 60),
        last: span(firing.short_seconds / 60),
      })}
    </p>
  );
}

function Rules({ of, open }: { of: Objective; open: boolean }) {
  const t = useT();
  if (of.rules.length === 0) return null;
  return (
    <details className="rules" open={open}>
      <summary>{t("measured.rules")}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("measured.rules.windows")}</th>
            <th scope="col">{t("measured.rules.burn")}</th>
            <th scope="col">{t("measured.rules.from")}</th>
            <th scope="col">{t("measured.rules.state")}</th>
          </tr>
        </thead>
        <tbody>
          {of.rules.map((rule) => (
            <Rule key={rule.long_seconds} of={rule} />
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Rule({ of }: { of: BurnRule }) {
  const t = useT();
  const locale = useLocale();
  const span = useSpan();
  const times = (burn: number | null) => (burn === null ? t("unknown") : written(burn, "count", locale));
  const { shape, tone } = burnState(of.state);
  const word = t(`measured.rule.${of.state}` as Key);
  return (
    <tr>
      <th scope="row" className="num">
        {span(of.long_seconds / 60)} / {span(of.short_seconds / 60)}
      </th>
      <td className="num">
        {times(of.long_burn)} / {times(of.short_burn)}
      </td>
      <td className="num">{times(of.factor)}</td>
      <td>
        <Chip shape={shape} tone={tone} plain>
          {word}
        </Chip>
      </td>
    </tr>
  );
}
