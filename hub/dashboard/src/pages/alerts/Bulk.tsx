/** What is done to the selected alerts, and what became of each. */

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "react-aria-components";

import { Problem } from "../../api/http";
import * as hub from "../../api/alerts";
import type { Alert } from "../../api/types";
import { useT, type Key, type T } from "../../i18n";
import { each, together, type Outcome } from "../../lib/bulk";
import { useMay, type Act } from "../parts/may";
import { Form, type Order, type What } from "./BulkForm";

const ACTIONS = Object.entries({
  ack: "acknowledge_alert",
  link: "add_to_incident",
  create: "create_incident",
  service: "set_alert_service",
  silence: "silence_alert",
} as const satisfies Record<What, Act>) as [What, Act][];

interface Props {
  selected: ReadonlyMap<string, Alert>;
  select: (rows: ReadonlyMap<string, Alert>) => void;
}

interface Run {
  order: Order;
  all: number;
  outcomes: readonly Outcome[];
  over: boolean;
}

export function Bulk({ selected, select }: Props) {
  const t = useT();
  const client = useQueryClient();
  const [form, show] = useState<What | null>(null);
  const [run, setRun] = useState<Run | null>(null);
  const may = useMay();
  const actions = ACTIONS.filter(([, act]) => may(act));
  const go = async (order: Order, refs: readonly string[]) => {
    show(null);
    const heard: Outcome[] = [];
    setRun({ order, all: refs.length, outcomes: [], over: false });
    await carryOut(order, refs, t, (outcome) => {
      heard.push(outcome);
      setRun({ order, all: refs.length, outcomes: [...heard], over: false });
    });
    setRun({ order, all: refs.length, outcomes: [...heard], over: true });
    await client.invalidateQueries({ queryKey: ["alerts"] });
    await client.invalidateQueries({ queryKey: ["incidents"] });
  };
  return (
    <section className="bulk panel" aria-label={t("bulk.title")}>
      <div className="bulk-bar">
        <b className="num" role="status">
          {t("bulk.selected", { n: selected.size })}
        </b>
        {actions.length > 0 ? (
          actions.map(([what]) => (
            <Button
              key={what}
              className="button"
              aria-expanded={form === what}
              isDisabled={run !== null && !run.over}
              onPress={() => show(form === what ? null : what)}
            >
              {t(`bulk.${what}` as Key)}
            </Button>
          ))
        ) : (
          <span className="mute">{t("bulk.may_not")}</span>
        )}
        <span className="grow" />
        <Button className="button quiet" onPress={() => select(new Map())}>
          {t("bulk.clear")}
        </Button>
      </div>
      {form && <Form what={form} selected={selected} onDone={(order) => void go(order, [...selected.keys()])} />}
      {run && <Report run={run} selected={selected} again={(refs) => void go(run.order, refs)} />}
    </section>
  );
}

/** One request for all where the hub takes all or none; else one for each alert. */
async function carryOut(order: Order, refs: readonly string[], t: T, tell: (one: Outcome) => void): Promise<void> {
  const why = (error: unknown) => said(error, t);
  const faultOf = (error: unknown) => ({
    faults: error instanceof Problem ? error.faults : [],
    message: why(error),
  });
  if (order.what === "create") return together(refs, (some) => hub.createIncident(some, order.title), faultOf, tell);
  if (order.what === "link") return together(refs, (some) => hub.linkToIncident(order.incident, some), faultOf, tell);
  const act = (ref: string) => {
    if (order.what === "ack") return hub.acknowledge(ref, order.message);
    if (order.what === "service") return hub.setService(ref, order.service);
    return hub.silence(ref, new Date(Date.now() + order.hours * 3_600_000).toISOString(), order.message);
  };
  return each(refs, act, why, tell);
}

function said(error: unknown, t: T): string {
  if (error instanceof Problem) return error.detail ?? error.message;
  return t("failed.unreachable");
}

const SHOWN = 50;

function Report({ run, selected, again }: { run: Run; selected: ReadonlyMap<string, Alert>; again: (refs: string[]) => void }) {
  const t = useT();
  const refused = run.outcomes.filter((one) => !one.done);
  const done = run.outcomes.length - refused.length;
  return (
    <div className="bulk-report">
      {!run.over && <progress max={run.all} value={run.outcomes.length} aria-label={t("loading")} />}
      <p role="status">
        {t(`bulk.done.${run.order.what}` as Key, { n: done })}
        {refused.length > 0 && <b className="fault"> {t("bulk.refused", { n: refused.length })}</b>}
      </p>
      {run.over && refused.length > 0 && (
        <Button className="button" onPress={() => again(refused.map((one) => one.ref))}>
          {t("failed.retry")}
        </Button>
      )}
      {refused.length > 0 && (
        <ul className="refusals">
          {refused.slice(0, SHOWN).map(({ ref, why }) => (
            <li key={ref}>
              <b>{selected.get(ref)?.title ?? ref}</b> <span>{why}</span>
            </li>
          ))}
        </ul>
      )}
      {refused.length > SHOWN && <p className="mute">{t("list.more", { n: refused.length - SHOWN })}</p>}
      {done > 0 && (
        <details>
          <summary>{t("bulk.each")}</summary>
          <ul className="refusals">
            {run.outcomes.filter((one) => one.done).slice(0, SHOWN).map(({ ref }) => (
              <li key={ref}>{selected.get(ref)?.title ?? ref}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
