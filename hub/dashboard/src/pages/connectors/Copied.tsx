/** A text to be copied, with the button that does it. */

import { useRef, useState } from "react";
import { Button } from "react-aria-components";

import { useT } from "../../i18n";

export function Copied({ text }: { text: string }) {
  const t = useT();
  const place = useRef<HTMLPreElement>(null);
  const [said, say] = useState<"connectors.copied" | "connectors.selected" | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say("connectors.copied");
    } catch {
      // Without TLS a browser gives no clipboard: what is selected can be copied by hand.
      if (place.current) window.getSelection()?.selectAllChildren(place.current);
      say("connectors.selected");
    }
  };
  return (
    <div className="raw">
      <p className="states">
        <Button className="button" onPress={() => void copy()}>
          {t("connectors.copy")}
        </Button>
        <span role="status">{said && t(said)}</span>
      </p>
      <pre ref={place} tabIndex={0} lang="en">
        {text}
      </pre>
    </div>
  );
}
