/** Say that one is on it, or no more. It is written in the hub only, and the page says so. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "react-aria-components";

import { Problem, get, send } from "../../api/http";
import { me } from "../../api/queries";
import type { Incident } from "../../api/types";
import { useT } from "../../i18n";
import { useMay } from "../parts/may";

const WAITING = ["open", "acknowledged"];
const TRIES = 5;

/** Somebody else was quicker; `who` is on it now, or nobody. */
class Overtaken extends Error {
  constructor(readonly who: string | null) {
    super();
  }
}

/** Each alert makes a new version of its incident; only another commander is a reason to ask anew. */
async function say(seen: Incident, fields: object): Promise<Incident> {
  const path = `incidents/${encodeURIComponent(seen.ref)}`;
  let now = seen;
  for (let left = TRIES; ; left--) {
    try {
      return await send<Incident>("PATCH", path, fields, now.version);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 412 || left === 0) throw error;
      now = await get<Incident>(path);
      if (now.commander !== seen.commander) throw new Overtaken(now.commander ?? null);
    }
  }
}

export function Take({ incident }: { incident: Incident }) {
  const t = useT();
  const known = useQueryClient();
  const who = useQuery(me).data;
  const may = useMay();
  const said = useMutation({
    mutationFn: (fields: object) => say(incident, fields),
    onSuccess: (now) => known.setQueryData(["incidents", "one", incident.ref], now),
    onSettled: () => known.invalidateQueries({ queryKey: ["incidents"] }),
  });
  if (!who || !may("patch_incident") || !WAITING.includes(incident.status)) return null;
  const mine = incident.commander === who.name;
  const theirs = mine ? null : incident.commander;
  const take = { status: "acknowledged", commander: who.name };
  const giveBack = { status: "open", commander: null };
  return (
    <p className="take">
      <Button
        className={mine ? "button" : "button strong"}
        isDisabled={said.isPending}
        onPress={() => said.mutate(mine ? giveBack : take)}
        data-take
      >
        {theirs ? t("take.over", { who: theirs }) : t(mine ? "take.give_back" : "take.take")}
      </Button>
      <small className="mute">{t("take.where")}</small>
      {said.error && (
        <span role="alert" className="fault">
          {said.error instanceof Overtaken
            ? t("take.overtaken", { who: said.error.who ?? t("first.nobody") })
            : `${t("take.failed")} ${said.error.message}`}
        </span>
      )}
    </p>
  );
}
