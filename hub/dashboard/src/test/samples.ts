/** Small entities for tests; each test says only what it is about. */

import type { Alert, Incident, Link, MilestoneInFull, Move } from "../api/types";

export function milestone(given: Partial<MilestoneInFull> & { ref: string }): MilestoneInFull {
  return {
    title: given.ref,
    project: "p:project:ERP",
    due: null,
    baseline: null,
    actual: null,
    forecast: null,
    float_days: null,
    float_source_days: null,
    critical: null,
    health: { rag: "green", reasons: [] },
    exposure: 0,
    incidents: [],
    risks: [],
    services: [],
    gate: null,
    moved: null,
    moves: [],
    ...given,
  };
}

export function move(given: Partial<Move>): Move {
  return {
    at: "2026-03-02T08:00:00+00:00",
    before: "2026-03-10",
    after: "2026-03-14",
    days: 4,
    causes: [{ code: "move_cause_unknown", values: {}, task: null, owners: [] }],
    ...given,
  };
}

export function alert(given: Partial<Alert> & { ref: string }): Alert {
  return {
    title: given.ref,
    severity: 3,
    severity_raw: "warning",
    status: "firing",
    service: null,
    incident: null,
    starts_at: "2026-03-02T08:00:00+00:00",
    ends_at: null,
    last_seen_at: null,
    count: 1,
    labels: {},
    source: { connector: "am-main", key: "x" },
    milestones: [],
    ...given,
  };
}

export function incident(given: Partial<Incident> & { ref: string }): Incident {
  return {
    title: given.ref,
    status: "open",
    severity: 4,
    priority: 3,
    priority_base: 3,
    reasons: [],
    services: [],
    alerts: [],
    milestones: [],
    risks: [],
    opened_at: "2026-03-02T08:00:00+00:00",
    acked_at: null,
    resolved_at: null,
    ...given,
  };
}

export function hurt(ref: string, exposure: number): Incident["milestones"][number] {
  return { ref, title: ref, exposure, float_days: null, slip: null, slip_at: null, reasons: [] };
}

export function link(source: string, target: string, confidence: number, state = "linked"): Link {
  const type = "affects";
  return { id: `${source}>${target}`, source, target, type, confidence, state, rule: "r", evidence: [], at: null, by: null } as Link;
}
