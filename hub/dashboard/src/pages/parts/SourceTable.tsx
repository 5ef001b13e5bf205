/** The sources one by one: state, last delivery, records that did not fit. */

import type { Connector } from "../../api/types";
import { useT } from "../../i18n";
import { sourceState } from "../../lib/words";
import { Chip } from "../../ui/Chip";
import { Open, Since } from "./parts";

export function SourceTable({ sources, full = false }: { sources: readonly Connector[]; full?: boolean }) {
  const t = useT();
  return (
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
        {sources.map((one) => (
          <Row key={one.id} source={one} full={full} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ source, full }: { source: Connector; full: boolean }) {
  const t = useT();
  const heard = source.last_received_at ?? source.last_success_at;
  const { key, shape, tone } = sourceState(source.state);
  return (
    <tr>
      <th scope="row" className="c-title">
        {source.id} <small>{source.sample ? t("sources.sample") : source.title}</small>
        {full && source.message && (
          <p className="mute">
            <span lang="en">{source.message}</span>{" "}
            {source.since && <Since at={source.since} label={t("sources.failed_at")} />}
          </p>
        )}
      </th>
      <td className="c-state">
        <Chip shape={shape} tone={tone} title={source.message ?? undefined}>
          {t(key)}
        </Chip>
      </td>
      <td className="c-since">
        {heard ? <Since at={heard} label={t("sources.last")} /> : <span className="mute">{t("sources.never")}</span>}
      </td>
      <td className="num" title={t("sources.rejected.title")}>
        {source.quarantined ? (
          <Open kind="open" at={`rejected:${source.id}`}>
            <b>{source.quarantined}</b>
          </Open>
        ) : (
          <span className="mute">0</span>
        )}
      </td>
    </tr>
  );
}
