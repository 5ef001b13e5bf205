/** The rows of the table: pages of the hub, groups with the unfolded one, and what is new. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";

import type { Query } from "../../api/http";
import * as hub from "../../api/alerts";
import type { Alert, AlertGroup } from "../../api/types";
import { FILTER_OF, filters, NEWEST, NONE, type View } from "../../lib/alertView";

export type Row = { kind: "alert"; alert: Alert } | { kind: "group"; group: AlertGroup; open: boolean };

export interface Rows {
  items: readonly Row[];
  alerts: readonly Alert[];
  asOf: string | undefined;
  news: number;
  loading: boolean;
  fetching: boolean;
  more: boolean;
  loadMore: () => void;
  see: (refs: readonly string[]) => void;
  asked: { error: Error | null; errorUpdatedAt: number; refetch: () => unknown };
}

export const keyOf = (group: AlertGroup): string => group.key ?? NONE;

/** The filters of one group; those of none are asked for by the empty word, where there is one. */
function within(view: View): Query {
  if (!view.by || view.group === undefined) return filters(view);
  return filters({ ...view, [FILTER_OF[view.by]]: view.group });
}

export function useRows(view: View, wanted: Query): Rows {
  const grouped = view.by !== undefined;
  const groups = useQuery(hub.alertGroups(wanted, view.by));
  const unfolded = !grouped || view.group !== undefined;
  const table = useInfiniteQuery(hub.alertTable(within(view), view.sort ?? NEWEST, unfolded));
  const [seen, see] = useState<readonly string[]>([]);
  const now = useQuery(hub.alertsNamed(seen)).data;
  const pages = unfolded ? table.data?.pages : undefined;
  const alerts = useMemo(() => {
    const fresh = new Map((now?.items ?? []).map((one) => [one.ref, one]));
    return (pages ?? []).flatMap((one) => one.items).map((one) => newer(one, fresh.get(one.ref)));
  }, [pages, now]);
  const newest = useQuery(hub.newestAlerts(wanted, !grouped && pages !== undefined)).data;
  const asOf = pages?.[0]?.as_of ?? groups.data?.as_of;
  const news = useMemo(() => countNew(newest?.items ?? [], alerts, asOf), [newest, alerts, asOf]);
  const items = useMemo(
    () => listed(grouped ? (groups.data?.items ?? []) : null, alerts, view.group),
    [grouped, groups.data, alerts, view.group],
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = table;
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return {
    items,
    alerts,
    asOf,
    news,
    loading: grouped ? groups.isPending : table.isPending,
    fetching: isFetchingNextPage,
    more: unfolded && hasNextPage && !isFetchingNextPage && !table.isFetchNextPageError,
    loadMore,
    see,
    asked: grouped && groups.error ? groups : table,
  };
}

const newer = (one: Alert, now: Alert | undefined): Alert =>
  now && (now.version ?? 0) >= (one.version ?? 0) ? now : one;

/** Alerts that the hub first saw after the table was read. */
export function countNew(newest: readonly Alert[], have: readonly Alert[], asOf: string | undefined): number {
  if (!asOf) return 0;
  const known = new Set(have.map((one) => one.ref));
  const since = Date.parse(asOf);
  return newest.filter((one) => !known.has(one.ref) && Date.parse(one.first_seen_at ?? one.starts_at) >= since - 1000)
    .length;
}

function listed(groups: readonly AlertGroup[] | null, alerts: readonly Alert[], open: string | undefined): Row[] {
  const rows = alerts.map((alert): Row => ({ kind: "alert", alert }));
  if (!groups) return rows;
  return groups.flatMap((group): Row[] => {
    const unfolded = keyOf(group) === open;
    return [{ kind: "group", group, open: unfolded }, ...(unfolded ? rows : [])];
  });
}
