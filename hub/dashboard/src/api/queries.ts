/** Every question the pages ask. Pages use these and never fetch. */

import { queryOptions } from "@tanstack/react-query";

import { get, rememberCsrf, send } from "./http";
import type {
  Alert,
  AlertInFull,
  Connector,
  Incident,
  Link,
  Listing,
  Me,
  Milestone,
  MilestoneInFull,
  Sample,
  Service,
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

export const connectors = queryOptions({
  queryKey: ["connectors", "list"],
  queryFn: ({ signal }) => get<Listing<Connector>>("connectors", { limit: FIRST_PAGE }, signal),
});

export const sample = queryOptions({
  queryKey: ["sample"],
  queryFn: ({ signal }) => get<Sample>("sample", {}, signal),
});

export const loadSample = () => send<Sample>("POST", "sample");

export const removeSample = () => send<Sample>("DELETE", "sample");

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
