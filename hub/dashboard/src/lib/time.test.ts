import { expect, test } from "vitest";

import { day, dayHere, daysBetween, instant, span, startOfYesterday } from "./time";

test("an instant is shown in the reader's zone and keeps UTC beside it", () => {
  const found = instant("2026-03-02T23:30:05+00:00", "en");
  expect(found?.short).toBe("Mar 3 07:30");
  expect(found?.clock).toBe("07:30:05");
  expect(found?.full).toContain("UTC+8");
  expect(found?.utc).toBe("2026-03-02 23:30:05 UTC");
});

test("midnight is 00:00, not 24:00", () => {
  expect(instant("2026-03-02T16:00:00Z", "zh-CN")?.clock).toBe("00:00:00");
});

test("a plan's day is not moved by any zone", () => {
  expect(day("2026-03-02T00:30:00+08:00")).toBe("2026-03-02");
  expect(day("2026-03-02")).toBe("2026-03-02");
  expect(day("soon")).toBeNull();
});

test("a bare day is no instant", () => {
  expect(instant("2026-03-02", "en")).toBeNull();
  expect(instant("2026-03-02T10:00:00", "en")).toBeNull();
});

test("days are counted over a change to summer time", () => {
  expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
});

test("a span is told in its largest unit", () => {
  expect(span(-5)).toEqual({ unit: "second", n: 0, rest: 0 });
  expect(span(59_400)).toEqual({ unit: "second", n: 59, rest: 0 });
  expect(span(5_760_000)).toEqual({ unit: "hour", n: 1, rest: 36 });
  expect(span(90_000_000)).toEqual({ unit: "day", n: 1, rest: 1 });
});

test("yesterday began at the reader's midnight, however late it is", () => {
  const began = startOfYesterday(new Date(2026, 2, 1, 23, 59).getTime());
  expect(began).toBe(new Date(2026, 1, 28).getTime());
  expect(dayHere(new Date(2026, 1, 28, 0, 5).toISOString())).toBe("2026-02-28");
});
