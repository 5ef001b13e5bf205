/** What an action needs to know, and what it will write and where. */

import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Button } from "react-aria-components";

import * as ask from "../../api/queries";
import type { Alert, Connector } from "../../api/types";
import { useT, type Key } from "../../i18n";
import { shortRef } from "../../lib/refs";

export type Order =
  | { what: "ack"; message: string }
  | { what: "link"; incident: string }
  | { what: "create"; title: string | null }
  | { what: "service"; service: string | null }
  | { what: "silence"; hours: number; message: string };

export type What = Order["what"];

const WHERE = {
  ack: "bulk.ack.where",
  link: "bulk.where",
  create: "bulk.where",
  service: "bulk.where",
  silence: "bulk.silence.where",
} as const;

const HOURS = [1, 4, 24, 72];

interface Props {
  what: What;
  selected: ReadonlyMap<string, Alert>;
  onDone: (order: Order) => void;
}

export function Form({ what, selected, onDone }: Props) {
  const t = useT();
  const [text, write] = useState("");
  const [choice, choose] = useState("");
  const incidents = useQuery(ask.openIncidents).data?.items ?? [];
  const services = useQuery(ask.services).data?.items ?? [];
  const silent = useSilent(what === "silence" ? selected : new Map());
  const options: readonly (readonly [string, string])[] = {
    link: incidents.map(({ ref, title }) => [ref, `${shortRef(ref)} ${title}`] as const),
    service: services.map(({ ref, name }) => [ref, `${name} (${ref})`] as const),
    silence: HOURS.map((n) => [String(n), t("bulk.hours", { n })] as const),
    ack: [],
    create: [],
  }[what];
  const chosen = choice || (what === "silence" ? String(HOURS[0]) : "");
  const order = orderOf(what, text.trim(), chosen);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (order) onDone(order);
  };
  return (
    <form className="bulk-form" onSubmit={submit}>
      {options.length > 0 && (
        <select className="select" aria-label={t(`bulk.${what}.choice` as Key)} value={chosen} onChange={(event) => choose(event.target.value)}>
          {what !== "silence" && <option value="">{t(`bulk.${what}.choice` as Key)}</option>}
          {options.map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
      )}
      {what !== "link" && what !== "service" && (
        <span className="filter">
          <input
            aria-label={t(`bulk.${what}.text` as Key)}
            placeholder={t(`bulk.${what}.text` as Key)}
            value={text}
            maxLength={500}
            onChange={(event) => write(event.target.value)}
          />
        </span>
      )}
      <Button className="button strong" type="submit" isDisabled={!order || silent.none}>
        {t("bulk.do", { n: selected.size })}
      </Button>
      <small>{t(WHERE[what], { tools: silent.tools })}</small>
      {silent.cannot && <small className="fault">{t("bulk.silence.cannot", { tools: silent.cannot })}</small>}
    </form>
  );
}

function orderOf(what: What, text: string, choice: string): Order | null {
  if (what === "ack") return { what, message: text };
  if (what === "create") return { what, title: text || null };
  if (what === "silence") return { what, hours: Number(choice), message: text };
  if (choice === "") return null;
  return what === "link" ? { what, incident: choice } : { what, service: choice };
}

/** Only what an admin switched on is offered, and nothing while writes are stopped. */
const takes = (one: Connector): boolean => !one.stopped && one.may.includes("suppress");

/** Which tools of the selected alerts take a silence, and which do not. */
function useSilent(selected: ReadonlyMap<string, Alert>) {
  const t = useT();
  const known = useQuery(ask.connectors).data?.items ?? [];
  const tools = [...new Set([...selected.values()].map((one) => one.source.connector))];
  const able = tools.filter((id) => known.some((one) => one.id === id && takes(one)));
  const unable = tools.filter((id) => !able.includes(id));
  const join = (names: readonly string[]) => names.join(t("list.separator"));
  return { tools: join(able), cannot: join(unable), none: tools.length > 0 && able.length === 0 };
}
