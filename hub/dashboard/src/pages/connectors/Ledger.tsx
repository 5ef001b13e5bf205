/** The newest writes to a tool: what was wanted, by whom, what became of it and why. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { alertsNamed } from "../../api/alerts";
import { newestOperations } from "../../api/connectors";
import type { Operation } from "../../api/types";
import { useT, type Key } from "../../i18n";
import { shortRef } from "../../lib/refs";
import { writeLook } from "../../lib/writes";
import { Chip } from "../../ui/Chip";
import { Asked } from "../details/Asked";
import { Since } from "../parts/parts";
import { Said } from "../parts/Said";

export function Ledger({ connector, can }: { connector: string; can: boolean }) {
  const t = useT();
  const asked = useQuery({ ...newestOperations(connector), enabled: can });
  const refs = [...new Set((asked.data?.items ?? []).map((one) => one.alert))];
  const alerts = useQuery(alertsNamed(refs)).data?.items ?? [];
  const titles = new Map(alerts.map(({ ref, title }) => [ref, title]));
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
                <Row key={one.ref} one={one} title={titles.get(one.alert)} />
              ))}
            </ul>
          )
        }
      </Asked>
    </>
  );
}

function Row({ one, title }: { one: Operation; title: string | undefined }) {
  const t = useT();
  const [shape, tone] = writeLook(one.state);
  return (
    <li>
      <p className="states">
        <Chip shape={shape} tone={tone} plain>
          {t(`connectors.operation.${one.state}` as Key)}
        </Chip>
        <b>{t(`connectors.write.${one.write}` as Key)}</b>
        <Link to="/alerts" search={{ alert: one.alert }} activeProps={{}}>
          {title ?? shortRef(one.alert)}
        </Link>
      </p>
      {one.says && (
        <p className="mute">
          <Said words={one.says} />
        </p>
      )}
      <p className="mute">
        {one.by} · <Since at={one.created_at} label={t("connectors.ledger.at")} />
      </p>
    </li>
  );
}
