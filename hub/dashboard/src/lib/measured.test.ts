import { expect, test } from "vitest";

import { gaps, line } from "../ui/Spark";
import { isYoung, lasting, summary, written } from "./measured";

test("close to the whole the digits count: what is not 100 % is not written so", () => {
  expect(written(0.9995, "ratio", "en")).toBe("99.95%");
  expect(written(0.999996, "ratio", "en")).not.toBe("100%");
  expect(written(1, "ratio", "en")).toBe("100%");
  expect(written(0.4567, "ratio", "en")).toBe("45.7%");
});

test("a number is written with its unit", () => {
  expect(written(0.25, "seconds", "en")).toBe("250 ms");
  expect(written(0.0000098, "seconds", "en")).toBe("9.8 µs");
  expect(written(2.5, "seconds", "en")).toBe("2.5 s");
  expect(written(1_500_000, "bytes", "en")).toBe("1.5 MB");
  expect(written(12.345, "per_second", "en")).toBe("12.3/s");
});

test("a line is broken where nothing is known, and a number alone is seen", () => {
  const same = (n: number) => n;
  expect(line([1, 2, null, 3], same, same)).toBe("M0.0 1.0L1.0 2.0M3.0 3.0m-1 0h2");
  expect(gaps([1, null, null, 2, null])).toEqual([
    [0, 3],
    [3, 4],
  ]);
  expect(gaps([null, null])).toEqual([[0, 1]]);
  expect(gaps([1, 2])).toEqual([]);
});

test("nothing known is no summary, and gaps are counted", () => {
  expect(summary([null, null])).toBeNull();
  expect(summary([1, null, 3])).toEqual({ low: 1, high: 3, known: 2, of: 3 });
});

test("a budget is told in the unit that people say it in", () => {
  expect(lasting(43.2)).toEqual({ key: "measured.minutes", n: 43.2 });
  expect(lasting(60)).toEqual({ key: "measured.hours", n: 1 });
  expect(lasting(432)).toEqual({ key: "measured.hours", n: 7.2 });
  expect(lasting(7200)).toEqual({ key: "measured.days", n: 5 });
});

test("what is known since an hour at most is young; what is known of old, or not at all, is not", () => {
  const day = (known: number) => Array.from({ length: 288 }, (_, at) => (at >= 288 - known ? 1 : null));
  expect(isYoung(day(3))).toBe(true);
  expect(isYoung(day(12))).toBe(true);
  expect(isYoung(day(14))).toBe(false);
  expect(isYoung(day(0))).toBe(false);
  expect(isYoung([1, ...day(3)])).toBe(false);
  expect(isYoung([])).toBe(false);
});
