/** One action on many alerts: what was done, what was refused and why. Pure but for the act. */

export interface Outcome {
  ref: string;
  done: boolean;
  why: string | null;
}

export type Act = (ref: string) => Promise<unknown>;

/** A refusal of a whole batch that names the members at fault by their place. */
export interface BatchFault {
  faults: readonly { loc: string; msg: string }[];
  message: string;
}

const AT_ONCE = 4;

/** Act on each, a few at a time; `tell` hears each outcome as it comes. */
export async function each(
  refs: readonly string[],
  act: Act,
  why: (error: unknown) => string,
  tell: (outcome: Outcome) => void,
  stopped: () => boolean = () => false,
): Promise<void> {
  const left = [...refs];
  const work = async () => {
    for (let ref = left.shift(); ref !== undefined && !stopped(); ref = left.shift()) {
      try {
        await act(ref);
        tell({ ref, done: true, why: null });
      } catch (error) {
        tell({ ref, done: false, why: why(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, refs.length) }, work));
}

/** The places that a refusal names, with their words. */
export function named(fault: BatchFault): Map<number, string> {
  const found = new Map<number, string>();
  for (const { loc, msg } of fault.faults) {
    const place = /(?:^|\.)alerts\.(\d+)/.exec(loc)?.[1];
    if (place !== undefined) found.set(Number(place), msg);
  }
  return found;
}

/**
 * Act on all at once. The hub takes all or none and names who is at fault: those are refused, and
 * the others are sent again without them.
 */
export async function together(
  refs: readonly string[],
  act: (refs: readonly string[]) => Promise<unknown>,
  faultOf: (error: unknown) => BatchFault,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  try {
    await act(refs);
    refs.forEach((ref) => tell({ ref, done: true, why: null }));
  } catch (error) {
    const fault = faultOf(error);
    const guilty = named(fault);
    if (guilty.size === 0) return refs.forEach((ref) => tell({ ref, done: false, why: fault.message }));
    refs.forEach((ref, place) => {
      const why = guilty.get(place);
      if (why !== undefined) tell({ ref, done: false, why });
    });
    const rest = refs.filter((_, place) => !guilty.has(place));
    if (rest.length > 0) await together(rest, act, faultOf, tell);
  }
}
