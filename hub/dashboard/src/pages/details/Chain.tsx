/** The impact chain of an incident, step by step: what, why, how sure. */

import { useQuery } from "@tanstack/react-query";

import { linksFrom } from "../../api/queries";
import type { Incident } from "../../api/types";
import { useT } from "../../i18n";
import { chain, type Step, type StepKind } from "../../lib/chain";
import { Shape } from "../../ui/Shape";
import { useName } from "../parts/named";
import { Exposure, Open, ReasonText } from "../parts/parts";
import { ServiceLink } from "./ServiceLink";

/** Enough to find the evidence; an incident may have thousands of alerts. */
const ALERTS = 20;
const SHOWN = 3;

interface Props {
  incident: Incident;
  alert?: string;
  alertTitle?: (ref: string) => string | null;
}

export function Chain({ incident, alert, alertTitle }: Props) {
  const t = useT();
  const alerts = alert ? [alert] : incident.alerts.slice(0, ALERTS);
  const links = useQuery(linksFrom([incident.ref, ...incident.services, ...alerts])).data;
  const steps = chain(incident, links?.items ?? [], alert);
  return (
    <section aria-label={t("chain.title")}>
      <h3>{t("chain.title")}</h3>
      <ol className="chain">
        {steps.map((step, at) => (
          <li key={at} className={step.refs.length === 0 ? "open-end" : undefined}>
            {at > 0 && <Because step={step} />}
            <Node step={step} incident={incident} alertTitle={alertTitle} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Because({ step }: { step: Step }) {
  const t = useT();
  if (step.refs.length === 0) return null;
  const { reasons, confidence } = step;
  return (
    <div className="because">
      {reasons.map((reason, at) => (
        <p key={at}>
          <ReasonText reason={reason} />
        </p>
      ))}
      {reasons.length === 0 && confidence === null && (
        <p className="mute">{t("chain.no_reason")}</p>
      )}
      {confidence !== null && (
        <p className="mute">{t("chain.sure", { percent: Math.round(confidence * 100) })}</p>
      )}
    </div>
  );
}

interface NodeProps {
  step: Step;
  incident: Incident;
  alertTitle: Props["alertTitle"];
}

function Node({ step, incident, alertTitle }: NodeProps) {
  const t = useT();
  const name = useName();
  const { kind, refs } = step;
  const more = refs.length - SHOWN;
  return (
    <div className="node">
      <span className="node-kind">{t(kind)}</span>
      {refs.length === 0 && (
        <span className="mute">
          <Shape name="ring" size={11} /> {t(NOTHING[kind])}
        </span>
      )}
      <ul>
        {refs.slice(0, SHOWN).map((ref) => (
          <li key={ref}>
            <NodeName kind={kind} at={ref} title={title(ref)} />
            {kind === "milestone" && (
              <Exposure value={incident.milestones.find((one) => one.ref === ref)?.exposure} />
            )}
          </li>
        ))}
        {more > 0 && <li className="mute">{t("chain.more", { n: more })}</li>}
      </ul>
    </div>
  );

  function title(ref: string): string {
    if (kind === "alert") return alertTitle?.(ref) ?? name(ref);
    if (kind === "incident") return incident.title;
    return name(ref, incident.milestones.find((one) => one.ref === ref)?.title);
  }
}

const NOTHING = {
  alert: "chain.none.alert",
  incident: "chain.none.incident",
  service: "chain.none.service",
  milestone: "chain.none.milestone",
  risk: "chain.none.risk",
} as const satisfies Record<StepKind, string>;

function NodeName({ kind, at, title }: { kind: StepKind; at: string; title: string }) {
  if (kind === "service") return <ServiceLink at={at}>{title}</ServiceLink>;
  if (kind === "risk") return <span>{title}</span>;
  return (
    <Open kind={kind} at={at}>
      {title}
    </Open>
  );
}
