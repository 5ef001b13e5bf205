/** Say that one is on it, or no more. It is written in the hub only, and the page says so. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "react-aria-components";

import { send } from "../../api/http";
import { me } from "../../api/queries";
import type { Incident } from "../../api/types";
import { useT } from "../../i18n";

const OPERATORS = ["ops", "admin"];
const WAITING = ["open", "acknowledged"];

export function Take({ incident }: { incident: Incident }) {
  const t = useT();
  const known = useQueryClient();
  const who = useQuery(me).data;
  const said = useMutation({
    mutationFn: (fields: object) =>
      send<Incident>("PATCH", `incidents/${encodeURIComponent(incident.ref)}`, fields),
    onSuccess: (now) => known.setQueryData(["incidents", "one", incident.ref], now),
    onSettled: () => known.invalidateQueries({ queryKey: ["incidents"] }),
  });
  if (!who || !OPERATORS.includes(who.role) || !WAITING.includes(incident.status)) return null;
  const mine = incident.commander === who.name;
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
        {t(mine ? "take.give_back" : "take.take")}
      </Button>
      <small className="mute">{t("take.where")}</small>
      {said.error && (
        <span role="alert" className="fault">
          {t("take.failed")} {said.error.message}
        </span>
      )}
    </p>
  );
}
