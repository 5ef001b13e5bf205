/**
 * The shapes of /api/v1 that the dashboard reads. What may be unknown may be null: it is shown
 * as unknown, never as nothing.
 */

export type Values = Record<string, string | number | boolean | null>;

export interface Reason {
  code: string;
  values?: Values;
}

export interface Listing<T> {
  items: T[];
  next: string | null;
  total: number | null;
  as_of: string;
}

export type Rag = "red" | "amber" | "green" | "unknown";

export interface Condition {
  rag: Rag;
  reasons: Reason[];
}

export interface Origin {
  connector: string;
  key: string;
  url?: string | null;
}

export interface Milestone {
  ref: string;
  title: string;
  project: string;
  project_title?: string | null;
  due: string | null;
  baseline: string | null;
  actual: string | null;
  forecast: { p50: string | null; p80: string | null } | null;
  float_days: number | null;
  float_source_days: number | null;
  critical: boolean | null;
  health: Condition;
  exposure: number;
  incidents: string[];
  risks: string[];
  services: string[];
  source?: Origin | null;
}

export interface Alert {
  ref: string;
  title: string;
  severity: number;
  severity_raw: string;
  status: string;
  service: string | null;
  incident: string | null;
  starts_at: string;
  ends_at: string | null;
  last_seen_at: string | null;
  first_seen_at?: string | null;
  count: number;
  labels: Record<string, string>;
  source: Origin;
  milestones: { ref: string; exposure: number }[];
  episode?: number | null;
  flaps?: number | null;
  incomplete?: boolean | null;
  runbook_url?: string | null;
}

export interface Occurrence {
  episode: number;
  event: string;
  at: string;
  received_at: string;
  source_key: string;
}

export interface AlertInFull extends Alert {
  raw: unknown;
  provenance: Record<string, { mapping?: string | null; version?: number | string | null; path?: string | null }>;
  occurrences: Occurrence[];
  annotations?: Record<string, string>;
}

export interface Hurt {
  ref: string;
  title: string;
  exposure: number;
  float_days: number | null;
  slip: { days?: number | null; p50_days?: number | null; p80_days?: number | null; reasons?: Reason[] } | null;
  slip_at: string | null;
  reasons: Reason[];
  factors?: Record<string, number>;
}

export interface Incident {
  ref: string;
  title: string;
  status: string;
  severity: number;
  priority: number;
  priority_base: number;
  reasons: Reason[];
  services: string[];
  alerts: string[];
  milestones: Hurt[];
  risks: string[];
  opened_at: string;
  acked_at: string | null;
  resolved_at: string | null;
  commander?: string | null;
  alerts_total?: number | null;
  firing?: number | null;
}

export interface Service {
  ref: string;
  name: string;
  tier: number;
  owner: string | null;
  runbook_url: string | null;
  depends_on: { service: string; hardness: string }[];
  delivers: { project: string; milestone: string; role: string }[];
}

export interface Link {
  id: string;
  source: string;
  target: string;
  type: string;
  state: string;
  confidence: number;
  rule: string;
  evidence: { kind: string; strength: number; rule: string; matched: Record<string, string> }[];
  reasons?: Reason[];
}

export interface Connector {
  id: string;
  type: string;
  title: string;
  state: string;
  read_only: boolean;
  last_success_at: string | null;
  last_received_at?: string | null;
  last_error: string | null;
  last_error_at?: string | null;
  quarantined?: number | null;
}

export interface Me {
  name: string;
  role: string;
  csrf: string | null;
  organisation: { name: string; timezone: string; locale: string };
  version: string;
}

export interface Change {
  seq: number;
  at: string;
  type: string;
  ref: string;
  kind: string;
  version: number;
  cause: string;
  merged?: number | null;
  kinds?: string[] | null;
}
