/** One service: how it is, its numbers and budgets, what fires, what it delivers. */

import { useQuery } from "@tanstack/react-query";

import { firingOf, oneService } from "../../api/queries";
import type { Alert, Listing, ServiceInFull } from "../../api/types";
import { useT } from "../../i18n";
import "../../i18n/measured";
import { isWeb } from "../../lib/refs";
import { Fact, Facts } from "../parts/facts";
import { useName } from "../parts/named";
import { Health, List, Open, Severity, Since } from "../parts/parts";
import { Asked } from "./Asked";
import { isMeasured, Measured } from "./Measured";
import { ServiceLink } from "./ServiceLink";

export default function ServiceDetail({ serviceRef }: { serviceRef: string }) {
  const t = useT();
  const asked = useQuery(oneService(serviceRef));
  return (
    <Asked asked={asked} what={t("service")}>
      {(service) => (
        <>
          <h2 className="detail-title">{service.name}</h2>
          <p className="states">
            <Health rag={service.health.rag} />
            <span>{t("measured.tier", { tier: service.tier })}</span>
            <span className="mute">{service.ref}</span>
          </p>
          <About service={service} />
          <h3>{t("measured.title")}</h3>
          {!isMeasured(service) && <p className="note">{t("measured.none")}</p>}
          <Measured of={service} full />
          <h3>{t("measured.firing")}</h3>
          <Firing service={service.ref} />
          <h3>{t("measured.delivers")}</h3>
          <Milestones of={service} />
        </>
      )}
    </Asked>
  );
}

function About({ service }: { service: ServiceInFull }) {
  const t = useT();
  const name = useName();
  return (
    <Facts>
      <Fact name={t("service.owner")}>{service.owner ?? <span className="mute">{t("unknown")}</span>}</Fact>
      <Fact name={t("runbook")}>
        {isWeb(service.runbook_url) ? (
          <a href={service.runbook_url ?? ""} rel="noreferrer" target="_blank">
            {t("runbook.open")}
          </a>
        ) : (
          <span className="mute">{t("runbook.none")}</span>
        )}
      </Fact>
      <Fact name={t("measured.needs")}>
        {service.depends_on.length === 0 && <List of={[]} none={t("measured.needs.none")} />}
        <span className="states">
          {service.depends_on.map((one) => (
            <ServiceLink key={one.service} at={one.service}>
              {name(one.service)}
            </ServiceLink>
          ))}
        </span>
      </Fact>
    </Facts>
  );
}

function Firing({ service }: { service: string }) {
  const t = useT();
  const asked = useQuery(firingOf(service));
  return (
    <Asked asked={asked} what={t("measured.firing")}>
      {(found) => <FiringList of={found} />}
    </Asked>
  );
}

function FiringList({ of }: { of: Listing<Alert> }) {
  const t = useT();
  const more = (of.total ?? 0) - of.items.length;
  if (of.items.length === 0) return <p className="mute">{t("measured.firing.none")}</p>;
  return (
    <ul className="members-list">
      {of.items.map((one) => (
        <li key={one.ref}>
          <Severity level={one.severity} />
          <Open kind="alert" at={one.ref}>
            {one.title}
          </Open>
          <span className="mute">
            <Since at={one.starts_at} label={t("alert.starts")} />
          </span>
        </li>
      ))}
      {more > 0 && <li className="mute">{t("list.more", { n: more })}</li>}
    </ul>
  );
}

function Milestones({ of }: { of: ServiceInFull }) {
  const t = useT();
  const name = useName();
  const refs = of.milestones ?? [];
  if (refs.length === 0) return <p className="mute">{t("measured.delivers.none")}</p>;
  return (
    <ul className="members-list">
      {refs.map((ref) => (
        <li key={ref}>
          <Open kind="milestone" at={ref}>
            {name(ref)}
          </Open>
        </li>
      ))}
    </ul>
  );
}
