/** The last failures in plain words, the same again counted; what the tool said stands behind. */

import type { ConnectorHealth } from "../../api/types";
import { useT } from "../../i18n";
import { When } from "../parts/parts";
import { Said } from "../parts/Said";

export function Errors({ errors, polls }: { errors: ConnectorHealth["errors"]; polls: boolean }) {
  const t = useT();
  if (!polls) return null;
  return (
    <>
      <h3>{t("connectors.errors")}</h3>
      <p className="mute">{t(errors.length > 0 ? "connectors.errors.what" : "connectors.errors.none")}</p>
      <ul className="rejected">
        {errors.map((one, at) => (
          <li key={at}>
            <p className="why">
              <Said words={one.message} />
            </p>
            <p className="mute">
              <When at={one.at} label={t("connectors.errors.at")} /> · {t("connectors.errors.times", { n: one.times })}
            </p>
            {one.raw && (
              <details>
                <summary>{t("connectors.errors.raw")}</summary>
                <pre tabIndex={0}>{one.raw}</pre>
              </details>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
