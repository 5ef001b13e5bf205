/** One group: how many alerts, how many of them fire, and the worst of them. */

import type { AlertGroup } from "../../api/types";
import { useT } from "../../i18n";
import type { Grouping } from "../../lib/alertView";
import { useName } from "../parts/named";
import { Severity, Since } from "../parts/parts";

export function GroupRow({ group, open, by }: { group: AlertGroup; open: boolean; by: Grouping }) {
  const t = useT();
  const name = useName();
  const named = group.key === null ? t("alerts.none") : name(group.key, by === "milestone" ? null : known(group));
  return (
    <div role="gridcell" className="group-cell">
      <span aria-hidden="true" className="fold">
        {open ? "▾" : "▸"}
      </span>
      <Severity level={group.severity} />
      <b className="group-name">{named}</b>
      <span className="mute num">{t("alerts.group_counts", { n: group.alerts, firing: group.firing })}</span>
      <span className="mute group-newest">
        <Since at={group.newest_at} label={t("alerts.column.changed.title")} />
      </span>
    </div>
  );
}

/** A service is called by its name where the page knows one; its key is no title. */
const known = ({ key, title }: AlertGroup): string | null => (title === key ? null : title);
