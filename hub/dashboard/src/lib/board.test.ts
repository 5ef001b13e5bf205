import { expect, test } from "vitest";

import { alert, hurt, incident, milestone, move } from "../test/samples";
import {
  atRisk,
  byUrgency,
  causes,
  firingGroups,
  heat,
  lastMovedAt,
  mostMoved,
  movedBy,
  movedSince,
  servicesOf,
} from "./board";

const health = (rag: "red" | "amber" | "green" | "unknown") => ({ rag, reasons: [] });

test("red stands before amber, and of two reds the more exposed one first", () => {
  const found = atRisk([
    milestone({ ref: "amber", health: health("amber"), exposure: 90 }),
    milestone({ ref: "red-low", health: health("red"), exposure: 10 }),
    milestone({ ref: "red-high", health: health("red"), exposure: 60 }),
  ]);
  expect(found.map((one) => one.ref)).toEqual(["red-high", "red-low", "amber"]);
});

test("a milestone that has been reached is at no risk, and an exposed green one is", () => {
  const found = atRisk([
    milestone({ ref: "reached", health: health("red"), actual: "2026-01-01" }),
    milestone({ ref: "exposed", exposure: 12 }),
    milestone({ ref: "calm" }),
  ]);
  expect(found.map((one) => one.ref)).toEqual(["exposed"]);
});

test("a cause that a column says already is left out, unless it is the only one", () => {
  const reasons = [
    { code: "health_no_float", values: { days: 0 } },
    { code: "health_overdue", values: { days: 1 } },
  ];
  const late = milestone({ ref: "m", incidents: ["i"], health: { rag: "amber", reasons } });
  expect(causes(late)).toEqual([{ incident: "i" }, { reason: reasons[1] }]);
  const only = milestone({ ref: "m", health: { rag: "amber", reasons: reasons.slice(0, 1) } });
  expect(causes(only)).toEqual([{ reason: reasons[0] }]);
});

test("what made a milestone red is said beside the incident, though a column says it too", () => {
  const reasons = [{ code: "health_behind_baseline", values: { days: 19 } }];
  const late = milestone({ ref: "m", incidents: ["i"], health: { rag: "red", reasons } });
  expect(causes(late)).toEqual([{ incident: "i" }, { reason: reasons[0] }]);
});

test("a date that is unknown has not moved by zero days", () => {
  expect(movedBy(milestone({ ref: "m", due: "2026-03-10" }))).toBeNull();
  const moved = { due: "2026-03-10T17:00:00+08:00", baseline: "2026-03-01" };
  expect(movedBy(milestone({ ref: "m", ...moved }))).toBe(9);
});

test("a milestone that moved earlier is not the one that moved most", () => {
  const early = milestone({ ref: "early", due: "2026-01-01", baseline: "2026-03-01" });
  expect(mostMoved([early])).toBeNull();
});

test("the order of work knows the plan: same priority, more exposure first", () => {
  const plain = incident({ ref: "plain", severity: 5 });
  const hurting = incident({ ref: "hurting", milestones: [hurt("m", 50)] });
  const urgent = incident({ ref: "urgent", priority: 1 });
  const order = [plain, hurting, urgent].sort(byUrgency).map((one) => one.ref);
  expect(order).toEqual(["urgent", "hurting", "plain"]);
});

test("alerts are shown under their incident, else under their service, else as unlinked", () => {
  const groups = firingGroups(
    [incident({ ref: "i", services: ["db"], alerts: ["a"] })],
    [
      alert({ ref: "a", incident: "i", service: "db" }),
      alert({ ref: "b", service: "web", severity: 2 }),
      alert({ ref: "c" }),
      alert({ ref: "d", severity: 5 }),
    ],
  );
  expect(groups.map(({ kind, alerts }) => [kind, alerts])).toEqual([
    ["incident", 1],
    ["service", 1],
    ["unlinked", 2],
  ]);
});

test("an incident that no service owns stands in the group of the unlinked, not beside the others", () => {
  const groups = firingGroups(
    [incident({ ref: "nobodys", title: "Toner is low", alerts: ["a"] })],
    [alert({ ref: "b" })],
  );
  expect(groups.map(({ kind, alerts }) => [kind, alerts])).toEqual([["unlinked", 2]]);
  expect(groups[0]?.members.map((one) => one.kind).sort()).toEqual(["alert", "incident"]);
});

test("the service that most likely began it is named first", () => {
  const root = { service: "db", score: 0.9, reasons: [] };
  const one = incident({ ref: "i", services: ["api", "db"], root_candidates: [root] });
  expect(servicesOf(one)).toEqual(["db", "api"]);
  expect(servicesOf(incident({ ref: "i", services: ["api"], root_candidates: [root] }))).toEqual(["api"]);
});

test("an alert whose incident is not on the page is not lost", () => {
  const groups = firingGroups([], [alert({ ref: "a", incident: "elsewhere", service: "db" })]);
  expect(groups.map((one) => one.kind)).toEqual(["service"]);
});

test("a cell counts the faults between a service and a milestone, with the worst severity", () => {
  const groups = firingGroups(
    [
      incident({ ref: "i", severity: 3, services: ["db"], milestones: [hurt("m", 10)] }),
      incident({ ref: "j", severity: 5, services: ["db"], milestones: [hurt("m", 20)] }),
    ],
    [],
  );
  const grid = heat(groups, [milestone({ ref: "m", services: ["db", "web"] })]);
  expect(grid.services).toEqual(["db", "web"]);
  expect(grid.cell("db", "m")).toEqual({ count: 2, severity: 5 });
  expect(grid.cell("web", "m")).toBeNull();
});

test("the largest move comes first, a later date before an earlier one, and an old move not at all", () => {
  const at = "2026-03-02T08:00:00+00:00";
  const plan = [
    milestone({ ref: "small", moved: move({ at, days: 2 }) }),
    milestone({ ref: "earlier", moved: move({ at, days: -5 }) }),
    milestone({ ref: "later", moved: move({ at, days: 5 }) }),
    milestone({ ref: "old", moved: move({ at: "2026-02-20T08:00:00+00:00", days: 40 }) }),
    milestone({ ref: "reached", actual: "2026-03-01", moved: move({ at, days: 9 }) }),
    milestone({ ref: "never" }),
  ];
  const since = Date.parse("2026-03-01T00:00:00+08:00");
  expect(movedSince(plan, since).map((one) => one.ref)).toEqual(["later", "earlier", "small"]);
  expect(lastMovedAt(plan)).toBe(at);
  expect(lastMovedAt([milestone({ ref: "never" })])).toBeNull();
});
