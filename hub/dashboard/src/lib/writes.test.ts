import { expect, test } from "vitest";

import { operation } from "../test/samples";
import { newestWish } from "./writes";

const EARLY = "2026-03-02T07:00:00Z";
const LATE = "2026-03-02T08:00:00Z";

test("of the newest wish the record that went worst speaks for all", () => {
  const all = [
    operation({ ref: "3", state: "confirmed", created_at: LATE }),
    operation({ ref: "2", state: "failed", created_at: LATE }),
    operation({ ref: "1", state: "refused", created_at: EARLY }),
  ];
  expect(newestWish(all, EARLY)?.ref).toBe("2");
});

test("what was wanted of an earlier episode says nothing of this one", () => {
  expect(newestWish([operation({ ref: "1", created_at: EARLY })], LATE)).toBeUndefined();
});
