/** A small line of numbers over time: where nothing is known there is no line. */

interface Props {
  /** Numbers at equal distances; null is a gap. */
  values: readonly (number | null)[];
  /** The same in words. */
  label: string;
  /** The edges of the picture; what lies beyond stretches them. */
  low?: number | undefined;
  high?: number | undefined;
}

const WIDTH = 240;
const HEIGHT = 36;
const EDGE = 2;

export function Spark({ values, label, low, high }: Props) {
  const known = values.filter((one) => one !== null);
  const bottom = Math.min(...known, low ?? Infinity);
  const top = Math.max(...known, high ?? -Infinity);
  const span = top - bottom || 1;
  const x = (at: number) => (values.length < 2 ? WIDTH / 2 : (at / (values.length - 1)) * WIDTH);
  const y = (value: number) =>
    top === bottom ? HEIGHT / 2 : HEIGHT - EDGE - ((value - bottom) / span) * (HEIGHT - 2 * EDGE);
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {gaps(values).map(([from, to]) => (
        <rect key={from} x={x(from)} width={Math.max(x(to) - x(from), 1)} height={HEIGHT} className="spark-gap" />
      ))}
      <path d={line(values, x, y)} className="spark-line" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

/** One stroke for each stretch that is known; a number alone is a short one. */
export function line(
  values: readonly (number | null)[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  let path = "";
  values.forEach((value, at) => {
    if (value === null) return;
    const place = `${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    const begins = (values[at - 1] ?? null) === null;
    path += begins ? `M${place}` : `L${place}`;
    if (begins && (values[at + 1] ?? null) === null) path += "m-1 0h2";
  });
  return path;
}

/** Where nothing is known: from the last known point before to the first one after. */
export function gaps(values: readonly (number | null)[]): [number, number][] {
  const found: [number, number][] = [];
  values.forEach((value, at) => {
    if (value !== null) return;
    const open = found.at(-1);
    const to = Math.min(at + 1, values.length - 1);
    if (open && open[1] >= at) open[1] = to;
    else found.push([Math.max(at - 1, 0), to]);
  });
  return found;
}
