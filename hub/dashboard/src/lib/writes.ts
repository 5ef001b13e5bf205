/** Writes to tools: how each state looks, and what became of an acknowledgement. Pure. */

import type { Operation } from "../api/types";
import type { Key } from "../i18n";
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

/** Sentences that the hub always says in these words; what a tool says is shown as it came. */
const SAYS: Record<string, Key> = {
  "done": "write.says.done",
  "already so": "write.says.already",
  "found done": "write.says.found",
  "replaced by a later wish": "write.says.replaced",
  "sent, and not seen at the tool yet": "write.says.underWay",
  "an earlier write of this field may still be under way": "write.says.clouded",
  "the tool took it and does not show it": "write.says.unseen",
  "not sent within a day; ask again if it still counts": "write.says.old",
  "changed to and fro more than three times in ten minutes: frozen, so that two systems do not answer each other for ever; find out who changes it back":
    "write.says.frozen",
  "came through more than three systems: it would come back to where it began": "write.says.travelled",
  "the hub failed on this; it is in its log": "write.says.fault",
};

export const saysKey = (says: string): Key | undefined => SAYS[says];

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
