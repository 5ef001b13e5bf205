/** Row 3: deploys of the last day. Until a source tells them, what is missing and why it matters. */

import { useT } from "../../i18n";
import { Panel } from "../../ui/Panel";

export function Deploys() {
  const t = useT();
  return (
    <Panel
      title={t("deploys.title")}
      empty={
        <>
          <p>{t("deploys.none")}</p>
          <p>{t("deploys.connect")}</p>
        </>
      }
    />
  );
}
