/** One alert: which times these are, where it came from, and the chain that it belongs to. */

import { useQuery } from "@tanstack/react-query";

import { oneAlert, oneIncident } from "../../api/queries";
import type { AlertInFull } from "../../api/types";
import { useT } from "../../i18n";
import { isWeb } from "../../lib/refs";
import { Fact, Facts } from "../parts/facts";
import { useName } from "../parts/named";
import { Severity, When } from "../parts/parts";
import { State } from "../parts/State";
import { Acked } from "./Acked";
import { Asked } from "./Asked";
import { Chain } from "./Chain";
import { MeasuredOf } from "./Measured";
import { EndKnown, History, Notes, Refused } from "./Moves";
import { Origins } from "./Origins";
import { ServiceLink } from "./ServiceLink";
import { ServiceLinks } from "./ServiceLinks";
import { Siblings } from "./Siblings";

export function AlertDetail({ alertRef }: { alertRef: string }) {
  const t = useT();
  const asked = useQuery(oneAlert(alertRef));
  return (
    <Asked asked={asked} what={t("alert")}>
      {(alert) => (
        <>
          <h2 className="detail-title">{alert.title}</h2>
          <p className="states">
            <Severity level={alert.severity} raw={alert.severity_raw} />
            <State alert={alert} />
            {alert.severity_raw && (
              <span className="mute">{t("severity.raw", { word: alert.severity_raw })}</span>
            )}
          </p>
          <Notes alert={alert} />
          <About alert={alert} />
          <Acked alert={alert} />
          {alert.incident ? (
            <ChainOf incident={alert.incident} alert={alert} />
          ) : (
            <p className="note">{t(alert.service ? "alert.no_incident" : "alert.no_service")}</p>
          )}
          <MeasuredOf service={alert.service} />
          <ServiceLinks alert={alert} />
          <Siblings alert={alert} />
          <Pairs title={t("alert.annotations")} pairs={alert.annotations ?? {}} />
          <Pairs title={t("alert.labels")} pairs={alert.labels} />
          <History alert={alert} />
          <Refused alert={alert} />
          <Origins alert={alert} />
        </>
      )}
    </Asked>
  );
}

function ChainOf({ incident, alert }: { incident: string; alert: AlertInFull }) {
  const t = useT();
  const asked = useQuery(oneIncident(incident));
  return (
    <Asked asked={asked} what={t("incident")}>
      {(found) => <Chain incident={found} alert={alert.ref} alertTitle={() => alert.title} />}
    </Asked>
  );
}

function About({ alert }: { alert: AlertInFull }) {
  const t = useT();
  const name = useName();
  const { source } = alert;
  return (
    <Facts>
      <Fact name={t("alert.starts")}>
        <When at={alert.starts_at} label={t("alert.starts")} />
      </Fact>
      {alert.ends_at && (
        <Fact name={t("alert.ends")}>
          <When at={alert.ends_at} label={t("alert.ends")} />
        </Fact>
      )}
      <EndKnown alert={alert} />
      <Fact name={t("alert.last_seen")}>
        <When at={alert.last_seen_at} label={t("alert.last_seen")} />
      </Fact>
      <Fact name={t("alert.count")}>
        <span className="num">{alert.count}</span>
      </Fact>
      <Fact name={t("service")}>
        {alert.service ? (
          <ServiceLink at={alert.service}>{name(alert.service)}</ServiceLink>
        ) : (
          t("service.none")
        )}
      </Fact>
      <Fact name={t("alert.source")}>
        {isWeb(source.url) ? (
          <a href={source.url ?? ""} rel="noreferrer" target="_blank">
            {t("alert.open_source", { tool: source.connector })}
          </a>
        ) : (
          source.connector
        )}
      </Fact>
      <Fact name={t("runbook")}>
        {isWeb(alert.runbook_url) ? (
          <a href={alert.runbook_url ?? ""} rel="noreferrer" target="_blank">
            {t("runbook.open")}
          </a>
        ) : (
          <span className="mute">{t("runbook.none")}</span>
        )}
      </Fact>
    </Facts>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: Record<string, string> }) {
  const all = Object.entries(pairs).filter(([, value]) => value !== "");
  if (all.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <dl className="pairs">
        {all.map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
