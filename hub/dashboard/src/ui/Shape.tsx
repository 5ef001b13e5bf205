/** The shapes that carry a state without colour. They know no domain, only their own names. */

export type ShapeName =
  | "octagon"
  | "triangle"
  | "square"
  | "diamond"
  | "circle"
  | "tick"
  | "ring"
  | "clock"
  | "slashed"
  | "query";

export type Tone = "crit" | "high" | "warn" | "info" | "ok" | "mute";

const FILLED: Partial<Record<ShapeName, string>> = {
  octagon: "M4.1 0h5.8L14 4.1v5.8L9.9 14H4.1L0 9.9V4.1z",
  triangle: "M7 .6 14 13.2H0z",
  square: "M1.4 1.4h11.2v11.2H1.4z",
  diamond: "M7 0l7 7-7 7-7-7z",
};

const DRAWN: Partial<Record<ShapeName, string>> = {
  tick: "M1.5 7.5l3.8 4 7.2-8.8",
  clock: "M7 1a6 6 0 1 0 0 12A6 6 0 1 0 7 1M7 3.6V7l2.6 1.7",
  query: "M4 4.6a3 3 0 1 1 4.6 2.6C7.5 7.9 7 8.4 7 9.6M7 11.4v1.8",
  slashed: "M7 1.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11M2 12 12 2",
};

export function Shape({ name, size = 12 }: { name: ShapeName; size?: number }) {
  const line = DRAWN[name];
  return (
    <svg width={size} height={size} viewBox="0 0 14 14" aria-hidden="true" className="shape">
      {FILLED[name] && <path d={FILLED[name]} fill="currentColor" />}
      {name === "circle" && <circle cx="7" cy="7" r="6" fill="currentColor" />}
      {name === "ring" && (
        <circle cx="7" cy="7" r="5.6" fill="none" stroke="currentColor" strokeWidth="1.8" strokeDasharray="3.2 2.6" />
      )}
      {line && <path d={line} fill="none" stroke="currentColor" strokeWidth="2.2" />}
    </svg>
  );
}
