/** What is asked for the first look of an admin, by the card and by the panel alike. */

import { useQuery } from "@tanstack/react-query";

import { Problem } from "../../api/http";
import * as ask from "../../api/queries";
import type { Connector, Intake, UnmappedList } from "../../api/types";
import { SOURCES } from "../../lib/words";

export interface Look {
  sources: Connector[] | undefined;
  intake: Intake | undefined;
  unmapped: UnmappedList | undefined;
}

export function useIntake() {
  const sources = useQuery(ask.connectors);
  const intake = useQuery(ask.intake);
  const unmapped = useQuery(ask.unmapped);
  const look: Look = { sources: sources.data?.items, intake: intake.data, unmapped: unmapped.data };
  const untold = sources.error instanceof Problem && sources.error.status === 404;
  return { asked: { sources, intake, unmapped }, look, untold };
}

/** When a source was last heard. */
export const heard = (one: Connector): string | null => one.last_received_at ?? one.last_success_at;

/** The source whose newest delivery is the oldest; one that never sent has none. */
export function longestSilent(sources: readonly Connector[]): Connector | undefined {
  const known = sources.filter((one) => heard(one) !== null);
  return known.sort((a, b) => String(heard(a)).localeCompare(String(heard(b))))[0];
}

/** How many sources are in each state, the worst first. */
export function byState(sources: readonly Connector[]): [string, number][] {
  return SOURCES.flatMap((state) => {
    const n = sources.filter((one) => one.state === state).length;
    return n > 0 ? [[state, n] as [string, number]] : [];
  });
}
