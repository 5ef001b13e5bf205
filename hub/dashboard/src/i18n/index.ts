/** The words of the page, from the catalogue that the hub's reports use too. */

import { createContext, useContext } from "react";

import { instant } from "../lib/time";

export const LOCALES = ["zh-CN", "en"] as const;
export type Locale = (typeof LOCALES)[number];

type Words = Record<string, string>;
type Entry = keyof typeof import("../../../i18n/en.json");
type Stem<K> = K extends `${infer S}_one` | `${infer S}_other` ? S : K;
export type Key = Stem<Entry>;
export type Shown = string | number | boolean | null | undefined;

const CATALOGUE: Record<Locale, Words> = { en: {}, "zh-CN": {} };

/** Fetch the words of a language; only those that are read are fetched. */
export async function load(locale: Locale): Promise<void> {
  const found =
    locale === "en"
      ? await import("words:en/first")
      : await import("words:zh-CN/first");
  learn(locale, found.default);
}

/** Add words: those of a part of the page come with that part. */
export function learn(locale: Locale, words: Words): void {
  Object.assign(CATALOGUE[locale], words);
}

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
  // A plan's moment has no zone: it is shown as the plan has it.
  return instant(value, locale)?.short ?? value.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$/, "$1 $2");
}

export function translate(locale: Locale, key: string, values: Record<string, Shown> = {}): string {
  const words = CATALOGUE[locale];
  const count = values.n;
  const plural = typeof count === "number" ? words[`${key}_${PLURAL[locale].select(count)}`] : null;
  const text = words[key] ?? plural ?? words[`${key}_other`];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    // A word of ours, such as severity "critical", has words of its own.
    return words[`${name}.${String(values[name])}`] ?? shown(values[name], locale);
  });
}

export function knows(key: string, locale: Locale): boolean {
  return key in CATALOGUE[locale] || `${key}_other` in CATALOGUE[locale];
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
