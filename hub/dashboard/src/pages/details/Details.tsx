/** The open detail: an incident, an alert, a milestone or a list, as the address says. */

import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { useT } from "../../i18n";
import "../../i18n/details";
import { SidePanel } from "../../ui/SidePanel";
import { closing, type NowSearch } from "../parts/search";
import { AlertDetail } from "./AlertDetail";
import { IncidentDetail } from "./IncidentDetail";
import { MappingList, SourceList, UnmappedList } from "./IntakeLists";
import { MilestoneDetail } from "./MilestoneDetail";
import { RejectedList } from "./RejectedList";

const ServiceDetail = lazy(() => import("./ServiceDetail"));

/** What the address says before the ref of a service. */
const SERVICE = "service:";

type Opened = Pick<NowSearch, "incident" | "alert" | "milestone" | "open">;

export default function Details({ search }: { search: Opened }) {
  const t = useT();
  const navigate = useNavigate();
  const { incident, alert, milestone, open } = search;
  const about = incident ?? alert ?? milestone ?? open;
  if (!about) return null;
  const list = open?.startsWith(SERVICE) ? "service" : "sources.title";
  const kind = incident ? "incident" : alert ? "alert" : milestone ? "milestone" : list;
  const inside = incident ? (
    <IncidentDetail incidentRef={incident} />
  ) : alert ? (
    <AlertDetail alertRef={alert} />
  ) : milestone ? (
    <MilestoneDetail milestoneRef={milestone} />
  ) : (
    <List named={about} />
  );
  return (
    <SidePanel
      about={about}
      label={t("detail.label", { what: t(kind) })}
      eyebrow={t(kind)}
      closeLabel={t("close")}
      onClose={() => void navigate({ to: ".", search: closing as never })}
    >
      {inside}
    </SidePanel>
  );
}

/** A list that an old or foreign link names and nobody knows is said to be gone. */
function List({ named }: { named: string }) {
  const t = useT();
  const [list, ...of] = named.split(":");
  if (list === "service") {
    return (
      <Suspense>
        <ServiceDetail serviceRef={of.join(":")} />
      </Suspense>
    );
  }
  if (list === "sources") return <SourceList />;
  if (list === "rejected") return <RejectedList connector={of.join(":") || undefined} />;
  if (list === "unmapped") return <UnmappedList />;
  if (list === "mappings") return <MappingList />;
  return <p className="note">{t("detail.gone")}</p>;
}
