/** Times: instants in the reader's zone with the zone said, plan dates as the plan wrote them. */

export interface Instant {
  /** 22 Nov 10:42 */
  short: string;
  /** 10:42:07 */
  clock: string;
  /** The same in full, with zone. */
  full: string;
  utc: string;
}

const WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$/;
const DATE = /^\d{4}-\d\d-\d\d/;
const DAY = 86_400_000;

export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function offset(at: Date, locale: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZoneName: "shortOffset" }).formatToParts(at);
  return (parts.find((part) => part.type === "timeZoneName")?.value ?? "").replace("GMT", "UTC");
}

/** Format an RFC 3339 instant; null when the text is none. */
export function instant(text: string, locale: string): Instant | null {
  if (!WITH_OFFSET.test(text)) return null;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return null;
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { hourCycle: "h23", ...options }).format(at);
  const clock = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const minutes = format({ hour: "2-digit", minute: "2-digit" });
  const day = format({ day: "numeric", month: "short" });
  return {
    clock,
    short: `${day} ${minutes}`,
    full: `${format({ dateStyle: "medium" })} ${clock} ${offset(at, locale)}`,
    utc: `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`,
  };
}

/** The day that a plan names, unchanged by any zone: `YYYY-MM-DD`. */
export function day(text: string | null | undefined): string | null {
  return text && DATE.test(text) ? text.slice(0, 10) : null;
}

/** Calendar days from one plan date to another; null when one of them is unknown. */
export function daysBetween(
  from: string | null | undefined,
  to: string | null | undefined,
): number | null {
  const [start, end] = [day(from), day(to)];
  if (start === null || end === null) return null;
  return Math.round((Date.parse(end) - Date.parse(start)) / DAY);
}

/** When yesterday began where the reader is. */
export function startOfYesterday(now: number): number {
  const at = new Date(now);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() - 1).getTime();
}

/** The day on which an instant lies where the reader is: `YYYY-MM-DD`. */
export function dayHere(text: string): string {
  const at = new Date(text);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export interface Span {
  unit: "second" | "minute" | "hour" | "day";
  n: number;
  /** What is left in the next smaller unit. */
  rest: number;
}

/** How long ago, in the largest unit that keeps at least one. */
export function span(milliseconds: number): Span {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return { unit: "second", n: seconds, rest: 0 };
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return { unit: "minute", n: minutes, rest: seconds % 60 };
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return { unit: "hour", n: hours, rest: minutes % 60 };
  return { unit: "day", n: Math.floor(hours / 24), rest: hours % 24 };
}
