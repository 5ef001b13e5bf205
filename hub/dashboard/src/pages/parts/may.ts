/** What the person who looks may do: the hub says it, by the names of its operations. */

import { useQuery } from "@tanstack/react-query";

import type { operations } from "../../api/api.gen";
import { me } from "../../api/queries";

export type Act = keyof operations;

/** Until the hub has said so, nothing may be done. */
export function useMay(): (act: Act) => boolean {
  const may = useQuery(me).data?.may;
  return (act) => may?.includes(act) ?? false;
}
