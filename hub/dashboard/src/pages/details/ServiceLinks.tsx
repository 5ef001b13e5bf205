/** Why an alert is said to be of a service, how sure that is, and a person's word on it. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "react-aria-components";

import { judgeLink } from "../../api/alerts";
import type { AlertInFull, Link } from "../../api/types";
import { useT, type Key } from "../../i18n";
import "../../i18n/alerts";
import { useMay } from "../parts/may";
import { useName } from "../parts/named";
import { ReasonText } from "../parts/parts";
import { ServiceLink } from "./ServiceLink";

export function ServiceLinks({ alert }: { alert: AlertInFull }) {
  const t = useT();
  const may = useMay()("confirm_link");
  const links = (alert.links ?? []).filter((one) => one.state !== "expired");
  if (links.length === 0) return null;
  return (
    <>
      <h3>{t("alert.link")}</h3>
      <ul className="links">
        {links.map((one) => (
          <Judged key={one.id} link={one} of={alert} may={may} />
        ))}
      </ul>
    </>
  );
}

function Judged({ link, of, may }: { link: Link; of: AlertInFull; may: boolean }) {
  const t = useT();
  const name = useName();
  const known = useQueryClient();
  const judged = useMutation({
    mutationFn: (verdict: "confirm" | "reject") => judgeLink(link.id, verdict),
    onSettled: () => Promise.all(["alerts", "links", "incidents"].map((kind) => known.invalidateQueries({ queryKey: [kind] }))),
  });
  const state = t(`link.state.${link.state}` as Key);
  return (
    <li>
      <p className="states">
        <b>
          <ServiceLink at={link.target}>{name(link.target)}</ServiceLink>
        </b>
        <span>{link.by ? t("alert.link.by", { state, who: link.by }) : state}</span>
        <span className="mute num">{t("alert.link.sure", { percent: Math.round(link.confidence * 100) })}</span>
      </p>
      <ul className="reasons">
        {(link.reasons ?? []).map((reason, at) => (
          <li key={at}>
            <ReasonText reason={reason} />
          </li>
        ))}
      </ul>
      {may && (
        <p className="states">
          {link.state !== "confirmed" && (
            <Button className="button" isDisabled={judged.isPending} onPress={() => judged.mutate("confirm")}>
              {t("alert.link.confirm")}
            </Button>
          )}
          {link.state !== "rejected" && (
            <Button className="button" isDisabled={judged.isPending} onPress={() => judged.mutate("reject")}>
              {t("alert.link.reject")}
            </Button>
          )}
          <small>{t("bulk.where")}</small>
          {judged.error && (
            <span role="alert" className="fault">
              {t("ack.failed", { why: judged.error.message })}
            </span>
          )}
        </p>
      )}
      <span className="sr">{of.title}</span>
    </li>
  );
}
