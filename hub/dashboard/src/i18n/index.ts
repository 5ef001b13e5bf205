/** The words of the page, from the catalogue that the hub's reports use too. */

import { createContext, useContext } from "react";

import en from "../../../i18n/en.json";
import zh from "../../../i18n/zh-CN.json";
import { instant } from "../lib/time";

export const LOCALES = ["zh-CN", "en"] as const;
export type Locale = (typeof LOCALES)[number];

type Entry = keyof typeof en;
type Stem<K> = K extends `${infer S}_one` | `${infer S}_other` ? S : K;
export type Key = Stem<Entry>;
export type Shown = string | number | boolean | null | undefined;

const CATALOGUE: Record<Locale, Record<string, string>> = { en, "zh-CN": zh };
const PLURAL: Record<Locale, Intl.PluralRules> = {
  en: new Intl.PluralRules("en"),
  "zh-CN": new Intl.PluralRules("zh-CN"),
};

export function isLocale(word: unknown): word is Locale {
  return LOCALES.some((locale) => locale === word);
}

/** Write one value: numbers as the locale writes them, instants in the reader's zone. */
export function shown(value: Shown, locale: Locale): string {
  if (value === null || value === undefined || value === "") return CATALOGUE[locale].unknown ?? "";
  if (typeof value === "number") {
    return new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value);
  }
  if (typeof value === "boolean") return CATALOGUE[locale][value ? "yes" : "no"] ?? "";
  return instant(value, locale)?.short ?? value;
}

export function translate(locale: Locale, key: string, values: Record<string, Shown> = {}): string {
  const words = CATALOGUE[locale];
  const count = values.n;
  const plural = typeof count === "number" ? words[`${key}_${PLURAL[locale].select(count)}`] : null;
  const text = words[key] ?? plural ?? words[`${key}_other`];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => shown(values[name], locale));
}

export function knows(key: string): boolean {
  return key in en;
}

export const LocaleContext = createContext<Locale>("en");

export type T = (key: Key, values?: Record<string, Shown>) => string;

export function useLocale(): Locale {
  return useContext(LocaleContext);
}

export function useT(): T {
  const locale = useLocale();
  return (key, values) => translate(locale, key, values);
}
