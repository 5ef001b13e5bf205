/** Numbers of services as people read them, and how their states look. Pure. */

import type { Key } from "../i18n";
import type { Look } from "./words";

const DIGITS = { maximumSignificantDigits: 3 } as const;
const BYTES = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Write a number with its unit. */
export function written(value: number, unit: string, locale: string): string {
  const plain = (one: number, options: Intl.NumberFormatOptions = DIGITS) =>
    new Intl.NumberFormat(locale, options).format(one);
  if (unit === "ratio") {
    // Close to the edge the digits after it count, and what is below is not rounded up to it.
    const fine = value > 0.99 && value < 1;
    const cut = fine ? Math.floor(value * 1e5 + 1e-6) / 1e5 : value;
    return plain(cut, { style: "percent", maximumFractionDigits: fine ? 3 : 1 });
  }
  if (unit === "seconds" && value !== 0 && Math.abs(value) < 1) {
    return Math.abs(value) < 0.001 ? `${plain(value * 1e6)} µs` : `${plain(value * 1000)} ms`;
  }
  if (unit === "seconds") return `${plain(value)} s`;
  if (unit === "per_second") return `${plain(value)}/s`;
  if (unit !== "bytes") return plain(value);
  const size = Math.max(Math.abs(value), 1);
  const power = Math.min(Math.floor(Math.log10(size) / 3), BYTES.length - 1);
  return `${plain(value / 1000 ** power)} ${BYTES[power] ?? "B"}`;
}

export interface Summary {
  low: number;
  high: number;
  known: number;
  of: number;
}

/** What a line shows, in numbers; null when nothing is known. */
export function summary(values: readonly (number | null)[]): Summary | null {
  const known = values.filter((one) => one !== null);
  if (known.length === 0) return null;
  return { low: Math.min(...known), high: Math.max(...known), known: known.length, of: values.length };
}

/** Whether all that is known lies at the very end, where a line of the whole would not be seen. */
export function isYoung(values: readonly (number | null)[]): boolean {
  const first = values.findIndex((one) => one !== null);
  return first >= 0 && first > values.length * (1 - 1 / 24) - 1;
}

const METRIC: Record<string, Look> = {
  ok: { key: "measured.state.ok", shape: "tick", tone: "ok" },
  no_data: { key: "measured.state.no_data", shape: "ring", tone: "mute" },
  not_a_number: { key: "measured.state.not_a_number", shape: "ring", tone: "mute" },
  failing: { key: "measured.state.failing", shape: "triangle", tone: "high" },
  waiting: { key: "measured.state.waiting", shape: "clock", tone: "mute" },
};

export const metricState = (word: string): Look => METRIC[word] ?? (METRIC.no_data as Look);

const BURN: Record<string, Look> = {
  page: { key: "measured.burn.page", shape: "octagon", tone: "crit" },
  ticket: { key: "measured.burn.ticket", shape: "diamond", tone: "warn" },
  unknown: { key: "measured.burn.unknown", shape: "ring", tone: "mute" },
  calm: { key: "measured.burn.calm", shape: "tick", tone: "ok" },
};

export const burnState = (word: string): Look => BURN[word] ?? (BURN.unknown as Look);

/** Minutes, hours or days, as a number and the word for it. */
export function lasting(minutes: number): { key: Key; n: number } {
  const size = Math.abs(minutes);
  if (size < 60) return { key: "measured.minutes", n: round(minutes) };
  if (size < 48 * 60) return { key: "measured.hours", n: round(minutes / 60) };
  return { key: "measured.days", n: round(minutes / 1440) };
}

const round = (value: number) => Math.round(value * 10) / 10;
