/** One thing an admin does to a connector: under way, done, or refused and why. */

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { Problem } from "../../api/http";
import { useT } from "../../i18n";

export function useAct<A, I = void>(carryOut: (asked: I) => Promise<A>) {
  const t = useT();
  const known = useQueryClient();
  const act = useMutation({
    mutationFn: carryOut,
    onSettled: () =>
      Promise.all(["connectors", "operations"].map((list) => known.invalidateQueries({ queryKey: [list] }))),
  });
  const { error } = act;
  const why = error instanceof Problem ? (error.detail ?? error.message) : error ? t("failed.unreachable") : null;
  return { do: act.mutate, busy: act.isPending, answer: act.data, why };
}
