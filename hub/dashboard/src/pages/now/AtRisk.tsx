/** Row 1: milestones at risk, each with its dates, its exposure and at most three causes. */

import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { Incident, Listing, Milestone } from "../../api/types";
import { useT } from "../../i18n";
import { atRisk, causes, countByRag, MOST_AT_RISK, MOST_CAUSES, movedBy, ragOf } from "../../lib/board";
import { RAGS, rag as look } from "../../lib/words";
import { Panel } from "../../ui/Panel";
import { Shape } from "../../ui/Shape";
import { useFailure } from "../parts/failures";
import { Day, Days, Exposure, Health, Moved, Open, ReasonText } from "../parts/parts";
import { useName } from "../parts/named";

interface Props {
  asked: UseQueryResult<Listing<Milestone>>;
  rag: string | undefined;
  incidents: readonly Incident[];
}

export function AtRisk({ asked, rag, incidents }: Props) {
  const t = useT();
  const failure = useFailure(asked, t("risk.title"));
  const all = asked.data?.items ?? [];
  const risky = atRisk(all);
  const wanted = rag === undefined || rag === "all" ? risky : all.filter((one) => ragOf(one) === rag);
  const rows = rag === undefined ? wanted.slice(0, MOST_AT_RISK) : wanted;
  const more = wanted.length - rows.length;
  const forecast = rows.some((one) => one.forecast?.p50 || one.forecast?.p80);
  const projects = new Set(all.map((one) => one.project)).size > 1;
  return (
    <Panel
      title={t("risk.title")}
      aside={asked.data && <Counts milestones={all} chosen={rag} />}
      loading={asked.isPending}
      loadingLabel={t("loading")}
      rows={5}
      failure={failure}
      known={asked.data !== undefined}
      partial={asked.data?.next ? t("partial.first", { n: all.length, total: asked.data.total }) : null}
      empty={rows.length === 0 && <NothingAtRisk none={all.length === 0} rag={rag} />}
    >
      <table className="rows risk">
        <thead>
          <tr>
            <th scope="col">{t("milestone.health")}</th>
            <th scope="col">{t("milestone")}</th>
            <th scope="col">{t("exposure")}</th>
            <th scope="col">
              {t("milestone.due")}
              {!forecast && (
                <small title={t("forecast.none")}> · {t("milestone.forecast.unknown")}</small>
              )}
            </th>
            <th scope="col">{t("milestone.moved")}</th>
            <th scope="col">{t("milestone.float")}</th>
            <th scope="col">{t("milestone.why")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <Row
              key={one.ref}
              milestone={one}
              incidents={incidents}
              show={{ forecast, projects }}
            />
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <p className="more">
          <Link to="/" search={(before) => ({ ...before, rag: "all" })}>
            {t("risk.more", { n: more })}
          </Link>
        </p>
      )}
    </Panel>
  );
}

function Counts({ milestones, chosen }: { milestones: readonly Milestone[]; chosen: string | undefined }) {
  const t = useT();
  const counts = countByRag(milestones);
  return (
    <p className="counts">
      {RAGS.map((word) => (
        <Link
          key={word}
          to="/"
          search={({ rag, ...rest }) => (rag === word ? rest : { ...rest, rag: word })}
          className={`count tone-${look(word).tone}`}
          aria-current={chosen === word ? "true" : undefined}
        >
          <Shape name={look(word).shape} size={11} />
          <span>
            {t(look(word).key)} <b className="num">{counts[word]}</b>
          </span>
        </Link>
      ))}
    </p>
  );
}

function NothingAtRisk({ none, rag }: { none: boolean; rag: string | undefined }) {
  const t = useT();
  if (none) {
    return (
      <p>
        {t("risk.no_plan")} <code>milepost import plan.xml</code>
      </p>
    );
  }
  return <p>{t(rag === undefined || rag === "all" ? "risk.none" : "risk.none_such")}</p>;
}

interface RowProps {
  milestone: Milestone;
  incidents: readonly Incident[];
  /** What would be the same in every row is said once, above. */
  show: { forecast: boolean; projects: boolean };
}

function Row({ milestone, incidents, show }: RowProps) {
  const t = useT();
  const name = useName();
    return (
    <tr data-row>
      <td className="c-state">
        <Health rag={milestone.health.rag} />
      </td>
      <th scope="row" className="c-title">
        <Open kind="milestone" at={milestone.ref}>
          {milestone.title}
        </Open>
        {show.projects && <small>{name(milestone.project)}</small>}
      </th>
      <td className="c-exposure">
        <Exposure value={milestone.exposure} />
      </td>
      <td className="c-due" data-label={t("milestone.due")}>
        <Day at={milestone.due} />
        {show.forecast && <Forecast milestone={milestone} />}
      </td>
      <td className="c-moved" data-label={t("milestone.moved")}>
        <Moved days={movedBy(milestone)} />
      </td>
      <td className="c-float">
        <Days n={milestone.float_days} brief />
        {milestone.critical && <small title={t("milestone.critical")}>{t("milestone.critical.short")}</small>}
      </td>
      <td className="c-why">
        <Why milestone={milestone} incidents={incidents} />
      </td>
    </tr>
  );
}

function Forecast({ milestone: { forecast } }: { milestone: Milestone }) {
  const t = useT();
  if (!forecast?.p50 && !forecast?.p80) {
    return <small title={t("forecast.none")}>{t("milestone.forecast.unknown")}</small>;
  }
  return (
    <small>
      P50 <Day at={forecast.p50} /> · P80 <Day at={forecast.p80} />
    </small>
  );
}

function Why({ milestone, incidents }: { milestone: Milestone; incidents: readonly Incident[] }) {
  const t = useT();
  const name = useName();
  const open = new Set(incidents.map((one) => one.ref));
  const all = causes(milestone).filter((one) => !("incident" in one) || open.has(one.incident));
  const more = all.length - MOST_CAUSES;
  if (all.length === 0) return <span className="mute">{t("risk.no_cause")}</span>;
  return (
    <ul className="causes">
      {all.slice(0, MOST_CAUSES).map((cause, at) => (
        <li key={at}>
          {"incident" in cause ? (
            <Open kind="incident" at={cause.incident}>
              {name(cause.incident)}
            </Open>
          ) : (
            <Open kind="milestone" at={milestone.ref} className="subtle">
              <ReasonText reason={cause.reason} />
            </Open>
          )}
        </li>
      ))}
      {more > 0 && (
        <li>
          <Open kind="milestone" at={milestone.ref}>
            {t("risk.more_causes", { n: more })}
          </Open>
        </li>
      )}
    </ul>
  );
}
