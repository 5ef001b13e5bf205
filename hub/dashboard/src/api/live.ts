/**
 * Live changes: one EventSource per browser, whatever the number of tabs.
 *
 * HTTP/1.1 allows six connections a host; a stream per tab would hang the seventh request. So one
 * tab leads (a Web Lock, or a lease in localStorage where locks need a secure context), and tells
 * the others over a BroadcastChannel.
 */

import type { Change } from "./types";

export type LiveState = "connecting" | "live" | "reconnecting" | "stale";

export interface Live {
  state: LiveState;
  /** When the hub was last known to be in step with this page. */
  since: number;
}

export type Told =
  | { type: "change"; change: Change }
  | { type: "resync" }
  | { type: "state"; live: Live }
  | { type: "hello" };

/** After this long without a connection the page says that it is stale. */
const STALE_AFTER = 10_000;
const LEASE = 6_000;
const RETRY = 3_000;

export interface Wires {
  url: string;
  hear: (told: Told) => void;
  now?: () => number;
}

/** Take part in the one stream of this browser. Returns how to leave. */
export function join({ url, hear, now = Date.now }: Wires): () => void {
  const channel = new BroadcastChannel("milepost-live");
  const leave = new AbortController();
  let live: Live = { state: "connecting", since: now() };
  let leading = false;
  const tell = (told: Told) => {
    if (leave.signal.aborted) return;
    hear(told);
    channel.postMessage(told);
  };
  channel.onmessage = (event: MessageEvent<Told>) => {
    if (event.data.type !== "hello") hear(event.data);
    else if (leading) channel.postMessage({ type: "state", live } satisfies Told);
  };
  channel.postMessage({ type: "hello" } satisfies Told);
  const lead = async (signal: AbortSignal) => {
    // The lock may be granted in the very moment in which the page leaves.
    if (signal.aborted) return;
    leading = true;
    await stream(url, signal, now, (told) => {
      if (told.type === "state") live = told.live;
      tell(told);
    });
  };
  elect(lead, leave.signal, now);
  return () => {
    leave.abort();
    channel.close();
  };
}

type Lead = (signal: AbortSignal) => Promise<void>;

function elect(lead: Lead, signal: AbortSignal, now: () => number): void {
  if ("locks" in navigator) {
    const asked = navigator.locks.request("milepost-live", { signal }, () => lead(signal));
    asked.catch((reason: unknown) => {
      if (!signal.aborted) throw reason;
    });
    return;
  }
  const self = Math.random().toString(36).slice(2);
  let leads = false;
  const look = () => {
    const [holder, until] = (localStorage.getItem("milepost-live") ?? "|0").split("|");
    if (holder !== self && Number(until) > now()) return;
    localStorage.setItem("milepost-live", `${self}|${now() + LEASE}`);
    if (!leads) void lead(signal);
    leads = true;
  };
  look();
  const beat = setInterval(look, LEASE / 3);
  signal.addEventListener("abort", () => {
    clearInterval(beat);
    if (leads) localStorage.removeItem("milepost-live");
  });
}

/** Hold the stream open until told to stop; the browser resumes it with Last-Event-ID. */
function stream(
  url: string,
  signal: AbortSignal,
  now: () => number,
  tell: (told: Told) => void,
): Promise<void> {
  return new Promise((done) => {
    let source: EventSource;
    let lost: number | null = null;
    let fresh = true;
    let timers: ReturnType<typeof setTimeout>[] = [];
    const later = (act: () => void, after: number) => timers.push(setTimeout(act, after));
    const calm = () => {
      timers.forEach(clearTimeout);
      timers = [];
    };
    const say = (state: LiveState, since: number) =>
      tell({ type: "state", live: { state, since } });
    const opened = () => {
      calm();
      lost = null;
      say("live", now());
      // A stream of ours has no id to resume from: what came between is read anew.
      if (fresh) tell({ type: "resync" });
      fresh = false;
    };
    const failed = () => {
      if (lost === null) {
        const since = (lost = now());
        say("reconnecting", since);
        later(() => say("stale", since), STALE_AFTER);
      }
      if (source.readyState === EventSource.CLOSED) later(open, RETRY);
    };
    const open = () => {
      source?.close();
      fresh = true;
      source = new EventSource(url);
      source.onopen = opened;
      source.onerror = failed;
      source.addEventListener("change", (event: MessageEvent<string>) => {
        tell({ type: "change", change: JSON.parse(event.data) as Change });
      });
      source.addEventListener("resync", () => tell({ type: "resync" }));
    };
    open();
    signal.addEventListener("abort", () => {
      calm();
      source.close();
      done();
    });
  });
}
