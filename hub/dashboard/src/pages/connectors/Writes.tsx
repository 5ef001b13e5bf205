/** What the hub may write to a tool, and the switch that stops it. */

import { Button } from "react-aria-components";

import { stopWrites } from "../../api/connectors";
import type { Connector, ConnectorHealth } from "../../api/types";
import { useT, type Key } from "../../i18n";
import { Chip } from "../../ui/Chip";
import { When } from "../parts/parts";
import { Confirmed } from "./Confirmed";
import { useAct } from "./acting";

type Writable = Pick<Connector, "can" | "may" | "read_only" | "stopped">;

/** In a word or two: nothing can be, is, or may be written. */
export function MayWrite({ of }: { of: Writable }) {
  const t = useT();
  if (of.can.length === 0) return <span className="mute">{t("connectors.writes.never")}</span>;
  if (of.stopped) {
    return (
      <Chip shape="slashed" tone="warn" plain>
        {t("connectors.writes.stopped")}
      </Chip>
    );
  }
  if (of.read_only) return <span className="mute">{t("connectors.writes.read_only")}</span>;
  return <span>{t("connectors.writes.on", { n: of.may.length, of: of.can.length })}</span>;
}

export function Writes({ health, may }: { health: ConnectorHealth; may: boolean }) {
  const t = useT();
  const { connector, stopped } = health;
  const act = useAct((stop: boolean) => stopWrites(connector, stop));
  if (health.can.length === 0) return null;
  return (
    <>
      <h3>{t("connectors.writes")}</h3>
      {health.read_only && <p className="mute">{t("connectors.writes.how_on")}</p>}
      <ul className="writes">
        {health.can.map((write) => {
          const on = health.may.includes(write);
          return (
            <li key={write}>
              <Chip shape={on ? "tick" : "slashed"} tone={on ? "ok" : "mute"} plain>
                {t(on ? "connectors.write.on" : "connectors.write.off", { what: t(`connectors.write.${write}` as Key) })}
              </Chip>
            </li>
          );
        })}
      </ul>
      {stopped && (
        <p className="states">
          <MayWrite of={health} />
          <span>{t("connectors.stopped_by", { who: health.stopped_by })}</span>
          <When at={health.stopped_at} label={t("connectors.writes.stopped")} />
        </p>
      )}
      {may &&
        (stopped ? (
          <Confirmed
            label={t("connectors.writes.start")}
            what={t("connectors.writes.start.what", { tool: connector })}
            yes={t("connectors.writes.start.yes")}
            busy={act.busy}
            onYes={() => act.do(false)}
          />
        ) : (
          <p className="states">
            <Button className="button" isDisabled={act.busy} onPress={() => act.do(true)}>
              {t("connectors.writes.stop")}
            </Button>
            <small>{t("connectors.writes.stop.what", { tool: connector })}</small>
          </p>
        ))}
      {act.why && (
        <p role="alert" className="fault">
          {t("connectors.refused", { why: act.why })}
        </p>
      )}
    </>
  );
}
