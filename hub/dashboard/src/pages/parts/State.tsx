/** The state of an alert, said the same way everywhere. */

import type { Alert } from "../../api/types";
import { useT } from "../../i18n";
import "../../i18n/alerts";
import "../../i18n/details";
import { alertState } from "../../lib/alertState";
import { Chip } from "../../ui/Chip";
import { useWhy } from "./why";

/** The state, and beside it what makes it less sure: who has it, whether it flaps. */
export function State({ alert }: { alert: Alert }) {
  const t = useT();
  const { key, shape, tone } = alertState(alert.status);
  const { doubt, flapping } = alert;
  const why = useWhy();
  return (
    <span className="state-cell">
      <Chip
        shape={shape}
        tone={tone}
        title={doubt ? t("alert.doubt", { since: doubt.since, why: why(doubt.reason) }) : undefined}
        plain
      >
        {t(key)}
      </Chip>
      {flapping && (
        <small className="tag" title={t("alerts.flapping.since", { ...flapping })}>
          {t("alerts.flapping")}
        </small>
      )}
      {alert.ack && (
        <small className="tag" title={t("alerts.acked_by", { who: alert.ack.by })}>
          {t("alerts.acked")}
        </small>
      )}
    </span>
  );
}
