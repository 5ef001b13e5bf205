/** A hub that knows nothing yet: three steps (connect, map, see), and sample data to look around. */

import { useQuery } from "@tanstack/react-query";
import { Button } from "react-aria-components";

import * as ask from "../../api/queries";
import { useT } from "../../i18n";
import { useMay } from "../parts/may";
import { LOADING, useSampleAct } from "./sampling";

export function FirstRun() {
  const t = useT();
  const steps = [
    [t("start.connect"), t("start.connect.how"), `${window.location.origin}/hooks/am-main`],
    [t("start.map"), t("start.map.how"), "milepost check --apply"],
    [t("start.see"), t("start.see.how"), "milepost import plan.xml --project ERP"],
  ] as const;
  return (
    <section className="panel start" aria-labelledby="start">
      <h2 id="start">{t("start.title")}</h2>
      <p className="mute">{t("start.why")}</p>
      <ol>
        {steps.map(([what, how, command]) => (
          <li key={command}>
            <strong>{what}</strong>
            <p>{how}</p>
            <code>{command}</code>
          </li>
        ))}
      </ol>
      <Offer />
    </section>
  );
}

/** The way to see it all at once: only while the hub holds nothing, and for admins only. */
function Offer() {
  const t = useT();
  const state = useQuery(ask.sample).data;
  const who = useQuery(ask.me).data;
  const may = useMay();
  const { act, busy, failed } = useSampleAct(LOADING, ask.loadSample);
  if (!who || !(state?.offered || busy || failed)) return null;
  if (!may("load_sample")) return <p className="mute">{t("sample.ask_admin")}</p>;
  return (
    <div className="offer">
      <p className="mute">{t("sample.offer")}</p>
      <Button className="button strong" onPress={act} isDisabled={busy}>
        {t(busy ? "sample.loading" : "sample.load")}
      </Button>
      <p role="status" className="failed-words">
        {failed && t("sample.load_failed", { why: failed })}
      </p>
    </div>
  );
}
