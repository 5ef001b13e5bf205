/** Refs, for people: `<connector>:<kind>:<key>`, or a service's own name. */

/** The last part of a ref, when no title is known. */
export function shortRef(ref: string): string {
  const [, kind, ...key] = ref.split(":");
  if (key.length === 0) return ref;
  return kind === "incident" ? `#${key.join(":")}` : key.join(":");
}

/** Whether an address that a tool wrote may be a link: nothing but http and https is opened. */
export const isWeb = (address: string | null | undefined): boolean =>
  typeof address === "string" && /^https?:\/\//i.test(address);

const REF = /^[a-z][a-z0-9-]*:[a-z_]+:./;

/** Whether a text is a ref of ours and not a source's own words. */
export const isRef = (text: string): boolean => REF.test(text);
