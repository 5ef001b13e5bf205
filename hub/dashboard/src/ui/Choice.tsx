/** A small menu behind a button that shows what is chosen now. */

import type { ReactNode } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";

interface Props<K extends string> {
  /** The name of the button; it contains what the button shows. */
  label: string;
  shown: ReactNode;
  chosen: readonly K[];
  options: readonly (readonly [K, string, string?])[];
  onChoose: (key: K) => void;
}

/** Shape: an option is its key, its words, and the language of the words where it differs. */
export function Choice<K extends string>({ label, shown, chosen, options, onChoose }: Props<K>) {
  return (
    <MenuTrigger>
      <Button className="button quiet" aria-label={label}>
        {shown}
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu
          className="menu"
          aria-label={label}
          selectionMode={chosen.length > 0 ? "multiple" : "none"}
          selectedKeys={chosen}
          onAction={(key) => onChoose(key as K)}
        >
          {options.map(([key, words, lang]) => (
            <MenuItem key={key} id={key} className="menu-item" textValue={words}>
              {({ isSelected }) => (
                <>
                  <span className="menu-mark" aria-hidden="true">
                    {isSelected ? "✓" : ""}
                  </span>
                  <span lang={lang}>{words}</span>
                </>
              )}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
