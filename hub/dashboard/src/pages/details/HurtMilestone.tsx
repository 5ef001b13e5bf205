/** What one incident does to one milestone: exposure with every factor, float, slip, why. */

import type { Hurt, Reason } from "../../api/types";
import { useLocale, useT, type Key, knows, shown } from "../../i18n";
import { Fact, Facts } from "../parts/facts";
import { useName } from "../parts/named";
import { Days, Exposure, Open, ReasonText, When } from "../parts/parts";

export function HurtMilestone({ hurt }: { hurt: Hurt }) {
  const t = useT();
  const name = useName();
  const slip = hurt.slip?.days ?? hurt.slip?.p50_days;
  return (
    <article className="hurt">
      <header>
        <Open kind="milestone" at={hurt.ref}>
          {name(hurt.ref, hurt.title)}
        </Open>
        <Exposure value={hurt.exposure} bar />
      </header>
      <Facts>
        <Fact name={t("milestone.float")}>
          <Days n={hurt.float_days} />
        </Fact>
        <Fact name={t("hurt.slip")}>
          {slip === null || slip === undefined ? (
            <span className="mute">{t("unknown")}</span>
          ) : (
            <Days n={slip} />
          )}
        </Fact>
        <Fact name={t("hurt.restore_by")}>
          {hurt.slip_at ? (
            <When at={hurt.slip_at} label={t("hurt.restore_by")} />
          ) : (
            <span className="mute">{t("hurt.no_deadline")}</span>
          )}
        </Fact>
      </Facts>
      <Reasons reasons={hurt.reasons} />
      <Factors factors={hurt.factors ?? {}} />
    </article>
  );
}

export function Reasons({ reasons }: { reasons: readonly Reason[] }) {
  if (reasons.length === 0) return null;
  return (
    <ul className="reasons">
      {reasons.map((reason, at) => (
        <li key={at}>
          <ReasonText reason={reason} />
        </li>
      ))}
    </ul>
  );
}

/** Every number that made the exposure, so that nobody has to believe it. */
function Factors({ factors }: { factors: Record<string, number> }) {
  const t = useT();
  const locale = useLocale();
  const all = Object.entries(factors);
  if (all.length === 0) return null;
  return (
    <details className="factors">
      <summary>{t("factors.title")}</summary>
      <table>
        <tbody>
          {all.map(([key, value]) => (
            <tr key={key}>
              <th scope="row">{knows(`factor.${key}`, locale) ? t(`factor.${key}` as Key) : key}</th>
              <td className="num">{shown(value, locale)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
