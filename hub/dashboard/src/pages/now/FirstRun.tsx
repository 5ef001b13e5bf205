/** A hub that knows nothing yet: three steps, each with the command that does it. */

import { useT } from "../../i18n";

export function FirstRun() {
  const t = useT();
  const steps = [
    [t("start.plan"), t("start.plan.how"), "milepost import plan.xml --project ERP"],
    [t("start.services"), t("start.services.how"), "milepost check --apply"],
    [t("start.alerts"), t("start.alerts.how"), `${window.location.origin}/hooks/am-main`],
  ] as const;
  return (
    <section className="panel start" aria-labelledby="start">
      <h2 id="start">{t("start.title")}</h2>
      <p className="mute">{t("start.why")}</p>
      <ol>
        {steps.map(([what, how, command]) => (
          <li key={command}>
            <strong>{what}</strong>
            <p>{how}</p>
            <code>{command}</code>
          </li>
        ))}
      </ol>
      <p className="mute">{t("start.demo")}</p>
    </section>
  );
}
