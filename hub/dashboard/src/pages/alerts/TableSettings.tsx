/** Grouping, density, columns, and the rows as a file. */

import { useNavigate } from "@tanstack/react-router";
import { Button } from "react-aria-components";

import type { Alert } from "../../api/types";
import { useT, type Key } from "../../i18n";
import { ALWAYS, COLUMNS, GROUPINGS, type Column, type Grouping, type View } from "../../lib/alertView";
import { alertsAsCsv, save } from "../../lib/csv";
import { Choice } from "../../ui/Choice";
import { withColumn, type Settings } from "./tableSettings";

interface Props {
  view: View;
  settings: Settings;
  rows: readonly Alert[];
}

export function TableSettings({ view, settings, rows }: Props) {
  const t = useT();
  const navigate = useNavigate({ from: "/alerts" });
  const go = (change: Partial<View>) => void navigate({ search: (now: View) => ({ ...now, ...change }) });
  const by = view.by ?? "";
  const dense = settings.rows === "dense";
  return (
    <>
      <Choice<Grouping | "">
        label={`${t("alerts.group")}: ${t(`alerts.by.${by || "nothing"}` as Key)}`}
        shown={`${t("alerts.group")}: ${t(`alerts.by.${by || "nothing"}` as Key)}`}
        chosen={[by]}
        options={(["", ...GROUPINGS] as const).map((one) => [one, t(`alerts.by.${one || "nothing"}` as Key)] as const)}
        onChoose={(chosen) => go({ by: chosen || undefined, group: undefined })}
      />
      <Choice<Column>
        label={t("alerts.columns")}
        shown={t("alerts.columns")}
        chosen={settings.columns}
        options={COLUMNS.filter((one) => !ALWAYS.includes(one)).map((one) => [one, t(`alerts.column.${one}` as Key)] as const)}
        onChoose={(column) => {
          const cols = withColumn(settings.columns, column);
          settings.keep({ cols });
          go({ cols });
        }}
      />
      <Button
        className="button quiet"
        aria-pressed={dense}
        onPress={() => {
          const next = dense ? "wide" : "dense";
          settings.keep({ rows: next });
          go({ rows: next });
        }}
      >
        {t("alerts.dense")}
      </Button>
      <Button className="button quiet" isDisabled={rows.length === 0} onPress={() => save("alerts.csv", alertsAsCsv(rows))}>
        {t("alerts.csv", { n: rows.length })}
      </Button>
    </>
  );
}
