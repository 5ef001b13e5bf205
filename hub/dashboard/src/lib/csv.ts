/** Rows as a file that a spreadsheet opens: UTF-8 with a mark, so that Chinese is read as such. */

import type { Alert } from "../api/types";

const FIELDS = [
  "ref", "title", "severity", "status", "service", "incident", "first_seen_at", "starts_at", "ends_at",
  "last_seen_at", "count",
] as const;

/** A text that begins like a formula is text all the same. */
const cell = (value: unknown): string => {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export function alertsAsCsv(alerts: readonly Alert[]): string {
  const head = [...FIELDS, "source", "milestones"];
  const rows = alerts.map((one) => [
    ...FIELDS.map((field) => one[field]),
    one.source.connector,
    one.milestones.map((each) => each.ref).join(" "),
  ]);
  return `\ufeff${[head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
