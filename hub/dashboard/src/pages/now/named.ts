/** Titles for refs that a list names without a title. */

import { createContext, useContext } from "react";

import { shortRef } from "../../lib/refs";

export const Named = createContext<ReadonlyMap<string, string>>(new Map());

/** Return a title for a ref: the one given, else one known on this page, else the ref's key. */
export function useName(): (ref: string, title?: string | null) => string {
  const known = useContext(Named);
  return (ref, title) => title ?? known.get(ref) ?? shortRef(ref);
}
