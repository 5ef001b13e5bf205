/** Every number of a connector's health, each with what it counts. */

import { Link } from "@tanstack/react-router";

import type { Connector, ConnectorHealth } from "../../api/types";
import { useT } from "../../i18n";
import { lag } from "../../lib/connectors";
import { Fact, Facts } from "../parts/facts";
import { Open, Since, When } from "../parts/parts";
import { useNow } from "../parts/useNow";
import { Far, Lasting, Rate, Upcoming } from "./numbers";

export function HealthFacts({ health, listed }: { health: ConnectorHealth; listed: Connector | undefined }) {
  const t = useT();
  return (
    <Facts>
      <Fact name={t("connectors.success")}>
        {health.last_success_at ? (
          <Since at={health.last_success_at} label={t("connectors.success")} />
        ) : (
          <span className="mute">{t("sources.never")}</span>
        )}
      </Fact>
      {health.polls && <Looks health={health} />}
      {health.tls && <Fact name={t("connectors.tls")}>{t(`connectors.tls.${health.tls}`)}</Fact>}
      {health.polls && <Limits health={health} />}
      {listed && <Brought listed={listed} />}
    </Facts>
  );
}

function Looks({ health }: { health: ConnectorHealth }) {
  const t = useT();
  const behind = lag(health, useNow());
  const every = (health.poll_seconds ?? 0) * 1000;
  return (
    <>
      <Fact name={t("connectors.lag")}>
        {behind === null ? <span className="mute">{t("unknown")}</span> : <Lasting milliseconds={behind} />}
      </Fact>
      <Fact name={t("connectors.attempt")}>
        {health.last_attempt_at ? (
          <When at={health.last_attempt_at} label={t("connectors.attempt")} />
        ) : (
          <span className="mute">{t("sources.never")}</span>
        )}
      </Fact>
      <Fact name={t("connectors.next")}>
        <Upcoming of={health} />
      </Fact>
      <Fact name={t("connectors.every")}>
        <Lasting milliseconds={every} />
      </Fact>
      <Fact name={t("connectors.took")}>
        {health.seconds === null ? (
          <span className="mute">{t("unknown")}</span>
        ) : (
          t("connectors.seconds", { n: health.seconds })
        )}
      </Fact>
      <Fact name={t("connectors.rate")}>
        <Rate of={health} />
      </Fact>
      <Fact name={t("connectors.open")}>
        <Link to="/alerts" search={{ source: health.connector, state: "firing" }} activeProps={{}} className="num">
          {health.open}
        </Link>
      </Fact>
      <Fact name={t("connectors.backlog")}>
        <span className="num" title={t("connectors.backlog.title")}>
          {health.backlog}
        </span>
      </Fact>
    </>
  );
}

/** What the tool says of how often it may be asked, and of the end of the hub's secret. */
function Limits({ health }: { health: ConnectorHealth }) {
  const t = useT();
  const { rate_limit: limits, token_expires_at: ends, token_expiry_known: known } = health;
  const { remaining, limit, resets_at: renewed, held_until: held } = limits ?? {};
  const says = remaining !== null && remaining !== undefined;
  return (
    <>
      <Fact name={t("connectors.limit")}>
        {says && t("connectors.limit.left", { n: remaining, of: limit })}
        {!says && <span className="mute">{t("connectors.limit.none")}</span>}
        {renewed && (
          <small>
            {" "}
            {t("connectors.limit.renewed")} <When at={renewed} label={t("connectors.limit.renewed")} />
          </small>
        )}
        {held && (
          <small>
            {" "}
            {t("connectors.held")} <When at={held} label={t("connectors.held")} />
          </small>
        )}
      </Fact>
      <Fact name={t("connectors.token")}>
        {ends ? (
          <Far at={ends} label={t("connectors.token")} />
        ) : (
          <span className="mute">{t(known ? "connectors.token.never" : "connectors.token.unknown")}</span>
        )}
      </Fact>
    </>
  );
}

function Brought({ listed }: { listed: Connector }) {
  const t = useT();
  return (
    <>
      <Fact name={t("sources.last")}>
        {listed.last_received_at ? (
          <Since at={listed.last_received_at} label={t("sources.last")} />
        ) : (
          <span className="mute">{t("sources.never")}</span>
        )}
      </Fact>
      <Fact name={t("connectors.brought")}>
        {t("connectors.records.of", {
          records: t("connectors.records", { n: listed.records }),
          deliveries: t("intake.deliveries", { n: listed.deliveries }),
        })}
      </Fact>
      <Fact name={t("sources.rejected")}>
        {listed.quarantined ? (
          <Open kind="open" at={`rejected:${listed.id}`}>
            {listed.quarantined}
          </Open>
        ) : (
          <span className="mute">0</span>
        )}
      </Fact>
      {(listed.receives || listed.pulls) && (
        <Fact name={t("nav.alerts")}>
          <Link to="/alerts" search={{ source: listed.id }} activeProps={{}}>
            {t("connectors.alerts")}
          </Link>
        </Fact>
      )}
    </>
  );
}
