/** What is not a fault and should not stay so: ends held back, TLS that nobody checks. */

import type { Connector } from "../../api/types";
import { useT } from "../../i18n";
import { Chip } from "../../ui/Chip";

export function Warnings({ of }: { of: Pick<Connector, "guard" | "verifies_tls"> }) {
  const t = useT();
  const { guard, verifies_tls: verifies } = of;
  if (!guard && verifies) return null;
  return (
    <p className="states warnings">
      {guard && (
        <Chip shape="diamond" tone="warn" plain>
          {t("connectors.guard.short", { n: guard.would_end })}
        </Chip>
      )}
      {!verifies && (
        <Chip shape="diamond" tone="warn" plain title={t("connectors.tls.off.title")}>
          {t("connectors.tls.off")}
        </Chip>
      )}
    </p>
  );
}
