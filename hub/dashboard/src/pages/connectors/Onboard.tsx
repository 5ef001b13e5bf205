/** What an admin copies into the tool so that it tells the hub; secrets stay placeholders. */

import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Button } from "react-aria-components";

import { onboarding } from "../../api/connectors";
import { useT } from "../../i18n";
import { Asked } from "../details/Asked";

export function Onboard({ id }: { id: string }) {
  const t = useT();
  const [wanted, want] = useState(false);
  const asked = useQuery(onboarding(id, wanted));
  return (
    <>
      <h3>{t("connectors.onboard")}</h3>
      <p className="mute">{t("connectors.onboard.what")}</p>
      {wanted ? (
        <Asked asked={asked} what={t("connectors.onboard")}>
          {({ text }) => <Text text={text} />}
        </Asked>
      ) : (
        <p>
          <Button className="button" onPress={() => want(true)}>
            {t("connectors.onboard.show")}
          </Button>
        </p>
      )}
    </>
  );
}

function Text({ text }: { text: string }) {
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
