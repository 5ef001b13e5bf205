/** The timeline as rows of words: for readers, for paper, and as a file. */

import { Button } from "react-aria-components";

import { useT, type Key } from "../../i18n";
import { rowsAsCsv, save } from "../../lib/csv";
import type { Row } from "../../lib/timeline";
import { Day, Days, Open } from "../parts/parts";

/** More rows than this nobody reads on a page; the file has all. */
const MOST = 2000;

export function TimelineTable({ rows }: { rows: readonly Row[] }) {
  const t = useT();
  return (
    <div className="timeline-table">
      <p className="more">
        <Button className="button" onPress={() => save("plan.csv", rowsAsCsv(rows))}>
          {t("plan.csv")}
        </Button>
        {rows.length > MOST && <span className="mute"> {t("plan.table.first", { n: MOST })}</span>}
      </p>
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">{t("plan.task")}</th>
            <th scope="col">{t("plan.state")}</th>
            <th scope="col">{t("plan.start")}</th>
            <th scope="col">{t("plan.finish")}</th>
            <th scope="col">{t("plan.done")}</th>
            <th scope="col">{t("milestone.float")}</th>
            <th scope="col">{t("plan.critical")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST).map((row) => (
            <tr key={row.ref} className={row.kind}>
              <th scope="row" className="c-title" style={{ paddingInlineStart: 12 + row.depth * 14 }}>
                {row.kind === "milestone" ? (
                  <Open kind="milestone" at={row.ref}>
                    {row.title}
                  </Open>
                ) : (
                  row.title
                )}
              </th>
              <td>{t(`plan.status.${row.status}` as Key)}</td>
              <td>
                <Day at={row.start} />
              </td>
              <td>
                <Day at={row.finish} />
              </td>
              <td className="num">{row.done === null ? t("unknown") : t("plan.percent", { n: Math.round(row.done) })}</td>
              <td>
                <Days n={row.floatDays} brief />
              </td>
              <td>{t(row.critical ? "yes" : "no")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
