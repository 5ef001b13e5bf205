/** What a reader has chosen for this browser: language, theme, single keys. */

import { useSyncExternalStore } from "react";

import { isLocale, load, type Locale } from "../i18n";

export type Theme = "system" | "light" | "dark";

export interface Settings {
  locale: Locale;
  theme: Theme;
  keys: boolean;
}

const STORED = "milepost-settings";
const watchers = new Set<() => void>();
let current = read();

function read(): Settings {
  const asked = new URLSearchParams(window.location.search);
  let stored: Partial<Settings> = {};
  try {
    stored = JSON.parse(localStorage.getItem(STORED) ?? "{}") as Partial<Settings>;
  } catch {
    // A broken store is an empty one.
  }
  const browser = navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
  const locale = [asked.get("lang"), stored.locale, browser].find(isLocale) ?? "en";
  const theme = [asked.get("theme"), stored.theme].find(isTheme) ?? "system";
  return { locale, theme, keys: stored.keys ?? true };
}

function isTheme(word: unknown): word is Theme {
  return word === "system" || word === "light" || word === "dark";
}

export async function choose(change: Partial<Settings>): Promise<void> {
  if (change.locale) await load(change.locale);
  current = { ...current, ...change };
  try {
    localStorage.setItem(STORED, JSON.stringify(current));
  } catch {
    // Private windows may refuse; the choice then holds until the page is left.
  }
  apply(current);
  watchers.forEach((tell) => tell());
}

/** Put language and theme on the document, where styles and readers look for them. */
function apply({ locale, theme }: Settings): void {
  document.documentElement.lang = locale;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function watch(tell: () => void): () => void {
  watchers.add(tell);
  return () => watchers.delete(tell);
}

/** Fetch the words and put the choices on the document; then the page may be drawn. */
export async function begin(): Promise<void> {
  await load(current.locale);
  apply(current);
}

export function useSettings(): Settings {
  return useSyncExternalStore(watch, () => current);
}
