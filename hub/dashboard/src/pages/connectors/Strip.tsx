/** The last 24 hours, an hour each: its height says what its colour says, and a sentence says both. */

import type { Connector } from "../../api/types";
import { useLocale, useT } from "../../i18n";
import { cell, tally, type Cell } from "../../lib/connectors";
import { instant } from "../../lib/time";

const HEIGHT: Record<Cell, number> = { none: 2, ok: 7, some: 12, failed: 16 };
const INK: Record<Cell, string> = { none: "mute", ok: "ok", some: "warn", failed: "crit" };
const WIDE = 5;
const TALL = 16;

export function Strip({ hours }: { hours: Connector["hours"] }) {
  const t = useT();
  if (hours.every((one) => one.looks === 0)) return <span className="mute">–</span>;
  return (
    <svg
      className="strip"
      role="img"
      aria-label={t("connectors.day.says", tally(hours))}
      viewBox={`0 0 ${hours.length * WIDE} ${TALL}`}
      width={hours.length * WIDE}
      height={TALL}
    >
      {hours.map((one, at) => (
        <Hour key={one.at} one={one} at={at} />
      ))}
    </svg>
  );
}

function Hour({ one, at }: { one: Connector["hours"][number]; at: number }) {
  const t = useT();
  const locale = useLocale();
  const said = cell(one);
  const height = HEIGHT[said];
  const hour = instant(one.at, locale)?.short ?? one.at;
  return (
    <rect x={at * WIDE} y={TALL - height} width={WIDE - 1} height={height} className={`ink-${INK[said]}`} fill="currentColor">
      <title>{t("connectors.hour.says", { at: hour, n: one.looks, failed: one.failures })}</title>
    </rect>
  );
}

/** The same as a table, for readers and for those who want the numbers. */
export function StripTable({ hours }: { hours: Connector["hours"] }) {
  const t = useT();
  const locale = useLocale();
  return (
    <details className="raw">
      <summary>{t("connectors.day.table")}</summary>
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">{t("connectors.hour")}</th>
            <th scope="col">{t("connectors.looks")}</th>
            <th scope="col">{t("connectors.failed")}</th>
          </tr>
        </thead>
        <tbody>
          {[...hours].reverse().map((one) => (
            <tr key={one.at}>
              <th scope="row" className="num">
                {instant(one.at, locale)?.short ?? one.at}
              </th>
              <td className="num">{one.looks}</td>
              <td className="num">{one.failures}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
