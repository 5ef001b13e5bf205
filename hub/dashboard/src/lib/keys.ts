/** Single keys: move, open, filter, help. They can be switched off (WCAG 2.1.4). */

import { useEffect } from "react";

export interface KeyActions {
  go: Record<string, () => void>;
  help: () => void;
  close: () => void;
}

const TYPING = "input, textarea, select, [contenteditable], [role=menu], [role=dialog]";

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-row]")];
}

/** Move to the next or previous row; start at the first one. */
export function step(by: 1 | -1): void {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[at === -1 ? (by === 1 ? 0 : all.length - 1) : at + by];
  next?.querySelector<HTMLElement>("a, button")?.focus();
}

function filter(): void {
  document.querySelector<HTMLInputElement>("[data-filter] input")?.focus();
}

/** Take on the incident whose details are open, or give it back. */
function take(): void {
  document.querySelector<HTMLButtonElement>("[data-take]")?.click();
}

export function useKeys(on: boolean, actions: KeyActions): void {
  useEffect(() => {
    let wentTo = 0;
    const act = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape" && !target.closest(TYPING)) return actions.close();
      if (!on || target.closest(TYPING)) return;
      const going = event.timeStamp - wentTo < 1000 ? actions.go[event.key] : undefined;
      wentTo = event.key === "g" ? event.timeStamp : 0;
      const single: Record<string, () => void> = {
        j: () => step(1),
        k: () => step(-1),
        "/": filter,
        e: take,
        "?": actions.help,
      };
      const chosen = going ?? single[event.key];
      if (!chosen) return;
      event.preventDefault();
      chosen();
    };
    window.addEventListener("keydown", act);
    return () => window.removeEventListener("keydown", act);
  }, [on, actions]);
}
