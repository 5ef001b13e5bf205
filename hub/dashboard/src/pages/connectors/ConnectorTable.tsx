/** The connectors one by one; where there is no room, in two lines each. */

import type { Connector } from "../../api/types";
import { useT } from "../../i18n";
import { isLate, lag } from "../../lib/connectors";
import { sourceState } from "../../lib/words";
import { Chip } from "../../ui/Chip";
import { Open, When } from "../parts/parts";
import { Said } from "../parts/Said";
import { useNow } from "../parts/useNow";
import { Lasting, Rate, Upcoming } from "./numbers";
import { Strip } from "./Strip";
import { Warnings } from "./Warnings";
import { MayWrite } from "./Writes";

export function ConnectorTable({ connectors, open }: { connectors: readonly Connector[]; open: string | undefined }) {
  const t = useT();
  return (
    <table className="rows connectors">
      <thead>
        <tr>
          <th scope="col">{t("connectors.one")}</th>
          <th scope="col">{t("sources.state")}</th>
          <th scope="col">{t("connectors.success")}</th>
          <th scope="col">{t("connectors.lag")}</th>
          <th scope="col">{t("connectors.rate")}</th>
          <th scope="col">{t("connectors.backlog")}</th>
          <th scope="col">{t("connectors.next")}</th>
          <th scope="col">{t("connectors.day")}</th>
          <th scope="col">{t("connectors.writes")}</th>
        </tr>
      </thead>
      <tbody>
        {connectors.map((one) => (
          <Row key={one.id} one={one} opened={one.id === open} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ one, opened }: { one: Connector; opened: boolean }) {
  const t = useT();
  const now = useNow();
  const { key, shape, tone } = sourceState(one.state);
  const behind = lag(one, now);
  const looks = one.polls ? "" : " nothing";
  return (
    <tr data-row className={opened ? "opened" : undefined}>
      <th scope="row" className="c-title">
        <Open kind="open" at={one.id}>
          {one.id}
        </Open>
        <small>{one.sample ? t("sources.sample") : one.title}</small>
        {one.message && (
          <p className="mute why">
            <Said words={one.message} />
          </p>
        )}
        <Warnings of={one} />
      </th>
      <td className="c-state">
        <Chip shape={shape} tone={tone}>
          {t(key)}
        </Chip>
      </td>
      <td className="c-last" data-label={t("connectors.success")}>
        {one.last_success_at ? (
          <When at={one.last_success_at} label={t("connectors.success")} />
        ) : (
          <span className="mute">{t("sources.never")}</span>
        )}
      </td>
      <td className="c-lag" data-label={t("connectors.lag")}>
        {behind === null ? (
          <span className="mute">{t(one.polls ? "unknown" : one.receives ? "connectors.sent" : "connectors.file")}</span>
        ) : (
          <span className={isLate(one, now) ? "num late" : "num"}>
            <Lasting milliseconds={behind} />
            {isLate(one, now) && <small className="tag">{t("connectors.late")}</small>}
          </span>
        )}
      </td>
      <td className={`c-rate num${looks}`} data-label={t("connectors.rate")}>
        <Rate of={one} />
      </td>
      <td className={`c-backlog num${looks}`} data-label={t("connectors.backlog")} title={t("connectors.backlog.title")}>
        {one.polls ? one.backlog : <span className="mute">–</span>}
      </td>
      <td className={`c-next${looks}`} data-label={t("connectors.next")}>
        <Upcoming of={one} />
      </td>
      <td className={`c-day${looks}`}>
        <Strip hours={one.hours} />
      </td>
      <td className="c-writes" data-label={t("connectors.writes")}>
        <MayWrite of={one} />
      </td>
    </tr>
  );
}
