/** Look now, look at everything, pause, go on. Nothing is written to the tool. */

import { Button } from "react-aria-components";

import { look, pause } from "../../api/connectors";
import type { ConnectorHealth } from "../../api/types";
import { useT, type Key } from "../../i18n";
import { useAct } from "./acting";

type Asked = "look" | "full" | "pause" | "resume";

const carryOut = (id: string, asked: Asked) => {
  if (asked === "pause" || asked === "resume") return pause(id, asked === "pause");
  return look(id, { full: asked === "full" });
};

export function Actions({ health }: { health: ConnectorHealth }) {
  const t = useT();
  const { connector, polls } = health;
  const act = useAct((asked: Asked) => carryOut(connector, asked).then((answer) => ({ asked, answer })));
  if (!polls) return null;
  const paused = health.state === "paused";
  const offered: Asked[] = ["look", "full", paused ? "resume" : "pause"];
  return (
    <div className="acts">
      <p className="states">
        {offered.map((one) => (
          <Button key={one} className="button" isDisabled={act.busy} onPress={() => act.do(one)}>
            {t(`connectors.${one}` as Key)}
          </Button>
        ))}
      </p>
      <p className="mute">{t(paused ? "connectors.resume.what" : "connectors.pause.what")}</p>
      <p role="status">{said()}</p>
      {act.why && (
        <p role="alert" className="fault">
          {t("connectors.refused", { why: act.why })}
        </p>
      )}
    </div>
  );

  function said(): string {
    if (act.busy) return t("connectors.busy");
    if (!act.answer || act.why) return "";
    const { asked, answer } = act.answer;
    const looked = asked === "look" || asked === "full";
    const failed = answer.state === "failing" || answer.state === "misconfigured";
    if (looked) return t(failed ? "connectors.looked.failed" : "connectors.looked", { n: answer.open });
    return t(`connectors.${asked}.done` as Key);
  }
}
