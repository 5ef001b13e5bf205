/** The newest writes to a tool: what was wanted, by whom, what became of it and why. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { newestOperations } from "../../api/connectors";
import type { Operation } from "../../api/types";
import { useT, type Key } from "../../i18n";
import { shortRef } from "../../lib/refs";
import { Chip } from "../../ui/Chip";
import type { ShapeName, Tone } from "../../ui/Shape";
import { Asked } from "../details/Asked";
import { Since } from "../parts/parts";

const LOOKS: Record<string, [ShapeName, Tone]> = {
  planned: ["clock", "mute"],
  sending: ["clock", "info"],
  unknown: ["ring", "warn"],
  confirmed: ["tick", "ok"],
  failed: ["triangle", "high"],
  refused: ["slashed", "warn"],
  cancelled: ["slashed", "mute"],
  superseded: ["slashed", "mute"],
};

export function Ledger({ connector, can }: { connector: string; can: boolean }) {
  const t = useT();
  const asked = useQuery({ ...newestOperations(connector), enabled: can });
  if (!can) return null;
  return (
    <>
      <h3>{t("connectors.ledger")}</h3>
      <Asked asked={asked} what={t("connectors.ledger")}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="mute">{t("connectors.ledger.none")}</p>
          ) : (
            <ul className="rejected">
              {items.map((one) => (
                <Row key={one.ref} one={one} />
              ))}
            </ul>
          )
        }
      </Asked>
    </>
  );
}

function Row({ one }: { one: Operation }) {
  const t = useT();
  const [shape, tone] = LOOKS[one.state] ?? ["ring", "mute"];
  return (
    <li>
      <p className="states">
        <Chip shape={shape} tone={tone} plain>
          {t(`connectors.operation.${one.state}` as Key)}
        </Chip>
        <b>{t(`connectors.write.${one.write}` as Key)}</b>
        <Link to="/alerts" search={{ alert: one.alert }} activeProps={{}}>
          {shortRef(one.alert)}
        </Link>
      </p>
      {one.says && (
        <p className="mute" lang="en">
          {one.says}
        </p>
      )}
      <p className="mute">
        {one.by} · <Since at={one.created_at} label={t("connectors.ledger.at")} />
      </p>
    </li>
  );
}
