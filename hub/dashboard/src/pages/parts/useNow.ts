/** The time of day for relative times: one clock for the whole page. */

import { useSyncExternalStore } from "react";

const TICK = 15_000;
const watchers = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function watch(tell: () => void): () => void {
  watchers.add(tell);
  now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    watchers.forEach((one) => one());
  }, TICK);
  return () => {
    watchers.delete(tell);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

export const useNow = (): number => useSyncExternalStore(watch, () => now);
