import { expect, test } from "vitest";

import { countNew } from "../pages/alerts/rows";
import { withColumn } from "../pages/alerts/tableSettings";
import { alert } from "../test/samples";
import { filters, NONE, readView, shownColumns, sorted, sums, toggled, total, USUAL, type Counted } from "./alertView";
import { alertsAsCsv } from "./csv";
import { bring, windowOf } from "./window";

const COUNTS: Counted[] = [
  { status: "firing", severity: 5, alerts: 3 },
  { status: "firing", severity: 2, alerts: 4 },
  { status: "resolved", severity: 5, alerts: 10 },
];

test("an address is read back as the view, and what nobody knows is dropped", () => {
  const told = { sev: 5, state: "firing", label: ["a=b", "nonsense"], by: "service", rows: "tiny", x: "1", q: "" };
  expect(readView(told)).toEqual({ sev: "5", state: "firing", label: ["a=b"], by: "service" });
  expect(readView({ by: "colour", label: "host=db-1" })).toEqual({ label: ["host=db-1"] });
});

test("a view is asked of the hub in the words of the hub", () => {
  const view = readView({ sev: "5,4", state: "firing", source: "am", hurts: "m", under: NONE, label: ["a=b"], q: "db" });
  expect(filters(view)).toEqual({
    severity: ["5", "4"], status: ["firing"], connector: "am", milestone: "m", incident: "", label: ["a=b"], q: "db",
  });
  expect(filters(view, ["sev", "state"])).not.toHaveProperty("severity");
});

test("a counter of one side counts within what is chosen of the other", () => {
  expect(sums(COUNTS, "severity", ["firing"])).toEqual(new Map([["5", 3], ["2", 4]]));
  expect(sums(COUNTS, "status", [])).toEqual(new Map([["firing", 7], ["resolved", 10]]));
  expect(total(COUNTS, { sev: "5" })).toBe(13);
  expect(total(COUNTS, { sev: "5", state: "firing" })).toBe(3);
});

test("a word is put to the list and taken from it again", () => {
  expect(toggled(undefined, "5")).toBe("5");
  expect(toggled("5,4", "5")).toBe("4");
  expect(toggled("4", "4")).toBeUndefined();
});

test("a column sorts down, then up, then not at all", () => {
  expect(sorted(undefined, "title")).toBe("-title");
  expect(sorted("-title", "title")).toBe("title");
  expect(sorted("title", "title")).toBeUndefined();
});

test("severity and title stay whatever is chosen, and the order is the table's", () => {
  expect(shownColumns("owner,state")).toEqual(["severity", "state", "title", "owner"]);
  expect(shownColumns(undefined)).toEqual(USUAL);
  expect(shownColumns("")).toEqual(["severity", "title"]);
  expect(withColumn(["severity", "title"], "owner")).toBe("severity,title,owner");
  expect(withColumn(["severity", "title", "owner"], "owner")).toBe("severity,title");
});

test("of ten thousand rows those in sight are drawn, and some around them", () => {
  expect(windowOf(3200, 640, 32, 10_000, 8)).toEqual({ first: 92, end: 128 });
  expect(windowOf(0, 640, 32, 5)).toEqual({ first: 0, end: 5 });
  expect(windowOf(0, 640, 32, 0)).toEqual({ first: 0, end: 0 });
});

test("a row is brought into sight without moving more than it has to", () => {
  expect(bring(0, 320, 600, 32, 32)).toBe(0);
  expect(bring(12, 320, 600, 32, 32)).toBe(320);
  expect(bring(30, 320, 600, 32, 32)).toBe(31 * 32 - 568);
});

test("new is what the hub first saw since, and what the table does not hold yet", () => {
  const asOf = "2026-03-02T08:00:00Z";
  const told = [
    alert({ ref: "old", first_seen_at: "2026-03-02T07:00:00Z" }),
    alert({ ref: "new", first_seen_at: "2026-03-02T08:00:05Z" }),
    alert({ ref: "held", first_seen_at: "2026-03-02T08:00:05Z" }),
  ];
  expect(countNew(told, [alert({ ref: "held" })], asOf)).toBe(1);
  expect(countNew(told, [], undefined)).toBe(0);
});

test("a file of alerts opens in a spreadsheet: marked, quoted, and no formula", () => {
  const text = alertsAsCsv([alert({ ref: "a", title: '=HYPERLINK("x"),磁盘' })]);
  expect(text.startsWith("\ufeffref,title,")).toBe(true);
  expect(text).toContain(`"'=HYPERLINK(""x""),磁盘"`);
});
