import { expect, test } from "vitest";

import { hurt, incident, link } from "../test/samples";
import { chain, strongest } from "./chain";

const because = (code: string) => ({ code, values: {} });

test("the route of the worst milestone is walked, service by service, each with its reason", () => {
  const route = [
    { source: "i", target: "disk", confidence: 0.9, reason: because("incident_affects") },
    { source: "disk", target: "shop", confidence: 0.8, reason: because("depends_hard") },
    { source: "shop", target: "m", confidence: 1, reason: because("milestone_delivers") },
  ];
  const found = chain(
    incident({
      ref: "i",
      alerts: ["a"],
      services: ["disk"],
      milestones: [hurt("other", 5), { ...hurt("m", 70), route }],
    }),
    [],
  );
  expect(found.map((one) => [one.kind, one.refs[0], one.confidence])).toEqual([
    ["alert", "a", null],
    ["incident", "i", null],
    ["service", "disk", 0.9],
    ["service", "shop", 0.8],
    ["milestone", "m", 1],
    ["risk", undefined, null],
  ]);
  expect(found[3]?.reasons).toEqual([because("depends_hard")]);
});

test("without a service the chain stays open instead of ending early", () => {
  const found = chain(incident({ ref: "i", alerts: ["a"] }), []);
  expect(found.map((one) => [one.kind, one.refs.length])).toEqual([
    ["alert", 1],
    ["incident", 1],
    ["service", 0],
    ["milestone", 0],
    ["risk", 0],
  ]);
});

test("reasons of the priority do not say why alerts are one incident", () => {
  const reasons = [because("priority_matrix"), because("group_same_service")];
  const [, step] = chain(incident({ ref: "i", reasons }), []);
  expect(step?.reasons).toEqual([because("group_same_service")]);
});

test("a rejected link is no evidence, however sure it was", () => {
  const links = [link("a", "db", 0.99, "rejected"), link("b", "db", 0.6)];
  expect(strongest(links, ["a", "b"], "db")?.source).toBe("b");
});

test("the alert that names the service stands first, because the reasons are its own", () => {
  const links = [link("b", "db", 0.9)];
  const [step] = chain(incident({ ref: "i", alerts: ["a", "b", "c"], services: ["db"] }), links);
  expect(step?.refs).toEqual(["b", "a", "c"]);
});
