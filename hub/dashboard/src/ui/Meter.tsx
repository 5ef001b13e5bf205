/** A number from 0 to 100 with a bar that repeats it; the number is always written. */

import type { Tone } from "./Shape";

export function Meter({ value, tone }: { value: number; tone: Tone }) {
  const width = Math.max(0, Math.min(100, value));
  return (
    <svg className={`meter ink-${tone}`} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="6" className="meter-track" />
      <rect width={width} height="6" fill="currentColor" />
    </svg>
  );
}
