/** Facts as name and value: a definition list that a card or a detail shows in columns. */

import type { ReactNode } from "react";

export function Facts({ children }: { children: ReactNode }) {
  return <dl className="facts">{children}</dl>;
}

interface FactProps {
  name: string;
  wide?: "wide" | "widest";
  children: ReactNode;
}

export function Fact({ name, wide, children }: FactProps) {
  return (
    <div className={wide ? `fact ${wide}` : "fact"}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
