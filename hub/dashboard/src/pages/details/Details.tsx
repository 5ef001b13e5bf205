/** The open detail: an incident, an alert or a milestone, as the address says. */

import { useNavigate } from "@tanstack/react-router";

import { useT } from "../../i18n";
import { SidePanel } from "../../ui/SidePanel";
import { closing, type NowSearch } from "../parts/search";
import { AlertDetail } from "./AlertDetail";
import { IncidentDetail } from "./IncidentDetail";
import { MilestoneDetail } from "./MilestoneDetail";

export default function Details({ search }: { search: NowSearch }) {
  const t = useT();
  const navigate = useNavigate();
  const { incident, alert, milestone } = search;
  const about = incident ?? alert ?? milestone;
  if (!about) return null;
  const kind = incident ? "incident" : alert ? "alert" : "milestone";
  const inside = incident ? (
    <IncidentDetail incidentRef={incident} />
  ) : alert ? (
    <AlertDetail alertRef={alert} />
  ) : (
    <MilestoneDetail milestoneRef={about} />
  );
  return (
    <SidePanel
      about={about}
      label={t("detail.label", { what: t(kind) })}
      eyebrow={t(kind)}
      closeLabel={t("close")}
      onClose={() => void navigate({ to: "/", search: closing })}
    >
      {inside}
    </SidePanel>
  );
}
