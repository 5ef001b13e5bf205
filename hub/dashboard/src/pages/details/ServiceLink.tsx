/** Names of services that lead to their details. */

import { useT } from "../../i18n";
import { useName } from "../parts/named";
import { Open } from "../parts/parts";

export function ServiceLink({ at, children }: { at: string; children: string }) {
  return (
    <Open kind="open" at={`service:${at}`}>
      {children}
    </Open>
  );
}

const SHOWN = 3;

export function ServiceNames({ of }: { of: readonly string[] }) {
  const t = useT();
  const name = useName();
  if (of.length === 0) return <span className="mute">{t("service.none")}</span>;
  const more = of.length - SHOWN;
  return (
    <span className="states">
      {of.slice(0, SHOWN).map((one) => (
        <ServiceLink key={one} at={one}>
          {name(one)}
        </ServiceLink>
      ))}
      {more > 0 && <span className="mute">{t("list.more", { n: more })}</span>}
    </span>
  );
}
