/** What the Now page shows, computed from the lists. Pure: no clock, no fetch, no words. */

import type { Alert, Incident, Milestone, Move, Rag, Reason } from "../api/types";
import { daysBetween } from "./time";
import { RAGS } from "./words";

export const MOST_AT_RISK = 7;
export const MOST_CAUSES = 3;

export const ragOf = (milestone: Milestone): Rag => milestone.health.rag;

/** How far the date has moved from the baseline, in calendar days; null: one of both is unknown. */
export const movedBy = (milestone: Milestone): number | null =>
  daysBetween(milestone.baseline, milestone.due);

const falling = (a: number | null | undefined, b: number | null | undefined) => (b ?? -1) - (a ?? -1);

/** Milestones not yet reached that are red, amber or exposed, the most hurt first. */
export function atRisk(milestones: readonly Milestone[]): Milestone[] {
  const hurt = (one: Milestone) =>
    ragOf(one) === "red" || ragOf(one) === "amber" || one.exposure > 0;
  return milestones
    .filter((one) => one.actual === null && hurt(one))
    .sort(
      (a, b) =>
        RAGS.indexOf(ragOf(a)) - RAGS.indexOf(ragOf(b)) ||
        falling(a.exposure, b.exposure) ||
        (a.due ?? "9").localeCompare(b.due ?? "9"),
    );
}

export function countByRag(milestones: readonly Milestone[]): Record<Rag, number> {
  const counts: Record<Rag, number> = { red: 0, amber: 0, unknown: 0, green: 0 };
  for (const one of milestones) if (one.actual === null) counts[ragOf(one)] += 1;
  return counts;
}

export type Cause = { incident: string } | { reason: Reason };

/** What the columns of a row say already; as a cause it would be said twice. */
const SAID_BY_COLUMNS = new Set([
  "health_behind_baseline",
  "health_exposed",
  "health_slightly_exposed",
  "health_no_float",
  "health_on_track",
]);

/**
 * Incidents first, then the reasons of the health; what the columns say only when nothing else is.
 * What made a milestone red is always said: an incident may be none of it.
 */
export function causes(milestone: Milestone): Cause[] {
  const incidents = milestone.incidents.map((incident) => ({ incident }));
  const reasons = milestone.health.reasons.map((reason) => ({ reason }));
  const decisive = ragOf(milestone) === "red" ? reasons[0] : undefined;
  const news = reasons.filter((one) => one === decisive || !SAID_BY_COLUMNS.has(one.reason.code));
  const found = [...incidents, ...news];
  return found.length > 0 ? found : reasons;
}

/** The milestone that has moved most from its baseline; null when none has moved later. */
export function mostMoved(milestones: readonly Milestone[]): Milestone | null {
  const later = milestones.filter((one) => one.actual === null && (movedBy(one) ?? 0) > 0);
  return later.sort((a, b) => falling(movedBy(a), movedBy(b)))[0] ?? null;
}

export type MovedMilestone = Milestone & { moved: Move };

const hasMoved = (one: Milestone): one is MovedMilestone => one.moved !== null;

/** What an import moved since an instant and is not yet reached, the largest move first. */
export function movedSince(milestones: readonly Milestone[], since: number): MovedMilestone[] {
  return milestones
    .filter(hasMoved)
    .filter((one) => one.actual === null && Date.parse(one.moved.at) >= since)
    .sort(
      (a, b) =>
        Math.abs(b.moved.days) - Math.abs(a.moved.days) ||
        b.moved.days - a.moved.days ||
        (a.due ?? "9").localeCompare(b.due ?? "9"),
    );
}

/** When an import last moved any date; null: none ever did. */
export function lastMovedAt(milestones: readonly Milestone[]): string | null {
  const all = milestones.filter(hasMoved).map((one) => one.moved.at);
  return all.sort((a, b) => Date.parse(b) - Date.parse(a))[0] ?? null;
}

/** How much an incident hurts the milestone that it hurts most. */
export const worstExposure = (incident: Incident): number | null =>
  incident.milestones.reduce<number | null>(
    (most, one) => Math.max(most ?? 0, one.exposure),
    null,
  );

/** An order of work that knows the plan: priority, then exposure, then severity, then age. */
export function byUrgency(a: Incident, b: Incident): number {
  return (
    a.priority - b.priority ||
    falling(worstExposure(a), worstExposure(b)) ||
    b.severity - a.severity ||
    a.opened_at.localeCompare(b.opened_at)
  );
}

export interface Touched {
  ref: string;
  title: string | null;
  exposure: number;
}

/** What stands in a group that has no page of its own. */
export interface Member {
  kind: "incident" | "alert";
  ref: string;
  title: string;
  severity: number;
}

export interface FiringGroup {
  kind: "incident" | "service" | "unlinked";
  key: string;
  title: string;
  severity: number;
  since: string;
  services: string[];
  alerts: number;
  /** How many of them fire; an incident stays open for a quiet time after the last. */
  firing: number;
  touched: Touched[];
  incident: Incident | null;
  members: Member[];
}

/** Firing alerts by incident, else by service, else in the group that no service owns. */
export function firingGroups(
  incidents: readonly Incident[],
  alerts: readonly Alert[],
): FiringGroup[] {
  const known = new Set(incidents.map((one) => one.ref));
  const loose = alerts.filter((one) => one.incident === null || !known.has(one.incident));
  const placed = incidents.filter((one) => one.services.length > 0).sort(byUrgency).map(ofIncident);
  const services = new Map<string, Alert[]>();
  for (const one of loose) {
    if (one.service !== null) services.set(one.service, [...(services.get(one.service) ?? []), one]);
  }
  const alone = [...services].map(([service, members]) => ofAlerts(service, members));
  const nobodys = [
    ...incidents.filter((one) => one.services.length === 0).map(ofIncident),
    ...loose.filter((one) => one.service === null).map((one) => ofAlerts("", [one])),
  ];
  alone.sort((a, b) => b.severity - a.severity);
  return [...placed, ...alone, ...(nobodys.length > 0 ? [unlinked(nobodys)] : [])];
}

/** What no service owns is one group, so that it is seen as work to be done. */
function unlinked(parts: readonly FiringGroup[]): FiringGroup {
  const sum = (of: (part: FiringGroup) => number) => parts.reduce((n, part) => n + of(part), 0);
  const members = parts.flatMap(({ incident, members: inside }) =>
    incident ? [{ kind: "incident" as const, ...pick(incident) }] : inside,
  );
  return {
    kind: "unlinked",
    key: "",
    title: "",
    severity: Math.max(...parts.map((one) => one.severity)),
    since: parts.map((one) => one.since).sort()[0] ?? "",
    services: [],
    alerts: sum((one) => one.alerts),
    firing: sum((one) => one.firing),
    touched: [],
    incident: null,
    members: members.sort((a, b) => b.severity - a.severity),
  };
}

const pick = ({ ref, title, severity }: Incident | Alert) => ({ ref, title, severity });

/** The service that most likely began it first, then the others. */
export function servicesOf(incident: Incident): string[] {
  const root = incident.root_candidates?.[0]?.service;
  const rest = incident.services.filter((one) => one !== root);
  return root !== undefined && rest.length < incident.services.length ? [root, ...rest] : rest;
}

function ofIncident(incident: Incident): FiringGroup {
  const touched = incident.milestones.map(({ ref, title, exposure }) => ({ ref, title, exposure }));
  return {
    kind: "incident",
    key: incident.ref,
    title: incident.title,
    severity: incident.severity,
    since: incident.opened_at,
    services: servicesOf(incident),
    alerts: incident.alerts_total ?? incident.alerts.length,
    firing: incident.firing ?? incident.alerts.length,
    touched: touched.sort((a, b) => falling(a.exposure, b.exposure)),
    incident,
    members: [],
  };
}

function ofAlerts(service: string, members: Alert[]): FiringGroup {
  const touched = new Map<string, Touched>();
  for (const { milestones } of members) {
    for (const { ref, exposure } of milestones) {
      const most = Math.max(touched.get(ref)?.exposure ?? 0, exposure);
      touched.set(ref, { ref, title: null, exposure: most });
    }
  }
  return {
    kind: "service",
    key: service,
    title: service,
    severity: Math.max(...members.map((one) => one.severity)),
    since: members.map((one) => one.starts_at).sort()[0] ?? "",
    services: service === "" ? [] : [service],
    alerts: members.length,
    firing: members.length,
    touched: [...touched.values()].sort((a, b) => falling(a.exposure, b.exposure)),
    incident: null,
    members: members
      .map((one) => ({ kind: "alert" as const, ...pick(one) }))
      .sort((a, b) => b.severity - a.severity),
  };
}

export interface Cell {
  /** Open incidents and loose alerts that stand between this service and this milestone. */
  count: number;
  severity: number;
}

export interface Heat {
  services: string[];
  milestones: Touched[];
  cell: (service: string, milestone: string) => Cell | null;
}

/** Service by milestone: how many faults stand between, and the worst of them. */
export function heat(groups: readonly FiringGroup[], planned: readonly Milestone[]): Heat {
  const cells = new Map<string, Cell>();
  const titles = new Map<string, Touched>();
  const worst = new Map<string, number>();
  for (const milestone of planned) {
    if (milestone.actual !== null) continue;
    for (const service of milestone.services) worst.set(service, worst.get(service) ?? -1);
    if (milestone.services.length > 0) titles.set(milestone.ref, milestone);
  }
  for (const group of groups) {
    for (const service of group.services) {
      worst.set(service, Math.max(worst.get(service) ?? -1, group.severity));
      for (const milestone of group.touched) {
        if (!titles.has(milestone.ref)) titles.set(milestone.ref, milestone);
        const key = `${service} ${milestone.ref}`;
        const before = cells.get(key) ?? { count: 0, severity: 0 };
        const severity = Math.max(before.severity, group.severity);
        cells.set(key, { count: before.count + 1, severity });
      }
    }
  }
  const hurt = (ref: string) => [...cells.keys()].some((key) => key.endsWith(` ${ref}`));
  const columns = [...titles.values()].sort((a, b) => Number(hurt(b.ref)) - Number(hurt(a.ref)));
  return {
    services: [...worst.keys()].sort((a, b) => falling(worst.get(a), worst.get(b)) || a.localeCompare(b)),
    milestones: columns.map(({ ref, title, exposure }) => ({ ref, title, exposure })),
    cell: (service, milestone) => cells.get(`${service} ${milestone}`) ?? null,
  };
}

/** Titles for refs, collected from every list on the page. */
export function titles(
  ...lists: readonly (readonly { ref: string; title?: string | null | undefined }[])[]
): Map<string, string> {
  const found = new Map<string, string>();
  for (const { ref, title } of lists.flat()) if (title) found.set(ref, title);
  return found;
}
