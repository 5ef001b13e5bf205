/** How old what is seen is, and in which zone its times are. */

import { useLocale, useT } from "../../i18n";
import { instant, offset, zone } from "../../lib/time";

export function AsOf({ at }: { at: string | undefined }) {
  const t = useT();
  const locale = useLocale();
  const known = at ? instant(at, locale) : null;
  const where = { zone: zone(), offset: offset(new Date(), locale) };
  return (
    <p className="mute as-of">
      {known && <span title={known.utc}>{t("now.as_of", { at: known.clock })}</span>}
      <span>{t("now.zone", where)}</span>
    </p>
  );
}
