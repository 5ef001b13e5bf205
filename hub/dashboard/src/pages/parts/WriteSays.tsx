/** Why a write is in its state: in the reader's language where the hub says it, else as the tool did. */

import { useT } from "../../i18n";
import { saysKey } from "../../lib/writes";

export function WriteSays({ says }: { says: string }) {
  const t = useT();
  const key = saysKey(says);
  return key ? <span>{t(key)}</span> : <span lang="en">{says}</span>;
}
