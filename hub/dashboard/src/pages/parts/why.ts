/** The reason of an end or of its doubt, in words; what a tool says of itself stands as it is. */

import { knows, translate, useLocale } from "../../i18n";

export function useWhy(): (reason: string) => string {
  const locale = useLocale();
  return (reason) => {
    const key = `alert.end_reason.${reason}`;
    return knows(key, locale) ? translate(locale, key) : reason;
  };
}
