/** Why something is as it is: in the reader's language where the hub says it, else as the tool did. */

import { useT, type T } from "../../i18n";
import "../../i18n/said";
import { said } from "../../lib/said";

export function Said({ words }: { words: string }) {
  const t = useT();
  const own = ours(words, t);
  return own === undefined ? <span lang="en">{words}</span> : <span>{own}</span>;
}

/** A sentence may hold another one of the hub's. */
function ours(words: string, t: T): string | undefined {
  const known = said(words);
  if (!known) return undefined;
  const values = Object.entries(known.values).map(
    // What was left out is nothing here, and not "unknown".
    ([name, value]) => [name, value ? (ours(value, t) ?? value) : "\u200b"] as const,
  );
  return t(known.key, Object.fromEntries(values));
}
