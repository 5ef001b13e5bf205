/** The closed vocabularies, and the shape and tone that each word has everywhere. */

import type { Key } from "../i18n";
import type { ShapeName, Tone } from "../ui/Shape";

export interface Look {
  key: Key;
  shape: ShapeName;
  tone: Tone;
}

const SEVERITY: readonly Look[] = [
  { key: "severity.unknown", shape: "ring", tone: "mute" },
  { key: "severity.info", shape: "circle", tone: "info" },
  { key: "severity.warning", shape: "diamond", tone: "warn" },
  { key: "severity.average", shape: "square", tone: "warn" },
  { key: "severity.high", shape: "triangle", tone: "high" },
  { key: "severity.critical", shape: "octagon", tone: "crit" },
];

const UNKNOWN = SEVERITY[0] as Look;

export const severity = (level: number): Look => SEVERITY[level] ?? UNKNOWN;

const RAG: Record<string, Look> = {
  red: { key: "rag.red", shape: "octagon", tone: "crit" },
  amber: { key: "rag.amber", shape: "diamond", tone: "warn" },
  green: { key: "rag.green", shape: "tick", tone: "ok" },
  unknown: { key: "rag.unknown", shape: "ring", tone: "mute" },
};

export const rag = (word: string | null | undefined): Look => RAG[word ?? ""] ?? (RAG.unknown as Look);

/** Worst first; unknown stands before green, because unknown is not green. */
export const RAGS = ["red", "amber", "unknown", "green"] as const;

const MAKERS: Record<string, Key> = { shipped: "maker.shipped", file: "maker.file" };

/** Who made a document active: the release, a file, or else the name of a person. */
export const maker = (by: string, t: (key: Key) => string): string => {
  const key = MAKERS[by];
  return key ? t(key) : by;
};

/**
 * Bands of exposure, 0 to 100. 70 and 40 are where the plan may raise a priority; 10 is chosen
 * so that what rounds to nothing does not look like something.
 */
export function exposureBand(value: number | null | undefined): Look {
  if (value === null || value === undefined) {
    return { key: "exposure.unknown", shape: "ring", tone: "mute" };
  }
  if (value >= 70) return { key: "exposure.severe", shape: "octagon", tone: "crit" };
  if (value >= 40) return { key: "exposure.high", shape: "triangle", tone: "high" };
  if (value >= 10) return { key: "exposure.medium", shape: "diamond", tone: "warn" };
  return { key: "exposure.low", shape: "circle", tone: "info" };
}

const SOURCE: Record<string, Look> = {
  misconfigured: { key: "source.misconfigured", shape: "octagon", tone: "crit" },
  failing: { key: "source.failing", shape: "triangle", tone: "high" },
  unverified: { key: "source.unverified", shape: "diamond", tone: "warn" },
  paused: { key: "source.paused", shape: "slashed", tone: "mute" },
  waiting: { key: "source.waiting", shape: "clock", tone: "mute" },
  ok: { key: "source.ok", shape: "tick", tone: "ok" },
  idle: { key: "source.idle", shape: "ring", tone: "mute" },
};

/** The states of a source, the worst first; nothing is wrong with one that has nothing to do. */
export const SOURCES = Object.keys(SOURCE);

export const sourceState = (word: string): Look => SOURCE[word] ?? (SOURCE.idle as Look);
