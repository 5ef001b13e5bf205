/** Row 3: how fresh each source is. */

import { useQuery } from "@tanstack/react-query";

import { Problem } from "../../api/http";
import { connectors } from "../../api/queries";
import type { Connector } from "../../api/types";
import { useT } from "../../i18n";
import { sourceState } from "../../lib/words";
import { Chip } from "../../ui/Chip";
import { Panel } from "../../ui/Panel";
import { useFailure } from "../parts/failures";
import { Since } from "../parts/parts";

export function Sources() {
  const t = useT();
  const asked = useQuery(connectors);
  const untold = asked.error instanceof Problem && asked.error.status === 404;
  const failure = useFailure(asked, t("sources.title"));
  const items = asked.data?.items ?? [];
  return (
    <Panel
      title={t("sources.title")}
      loading={asked.isPending}
      loadingLabel={t("loading")}
      failure={untold ? null : failure}
      known={asked.data !== undefined}
      empty={items.length === 0 && <p>{t(untold ? "sources.untold" : "sources.none")}</p>}
    >
      <table className="rows sources">
        <thead>
          <tr>
            <th scope="col">{t("sources.source")}</th>
            <th scope="col">{t("sources.state")}</th>
            <th scope="col">{t("sources.last")}</th>
            <th scope="col">{t("sources.rejected")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <Row key={one.id} source={one} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Row({ source }: { source: Connector }) {
  const t = useT();
  const heard = source.last_received_at ?? source.last_success_at;
  const { key, shape, tone } = sourceState(source.state);
  return (
    <tr>
      <th scope="row" className="c-title">
        {source.id}{" "}
        <small>{source.sample ? t("sources.sample") : source.title}</small>
      </th>
      <td className="c-state">
        <Chip shape={shape} tone={tone} title={source.last_error ?? undefined}>
          {t(key)}
        </Chip>
      </td>
      <td className="c-since">
        {heard ? <Since at={heard} label={t("sources.last")} /> : <span className="mute">{t("sources.never")}</span>}
      </td>
      <td className="num" title={t("sources.rejected.title")}>
        {source.quarantined === 0 ? <span className="mute">0</span> : <b>{source.quarantined}</b>}
      </td>
    </tr>
  );
}
