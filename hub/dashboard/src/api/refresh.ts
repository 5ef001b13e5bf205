/** Turns changes into refetches: only what a change can touch, and never faster than shown. */

import type { QueryClient } from "@tanstack/react-query";

/** At most this often is one kind fetched again while changes rain. */
const PAUSE = 300;

/** What is read anew when an entity of a kind changes, beside the kind's own list. */
const TOUCHED: Record<string, readonly string[]> = {
  alert: ["alerts"],
  incident: ["incidents"],
  milestone: ["milestones"],
  task: ["milestones", "tasks"],
  project: ["milestones", "tasks"],
  link: ["links"],
  service: ["services"],
  services: ["services", "milestones", "intake"],
  objective: ["services"],
  sample: ["sample", "connectors", "links"],
  connector: ["connectors"],
  operation: ["operations"],
  quarantine: ["quarantine", "intake", "connectors"],
  mapping: ["mappings", "unmapped", "intake"],
};

export const ALL = [...new Set(Object.values(TOUCHED).flat())];

export interface Refresher {
  changed: (kind: string) => void;
  everything: () => void;
}

/**
 * A change that arrives while its list is being fetched makes it be fetched once more: the answer
 * under way may be older than the change. A hidden page waits until it is seen.
 */
export function refresher(client: QueryClient, hidden = () => document.hidden): Refresher {
  const dirty = new Set<string>();
  const busy = new Set<string>();
  const isLoading = (list: string) =>
    client
      .getQueryCache()
      .findAll({ queryKey: [list], fetchStatus: "fetching" })
      .some((query) => query.state.data === undefined);
  const pump = async (list: string) => {
    if (busy.has(list) || hidden()) return;
    busy.add(list);
    while (dirty.delete(list)) {
      const pause = new Promise((done) => setTimeout(done, PAUSE));
      // A first load is not begun anew by an invalidation, so it has to be followed by another.
      if (isLoading(list)) dirty.add(list);
      await client.invalidateQueries({ queryKey: [list] }).catch(() => undefined);
      await pause;
    }
    busy.delete(list);
  };
  const mark = (list: string) => {
    dirty.add(list);
    void pump(list);
  };
  document.addEventListener("visibilitychange", () => dirty.forEach((list) => void pump(list)));
  return {
    changed: (kind) => (TOUCHED[kind] ?? []).forEach(mark),
    everything: () => ALL.forEach(mark),
  };
}
