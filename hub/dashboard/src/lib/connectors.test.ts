import { expect, test } from "vitest";

import { source } from "../test/samples";
import { cell, ending, isLate, lag, tally, worstFirst } from "./connectors";

const NOW = Date.parse("2026-03-02T08:00:00Z");
const hour = (looks: number, failures: number) => ({ at: "2026-03-02T07:00:00Z", looks, failures });

test("the worst stands first; within a state what is held back, then what fails most", () => {
  const all = [
    source({ id: "ok" }),
    source({ id: "often", state: "failing", error_rate: 0.9 }),
    source({ id: "held", state: "failing", error_rate: 0.1, guard: { would_end: 62, of: 100 } }),
    source({ id: "admin", state: "misconfigured" }),
    source({ id: "silent", state: "unverified" }),
  ];
  expect(worstFirst(all).map((one) => one.id)).toEqual(["admin", "held", "often", "silent", "ok"]);
});

test("what is late stands before what is paused, and what has nothing to do stands last", () => {
  const polled = { polls: true, poll_seconds: 30 };
  const all = [
    source({ id: "file", state: "idle" }),
    source({ id: "well", ...polled, lag_seconds: 12 }),
    source({ id: "paused", state: "paused", ...polled, lag_seconds: 9_000 }),
    source({ id: "late", ...polled, lag_seconds: 120 }),
    source({ id: "silent", state: "unverified", ...polled, lag_seconds: 12 }),
  ];
  expect(worstFirst(all).map((one) => one.id)).toEqual(["silent", "late", "paused", "well", "file"]);
});

test("only what is polled has a lag, and it is late after three of its own distances", () => {
  const polled = source({ id: "a", polls: true, poll_seconds: 30, last_success_at: "2026-03-02T07:58:00Z" });
  expect(lag(polled, NOW)).toBe(120_000);
  expect(isLate(polled, NOW)).toBe(true);
  expect(isLate(polled, NOW - 40_000)).toBe(false);
  expect(isLate({ ...polled, state: "paused" }, NOW)).toBe(false);
  expect(lag({ ...polled, polls: false }, NOW)).toBeNull();
  expect(lag({ ...polled, last_success_at: null }, NOW)).toBeNull();
});

test("an hour in which nobody looked is no good hour", () => {
  expect([hour(0, 0), hour(9, 0), hour(9, 2), hour(9, 9)].map(cell)).toEqual(["none", "ok", "some", "failed"]);
  expect(tally([hour(0, 0), hour(9, 0), hour(9, 2), hour(9, 9)])).toEqual({ ok: 1, failed: 2, none: 1 });
});

test("a secret ends soon within a fortnight, and unknown is not soon", () => {
  expect(ending("2026-03-16T07:00:00Z", NOW)).toBe("soon");
  expect(ending("2026-03-17T08:00:00Z", NOW)).toBeNull();
  expect(ending("2026-03-02T07:59:00Z", NOW)).toBe("over");
  expect(ending(null, NOW)).toBeNull();
});
