/** Who has an alert, said where; or a way to say that one has it. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Button } from "react-aria-components";

import { Problem } from "../../api/http";
import { acknowledge, acknowledgements } from "../../api/alerts";
import type { AlertInFull } from "../../api/types";
import { useT } from "../../i18n";
import "../../i18n/alerts";
import { newestWish, writeLook } from "../../lib/writes";
import { Chip } from "../../ui/Chip";
import { useMay } from "../parts/may";
import { When } from "../parts/parts";
import { Said } from "../parts/Said";

const OVER = ["resolved", "expired"];

export function Acked({ alert }: { alert: AlertInFull }) {
  const t = useT();
  if (alert.ack) {
    const { by, at, message } = alert.ack;
    const origin = (alert.ack as { origin?: string | null }).origin;
    const tool = origin !== undefined && origin !== null && origin !== "hub";
    return (
      <>
        <p className="states">
          <b>{t("ack.title")}</b>
          <span className="mute">{t(tool ? "ack.where.tool" : "ack.where.hub")}</span>
          <When at={at} label={t("ack.title")} />
          <span>{message ? t("ack.said", { who: by, message }) : by}</span>
        </p>
        {!tool && <Reached alert={alert} />}
      </>
    );
  }
  return OVER.includes(alert.status) ? null : <Form alert={alert} />;
}

/** Whether what was said in the hub reached the tool, and if not, why. */
function Reached({ alert }: { alert: AlertInFull }) {
  const t = useT();
  const asked = useQuery(acknowledgements(alert.ref));
  if (!asked.data) return null;
  // A clock of the tool that runs ahead must not hide what was said a moment ago.
  const since = [alert.starts_at, alert.ack?.at ?? alert.starts_at].sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  const wish = newestWish(asked.data.items, since ?? alert.starts_at);
  if (!wish) return <p className="mute">{t("alert.ack.only")}</p>;
  const { connector, state, says, settled_at } = wish;
  const [shape, tone] = writeLook(state);
  return (
    <p className="states">
      <Chip shape={shape} tone={tone} plain>
        {t(`alert.ack.${state}`, { tool: connector })}
      </Chip>
      {state === "confirmed" ? (
        settled_at && <When at={settled_at} label={t("alert.ack.confirmed", { tool: connector })} />
      ) : (
        <Said words={says} />
      )}
    </p>
  );
}

function Form({ alert }: { alert: AlertInFull }) {
  const t = useT();
  const known = useQueryClient();
  const may = useMay();
  const [message, write] = useState("");
  const said = useMutation({
    mutationFn: () => acknowledge(alert.ref, message.trim()),
    onSuccess: (now) => known.setQueryData(["alerts", "one", alert.ref], now),
    onSettled: () => known.invalidateQueries({ queryKey: ["alerts"] }),
  });
  if (!may("acknowledge_alert")) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    said.mutate();
  };
  const why = said.error instanceof Problem ? (said.error.detail ?? said.error.message) : t("failed.unreachable");
  return (
    <form className="ack-form" onSubmit={submit}>
      <input
        aria-label={t("ack.message")}
        placeholder={t("ack.message")}
        value={message}
        maxLength={500}
        onChange={(event) => write(event.target.value)}
      />
      <Button className="button strong" type="submit" isDisabled={said.isPending}>
        {t("ack.do")}
      </Button>
      <small>{t("bulk.ack.where", {})}</small>
      {said.error && (
        <span role="alert" className="fault">
          {t("ack.failed", { why })}
        </span>
      )}
    </form>
  );
}
