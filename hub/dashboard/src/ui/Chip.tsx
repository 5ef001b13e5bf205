/** A state in one line: shape, word, and a tint that only repeats them. */

import type { ReactNode } from "react";

import { Shape, type ShapeName, type Tone } from "./Shape";

interface Props {
  shape: ShapeName;
  tone: Tone;
  children: ReactNode;
  /** What the source called it, kept for those who point at it. */
  title?: string | undefined;
  plain?: boolean;
}

export function Chip({ shape, tone, children, title, plain = false }: Props) {
  return (
    <span className={`chip tone-${tone}${plain ? " plain" : ""}`} title={title}>
      <Shape name={shape} />
      <span>{children}</span>
    </span>
  );
}
