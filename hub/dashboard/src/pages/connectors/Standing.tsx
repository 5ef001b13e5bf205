/** Whether the tool's silence is believed, and what its answers say about themselves. */

import type { ConnectorHealth } from "../../api/types";
import { knows, useLocale, useT, type Key } from "../../i18n";
import { Chip } from "../../ui/Chip";
import type { ShapeName, Tone } from "../../ui/Shape";
import { Since } from "../parts/parts";
import { Said } from "../parts/Said";

const LOOKS: Record<string, [Key, ShapeName, Tone]> = {
  true: ["connectors.standing.alive", "tick", "ok"],
  false: ["connectors.standing.dead", "triangle", "high"],
  null: ["connectors.standing.unknown", "ring", "mute"],
};

export function Standing({ health }: { health: ConnectorHealth }) {
  const t = useT();
  const locale = useLocale();
  const { standing, hints } = health;
  if (!standing) return null;
  const [key, shape, tone] = LOOKS[String(standing.alive)] as [Key, ShapeName, Tone];
  const said = (hint: string): Key | null =>
    knows(`connectors.hint.${hint}`, locale) ? (`connectors.hint.${hint}` as Key) : null;
  return (
    <>
      <h3>{t("connectors.standing")}</h3>
      <p className="states">
        <Chip shape={shape} tone={tone} plain>
          {t(key)}
        </Chip>
        {standing.seen_at && (
          <span className="mute">
            {t("connectors.standing.seen")} <Since at={standing.seen_at} label={t("connectors.standing.seen")} />
          </span>
        )}
      </p>
      {standing.why && (
        <p className="mute">
          <Said words={standing.why} />
        </p>
      )}
      {Object.entries(hints).length > 0 && (
        <ul className="reasons">
          {Object.entries(hints).map(([hint, n]) => {
            const words = said(hint);
            return <li key={hint}>{words ? t(words, { n }) : <code>{`${hint} ${n}`}</code>}</li>;
          })}
        </ul>
      )}
    </>
  );
}
