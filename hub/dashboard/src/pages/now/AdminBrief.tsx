/** What an admin needs first: is every source alive, what waits, what was rejected. */

import { useQuery } from "@tanstack/react-query";

import { me } from "../../api/queries";
import { useT } from "../../i18n";
import { Failed, Skeleton } from "../../ui/Panel";
import { useFailure } from "../parts/failures";
import { IntakeFacts } from "./IntakeFacts";
import { useIntake } from "./useIntake";

export function AdminBrief() {
  return useQuery(me).data?.role === "admin" ? <Card /> : null;
}

function Card() {
  const t = useT();
  const { asked, look } = useIntake();
  const failure = useFailure(asked.intake, t("sources.title"));
  return (
    <section className="panel brief" aria-label={t("first.intake")}>
      <p className="eyebrow">{t("first.intake")}</p>
      {asked.intake.isPending ? (
        <Skeleton rows={4} label={t("loading")} />
      ) : (
        <>
          {failure && <Failed {...failure} />}
          <IntakeFacts look={look} brief />
        </>
      )}
    </section>
  );
}
