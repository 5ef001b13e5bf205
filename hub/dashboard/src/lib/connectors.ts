/** What the Connectors page shows, computed from the list. Pure: no clock, no fetch, no words. */

import type { Connector } from "../api/types";
import { SOURCES } from "./words";

/** So many times its own distance may a look stay away before its lag is a warning. */
const PATIENCE = 3;
/** From here on the end of a secret is near. */
export const SOON_DAYS = 14;
const DAY = 86_400_000;

type Hours = Connector["hours"];

/** The worst first: what is late though it is well stands before what is paused. */
export function worstFirst(all: readonly Connector[]): Connector[] {
  const rate = (one: Connector) => one.error_rate ?? 0;
  const late = (one: Connector) => isBehind(one, (one.lag_seconds ?? 0) * 1000);
  const badness = (one: Connector) => {
    const place = SOURCES.indexOf(one.state);
    return late(one) ? Math.min(place, SOURCES.indexOf("paused") - 0.5) : place;
  };
  return [...all].sort(
    (a, b) =>
      badness(a) - badness(b) ||
      Number(b.guard !== null) - Number(a.guard !== null) ||
      rate(b) - rate(a) ||
      a.id.localeCompare(b.id),
  );
}

/** How long ago the newest good look was, in milliseconds; null: it is not polled, or never was well. */
export function lag(one: Pick<Connector, "polls" | "last_success_at">, now: number): number | null {
  if (!one.polls || !one.last_success_at) return null;
  return Math.max(0, now - Date.parse(one.last_success_at));
}

export function isLate(one: Connector, now: number): boolean {
  const behind = lag(one, now);
  return behind !== null && isBehind(one, behind);
}

const isBehind = (one: Connector, behind: number): boolean =>
  one.polls && one.state !== "paused" && behind > PATIENCE * 1000 * (one.poll_seconds ?? 0);

export type Cell = "ok" | "some" | "failed" | "none";

/** One hour in a word: nobody looked, all went well, some failed, all failed. */
export function cell({ looks, failures }: Hours[number]): Cell {
  if (looks === 0) return "none";
  if (failures === 0) return "ok";
  return failures < looks ? "some" : "failed";
}

export function tally(hours: Hours): { ok: number; failed: number; none: number } {
  const found = { ok: 0, failed: 0, none: 0 };
  for (const one of hours.map(cell)) found[one === "some" ? "failed" : one] += 1;
  return found;
}

/** Whether a secret has ended, or will within a fortnight. */
export function ending(at: string | null | undefined, now: number): "over" | "soon" | null {
  if (!at) return null;
  const left = Date.parse(at) - now;
  if (left <= 0) return "over";
  return left < SOON_DAYS * DAY ? "soon" : null;
}
