/** Titles for refs that a list names without a title. */

import { createContext, useContext } from "react";

import { shortRef } from "../../lib/refs";

export const Named = createContext<ReadonlyMap<string, string>>(new Map());

export type Name = (ref: string, title?: string | null, unknown?: string) => string;

/** Return a title for a ref: the one given, else one known on this page, else the ref's key. */
export function useName(): Name {
  const known = useContext(Named);
  return (ref, title, unknown) => title ?? known.get(ref) ?? unknown ?? shortRef(ref);
}
