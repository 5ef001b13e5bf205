import { expect, test } from "vitest";

import type { Computed } from "../api/types";
import { chart, ending, moment, ticks, todayOn } from "./timeline";

const task = (ref: string, about: Partial<Computed> = {}): Computed =>
  ({
    ref, title: ref, kind: "work", status: "todo", parent: null, percent: null, start: null, finish: null,
    due: null, baseline_start: null, baseline_finish: null, early_start: null, early_finish: null,
    late_start: null, late_finish: null, float_days: null, free_float_days: null, float_source_days: null,
    free_float_source_days: null, critical: null, critical_source: null, reasons: [], ...about,
  }) as Computed;

test("a bare day ends with its day, a moment where it says", () => {
  expect(ending("2026-03-02")).toBe((moment("2026-03-02") ?? 0) + 1);
  expect(ending("2026-03-02T12:00:00+08:00")).toBe((moment("2026-03-02") ?? 0) + 0.5);
  expect(moment(null)).toBeNull();
});

test("rows lie on an axis of days that begins on a Monday and holds today", () => {
  const { axis, rows } = chart([task("a", { start: "2026-03-04T08:00:00+08:00", finish: "2026-03-06" })], "2026-03-10");
  expect(new Date(`${axis.begin}T00:00:00Z`).getUTCDay()).toBe(1);
  expect(todayOn(axis, "2026-03-10")).toBeLessThan(axis.days);
  const [row] = rows;
  expect((row?.to ?? 0) - (row?.from ?? 0)).toBeCloseTo(2 + 2 / 3);
});

test("children stand deeper than their parents, and a circle ends", () => {
  const { rows } = chart([task("a"), task("b", { parent: "a" }), task("c", { parent: "b" }), task("x", { parent: "x" })], "2026-03-10");
  expect(rows.map((one) => one.depth).slice(0, 3)).toEqual([0, 1, 2]);
});

test("what has one date is a point there, what has none is nowhere", () => {
  const { rows } = chart([task("due", { due: "2026-03-06" }), task("none")], "2026-03-10");
  expect(rows[0]?.from).toBe(rows[0]?.to);
  expect(rows[1]?.from).toBeNull();
});

test("an odd date does not stretch the axis over centuries", () => {
  const { axis } = chart([task("odd", { start: "1984-01-01", finish: "2149-12-31" })], "2026-03-10");
  expect(axis.days).toBeLessThan(30);
});

test("the tool's own word on what is critical stands before ours", () => {
  const { rows } = chart([task("a", { critical: true, critical_source: false, float_days: 0, float_source_days: 3 })], "2026-03-10");
  expect([rows[0]?.critical, rows[0]?.floatDays]).toEqual([false, 3]);
});

test("marks are weeks, months or quarters", () => {
  const { axis } = chart([task("a", { start: "2026-01-05", finish: "2026-12-20" })], "2026-03-10");
  const [weeks, months, quarters] = (["week", "month", "quarter"] as const).map((zoom) => ticks(axis, zoom, "en").length);
  expect(weeks).toBeGreaterThan(48);
  expect(months).toBe(12);
  expect(quarters).toBe(4);
});
