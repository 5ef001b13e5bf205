import { expect, test } from "vitest";

import { each, together, type Outcome } from "./bulk";

const why = (error: unknown) => (error as Error).message;

test("each alert has an outcome of its own, and one refusal stops no other", async () => {
  const heard: Outcome[] = [];
  const act = (ref: string) => (ref === "b" ? Promise.reject(new Error("it is over")) : Promise.resolve());
  await each(["a", "b", "c"], act, why, (one) => heard.push(one));
  expect(heard.find((one) => one.ref === "b")).toEqual({ ref: "b", done: false, why: "it is over" });
  expect(heard.filter((one) => one.done).map((one) => one.ref).sort()).toEqual(["a", "c"]);
});

test("no more than a few are asked for at a time", async () => {
  let [now, most] = [0, 0];
  const act = async () => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now -= 1;
  };
  await each(Array.from({ length: 40 }, (_, n) => String(n)), act, why, () => undefined);
  expect(most).toBe(4);
});

test("what the hub names is refused, and the rest is sent again without it", async () => {
  const sent: string[][] = [];
  const heard: Outcome[] = [];
  const act = (refs: readonly string[]) => {
    sent.push([...refs]);
    return refs.includes("b") ? Promise.reject(new Error("1 of 3")) : Promise.resolve();
  };
  const faultOf = () => ({ faults: [{ loc: "alerts.1", msg: "there is no b" }], message: "1 of 3" });
  await together(["a", "b", "c"], act, faultOf, (one) => heard.push(one));
  expect(sent).toEqual([["a", "b", "c"], ["a", "c"]]);
  expect(heard).toEqual([
    { ref: "b", done: false, why: "there is no b" },
    { ref: "a", done: true, why: null },
    { ref: "c", done: true, why: null },
  ]);
});

test("a refusal that names nobody is everybody's", async () => {
  const heard: Outcome[] = [];
  const act = () => Promise.reject(new Error("the incident is closed"));
  await together(["a", "b"], act, (error) => ({ faults: [], message: why(error) }), (one) => heard.push(one));
  expect(heard.map((one) => one.why)).toEqual(["the incident is closed", "the incident is closed"]);
});
