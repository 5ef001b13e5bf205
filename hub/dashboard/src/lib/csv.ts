/** Rows as a file that a spreadsheet opens: UTF-8 with a mark, so that Chinese is read as such. */

import type { Alert } from "../api/types";
import type { Row } from "./timeline";

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
  return file([head, ...rows]);
}

/** A plan's rows, each with its depth. */
export function rowsAsCsv(rows: readonly Row[]): string {
  const head = ["ref", "title", "level", "status", "start", "finish", "percent", "float_days", "critical"];
  const lines = rows.map((one) => [
    one.ref, one.title, one.depth, one.status, one.start, one.finish, one.done, one.floatDays, one.critical,
  ]);
  return file([head, ...lines]);
}

const file = (rows: readonly (readonly unknown[])[]): string =>
  `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;

/** Hand a text to the reader as a file. */
export function save(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
