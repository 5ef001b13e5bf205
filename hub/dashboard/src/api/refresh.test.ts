import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { refresher } from "./refresh";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A client that counts what it is asked to read anew, and answers when told. */
function client() {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const fake = {
    getQueryCache: () => ({ findAll: () => [] }),
    invalidateQueries: ({ queryKey }: { queryKey: string[] }) => {
      asked.push(queryKey[0] ?? "");
      return new Promise<void>((done) => waiting.push(done));
    },
  };
  const answer = async () => {
    waiting.splice(0).forEach((done) => done());
    await vi.advanceTimersByTimeAsync(1000);
  };
  return { asked, answer, queries: fake as unknown as QueryClient };
}

test("a change asks for its own list at once, and for no other", () => {
  const { asked, queries } = client();
  refresher(queries, () => false).changed("alert");
  expect(asked).toEqual(["alerts"]);
});

test("a hundred changes while one answer is awaited cost one more question, not a hundred", async () => {
  const { asked, answer, queries } = client();
  const refresh = refresher(queries, () => false);
  for (let change = 0; change < 100; change += 1) refresh.changed("alert");
  expect(asked).toHaveLength(1);
  await answer();
  expect(asked).toHaveLength(2);
  await answer();
  expect(asked).toHaveLength(2);
});

test("a hidden page asks nothing until it is seen", () => {
  const { asked, queries } = client();
  let hidden = true;
  const refresh = refresher(queries, () => hidden);
  refresh.changed("incident");
  expect(asked).toEqual([]);
  hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  expect(asked).toEqual(["incidents"]);
});

test("a kind that no page shows asks nothing", () => {
  const { asked, queries } = client();
  refresher(queries, () => false).changed("assignment");
  expect(asked).toEqual([]);
});

test("a change during the very first load is not lost with the answer that is older", async () => {
  const queries = new QueryClient();
  const answers: string[] = [];
  const ask = () =>
    new Promise<string>((done) => {
      answers.push(`answer ${answers.length + 1}`);
      const answer = answers.at(-1) as string;
      setTimeout(() => done(answer), 100);
    });
  const observer = new QueryObserver(queries, { queryKey: ["incidents", "open"], queryFn: ask });
  const leave = observer.subscribe(() => undefined);
  refresher(queries, () => false).changed("incident");
  await vi.advanceTimersByTimeAsync(2000);
  expect(observer.getCurrentResult().data).toBe("answer 2");
  leave();
});

test("a rejected record renews its list, the numbers that count it, and nothing else", () => {
  const { asked, queries } = client();
  refresher(queries, () => false).changed("quarantine");
  expect(asked).toEqual(["quarantine", "intake", "connectors"]);
});
