/** Ends without evidence that are too many to be believed at once: an admin's word is asked. */

import { look } from "../../api/connectors";
import type { ConnectorHealth } from "../../api/types";
import { useT } from "../../i18n";
import { Confirmed } from "./Confirmed";
import { useAct } from "./acting";

export function Guard({ health, may }: { health: ConnectorHealth; may: boolean }) {
  const t = useT();
  const { connector, guard } = health;
  const act = useAct(() => look(connector, { accept_gone: true }));
  if (!guard && !act.why) return null;
  const n = guard?.would_end ?? 0;
  return (
    <section className="guard" aria-label={t("connectors.guard")}>
      {guard && <p>{t("connectors.guard.says", { n, of: guard.of })}</p>}
      {guard && may && (
        <Confirmed
          label={t("connectors.guard.accept")}
          what={t("connectors.guard.what", { n })}
          yes={t("connectors.guard.yes", { n })}
          busy={act.busy}
          onYes={() => act.do()}
        />
      )}
      {act.why && (
        <p role="alert" className="fault">
          {t("connectors.refused", { why: act.why })}
        </p>
      )}
    </section>
  );
}
