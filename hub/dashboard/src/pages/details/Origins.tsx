/** The record as received beside the fields that were made of it, each with the rule that made it. */

import type { AlertInFull } from "../../api/types";
import { useT } from "../../i18n";

type Source = AlertInFull["provenance"][string];

export function Origins({ alert }: { alert: AlertInFull }) {
  const t = useT();
  const fields = Object.entries(alert.provenance);
  return (
    <>
      <h3>{t("alert.fields")}</h3>
      {fields.length === 0 ? (
        <p className="mute">{t("alert.no_provenance")}</p>
      ) : (
        <div className="scroll origins" tabIndex={0} role="region" aria-label={t("alert.fields")}>
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">{t("alert.field")}</th>
                <th scope="col">{t("alert.value")}</th>
                <th scope="col">{t("alert.rule")}</th>
              </tr>
            </thead>
            <tbody>
              {fields.map(([field, source]) => (
                <tr key={field}>
                  <th scope="row">{field}</th>
                  <td>
                    <code>{text((alert as Record<string, unknown>)[field] ?? source.value)}</code>
                  </td>
                  <td>
                    <code>{ruleOf(source)}</code>
                    {source.value !== undefined && source.value !== null && <small> = {text(source.value)}</small>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <details className="raw" open>
        <summary>{t("alert.raw")}</summary>
        {alert.receipt && <small className="mute">{alert.receipt}</small>}
        <pre tabIndex={0}>{JSON.stringify(alert.raw, null, 2)}</pre>
      </details>
    </>
  );
}

const LONG = 160;

function text(value: unknown): string {
  const said = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return said.length > LONG ? `${said.slice(0, LONG)}…` : said;
}

/** Document and version, then the field and the path in it, then the converter. */
function ruleOf({ mapping, version, path, converter }: Source): string {
  const document = mapping ? `${mapping}${version ? ` v${version}` : ""}` : "";
  return [document, path, converter].filter(Boolean).join(" · ");
}
