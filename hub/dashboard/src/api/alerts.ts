/** What the Alerts page and the details of an alert ask, and what people do to alerts. */

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { get, send, type Query } from "./http";
import { FIRST_PAGE } from "./queries";
import type { Alert, AlertCounts, AlertGroups, AlertInFull, Incident, Link, Listing, Operation } from "./types";

/** Alerts of the table, page by page; it is not read anew by itself, so that no row jumps. */
export const alertTable = (filters: Query, sort: string, enabled = true) =>
  infiniteQueryOptions({
    queryKey: ["alert-table", filters, sort],
    queryFn: ({ signal, pageParam }) =>
      get<Listing<Alert>>("alerts", { ...filters, sort, limit: FIRST_PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: Infinity,
    enabled,
  });

export const alertCounts = (filters: Query) =>
  queryOptions({
    queryKey: ["alerts", "counts", filters],
    queryFn: ({ signal }) => get<AlertCounts>("alerts/counts", filters, signal),
    placeholderData: keepPreviousData,
  });

export const alertGroups = (filters: Query, by: string | undefined) =>
  queryOptions({
    queryKey: ["alert-table", "groups", filters, by],
    queryFn: ({ signal }) => get<AlertGroups>("alerts/groups", { ...filters, by, limit: 1000 }, signal),
    staleTime: Infinity,
    enabled: by !== undefined,
  });

/** The newest of a view: what of them the table does not have yet is new. */
export const newestAlerts = (filters: Query, enabled: boolean) =>
  queryOptions({
    queryKey: ["alerts", "newest", filters],
    queryFn: ({ signal }) =>
      get<Listing<Alert>>("alerts", { ...filters, sort: "-starts_at", limit: 100 }, signal),
    enabled,
  });

/** What is seen of the table now, as it is now. */
export const alertsNamed = (refs: readonly string[]) =>
  queryOptions({
    queryKey: ["alerts", "named", refs],
    queryFn: ({ signal }) => get<Listing<Alert>>("alerts", { ref: refs, limit: 100 }, signal),
    enabled: refs.length > 0,
    placeholderData: keepPreviousData,
  });

/** A few alerts that share something with one, the worst first. */
export const siblings = (filter: Query) =>
  queryOptions({
    queryKey: ["alerts", "siblings", filter],
    queryFn: ({ signal }) => get<Listing<Alert>>("alerts", { ...filter, sort: "-severity", limit: 7 }, signal),
  });

/** What became of the newest acknowledgements of an alert on their way to its tool. */
export const acknowledgements = (alert: string) =>
  queryOptions({
    queryKey: ["operations", "acknowledgements", alert],
    queryFn: ({ signal }) =>
      get<Listing<Operation>>("operations", { alert, write: "acknowledge", limit: 20 }, signal),
  });

const alertPath = (ref: string) => `alerts/${encodeURIComponent(ref)}`;

export const acknowledge = (ref: string, message: string) =>
  send<AlertInFull>("POST", `${alertPath(ref)}/ack`, { message });

export const setService = (ref: string, service: string | null) =>
  send<AlertInFull>("POST", `${alertPath(ref)}/service`, { service });

export const silence = (ref: string, until: string, message: string) =>
  send("POST", `${alertPath(ref)}/silence`, { until, message });

export const createIncident = (alerts: readonly string[], title: string | null) =>
  send<Incident>("POST", "incidents", { alerts, title });

export const linkToIncident = (incident: string, alerts: readonly string[]) =>
  send<Incident>("POST", `incidents/${encodeURIComponent(incident)}/alerts`, { alerts });

export const judgeLink = (id: string, verdict: "confirm" | "reject") =>
  send<Link>("POST", `links/${encodeURIComponent(id)}/${verdict}`, verdict === "reject" ? { reason: "" } : undefined);
