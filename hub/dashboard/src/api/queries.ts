/** Every question the pages ask. Pages use these and never fetch. */

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { get, rememberCsrf, send, type Query } from "./http";
import type {
  Alert,
  AlertCounts,
  AlertGroups,
  AlertInFull,
  Connector,
  Incident,
  Intake,
  Link,
  Listing,
  MappingVersion,
  Me,
  Milestone,
  MilestoneInFull,
  Sample,
  Quarantined,
  Retried,
  Service,
  UnmappedList,
} from "./types";

/** As many as one screen can make sense of; the total tells the rest. */
export const FIRST_PAGE = 200;

/** Alerts stand on the page under their incidents; of their own only those that have none yet. */
const LOOSE = 50;

export const OPEN = ["open", "acknowledged", "mitigating", "mitigated"] as const;

export const me = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }) => {
    const who = await get<Me>("me", {}, signal);
    rememberCsrf(who.csrf ?? null);
    return who;
  },
  staleTime: Infinity,
});

export const milestones = queryOptions({
  queryKey: ["milestones", "list"],
  queryFn: ({ signal }) =>
    get<Listing<Milestone>>("milestones", { limit: FIRST_PAGE, count: 1 }, signal),
});

/** For a plan with more milestones than one page holds: those that the last imports moved. */
export const movedMilestones = (enabled: boolean) =>
  queryOptions({
    queryKey: ["milestones", "moved"],
    queryFn: ({ signal }) =>
      get<Listing<Milestone>>("milestones", { sort: "-moved", limit: FIRST_PAGE }, signal),
    enabled,
  });

export const openIncidents = queryOptions({
  queryKey: ["incidents", "open"],
  queryFn: ({ signal }) =>
    get<Listing<Incident>>(
      "incidents",
      { status: OPEN, sort: "priority", limit: FIRST_PAGE, count: 1 },
      signal,
    ),
});

export const firingAlerts = queryOptions({
  queryKey: ["alerts", "firing"],
  queryFn: ({ signal }) =>
    get<Listing<Alert>>(
      "alerts",
      { status: "firing", sort: "-severity", limit: LOOSE, count: 1 },
      signal,
    ),
});

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
export const alertsNamed = (refs: readonly string[], enabled: boolean) =>
  queryOptions({
    queryKey: ["alerts", "named", refs],
    queryFn: ({ signal }) => get<Listing<Alert>>("alerts", { ref: refs, limit: 100 }, signal),
    enabled: enabled && refs.length > 0,
    placeholderData: keepPreviousData,
  });

/** A few alerts that share something with one, the worst first. */
export const siblings = (filter: Query) =>
  queryOptions({
    queryKey: ["alerts", "siblings", filter],
    queryFn: ({ signal }) => get<Listing<Alert>>("alerts", { ...filter, sort: "-severity", limit: 7 }, signal),
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

export const services = queryOptions({
  queryKey: ["services", "list"],
  queryFn: ({ signal }) => get<Listing<Service>>("services", { limit: FIRST_PAGE }, signal),
});

/** No change tells that a delivery came or waits: these are asked again while they are seen. */
const LOOK_AGAIN = 10_000;
const MEASURE_AGAIN = 120_000;

export const connectors = queryOptions({
  queryKey: ["connectors", "list"],
  queryFn: ({ signal }) => get<Listing<Connector>>("connectors", { limit: FIRST_PAGE }, signal),
  refetchInterval: LOOK_AGAIN,
});

export const sample = queryOptions({
  queryKey: ["sample"],
  queryFn: ({ signal }) => get<Sample>("sample", {}, signal),
});

export const loadSample = () => send<Sample>("POST", "sample");

export const removeSample = () => send<Sample>("DELETE", "sample");

export const intake = queryOptions({
  queryKey: ["intake"],
  queryFn: ({ signal }) => get<Intake>("intake", {}, signal),
  refetchInterval: LOOK_AGAIN,
});

export const unmapped = queryOptions({
  queryKey: ["unmapped"],
  queryFn: ({ signal }) => get<UnmappedList>("unmapped", {}, signal),
  refetchInterval: MEASURE_AGAIN,
});

export const mappingVersions = queryOptions({
  queryKey: ["mappings", "newest"],
  queryFn: ({ signal }) =>
    get<Listing<MappingVersion>>("mappings", { sort: "-at", limit: 50, count: 1 }, signal),
});

/** What did not fit and is not solved, newest first, page by page. */
export const rejected = (connector: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["quarantine", "unfit", connector ?? ""],
    queryFn: ({ signal, pageParam }) =>
      get<Listing<Quarantined>>(
        "quarantine",
        { state: ["open", "refused"], connector, limit: 20, count: 1, cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });

export const retry = (id: string) =>
  send<Retried>("POST", `quarantine/${encodeURIComponent(id)}/retry`);

export const oneMilestone = (ref: string) =>
  queryOptions({
    queryKey: ["milestones", "one", ref],
    queryFn: ({ signal }) => get<MilestoneInFull>(`milestones/${encodeURIComponent(ref)}`, {}, signal),
  });

export const oneIncident = (ref: string) =>
  queryOptions({
    queryKey: ["incidents", "one", ref],
    queryFn: ({ signal }) => get<Incident>(`incidents/${encodeURIComponent(ref)}`, {}, signal),
  });

export const oneAlert = (ref: string) =>
  queryOptions({
    queryKey: ["alerts", "one", ref],
    queryFn: ({ signal }) => get<AlertInFull>(`alerts/${encodeURIComponent(ref)}`, {}, signal),
  });

/** Alerts of one incident, the worst first. */
export const alertsOf = (incident: string) =>
  queryOptions({
    queryKey: ["alerts", "of", incident],
    queryFn: ({ signal }) =>
      get<Listing<Alert>>(
        "alerts",
        { incident, sort: "-severity", limit: 50, count: 1 },
        signal,
      ),
  });

/** Links that start at any of these refs: what the chain needs to say why, and how sure. */
export const linksFrom = (sources: readonly string[]) =>
  queryOptions({
    queryKey: ["links", "from", ...sources],
    queryFn: ({ signal }) => get<Listing<Link>>("links", { source: sources, limit: 200 }, signal),
    enabled: sources.length > 0,
  });
