import { expect, test } from "vitest";

import { SAYS, said } from "./said";

test("a sentence of the hub is known whole", () => {
  expect(said("found done")).toEqual({ key: "said.found", values: {} });
  expect(said("found done, or so it seems")).toBeUndefined();
});

test("what differs in a sentence is told by its name", () => {
  expect(said("http://zbx:80: no whole answer within timeout_seconds, 30 s")).toEqual({
    key: "said.slow",
    values: { place: "http://zbx:80", timeout_seconds: "30" },
  });
  expect(said("http://zbx: does not know who asks (401: “no (token)”); check token, user and password, and `headers`"))
    .toEqual({ key: "said.unknown", values: { place: "http://zbx", says: ": “no (token)”" } });
});

test("no sentence is taken for another one", () => {
  for (const [words, key] of Object.entries(SAYS)) {
    let number = 0;
    expect([words, said(words.replace(/\{[^}]*\}/g, () => `x${number++}`))?.key]).toEqual([words, key]);
  }
});

test("what a tool says is left as it came", () => {
  expect(said("Application error. No permissions to referred object")).toBeUndefined();
  expect(said("")).toBeUndefined();
});
