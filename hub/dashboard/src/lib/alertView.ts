/** What the address of the Alerts page says, and what is asked of the hub for it. Pure. */

import type { Query } from "../api/http";
import { SINGLE, type Grouping, type Single, type View } from "./alertSearch";

export { GROUPINGS, isLabel, readView, SINGLE } from "./alertSearch";
export type { Grouping, Single, View } from "./alertSearch";

/** In the address: of no service, of no incident … */
export const NONE = "(none)";

const ASKED_AS: Record<Single, string> = {
  source: "connector",
  service: "service",
  hurts: "milestone",
  owner: "owner",
  under: "incident",
  title: "title",
  fingerprint: "fingerprint",
  flapping: "flapping",
};

/** The filter that shows one group of a grouping. */
export const FILTER_OF: Record<Grouping, Single> = {
  service: "service",
  milestone: "hurts",
  incident: "under",
  title: "title",
  fingerprint: "fingerprint",
};

export const COLUMNS = [
  "severity", "state", "title", "service", "incident", "milestone", "first_seen", "changed", "count",
  "source", "owner", "last_seen",
] as const;
export type Column = (typeof COLUMNS)[number];

/** Without the title a row says nothing; the severity stands beside the box that selects it. */
export const ALWAYS: readonly Column[] = ["severity", "title"];
export const USUAL: readonly Column[] = COLUMNS.filter((one) => one !== "last_seen");

export const NEWEST = "-starts_at";

export const words = (list: string | undefined): string[] => (list ? list.split(",") : []);

/** The same list with a word more, or less; undefined when none is left. */
export function toggled(list: string | undefined, word: string): string | undefined {
  const now = words(list);
  const next = now.includes(word) ? now.filter((one) => one !== word) : [...now, word];
  return next.join(",") || undefined;
}

/** The filters of a view, as the hub takes them; the counters leave out what they count by. */
export function filters(view: View, without: readonly ("sev" | "state")[] = []): Query {
  const asked: Query = {};
  if (view.sev && !without.includes("sev")) asked.severity = words(view.sev);
  if (view.state && !without.includes("state")) asked.status = words(view.state);
  for (const key of SINGLE) {
    const value = view[key];
    if (value !== undefined) asked[ASKED_AS[key]] = value === NONE ? "" : value;
  }
  if (view.label) asked.label = view.label;
  if (view.q) asked.q = view.q;
  return asked;
}

/** The next sort after a click on a column: down, up, and as it was. */
export function sorted(now: string | undefined, field: string): string | undefined {
  if (now === `-${field}`) return field;
  return now === field ? undefined : `-${field}`;
}

export function shownColumns(cols: string | undefined | null): Column[] {
  const wanted = cols === undefined || cols === null ? USUAL : words(cols);
  return COLUMNS.filter((one) => ALWAYS.includes(one) || wanted.includes(one));
}

export interface Counted {
  status: string;
  severity: number;
  alerts: number;
}

/** Sums of a table of counts by one of its sides, within what is chosen of the other. */
export function sums(counts: readonly Counted[], side: "status" | "severity", chosen: readonly string[]): Map<string, number> {
  const other = side === "status" ? "severity" : "status";
  const found = new Map<string, number>();
  for (const one of counts) {
    if (chosen.length > 0 && !chosen.includes(String(one[other]))) continue;
    const key = String(one[side]);
    found.set(key, (found.get(key) ?? 0) + one.alerts);
  }
  return found;
}

/** How many alerts the view holds. */
export function total(counts: readonly Counted[], view: View): number {
  const [sev, state] = [words(view.sev), words(view.state)];
  return counts
    .filter((one) => sev.length === 0 || sev.includes(String(one.severity)))
    .filter((one) => state.length === 0 || state.includes(one.status))
    .reduce((sum, one) => sum + one.alerts, 0);
}
