/** One incident: what it is, the chain to the plan, what each milestone loses, its alerts. */

import { useQuery } from "@tanstack/react-query";

import { alertsOf, oneIncident, services } from "../../api/queries";
import type { Alert, Incident } from "../../api/types";
import { useT, type Key } from "../../i18n";
import { servicesOf } from "../../lib/board";
import { byExposure, isGrouping } from "../../lib/chain";
import { Fact, Facts } from "../parts/facts";
import { useName } from "../parts/named";
import { List, Open, Severity, Since, When } from "../parts/parts";
import { Asked } from "./Asked";
import { Chain } from "./Chain";
import { HurtMilestone, Reasons } from "./HurtMilestone";
import { MeasuredOf } from "./Measured";
import { ServiceLink, ServiceNames } from "./ServiceLink";
import { Take } from "./Take";

export function IncidentDetail({ incidentRef }: { incidentRef: string }) {
  const t = useT();
  const asked = useQuery(oneIncident(incidentRef));
  const alerts = useQuery(alertsOf(incidentRef)).data;
  return (
    <Asked asked={asked} what={t("incident")}>
      {(incident) => (
        <>
          <h2 className="detail-title">{incident.title}</h2>
          <About incident={incident} />
          <Take incident={incident} />
          <Chain
            incident={incident}
            alertTitle={(ref) => alerts?.items.find((one) => one.ref === ref)?.title ?? null}
          />
          <h3>{t("incident.hurts")}</h3>
          {incident.milestones.length === 0 && <p className="note">{t("first.hurts.none")}</p>}
          {[...incident.milestones].sort(byExposure).map((one) => (
            <HurtMilestone key={one.ref} hurt={one} />
          ))}
          <MeasuredOf service={servicesOf(incident)[0]} />
          <Root incident={incident} />
          <h3>{t("incident.why_priority", { priority: incident.priority })}</h3>
          <Reasons reasons={incident.reasons.filter((one) => !isGrouping(one))} />
          <Members
            of={incident.ref}
            alerts={alerts?.items ?? []}
            total={alerts?.total ?? incident.alerts_total ?? incident.alerts.length}
          />
        </>
      )}
    </Asked>
  );
}

function About({ incident }: { incident: Incident }) {
  const t = useT();
  const catalogue = useQuery(services).data?.items ?? [];
  const touched = servicesOf(incident);
  const owned = touched.flatMap((ref) => catalogue.filter((one) => one.ref === ref));
  const runbook = owned.find((one) => one.runbook_url);
  const owners = [...new Set(owned.flatMap((one) => (one.owner ? [one.owner] : [])))];
  const raised = incident.priority < incident.priority_base;
  return (
    <>
      <p className="states">
        <Severity level={incident.severity} />
        <span>{t(`incident.status.${incident.status}` as Key)}</span>
        <b>P{incident.priority}</b>
        {raised && <span className="mute">{t("incident.raised", { base: incident.priority_base })}</span>}
      </p>
      <Facts>
        <Fact name={t("first.onset")}>
          <When at={incident.opened_at} label={t("first.onset")} />
          <span className="mute">
            {" · "}
            <Since at={incident.opened_at} label={t("first.onset")} />
          </span>
        </Fact>
        <Fact name={t("first.on_it")}>
          {incident.commander ?? t(incident.acked_at ? "first.acknowledged" : "first.nobody")}
        </Fact>
        {incident.resolved_at && (
          <Fact name={t("incident.resolved")}>
            <When at={incident.resolved_at} label={t("incident.resolved")} />
          </Fact>
        )}
        <Fact name={t("service")}>
          <ServiceNames of={touched} />
        </Fact>
        <Fact name={t("service.owner")}>
          <List of={owners} max={3} none={t("unknown")} />
        </Fact>
        <Fact name={t("runbook")}>
          {runbook?.runbook_url ? (
            <a href={runbook.runbook_url} rel="noreferrer" target="_blank">
              {t("runbook.open")}
            </a>
          ) : (
            <span className="mute">{t("runbook.none")}</span>
          )}
        </Fact>
      </Facts>
    </>
  );
}

function Root({ incident }: { incident: Incident }) {
  const t = useT();
  const name = useName();
  const [root] = incident.root_candidates ?? [];
  if (!root || incident.services.length < 2) return null;
  return (
    <>
      <h3>{t("incident.root")}</h3>
      <p>
        <ServiceLink at={root.service}>{name(root.service)}</ServiceLink>{" "}
        <span className="mute">· {t("incident.root.score", { score: root.score })}</span>
      </p>
      <Reasons reasons={root.reasons} />
    </>
  );
}

interface MembersProps {
  of: string;
  alerts: readonly Alert[];
  total: number;
}

function Members({ of, alerts, total }: MembersProps) {
  const t = useT();
  const name = useName();
  return (
    <>
      <h3>{t("incident.alerts", { n: total })}</h3>
      <ul className="members-list">
        {alerts.map((one) => (
          <li key={one.ref}>
            <Severity level={one.severity} raw={one.severity_raw} />
            <Open kind="alert" at={one.ref}>
              {one.title}
            </Open>
            {one.incident && one.incident !== of ? (
              <span className="mute">
                {t("incident.alert_left")}{" "}
                <Open kind="incident" at={one.incident}>
                  {name(one.incident)}
                </Open>
              </span>
            ) : (
              <span className="mute">
                {t(`alert.status.${one.status}` as Key)} ·{" "}
                <Since at={one.starts_at} label={t("alert.starts")} />
              </span>
            )}
          </li>
        ))}
      </ul>
      {total > alerts.length && alerts.length > 0 && (
        <p className="mute">{t("partial.first", { n: alerts.length, total })}</p>
      )}
    </>
  );
}
