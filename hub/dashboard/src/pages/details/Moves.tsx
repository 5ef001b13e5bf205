/** What moved an alert, what was told and moved nothing, and what its state rests on. */

import type { AlertInFull } from "../../api/types";
import { useT, type Key } from "../../i18n";
import { alertState } from "../../lib/alertState";
import { Fact } from "../parts/facts";
import { When } from "../parts/parts";
import { useWhy } from "../parts/why";

const NEWEST = 10;

type Move = AlertInFull["occurrences"][number];

/** Why nobody believes its end, and whether it flaps. */
export function Notes({ alert }: { alert: AlertInFull }) {
  const t = useT();
  const why = useWhy();
  const { doubt, flapping } = alert;
  return (
    <>
      {doubt && (
        <p className="note">
          {t("alert.doubt.note", { since: doubt.since, reported: doubt.reported_at, why: why(doubt.reason) })}
        </p>
      )}
      {flapping && (
        <p className="note">
          {t("alert.flapping.note", { ...flapping })}
        </p>
      )}
    </>
  );
}

export function EndKnown({ alert }: { alert: AlertInFull }) {
  const t = useT();
  const why = useWhy();
  if (!alert.end_kind) return null;
  return (
    <Fact name={t("alert.end_known")}>
      {t(`alert.end_kind.${alert.end_kind}` as Key)}
      {alert.end_reason && alert.end_reason !== alert.end_kind && (
        <small className="mute"> ({why(alert.end_reason)})</small>
      )}
    </Fact>
  );
}

export function History({ alert }: { alert: AlertInFull }) {
  const t = useT();
  const newest = [...alert.occurrences].sort((a, b) => b.at.localeCompare(a.at)).slice(0, NEWEST);
  if (newest.length === 0) return null;
  return (
    <>
      <h3>{t("alert.history")}</h3>
      <ul className="history">
        {newest.map((one, at) => (
          <li key={at}>
            <When at={one.at} label={t("alert.history.at")} />
            <span>
              {t(`occurrence.${one.event}` as Key)} <Moved one={one} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** From where to where, by what, and when the hub heard of it where that was later. */
function Moved({ one }: { one: Move }) {
  const t = useT();
  const why = useWhy();
  const words: string[] = [];
  if (one.to_state) {
    const before = one.from_state ? t(alertState(one.from_state).key) : t("alert.history.new");
    words.push(t("alert.history.move", { before, after: t(alertState(one.to_state).key) }));
  }
  if (one.to_state || one.by) words.push(one.by ?? t(`alert.cause.${one.cause}` as Key));
  if (one.reason) words.push(why(one.reason));
  if (Date.parse(one.received_at) - Date.parse(one.at) >= LATE) {
    words.push(t("alert.history.heard", { at: one.received_at }));
  }
  return (
    <small className="mute" title={one.receipt ?? undefined}>
      {words.join(" · ")}
    </small>
  );
}

const LATE = 60_000;

export function Refused({ alert }: { alert: AlertInFull }) {
  const t = useT();
  const newest = [...(alert.refused ?? [])].reverse();
  if (newest.length === 0) return null;
  return (
    <>
      <h3>{t("alert.refused")}</h3>
      <ul className="history">
        {newest.map((one, at) => (
          <li key={at}>
            <When at={one.at} label={t("alert.refused")} />
            <span>
              {t("alert.refused.in", {
                telling: t(`alert.telling.${one.telling}` as Key),
                state: t(alertState(one.state).key),
              })}{" "}
              <small className="mute">{t(`alert.refused.${one.reason}` as Key)}</small>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
