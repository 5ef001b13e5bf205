/** An action that says what it will do, and is carried out on the second press only. */

import { useState } from "react";
import { Button } from "react-aria-components";

import { useT } from "../../i18n";

interface Props {
  label: string;
  /** What will be written, and to which tool. */
  what: string;
  yes: string;
  busy: boolean;
  onYes: () => void;
}

export function Confirmed({ label, what, yes, busy, onYes }: Props) {
  const t = useT();
  const [asking, ask] = useState(false);
  if (!asking) {
    return (
      <p>
        <Button className="button" isDisabled={busy} onPress={() => ask(true)}>
          {label}
        </Button>
      </p>
    );
  }
  const sure = () => {
    ask(false);
    onYes();
  };
  return (
    <div className="confirmed" role="group" aria-label={label}>
      <p>{what}</p>
      <Button className="button strong" onPress={sure} autoFocus>
        {yes}
      </Button>
      <Button className="button" onPress={() => ask(false)}>
        {t("connectors.no")}
      </Button>
    </div>
  );
}
