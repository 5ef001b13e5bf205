/** Writes to tools: how each state looks, and what became of an acknowledgement. Pure. */

import type { Operation } from "../api/types";
import type { ShapeName, Tone } from "../ui/Shape";

const LOOKS: Record<string, [ShapeName, Tone]> = {
  planned: ["clock", "mute"],
  sending: ["clock", "info"],
  unknown: ["ring", "warn"],
  confirmed: ["tick", "ok"],
  failed: ["triangle", "high"],
  refused: ["slashed", "warn"],
  cancelled: ["slashed", "mute"],
  superseded: ["slashed", "mute"],
};

export const writeLook = (state: string): [ShapeName, Tone] => LOOKS[state] ?? ["ring", "mute"];

/** The worst first: what nobody will try again before what is still tried. */
const WORST = ["failed", "refused", "unknown", "planned", "sending", "cancelled", "superseded", "confirmed"];

/**
 * The newest wish of these, the newest first. An alert of several records at the tool is written to
 * each at once: the one that went worst speaks for all.
 */
export function newestWish(all: readonly Operation[], since: string): Operation | undefined {
  const young = all.filter((one) => Date.parse(one.created_at) >= Date.parse(since));
  const together = young.filter((one) => one.created_at === young[0]?.created_at);
  return together.sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state))[0];
}
