/** The address of the Alerts page, read. It is apart because each page needs the reading of addresses. */

export const GROUPINGS = ["service", "milestone", "incident", "title", "fingerprint"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Filters whose value is one word; `under` is an incident, `hurts` a milestone. */
export const SINGLE = ["source", "service", "hurts", "owner", "under", "title", "fingerprint", "flapping"] as const;
export type Single = (typeof SINGLE)[number];

export interface View extends Partial<Record<Single, string>> {
  /** Severities and states, with commas between. */
  sev?: string;
  state?: string;
  q?: string;
  label?: string[];
  sort?: string;
  by?: Grouping;
  /** The group that is unfolded. */
  group?: string;
  cols?: string;
  rows?: "dense" | "wide";
  incident?: string;
  alert?: string;
  milestone?: string;
  open?: string;
}

const TEXTS = ["sev", "state", "q", "sort", "group", "cols", "incident", "alert", "milestone", "open", ...SINGLE] as const;
/** Keep what we know and drop the rest, so that an old or foreign link still opens the page. */
export function readView(search: Record<string, unknown>): View {
  const view: View = {};
  for (const key of TEXTS) {
    const value = search[key];
    if (value !== undefined && value !== null && value !== "") view[key] = String(value);
  }
  const labels = [search.label ?? []].flat().map(String).filter(isLabel);
  if (labels.length > 0) view.label = labels;
  if (GROUPINGS.some((one) => one === search.by)) view.by = search.by as Grouping;
  if (search.rows === "dense" || search.rows === "wide") view.rows = search.rows;
  return view;
}

/** A label is asked for by name and value. */
export const isLabel = (text: string): boolean => /^[^=]+=/.test(text);
