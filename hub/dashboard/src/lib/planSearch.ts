/** The address of the Plan page, read. It is apart because each page needs the reading of addresses. */

export const TABS = ["timeline", "board", "milestones"] as const;
export type Tab = (typeof TABS)[number];

export interface PlanSearch {
  tab?: Tab;
  project?: string;
  connector?: string;
  rag?: string;
  q?: string;
  zoom?: string;
  /** `table`: the timeline as rows of words. */
  as?: string;
  /** `no`: without what is not critical marked off. */
  critical?: string;
  milestone?: string;
  incident?: string;
  alert?: string;
  open?: string;
}

const TEXTS = [
  "project", "connector", "rag", "q", "zoom", "as", "critical", "milestone", "incident", "alert", "open",
] as const;

export function readPlan(search: Record<string, unknown>): PlanSearch {
  const known: PlanSearch = {};
  const tab = TABS.find((one) => one === search.tab);
  if (tab) known.tab = tab;
  for (const key of TEXTS) if (search[key]) known[key] = String(search[key]);
  return known;
}
