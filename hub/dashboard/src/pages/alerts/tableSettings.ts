/** How dense the table is and which columns it has: in the address, and remembered here. */

import { useState } from "react";

import { COLUMNS, shownColumns, type Column, type View } from "../../lib/alertView";

const STORED = "milepost-alerts";

export interface Settings {
  columns: readonly Column[];
  rows: "dense" | "wide";
  keep: (change: Stored) => void;
}

interface Stored {
  cols?: string;
  rows?: "dense" | "wide";
}

function stored(): Stored {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? "{}") as Stored;
  } catch {
    return {};
  }
}

export function useTableSettings(view: View): Settings {
  const [mine, set] = useState(stored);
  return {
    columns: shownColumns(view.cols ?? mine.cols),
    rows: view.rows ?? mine.rows ?? "dense",
    keep: (change) => {
      const next = { ...mine, ...change };
      set(next);
      try {
        localStorage.setItem(STORED, JSON.stringify(next));
      } catch {
        // A private window may refuse; the address holds the choice all the same.
      }
    },
  };
}

/** The chosen columns with one more, or less. */
export function withColumn(columns: readonly Column[], column: Column): string {
  return COLUMNS.filter((one) => columns.includes(one) !== (one === column)).join(",");
}
