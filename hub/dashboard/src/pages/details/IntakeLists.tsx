/** The lists behind the numbers of the intake: sources, unmapped words, versions of mappings. */

import { useQuery } from "@tanstack/react-query";

import * as ask from "../../api/queries";
import { useT } from "../../i18n";
import { maker } from "../../lib/words";
import { SourceTable } from "../parts/SourceTable";
import { When } from "../parts/parts";
import { Asked } from "./Asked";

export function SourceList() {
  const t = useT();
  return (
    <>
      <h2 className="detail-title">{t("list.sources")}</h2>
      <Asked asked={useQuery(ask.connectors)} what={t("list.sources")}>
        {({ items }) =>
          items.length > 0 ? <SourceTable sources={items} full /> : <p className="note">{t("sources.none")}</p>
        }
      </Asked>
    </>
  );
}

export function UnmappedList() {
  const t = useT();
  return (
    <>
      <h2 className="detail-title">{t("list.unmapped")}</h2>
      <Asked asked={useQuery(ask.unmapped)} what={t("list.unmapped")}>
        {({ items, records, as_of }) => (
          <>
            <p className="mute">
              {t("unmapped.measured", { n: records })} <When at={as_of} label={t("unmapped.at")} />
            </p>
            {items.length === 0 ? (
              <p className="note">{t("intake.unmapped.none")}</p>
            ) : (
              <>
                <p className="mute">{t("unmapped.remedy")}</p>
                <table className="rows">
                  <thead>
                    <tr>
                      <th scope="col">{t("unmapped.word")}</th>
                      <th scope="col">{t("unmapped.count")}</th>
                      <th scope="col">{t("unmapped.where")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((one) => (
                      <tr key={`${one.mapping} ${one.field} ${one.word}`}>
                        <th scope="row" className="c-word">
                          {one.word}
                        </th>
                        <td className="num">{one.count}</td>
                        <td>
                          {one.mapping} <code>{one.field}</code> <small className="mute">{one.path}</small>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </>
            )}
          </>
        )}
      </Asked>
    </>
  );
}

export function MappingList() {
  const t = useT();
  return (
    <>
      <h2 className="detail-title">{t("list.mappings")}</h2>
      <Asked asked={useQuery(ask.mappingVersions)} what={t("list.mappings")}>
        {({ items, total, next }) =>
          items.length === 0 ? (
            <p className="note">{t("mappings.none")}</p>
          ) : (
            <>
              {next && <p className="mute">{t("partial.first", { n: items.length, total })}</p>}
              <table className="rows">
                <thead>
                  <tr>
                    <th scope="col">{t("mappings.version")}</th>
                    <th scope="col">{t("mappings.stored")}</th>
                    <th scope="col">{t("mappings.by")}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((one) => (
                    <tr key={one.id}>
                      <th scope="row">
                        {t("intake.version", { name: one.document, n: one.version })}{" "}
                        {one.active && <small className="mute">{t("mappings.active")}</small>}
                      </th>
                      <td>
                        <When at={one.at} label={t("mappings.stored")} />
                      </td>
                      <td>{maker(one.by, t)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </>
          )
        }
      </Asked>
    </>
  );
}
