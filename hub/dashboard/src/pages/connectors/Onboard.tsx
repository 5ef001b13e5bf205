/** What an admin copies into the tool so that it tells the hub; secrets stay placeholders. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "react-aria-components";

import { onboarding } from "../../api/connectors";
import { useT } from "../../i18n";
import { Asked } from "../details/Asked";
import { Copied } from "./Copied";

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
          {({ text }) => <Copied text={text} />}
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
