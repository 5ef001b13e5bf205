/** All alerts in one flat table: counted, filtered, grouped, and acted on in bulk. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { Button } from "react-aria-components";

import * as hub from "../../api/alerts";
import * as ask from "../../api/queries";
import type { Alert } from "../../api/types";
import { useT } from "../../i18n";
import "../../i18n/alerts";
import { filters, total, type View } from "../../lib/alertView";
import { titles } from "../../lib/board";
import { AsOf } from "../parts/AsOf";
import { Named } from "../parts/named";
import { Bulk } from "./Bulk";
import { Counters } from "./Counters";
import { Filters } from "./Filters";
import { Grid } from "./Grid";
import { useRows } from "./rows";
import { useTableSettings } from "./tableSettings";
import { TableSettings } from "./TableSettings";
import "./alerts.css";

const Details = lazy(() => import("../details/Details"));
const page = getRouteApi("/alerts");

export default function AlertsPage() {
  const t = useT();
  const view: View = page.useSearch();
  const client = useQueryClient();
  const [selected, select] = useState<ReadonlyMap<string, Alert>>(new Map());
  const paused = selected.size > 0;
  const wanted = useMemo(() => filters(view), [view]);
  const counts = useQuery(hub.alertCounts(filters(view, ["sev", "state"])));
  const settings = useTableSettings(view);
  const rows = useRows(view, wanted);
  const known = useTitles();
  const number = counts.data ? total(counts.data.items, view) : null;
  const renew = useCallback(() => {
    void client.resetQueries({ queryKey: ["alert-table"] });
    select(new Map());
  }, [client]);
  // Where nothing stands no row can jump: what comes is shown at once.
  const fresh = rows.news > 0 && rows.items.length === 0 && !paused;
  useEffect(() => {
    if (fresh) renew();
  }, [fresh, renew]);
  return (
    <Named value={known}>
      <div className="page">
        <div className="board alerts-board">
          <div className="page-head">
            <h1>{t("alerts.title")}</h1>
            <span className="mute num" role="status">
              {number !== null && t("alerts.count", { n: number })}
            </span>
            <AsOf at={rows.asOf} />
          </div>
          <Counters counts={counts.data?.items ?? []} view={view} />
          <Filters view={view} />
          <div className="table-head">
            <Fresh news={rows.news} paused={paused} renew={renew} />
            <span className="grow" />
            <TableSettings view={view} settings={settings} rows={rows.alerts} />
          </div>
          {selected.size > 0 && <Bulk selected={selected} select={select} />}
          <Grid
            view={view}
            rows={rows}
            total={number}
            settings={settings}
            selected={selected}
            select={select}
          />
        </div>
        <Suspense>
          <Details search={view} />
        </Suspense>
      </div>
    </Named>
  );
}

/** What came since the table was read stands here until it is asked for: no row jumps. */
function Fresh({ news, paused, renew }: { news: number; paused: boolean; renew: () => void }) {
  const t = useT();
  const words = t("alerts.new", { n: news });
  return (
    <>
      <span role="status" className="sr">
        {news > 0 ? words : ""}
      </span>
      {news > 0 && (
        <Button className="button pill" onPress={renew} isDisabled={paused}>
          {words}
        </Button>
      )}
      {paused && <span className="mute">{t("alerts.paused")}</span>}
      <Button className="button quiet" onPress={renew} isDisabled={paused}>
        {t("alerts.renew")}
      </Button>
    </>
  );
}

function useTitles(): ReadonlyMap<string, string> {
  const milestones = useQuery(ask.milestones).data;
  const incidents = useQuery(ask.openIncidents).data;
  const services = useQuery(ask.services).data;
  return useMemo(() => {
    const plan = milestones?.items ?? [];
    return titles(
      plan,
      plan.map((one) => ({ ref: one.project, title: one.project_title })),
      incidents?.items ?? [],
      (services?.items ?? []).map(({ ref, name }) => ({ ref, title: name })),
    );
  }, [milestones, incidents, services]);
}
