/** How every connector is doing, the worst first; beside it one of them in full. */

import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { looked } from "../../api/connectors";
import type { Connector } from "../../api/types";
import { useT } from "../../i18n";
import "../../i18n/connectors";
import type { ConnectorSearch } from "../../lib/connectorSearch";
import { worstFirst } from "../../lib/connectors";
import { SOURCES, sourceState } from "../../lib/words";
import { Panel } from "../../ui/Panel";
import { Shape } from "../../ui/Shape";
import { SidePanel } from "../../ui/SidePanel";
import { AsOf } from "../parts/AsOf";
import { useFailure } from "../parts/failures";
import { closing } from "../parts/search";
import { ConnectorDetail } from "./ConnectorDetail";
import { ConnectorTable } from "./ConnectorTable";
import "./connectors.css";

const Details = lazy(() => import("../details/Details"));
const page = getRouteApi("/connectors");

export default function ConnectorsPage() {
  const t = useT();
  const { open, state }: ConnectorSearch = page.useSearch();
  const asked = useQuery(looked);
  const failure = useFailure(asked, t("nav.connectors"));
  const all = asked.data?.items ?? [];
  const shown = worstFirst(all).filter((one) => !state || one.state === state);
  return (
    <div className="page">
      <div className="board">
        <div className="page-head">
          <h1>{t("nav.connectors")}</h1>
          <span className="mute num" role="status">
            {asked.data && t("connectors.count", { n: shown.length })}
          </span>
          <AsOf at={asked.data?.as_of} />
        </div>
        <Counts all={all} chosen={state} />
        <Panel
          title={t("connectors.health")}
          loading={asked.isPending}
          loadingLabel={t("loading")}
          rows={8}
          failure={failure}
          known={asked.data !== undefined}
          empty={asked.data && shown.length === 0 && t(all.length > 0 ? "connectors.none_such" : "sources.none")}
        >
          <ConnectorTable connectors={shown} open={open} />
        </Panel>
      </div>
      {open && <Beside open={open} />}
    </div>
  );
}

/** How many are in each state; each number is the filter that it counts. */
function Counts({ all, chosen }: { all: readonly Connector[]; chosen: string | undefined }) {
  const t = useT();
  const states = SOURCES.filter((state) => state === chosen || all.some((one) => one.state === state));
  return (
    <ul className="counts" aria-label={t("sources.state")}>
      {states.map((state) => {
        const { key, shape, tone } = sourceState(state);
        return (
          <li key={state}>
            <Link
              to="/connectors"
              search={(now: ConnectorSearch) => ({ ...now, state: now.state === state ? undefined : state })}
              className={`count ink-${tone}`}
              activeProps={{}}
              aria-current={chosen === state || undefined}
            >
              <Shape name={shape} />
              {t(key)} <b className="num">{all.filter((one) => one.state === state).length}</b>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

/** One connector, or a list of one, as the address says. */
function Beside({ open }: { open: string }) {
  const t = useT();
  const navigate = useNavigate();
  if (open.includes(":")) {
    return (
      <Suspense>
        <Details search={{ open }} />
      </Suspense>
    );
  }
  return (
    <SidePanel
      about={open}
      label={t("detail.label", { what: t("connectors.one") })}
      eyebrow={t("connectors.one")}
      closeLabel={t("close")}
      onClose={() => void navigate({ to: ".", search: closing as never })}
    >
      <ConnectorDetail key={open} id={open} />
    </SidePanel>
  );
}
