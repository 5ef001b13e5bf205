/** The way between pages. Only pages that exist stand here. */

import type { ReactNode } from "react";

export function Rail({ label, children, foot }: { label: string; children: ReactNode; foot?: ReactNode }) {
  return (
    <nav className="rail" aria-label={label}>
      {children}
      <span className="grow" />
      {foot}
    </nav>
  );
}
