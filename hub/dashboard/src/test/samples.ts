/** Small entities for tests; each test says only what it is about. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import type {
  Alert,
  Connector,
  Incident,
  Intake,
  Link,
  MilestoneInFull,
  Move,
  Operation,
  Quarantined,
} from "../api/types";

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

export function operation(given: Partial<Operation> & { ref: string }): Operation {
  return {
    key: "k",
    connector: "zbx",
    write: "acknowledge",
    field: "acknowledgement",
    alert: "zbx:alert:1",
    state: "planned",
    says: "",
    wanted: {},
    answer: null,
    attempts: 0,
    by: "li.na",
    created_at: "2026-03-02T08:00:00Z",
    next_at: null,
    settled_at: null,
    version: 1,
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

interface Described {
  operationId: string;
  "x-roles"?: string[];
}

/** What a role may do, as the document of the API says it. */
export function may(role: string): string[] {
  const file = join(import.meta.dirname, "../../../web/openapi.json");
  const { paths } = JSON.parse(readFileSync(file, "utf8")) as { paths: Record<string, Record<string, Described>> };
  const all = Object.values(paths).flatMap((path) => Object.values(path));
  return all.filter((one) => one["x-roles"]?.includes(role)).map((one) => one.operationId);
}

export function source(given: Partial<Connector> & { id: string }): Connector {
  const at = {
    since: null, last_success_at: null, last_attempt_at: null, next_poll_at: null,
    last_received_at: null, stopped_at: null,
  };
  const looks = { polls: false, poll_seconds: null, lag_seconds: null, error_rate: null, open: 0, backlog: 0 };
  const writes = { can: [], may: [], read_only: true, stopped: false, stopped_by: null };
  const brought = { deliveries: 0, records: 0, quarantined: 0, sample: false };
  const does = { receives: true, pulls: false, imports: false, tls: null };
  const limits = { rate_limit: null, token_expires_at: null, token_expiry_known: false };
  return {
    ...at, ...looks, ...writes, ...brought, ...does, ...limits,
    type: "t", title: given.id, state: "ok", message: null, guard: null, hours: [], ...given,
  };
}

const NONE = { count: 0, more: false, newest_at: null };

export function intake(given: Partial<Intake>): Intake {
  const at = "2026-03-02T08:00:00Z";
  return {
    waiting: { deliveries: 0, records: 0, bytes: 0, since: null },
    rejected: NONE,
    unbound: NONE,
    mapping: null,
    catalogue: null,
    bus: { transport: "memory", reachable: true, since: at, detail: null },
    as_of: at,
    ...given,
  };
}

export function quarantined(given: Partial<Quarantined> & { id: string }): Quarantined {
  const [receipt = ""] = given.id.split(/[#!]/);
  const at = "2026-03-02T08:00:00Z";
  const said = { path: "labels.severity", message: "no table holds it", state: "open", attempts: 0 };
  return { receipt, connector: "am", kind: "prometheus.alert", at, ...said, ...given };
}
