/** The state of an alert, said the same way everywhere. */

import type { Alert } from "../../api/types";
import { useT } from "../../i18n";
import "../../i18n/alerts";
import "../../i18n/details";
import { alertState } from "../../lib/alertState";
import { Chip } from "../../ui/Chip";

/** The state, and beside it what makes it less sure: who has it, whether it flaps. */
export function State({ alert }: { alert: Alert }) {
  const t = useT();
  const { key, shape, tone } = alertState(alert.status);
  const flapping = (alert as { flapping?: boolean | null }).flapping === true;
  return (
    <span className="state-cell">
      <Chip shape={shape} tone={tone} plain>
        {t(key)}
      </Chip>
      {flapping && <small className="tag">{t("alerts.flapping")}</small>}
      {alert.ack && (
        <small className="tag" title={t("alerts.acked_by", { who: alert.ack.by })}>
          {t("alerts.acked")}
        </small>
      )}
    </span>
  );
}
