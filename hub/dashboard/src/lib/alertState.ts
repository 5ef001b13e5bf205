/** The states of an alert, and the shape and tone that each has everywhere. */

import type { Key } from "../i18n";
import type { Look } from "./words";

const STATES: Record<string, Look> = {
  pending: { key: "alert.status.pending", shape: "clock", tone: "warn" },
  firing: { key: "alert.status.firing", shape: "circle", tone: "high" },
  unverified: { key: "alert.status.unverified", shape: "query", tone: "warn" },
  suppressed: { key: "alert.status.suppressed", shape: "slashed", tone: "mute" },
  expired: { key: "alert.status.expired", shape: "ring", tone: "mute" },
  resolved: { key: "alert.status.resolved", shape: "tick", tone: "ok" },
};

/** What is going on first, what is over last. */
export const ALERT_STATES = ["firing", "pending", "unverified", "suppressed", "expired", "resolved"] as const;

export const alertState = (word: string): Look =>
  STATES[word] ?? { key: `alert.status.${word}` as Key, shape: "ring", tone: "mute" };
