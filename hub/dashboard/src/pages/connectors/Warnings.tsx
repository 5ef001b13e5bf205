/** What is not a fault and should not stay so: ends held back, a way without TLS or one that nobody checks, a token that ends. */

import type { Connector } from "../../api/types";
import { useT } from "../../i18n";
import { ending } from "../../lib/connectors";
import { Chip } from "../../ui/Chip";
import { When } from "../parts/parts";
import { useNow } from "../parts/useNow";

type Warned = Pick<Connector, "guard" | "tls" | "rate_limit" | "token_expires_at">;

export function Warnings({ of }: { of: Warned }) {
  const t = useT();
  const now = useNow();
  const { guard, tls, token_expires_at: ends } = of;
  const token = ending(ends, now);
  const open = tls === "none" || tls === "unchecked" ? tls : null;
  const held = of.rate_limit?.held_until;
  if (!guard && !open && !token && !held) return null;
  return (
    <p className="states warnings">
      {guard && (
        <Chip shape="diamond" tone="warn" plain>
          {t("connectors.guard.short", { n: guard.would_end })}
        </Chip>
      )}
      {open && (
        <Chip shape="diamond" tone="warn" plain title={t(`connectors.tls.${open}.title`)}>
          {t(`connectors.tls.${open}`)}
        </Chip>
      )}
      {token && (
        <Chip shape={token === "over" ? "octagon" : "clock"} tone={token === "over" ? "crit" : "warn"} plain>
          {t(token === "over" ? "connectors.token.over" : "connectors.token.soon")} <When at={ends} />
        </Chip>
      )}
      {held && (
        <Chip shape="clock" tone="warn" plain>
          {t("connectors.held")} <When at={held} />
        </Chip>
      )}
    </p>
  );
}
