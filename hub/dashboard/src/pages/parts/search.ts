/** What the address of the Now page says: the open detail and the filters. */

export interface NowSearch {
  incident?: string;
  alert?: string;
  milestone?: string;
  /** A list beside the page: sources, rejected (of one connector: rejected:am-main) … */
  open?: string;
  q?: string;
  service?: string;
  hurts?: string;
  rag?: string;
  help?: boolean;
}

const TEXTS = ["incident", "alert", "milestone", "open", "q", "service", "hurts", "rag"] as const;

/** Keep what we know and drop the rest, so that an old or foreign link still opens the page. */
export function readSearch(search: Record<string, unknown>): NowSearch {
  const known: NowSearch = {};
  for (const key of TEXTS) {
    const value = search[key];
    if (value !== undefined && value !== null && value !== "") known[key] = String(value);
  }
  return known;
}

export type DetailKind = "incident" | "alert" | "milestone" | "open";

export const DETAILS = ["incident", "alert", "milestone", "open"] as const;

/** The same view of whatever page with another detail open. */
export function opening(kind: DetailKind, ref: string) {
  return (before: object) => ({ ...closing(before), [kind]: ref });
}

/** The same view with no detail open. */
export function closing(before: object) {
  const rest: Record<string, unknown> = { ...before };
  for (const kind of DETAILS) delete rest[kind];
  delete rest.help;
  return rest;
}
