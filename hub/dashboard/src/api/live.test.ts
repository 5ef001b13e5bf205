import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { join, type Told } from "./live";

/** A stream that the test opens, breaks and fills. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static made: FakeSource[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readyState = 0;
  constructor(readonly url: string) {
    super();
    FakeSource.made.push(this);
  }
  close() {
    this.readyState = FakeSource.CLOSED;
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  lose(readyState = 0) {
    this.readyState = readyState;
    this.onerror?.();
  }
  change(kind: string) {
    const data = JSON.stringify({ seq: 1, kind });
    this.dispatchEvent(new MessageEvent("change", { data }));
  }
}

let leave: () => void = () => undefined;
let told: Told[] = [];

function start(): FakeSource {
  told = [];
  leave = join({ url: "/api/v1/events", hear: (one) => told.push(one) });
  return FakeSource.made.at(-1) as FakeSource;
}

const states = () => told.flatMap((one) => (one.type === "state" ? [one.live.state] : []));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
  FakeSource.made = [];
  localStorage.clear();
});

afterEach(() => {
  leave();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a first connection reads everything anew: what came before it was not heard", () => {
  start().open();
  expect(told.map((one) => one.type)).toEqual(["state", "resync"]);
});

test("a short loss is said, and the browser's own resumption needs no new reading", () => {
  const source = start();
  source.open();
  source.lose();
  source.open();
  expect(states()).toEqual(["live", "reconnecting", "live"]);
  expect(told.filter((one) => one.type === "resync")).toHaveLength(1);
});

test("a long loss is called stale, since the moment of the loss", () => {
  const source = start();
  source.open();
  source.lose();
  source.lose();
  vi.advanceTimersByTime(10_000);
  expect(states()).toEqual(["live", "reconnecting", "stale"]);
});

test("a stream that the server refused is opened again by us, and then all is read anew", () => {
  const source = start();
  source.open();
  source.lose(FakeSource.CLOSED);
  vi.advanceTimersByTime(3_000);
  expect(FakeSource.made).toHaveLength(2);
  FakeSource.made[1]?.open();
  expect(told.filter((one) => one.type === "resync")).toHaveLength(2);
});

test("a second tab does not open a second stream, and hears what the first one hears", async () => {
  const source = start();
  source.open();
  const heard: Told[] = [];
  const leaveToo = join({ url: "/api/v1/events", hear: (one) => heard.push(one) });
  source.change("alert");
  vi.useRealTimers();
  await vi.waitFor(() => expect(heard.map((one) => one.type)).toContain("change"));
  expect(FakeSource.made).toHaveLength(1);
  leaveToo();
});
