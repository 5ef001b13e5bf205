/** The start page: what is at risk, what is firing, and how one hurts the other. */

import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";

import * as ask from "../../api/queries";
import { useT } from "../../i18n";
import { firingGroups, titles } from "../../lib/board";
import { AsOf } from "../parts/AsOf";
import { AtRisk } from "./AtRisk";
import { Deploys } from "./Deploys";
import { Firing } from "./Firing";
import { FirstMinute } from "./FirstMinute";
import { FirstRun } from "./FirstRun";
import { HeatGrid } from "./HeatGrid";
import { SampleBanner } from "./SampleBanner";
import { useIsLoading } from "./sampling";
import { Sources } from "./Sources";
import { Named } from "../parts/named";

const Details = lazy(() => import("../details/Details"));
const page = getRouteApi("/");

export function NowPage() {
  const t = useT();
  const search = page.useSearch();
  const milestones = useQuery(ask.milestones);
  const incidents = useQuery(ask.openIncidents);
  const alerts = useQuery(ask.firingAlerts);
  const services = useQuery(ask.services);
  const groups = useMemo(
    () => firingGroups(incidents.data?.items ?? [], alerts.data?.items ?? []),
    [incidents.data, alerts.data],
  );
  const known = useMemo(() => {
    const plan = milestones.data?.items ?? [];
    return titles(
      plan,
      plan.map((one) => ({ ref: one.project, title: one.project_title })),
      incidents.data?.items ?? [],
      (services.data?.items ?? []).map(({ ref, name }) => ({ ref, title: name })),
    );
  }, [milestones.data, incidents.data, services.data]);
  const counts = [milestones, incidents, alerts, services].map((one) => one.data?.items.length);
  const fresh = counts.every((count) => count === 0);
  const loading = useIsLoading();
  return (
    <Named value={known}>
      <div className="page">
        <div className="board">
          <div className="page-head">
            <h1>{t("now.title")}</h1>
            <AsOf at={milestones.data?.as_of ?? alerts.data?.as_of} />
          </div>
          <SampleBanner />
          {fresh || loading ? (
            <FirstRun />
          ) : (
            <>
              <FirstMinute
                milestones={milestones}
                incidents={incidents}
                services={services.data?.items ?? []}
              />
              <AtRisk asked={milestones} rag={search.rag} incidents={incidents.data?.items ?? []} />
              <Firing groups={groups} incidents={incidents} alerts={alerts} filter={search} />
              <div className="pair">
                <HeatGrid
                  groups={groups}
                  milestones={milestones}
                  loading={incidents.isPending || alerts.isPending}
                />
                <div className="stack">
                  <Sources />
                  <Deploys />
                </div>
              </div>
            </>
          )}
        </div>
        <Suspense>
          <Details search={search} />
        </Suspense>
      </div>
    </Named>
  );
}
