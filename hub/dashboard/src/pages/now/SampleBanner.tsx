/** Says that what is shown is sample data; an admin removes it here, after one question. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "react-aria-components";

import * as ask from "../../api/queries";
import { useLocale, useT } from "../../i18n";
import { instant } from "../../lib/time";
import { useMay } from "../parts/may";
import { REMOVING, useSampleAct } from "./sampling";

export function SampleBanner() {
  const t = useT();
  const locale = useLocale();
  const state = useQuery(ask.sample).data;
  const may = useMay();
  if (!state?.loaded || !state.since) return null;
  const at = instant(state.since, locale)?.short ?? state.since;
  return (
    <section className="panel sample" aria-labelledby="sample">
      <h2 id="sample">{t("sample.loaded")}</h2>
      <span className="mute">{t("sample.since", { at, by: state.by })}</span>
      {may("remove_sample") && <Remove />}
    </section>
  );
}

function Remove() {
  const t = useT();
  const [asking, setAsking] = useState(false);
  const { act, busy, failed } = useSampleAct(REMOVING, ask.removeSample);
  return (
    <>
      <span className="grow" />
      {asking ? (
        <>
          <span>{t("sample.remove.what")}</span>
          <Button className="button strong" onPress={act} isDisabled={busy} autoFocus>
            {t(busy ? "sample.removing" : "sample.remove.yes")}
          </Button>
          <Button className="button" onPress={() => setAsking(false)} isDisabled={busy}>
            {t("sample.remove.no")}
          </Button>
        </>
      ) : (
        <Button className="button" onPress={() => setAsking(true)}>
          {t("sample.remove")}
        </Button>
      )}
      <span role="status" className="failed-words">
        {failed && t("sample.remove_failed", { why: failed })}
      </span>
    </>
  );
}
