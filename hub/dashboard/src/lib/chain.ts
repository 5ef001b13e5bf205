/**
 * The impact chain: alert, incident, service, milestone, risk. Pure.
 *
 * Each step says why it follows from the one before, and how sure that is. What nobody has
 * linked stands as an open end, never left out.
 */

import type { Incident, Link, Reason } from "../api/types";

export type StepKind = "alert" | "incident" | "service" | "milestone" | "risk";

export interface Step {
  kind: StepKind;
  refs: string[];
  /** Why the first of `refs` follows from the step before. */
  reasons: Reason[];
  confidence: number | null;
  /** Words of the source that were matched, as evidence. */
  matched: Record<string, string>;
}

const FORGOTTEN = new Set(["rejected", "expired"]);

/** The strongest link that ends at `target` and starts at one of `sources`. */
export function strongest(
  links: readonly Link[],
  sources: readonly string[],
  target: string | undefined,
): Link | null {
  const fitting = links.filter(
    (one) =>
      one.target === target && sources.includes(one.source) && !FORGOTTEN.has(one.state),
  );
  return fitting.sort((a, b) => b.confidence - a.confidence)[0] ?? null;
}

function step(kind: StepKind, refs: string[], reasons: Reason[], link: Link | null): Step {
  const matched = Object.assign({}, ...(link?.evidence ?? []).map((one) => one.matched));
  const said = link?.reasons ?? [];
  const confidence = link?.confidence ?? null;
  return { kind, refs, reasons: reasons.length ? reasons : said, confidence, matched };
}

export function chain(incident: Incident, links: readonly Link[], alert?: string): Step[] {
  const alerts = alert ? [alert] : incident.alerts;
  const [service] = incident.services;
  const hurt = [...incident.milestones].sort((a, b) => b.exposure - a.exposure);
  const faults = [incident.ref, ...alerts];
  return [
    step("alert", alerts, [], null),
    step("incident", [incident.ref], incident.reasons, strongest(links, alerts, incident.ref)),
    step("service", incident.services, [], strongest(links, faults, service)),
    step(
      "milestone",
      hurt.map((one) => one.ref),
      hurt[0]?.reasons ?? [],
      strongest(links, [...incident.services, ...faults], hurt[0]?.ref),
    ),
    step("risk", incident.risks, [], strongest(links, faults, incident.risks[0])),
  ];
}
