/** Details beside the page, not above it: the page stays usable, the address says what is open. */

import { useEffect, useRef, type ReactNode } from "react";
import { Button } from "react-aria-components";

interface Props {
  /** Changes with what is shown; focus then moves to the heading. */
  about: string;
  label: string;
  eyebrow: string;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
}

export function SidePanel({ about, label, eyebrow, closeLabel, onClose, children }: Props) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [about]);
  return (
    <aside ref={panel} className="side" aria-label={label} tabIndex={-1}>
      <header className="side-head">
        <span className="eyebrow">{eyebrow}</span>
        <Button className="button quiet" onPress={onClose}>
          {closeLabel} <kbd aria-hidden="true">Esc</kbd>
        </Button>
      </header>
      <div className="side-body">{children}</div>
    </aside>
  );
}
