/**
 * The impact chain: alert, incident, service, milestone, risk. Pure.
 *
 * Each step says why it follows from the one before, and how sure that is. What nobody has
 * linked stands as an open end, never left out.
 */

import type { Hop, Incident, Link, Reason } from "../api/types";

export type StepKind = "alert" | "incident" | "service" | "milestone" | "risk";

export interface Step {
  kind: StepKind;
  refs: string[];
  /** Why the first of `refs` follows from the step before. */
  reasons: Reason[];
  /** 0 to 1; null: nobody has said. */
  confidence: number | null;
}

const FORGOTTEN = new Set(["rejected", "expired"]);

/** The strongest link that ends at `target` and starts at one of `sources`. */
export function strongest(
  links: readonly Link[],
  sources: readonly string[],
  target: string | undefined,
): Link | null {
  const fitting = links.filter(
    (one) => one.target === target && sources.includes(one.source) && !FORGOTTEN.has(one.state),
  );
  return fitting.sort((a, b) => b.confidence - a.confidence)[0] ?? null;
}

/** Why the alerts are one incident; the other reasons of an incident are about its priority. */
export const isGrouping = (reason: Reason): boolean => reason.code.startsWith("group_");

/** The worst milestone first. */
export const byExposure = (a: { exposure: number }, b: { exposure: number }): number =>
  b.exposure - a.exposure;

export function chain(incident: Incident, links: readonly Link[], alert?: string): Step[] {
  const alerts = alert ? [alert] : incident.alerts;
  const hurt = [...incident.milestones].sort(byExposure);
  const [worst] = hurt;
  const route = worst?.route ?? [];
  const grouped = incident.reasons.filter(isGrouping);
  const of = (refs: readonly string[], target: string | undefined) => strongest(links, refs, target);
  const [first, ...further] = route.slice(0, -1);
  const service = first?.target ?? incident.services[0];
  const named = of(alerts, service);
  const last = route.at(-1) ?? of([...incident.services, incident.ref], worst?.ref);
  return [
    { kind: "alert", refs: heading(alerts, named?.source), reasons: [], confidence: null },
    {
      kind: "incident",
      refs: [incident.ref],
      reasons: grouped,
      confidence: of(alerts, incident.ref)?.confidence ?? null,
    },
    {
      kind: "service",
      refs: service === undefined ? [] : [service, ...incident.services.filter((one) => one !== service)],
      reasons: named?.reasons?.length ? named.reasons : saying(first ?? of([incident.ref], service)),
      confidence: first?.confidence ?? named?.confidence ?? null,
    },
    ...further.map((hop): Step => {
      return { kind: "service", refs: [hop.target], reasons: [hop.reason], confidence: hop.confidence };
    }),
    {
      kind: "milestone",
      refs: hurt.map((one) => one.ref),
      reasons: saying(last),
      confidence: last?.confidence ?? null,
    },
    { kind: "risk", refs: incident.risks, reasons: [], confidence: null },
  ];
}

function saying(one: Hop | Link | null | undefined): Reason[] {
  if (!one) return [];
  return "reason" in one ? [one.reason] : (one.reasons ?? []);
}

/** The alert that speaks for the service stands first: the reasons below it are its own. */
function heading(alerts: readonly string[], first: string | undefined): string[] {
  if (first === undefined) return [...alerts];
  return [first, ...alerts.filter((one) => one !== first)];
}
