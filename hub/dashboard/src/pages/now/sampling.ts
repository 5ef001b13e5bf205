/** Load or remove the sample: under way, or why it failed; afterwards every list is read anew. */

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { Problem } from "../../api/http";
import { ALL } from "../../api/refresh";
import type { Sample } from "../../api/types";
import { useT } from "../../i18n";

export function useSampleAct(send: () => Promise<Sample>) {
  const t = useT();
  const client = useQueryClient();
  const done = useMutation({
    mutationFn: send,
    onSettled: () => Promise.all(ALL.map((list) => client.invalidateQueries({ queryKey: [list] }))),
  });
  const words = (error: Error) =>
    error instanceof Problem ? (error.detail ?? error.message) : t("failed.unreachable");
  return { act: () => done.mutate(), busy: done.isPending, failed: done.error && words(done.error) };
}
