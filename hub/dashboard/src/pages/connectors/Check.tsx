/** Look step by step whether the tool can be reached and with which rights; nothing is changed. */

import { Button } from "react-aria-components";

import { check } from "../../api/connectors";
import type { Checked } from "../../api/types";
import { knows, useLocale, useT, type Key } from "../../i18n";
import { Chip } from "../../ui/Chip";
import type { ShapeName, Tone } from "../../ui/Shape";
import { Said } from "../parts/Said";
import { useAct } from "./acting";

type Step = Checked["steps"][number];

const LOOKS: Record<string, [Key, ShapeName, Tone]> = {
  true: ["connectors.step.done", "tick", "ok"],
  false: ["connectors.step.failed", "triangle", "high"],
  null: ["connectors.step.untried", "ring", "mute"],
};

export function Check({ id }: { id: string }) {
  const t = useT();
  const act = useAct(() => check(id));
  const failed = act.answer?.steps.filter((one) => one.done === false).length ?? 0;
  return (
    <>
      <h3>{t("connectors.check")}</h3>
      <p className="states">
        <Button className="button" isDisabled={act.busy} onPress={() => act.do()}>
          {t("connectors.check.do")}
        </Button>
        <small>{t("connectors.check.what")}</small>
      </p>
      <p role="status">
        {act.busy ? t("connectors.busy") : act.answer && !act.why && t(failed ? "connectors.check.bad" : "connectors.check.good", { n: failed })}
      </p>
      {act.why && (
        <p role="alert" className="fault">
          {t("connectors.refused", { why: act.why })}
        </p>
      )}
      {act.answer && (
        <ol className="steps">
          {act.answer.steps.map((step, at) => (
            <Taken key={at} step={step} />
          ))}
        </ol>
      )}
    </>
  );
}

function Taken({ step }: { step: Step }) {
  const t = useT();
  const locale = useLocale();
  const [key, shape, tone] = LOOKS[String(step.done)] as [Key, ShapeName, Tone];
  const named = `connectors.step.code.${step.code}`;
  return (
    <li>
      <p className="states">
        <Chip shape={shape} tone={tone} plain>
          {t(key)}
        </Chip>
        {knows(named, locale) ? <b>{t(named as Key)}</b> : <b lang="en">{step.code}</b>}
      </p>
      <p className="mute">
        <Said words={step.says} />
      </p>
    </li>
  );
}
