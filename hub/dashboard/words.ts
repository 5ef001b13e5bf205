/** Words that only a part of the page needs travel with that part, not with the first load. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";

const PARTS: Record<string, readonly string[]> = {
  alerts: ["alerts.", "bulk."],
  connectors: ["connectors."],
  measured: ["measured."],
  plan: ["plan."],
  said: ["said."],
  details: [
    "alert.", "chain.", "factor.", "link.", "mappings.", "moves.", "occurrence.", "rejected.", "take.",
    "unmapped.",
  ],
};
const CATALOGUES = resolve(import.meta.dirname, "../i18n");

function belongs(key: string, part: string): boolean {
  const begins = (parts: readonly string[]) => parts.some((one) => key.startsWith(one));
  return part === "first" ? !begins(Object.values(PARTS).flat()) : begins(PARTS[part] ?? []);
}

/** `words:en/first` is the catalogue without the words of any part, `words:en/alerts` those of one. */
export const words = (): Plugin => ({
  name: "words",
  enforce: "pre",
  resolveId: (id) => (id.startsWith("words:") ? `\0${id}` : null),
  load(id) {
    const [, locale, part] = /^\0words:([\w-]+)\/(\w+)$/.exec(id) ?? [];
    if (!locale || !part) return null;
    const file = `${CATALOGUES}/${locale}.json`;
    this.addWatchFile(file);
    const all = Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, string>);
    const kept = Object.fromEntries(all.filter(([key]) => belongs(key, part)));
    return `export default ${JSON.stringify(kept)}`;
  },
});
