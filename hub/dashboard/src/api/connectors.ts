/** What the Connectors page asks, and what an admin does to a connector. */

import { queryOptions } from "@tanstack/react-query";

import { get, send } from "./http";
import { connectors } from "./queries";
import type { Checked, ConnectorHealth, Listing, Onboarding, Operation, Survey, Writes } from "./types";

/** No change tells of a look that went well: while the page is seen it is asked again. */
const LOOK_AGAIN = 5_000;

export const looked = { ...connectors, refetchInterval: LOOK_AGAIN };

const path = (id: string, what: string) => `connectors/${encodeURIComponent(id)}/${what}`;

export const connectorHealth = (id: string) =>
  queryOptions({
    queryKey: ["connectors", "health", id],
    queryFn: ({ signal }) => get<ConnectorHealth>(path(id, "health"), {}, signal),
    refetchInterval: LOOK_AGAIN,
  });

/** What was written to a tool last, or is to be. */
export const newestOperations = (connector: string) =>
  queryOptions({
    queryKey: ["operations", "newest", connector],
    queryFn: ({ signal }) => get<Listing<Operation>>("operations", { connector, limit: 10 }, signal),
  });

export const onboarding = (id: string, enabled: boolean) =>
  queryOptions({
    queryKey: ["onboarding", id],
    queryFn: ({ signal }) => get<Onboarding>(path(id, "onboarding"), {}, signal),
    enabled,
  });

/** What a tool knows; it is asked only when somebody wants to know, and anew when they say so. */
export const survey = (id: string, times: number) =>
  queryOptions({
    queryKey: ["survey", id, times],
    queryFn: ({ signal }) => get<Survey>(path(id, "survey"), { anew: String(times > 1) }, signal),
    enabled: times > 0,
    staleTime: Infinity,
    retry: false,
  });

export const check = (id: string) => send<Checked>("POST", path(id, "check"));

export const look = (id: string, how: { full?: boolean; accept_gone?: boolean }) =>
  send<ConnectorHealth>("POST", path(id, "sync"), how);

export const pause = (id: string, paused: boolean) =>
  send<ConnectorHealth>("POST", path(id, paused ? "pause" : "resume"));

export const stopWrites = (id: string, stopped: boolean) => send<Writes>("POST", path(id, "writes"), { stopped });
