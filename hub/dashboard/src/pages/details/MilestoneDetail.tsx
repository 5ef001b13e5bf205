/** One milestone: its dates and float, its health with reasons, what hurts it. */

import { useQuery } from "@tanstack/react-query";

import { oneMilestone, openIncidents } from "../../api/queries";
import type { Milestone, Move } from "../../api/types";
import { useT } from "../../i18n";
import { movedBy } from "../../lib/board";
import { day } from "../../lib/time";
import { Fact, Facts } from "../parts/facts";
import { useName } from "../parts/named";
import {
  Day,
  Days,
  Exposure,
  Health,
  Loss,
  Moved,
  Open,
  ReasonText,
  Severity,
  Since,
  When,
} from "../parts/parts";
import { Asked } from "./Asked";
import { Reasons } from "./HurtMilestone";
import { ServiceLink } from "./ServiceLink";

export function MilestoneDetail({ milestoneRef }: { milestoneRef: string }) {
  const t = useT();
  const name = useName();
  const asked = useQuery(oneMilestone(milestoneRef));
  return (
    <Asked asked={asked} what={t("milestone")}>
      {(milestone) => (
        <>
          <h2 className="detail-title">{milestone.title}</h2>
          <p className="states">
            <Health rag={milestone.health.rag} />
            <span className="mute">{t("exposure")}</span>
            <Exposure value={milestone.exposure} bar />
            {milestone.critical && <span>{t("milestone.critical")}</span>}
          </p>
          <Dates milestone={milestone} />
          <h3>{t("milestone.health.why")}</h3>
          {milestone.health.reasons.length === 0 && <p className="note">{t("risk.no_cause")}</p>}
          <Reasons reasons={milestone.health.reasons} />
          <h3>{t("moves.title")}</h3>
          <Moves moves={milestone.moves} />
          <h3>{t("milestone.incidents")}</h3>
          <Incidents milestone={milestone} />
          <h3>{t("milestone.services")}</h3>
          {milestone.services.length === 0 && <p className="mute">{t("milestone.services.none")}</p>}
          <ul className="members-list">
            {milestone.services.map((one) => (
              <li key={one}>
                <ServiceLink at={one}>{name(one)}</ServiceLink>
              </li>
            ))}
          </ul>
        </>
      )}
    </Asked>
  );
}

function Dates({ milestone }: { milestone: Milestone }) {
  const t = useT();
  const name = useName();
  const { forecast, source } = milestone;
  return (
    <Facts>
      <Fact name={t("milestone.project")}>{name(milestone.project, milestone.project_title)}</Fact>
      <Fact name={t("milestone.due")}>
        <Day at={milestone.due} />
      </Fact>
      <Fact name={t("milestone.baseline")}>
        <Day at={milestone.baseline} />
      </Fact>
      <Fact name={t("milestone.moved")}>
        <Moved days={movedBy(milestone)} />
      </Fact>
      {milestone.actual && (
        <Fact name={t("milestone.actual")}>
          <Day at={milestone.actual} />
        </Fact>
      )}
      <Fact name={t("milestone.float")}>
        <Days n={milestone.float_days} />
      </Fact>
      <Fact name={t("milestone.float_source")}>
        <Days n={milestone.float_source_days} />
      </Fact>
      <Fact name={t("milestone.forecast")}>
        {forecast ? (
          <>
            <Day at={forecast.p50} /> <span className="mute">/</span> <Day at={forecast.p80} />
          </>
        ) : (
          <span className="mute">{t("forecast.none")}</span>
        )}
      </Fact>
      {source?.url && (
        <Fact name={t("alert.source")}>
          <a href={source.url} rel="noreferrer" target="_blank">
            {t("alert.open_source", { tool: source.connector })}
          </a>
        </Fact>
      )}
    </Facts>
  );
}

/** What each import did to the date, why, and who answers for it. */
function Moves({ moves }: { moves: readonly Move[] }) {
  const t = useT();
  if (moves.length === 0) return <p className="mute">{t("moves.none")}</p>;
  return (
    <ol className="moves" reversed>
      {moves.map((move) => (
        <li key={move.at}>
          <p className="states">
            <Moved days={move.days} />
            <span className="num">
              {t("moves.from_to", { before: day(move.before) ?? "", after: day(move.after) ?? "" })}
            </span>
            <span className="mute">
              <When at={move.at} label={t("moves.at")} />
            </span>
          </p>
          <ul className="reasons">
            {move.causes.map((cause, at) => (
              <li key={at}>
                <ReasonText reason={cause} /> <Owners of={cause.owners} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

function Owners({ of }: { of: readonly string[] }) {
  const t = useT();
  const names = of.join(t("list.separator"));
  return (
    <span className="mute">
      {t("moves.answers", { names: names === "" ? t("first.answers.unknown") : names })}
    </span>
  );
}

function Incidents({ milestone }: { milestone: Milestone }) {
  const t = useT();
  const name = useName();
  const open = useQuery(openIncidents).data?.items ?? [];
  if (milestone.incidents.length === 0) return <p className="mute">{t("milestone.incidents.none")}</p>;
  return (
    <ul className="members-list">
      {milestone.incidents.map((ref) => {
        const known = open.find((one) => one.ref === ref);
        const hurt = known?.milestones.find((one) => one.ref === milestone.ref);
        return (
          <li key={ref}>
            {known && <Severity level={known.severity} />}
            <Open kind="incident" at={ref}>
              {name(ref)}
            </Open>
            {known && (
              <span className="mute">
                <Since at={known.opened_at} label={t("first.onset")} />
              </span>
            )}
            {hurt && <Loss hurt={hurt} />}
          </li>
        );
      })}
    </ul>
  );
}
