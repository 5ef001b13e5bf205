/** Load or remove the sample: under way, or why it failed; afterwards every list is read anew. */

import { useIsMutating, useMutation, useQueryClient } from "@tanstack/react-query";

import { Problem } from "../../api/http";
import { ALL } from "../../api/refresh";
import type { Sample } from "../../api/types";
import { useT } from "../../i18n";

/** Whether this page loads the sample right now; what comes in meanwhile is only a part. */
export const useIsLoading = () => useIsMutating({ mutationKey: LOADING }) > 0;

export const LOADING = ["sample", "load"];
export const REMOVING = ["sample", "remove"];

export function useSampleAct(mutationKey: string[], send: () => Promise<Sample>) {
  const t = useT();
  const client = useQueryClient();
  const done = useMutation({
    mutationKey,
    mutationFn: send,
    onSettled: () => Promise.all(ALL.map((list) => client.invalidateQueries({ queryKey: [list] }))),
  });
  const words = (error: Error) =>
    error instanceof Problem ? (error.detail ?? error.message) : t("failed.unreachable");
  return { act: () => done.mutate(), busy: done.isPending, failed: done.error && words(done.error) };
}
