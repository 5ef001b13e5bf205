/** Row 3: how fresh each source is, what waits, what was rejected, what changed last. */

import { useT } from "../../i18n";
import { Panel } from "../../ui/Panel";
import { useFailure } from "../parts/failures";
import { SourceTable } from "../parts/SourceTable";
import { IntakeFacts } from "./IntakeFacts";
import { useIntake } from "./useIntake";

export function Sources() {
  const t = useT();
  const { asked, look, untold } = useIntake();
  const failed = asked.sources.error && !untold ? asked.sources : asked.intake;
  const failure = useFailure(failed, t("sources.title"));
  const items = look.sources ?? [];
  return (
    <Panel
      title={t("sources.title")}
      loading={asked.sources.isPending || asked.intake.isPending}
      loadingLabel={t("loading")}
      rows={6}
      failure={failure}
      known={look.sources !== undefined || look.intake !== undefined || untold}
      partial={asked.unmapped.error ? t("intake.unmapped.failed") : null}
    >
      <div className="intake">
        <IntakeFacts look={look} />
      </div>
      {items.length > 0 ? (
        <SourceTable sources={items} />
      ) : (
        <p className="note">{t(untold ? "sources.untold" : "sources.none")}</p>
      )}
    </Panel>
  );
}
