/** Which rows of a long list are to be drawn. Pure. */

export interface Window {
  first: number;
  /** One behind the last. */
  end: number;
}

/** The rows in sight and some before and behind, so that a quick scroll does not see white. */
export function windowOf(top: number, height: number, row: number, count: number, spare = 8): Window {
  const first = Math.max(0, Math.floor(top / row) - spare);
  const end = Math.min(count, Math.ceil((top + height) / row) + spare);
  return { first: Math.min(first, Math.max(0, count - 1)), end: Math.max(end, 0) };
}

/** Where to scroll so that a row is seen whole, below what stands over the rows. */
export function bring(index: number, top: number, height: number, row: number, head: number): number {
  const at = index * row;
  if (at < top) return at;
  if (at + row > top + height - head) return at + row - height + head;
  return top;
}
