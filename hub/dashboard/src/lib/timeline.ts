/** A plan on an axis of days: which rows, how deep, where they begin and end. Pure. */

import type { Computed } from "../api/types";
import { day } from "./time";

export interface Row {
  ref: string;
  title: string;
  depth: number;
  kind: "summary" | "milestone" | "work";
  status: string;
  /** Days since the axis began; null: nobody says. */
  from: number | null;
  to: number | null;
  promised: { from: number; to: number } | null;
  done: number | null;
  critical: boolean;
  floatDays: number | null;
  start: string | null;
  finish: string | null;
}

export interface Axis {
  /** Its first day, a Monday: `YYYY-MM-DD`. */
  begin: string;
  days: number;
}

export interface Chart {
  axis: Axis;
  rows: Row[];
  at: Map<string, number>;
}

const DAY = 86_400_000;
const MARGIN = 3;
/** Beyond so many days a date is an odd one, and not what the axis is made for. */
const LONGEST = 366 * 30;

const dayNumber = (text: string) => Math.floor(Date.parse(`${text}T00:00:00Z`) / DAY);
const dayText = (number: number) => new Date(number * DAY).toISOString().slice(0, 10);
const mondayOf = (number: number) => number - ((((number + 3) % 7) + 7) % 7);

/** When in days a plan date lies: its day, and how far that is gone. */
export function moment(text: string | null | undefined): number | null {
  const on = day(text);
  if (on === null || !text) return null;
  const time = /T(\d\d):(\d\d)/.exec(text);
  return dayNumber(on) + (time ? (Number(time[1]) * 60 + Number(time[2])) / 1440 : 0);
}

/** The end of a plan date: a bare day ends with its day. */
export function ending(text: string | null | undefined): number | null {
  const at = moment(text);
  return at !== null && text?.length === 10 ? at + 1 : at;
}

/** Lay a plan out: parents before their children, in the plan's own order. */
export function chart(tasks: readonly Computed[], today: string): Chart {
  const depth = depths(tasks);
  const known = tasks.flatMap((task) => [moment(task.start ?? task.early_start), ending(finishOf(task))]);
  const now = dayNumber(today);
  const sane = [now, ...known.filter((at): at is number => at !== null && Math.abs(at - now) < LONGEST)];
  const begin = mondayOf(Math.floor(sane.reduce((a, b) => Math.min(a, b))) - MARGIN);
  const end = Math.ceil(sane.reduce((a, b) => Math.max(a, b))) + MARGIN;
  const place = (at: number | null) => (at === null || Math.abs(at - now) >= LONGEST ? null : at - begin);
  const rows = tasks.map((task): Row => {
    const start = task.start ?? task.early_start;
    const finish = finishOf(task);
    const [from, to] = [place(moment(start)), place(ending(finish))];
    const [was, until] = [place(moment(task.baseline_start)), place(ending(task.baseline_finish))];
    return {
      ref: task.ref,
      title: task.title ?? task.ref,
      depth: depth.get(task.ref) ?? 0,
      kind: task.kind === "milestone" || task.kind === "summary" ? task.kind : "work",
      status: task.status ?? "unknown",
      from: from ?? to,
      to: to ?? from,
      promised: was !== null && until !== null ? { from: was, to: until } : null,
      done: task.status === "done" ? 100 : (task.percent ?? null),
      critical: task.critical_source ?? task.critical ?? false,
      floatDays: task.float_source_days ?? task.float_days,
      start,
      finish,
    };
  });
  return { axis: { begin: dayText(begin), days: end - begin }, rows, at: new Map(rows.map((one, n) => [one.ref, n])) };
}

const finishOf = (task: Computed) => task.finish ?? task.due ?? task.early_finish;

function depths(tasks: readonly Computed[]): Map<string, number> {
  const parents = new Map(tasks.map((task) => [task.ref, task.parent]));
  const found = new Map<string, number>();
  for (const { ref } of tasks) {
    let [at, n] = [parents.get(ref), 0];
    // A plan that is its own parent is no reason to hang.
    while (at && n < 20 && parents.has(at)) [at, n] = [parents.get(at), n + 1];
    found.set(ref, n);
  }
  return found;
}

export interface Tick {
  at: number;
  words: string;
}

/** The marks of the axis: weeks, months or quarters, as there is room. */
export function ticks(axis: Axis, zoom: Zoom, locale: string): Tick[] {
  const first = dayNumber(axis.begin);
  const marks: Tick[] = [];
  const month = new Intl.DateTimeFormat(locale, { month: "short", timeZone: "UTC" });
  const year = new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" });
  for (let n = 0; n < axis.days; n += 1) {
    const at = new Date((first + n) * DAY);
    if (zoom === "week") {
      if (n % 7 === 0) marks.push({ at: n, words: dayText(first + n).slice(5) });
    } else if (at.getUTCDate() === 1 && (zoom === "month" || at.getUTCMonth() % 3 === 0)) {
      const words = at.getUTCMonth() === 0 || marks.length === 0 ? year.format(at) : month.format(at);
      marks.push({ at: n, words });
    }
  }
  return marks;
}

export const ZOOMS = ["week", "month", "quarter"] as const;
export type Zoom = (typeof ZOOMS)[number];
/** Pixels of a day. */
export const SCALE: Record<Zoom, number> = { week: 18, month: 6, quarter: 2 };

/** Where today lies on an axis. */
export const todayOn = (axis: Axis, today: string): number => dayNumber(today) - dayNumber(axis.begin);
