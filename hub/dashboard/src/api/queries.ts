/** Every question the pages ask. Pages use these and never fetch. */

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { get, rememberCsrf, send } from "./http";
import type {
  Alert,
  AlertInFull,
  Connector,
  Incident,
  Intake,
  Link,
  Listing,
  MappingVersion,
  Me,
  MetricSeries,
  Milestone,
  MilestoneInFull,
  Sample,
  Quarantined,
  Retried,
  Service,
  ServiceInFull,
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

/** Numbers come each minute, and no change tells of them. */
const NUMBERS_AGAIN = 60_000;

export const oneService = (ref: string) =>
  queryOptions({
    queryKey: ["services", "one", ref],
    queryFn: ({ signal }) => get<ServiceInFull>(`services/${encodeURIComponent(ref)}`, {}, signal),
    refetchInterval: NUMBERS_AGAIN,
  });

/** The last hours of a number, as fine as is worth showing. */
export const seriesOf = (service: string, name: string, hours: number) =>
  queryOptions({
    queryKey: ["services", "series", service, name, hours],
    queryFn: ({ signal }) => {
      const from = new Date(Date.now() - hours * 3_600_000).toISOString();
      return get<MetricSeries>(`services/${encodeURIComponent(service)}/series`, { name, from }, signal);
    },
    refetchInterval: NUMBERS_AGAIN,
  });

export const firingOf = (service: string) =>
  queryOptions({
    queryKey: ["alerts", "firing", "of", service],
    queryFn: ({ signal }) =>
      get<Listing<Alert>>(
        "alerts",
        { status: "firing", service, sort: "-severity", limit: 10, count: 1 },
        signal,
      ),
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
