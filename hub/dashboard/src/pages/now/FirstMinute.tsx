/** What each of two people needs first: the worst fault, and the date that moved since yesterday. */

import { useQuery, type UseQueryResult } from "@tanstack/react-query";

import { movedMilestones } from "../../api/queries";
import type { Incident, Listing, Milestone, Service } from "../../api/types";
import { useT } from "../../i18n";
import {
  byUrgency,
  causes,
  lastMovedAt,
  mostMoved,
  movedBy,
  movedSince,
  servicesOf,
  type MovedMilestone,
} from "../../lib/board";
import { dayHere, startOfYesterday } from "../../lib/time";
import { Skeleton } from "../../ui/Panel";
import { Fact, Facts } from "../parts/facts";
import {
  Day,
  Exposure,
  Health,
  List,
  Loss,
  Moved,
  Open,
  ReasonText,
  Severity,
  Since,
} from "../parts/parts";
import { useName } from "../parts/named";
import { useNow } from "../parts/useNow";
import { AdminBrief } from "./AdminBrief";

interface Props {
  milestones: UseQueryResult<Listing<Milestone>>;
  incidents: UseQueryResult<Listing<Incident>>;
  services: readonly Service[];
}

export function FirstMinute({ milestones, incidents, services }: Props) {
  const t = useT();
  const worst = [...(incidents.data?.items ?? [])].sort(byUrgency)[0];
  return (
    <div className="pair first-minute">
      <section className="panel brief" aria-label={t("first.incident")}>
        <p className="eyebrow">{t("first.incident")}</p>
        {incidents.isPending ? (
          <Skeleton rows={2} label={t("loading")} />
        ) : worst ? (
          <Worst incident={worst} services={services} />
        ) : (
          <p className="calm">{t(incidents.error ? "unknown" : "first.incident.none")}</p>
        )}
      </section>
      <section className="panel brief" aria-label={t("first.moved")}>
        <p className="eyebrow">{t("first.moved")}</p>
        {milestones.isPending ? (
          <Skeleton rows={2} label={t("loading")} />
        ) : milestones.data ? (
          <WhatMoved milestones={milestones.data} services={services} />
        ) : (
          <p className="calm">{t("unknown")}</p>
        )}
      </section>
      <AdminBrief />
    </div>
  );
}

function Worst({ incident, services }: { incident: Incident; services: readonly Service[] }) {
  const t = useT();
  const name = useName();
  const first = servicesOf(incident)[0];
  const service = services.find((one) => one.ref === first);
  const [hurt] = [...incident.milestones].sort((a, b) => b.exposure - a.exposure);
  return (
    <>
      <p className="brief-title">
        <Severity level={incident.severity} />
        <Open kind="incident" at={incident.ref}>
          {incident.title}
        </Open>
      </p>
      <Facts>
        <Fact wide="wide" name={t("first.hurts")}>
          {hurt ? (
            <>
              <Open kind="milestone" at={hurt.ref}>
                {name(hurt.ref, hurt.title)}
              </Open>{" "}
              <Exposure value={hurt.exposure} /> <Loss hurt={hurt} />
            </>
          ) : (
            t("first.hurts.none")
          )}
        </Fact>
        <Fact wide="wide" name={t("service")}>
          {first ? name(first, service?.name) : t("service.none")}
          {service?.owner && <span className="mute"> · {service.owner}</span>}
        </Fact>
        <Fact name={t("first.onset")}>
          <Since at={incident.opened_at} label={t("first.onset")} />
        </Fact>
        <Fact name={t("first.on_it")}>
          {incident.commander ?? t(incident.acked_at ? "first.acknowledged" : "first.nobody")}
        </Fact>
        <Fact name={t("runbook")}>
          {service?.runbook_url ? (
            <a href={service.runbook_url} rel="noreferrer" target="_blank">
              {t("runbook.open")}
            </a>
          ) : (
            <span className="mute">{t("runbook.none")}</span>
          )}
        </Fact>
        <Fact name={t("first.change")}>
          <span className="mute">{t("first.change.none")}</span>
        </Fact>
      </Facts>
    </>
  );
}

/** The date that an import moved most since yesterday; on a quiet day what is furthest behind. */
function WhatMoved({ milestones, services }: { milestones: Listing<Milestone>; services: readonly Service[] }) {
  const t = useT();
  const since = startOfYesterday(useNow());
  const asked = useQuery(movedMilestones(milestones.next !== null));
  const candidates = (asked.data ?? milestones).items;
  const [first, ...others] = movedSince(candidates, since);
  if (first) return <MovedSince milestone={first} others={others} />;
  const last = lastMovedAt(candidates);
  const behind = mostMoved(milestones.items);
  return (
    <>
      <p className="calm">
        {last ? t("first.moved.last", { day: dayHere(last) }) : t("first.moved.quiet")}
      </p>
      {behind ? (
        <>
          <p className="eyebrow">{t("first.moved.behind")}</p>
          <MovedMost milestone={behind} services={services} />
        </>
      ) : (
        <p className="calm">{t("first.moved.none")}</p>
      )}
    </>
  );
}

const ALSO = 2;

function MovedSince({ milestone, others }: { milestone: MovedMilestone; others: MovedMilestone[] }) {
  const t = useT();
  const { moved } = milestone;
  const [cause] = moved.causes;
  const more = others.length - ALSO;
  return (
    <>
      <p className="brief-title">
        <Health rag={milestone.health.rag} />
        <Open kind="milestone" at={milestone.ref}>
          {milestone.title}
        </Open>
      </p>
      <Facts>
        <Fact name={t("first.moved.plan")}>
          <Moved days={moved.days} />
        </Fact>
        <Fact name={t("first.moved.before")}>
          <Day at={moved.before} />
        </Fact>
        <Fact name={t("milestone.due")}>
          <Day at={moved.after} />
        </Fact>
        <Fact name={t("first.answers")}>
          <List of={cause?.owners ?? []} none={t("first.answers.unknown")} max={2} />
        </Fact>
        <Fact wide="widest" name={t("first.because")}>
          {cause && <ReasonText reason={cause} />}
        </Fact>
        {others.length > 0 && (
          <Fact wide="widest" name={t("first.moved.also")}>
            <span className="also">
              {others.slice(0, ALSO).map((one) => (
                <span key={one.ref}>
                  <Open kind="milestone" at={one.ref}>
                    {one.title}
                  </Open>{" "}
                  <Moved days={one.moved.days} />
                </span>
              ))}
              {more > 0 && <span className="mute">{t("list.more", { n: more })}</span>}
            </span>
          </Fact>
        )}
      </Facts>
    </>
  );
}

function MovedMost({ milestone, services }: { milestone: Milestone; services: readonly Service[] }) {
  const t = useT();
  const name = useName();
  const [cause] = causes(milestone);
  const first = milestone.services[0];
  const service = services.find((one) => one.ref === first);
  return (
    <>
      <p className="brief-title">
        <Health rag={milestone.health.rag} />
        <Open kind="milestone" at={milestone.ref}>
          {milestone.title}
        </Open>
      </p>
      <Facts>
        <Fact name={t("first.moved.by")}>
          <Moved days={movedBy(milestone)} />
        </Fact>
        <Fact name={t("milestone.due")}>
          <Day at={milestone.due} />
        </Fact>
        <Fact name={t("milestone.baseline")}>
          <Day at={milestone.baseline} />
        </Fact>
        <Fact name={t("first.answers")}>
          {service?.owner ?? <span className="mute">{t("first.answers.unknown")}</span>}
        </Fact>
        <Fact wide="widest" name={t(cause && "incident" in cause ? "first.threat" : "first.because")}>
          {cause === undefined ? (
            <span className="mute">{t("first.because.unknown")}</span>
          ) : "incident" in cause ? (
            <Open kind="incident" at={cause.incident}>
              {name(cause.incident)}
            </Open>
          ) : (
            <ReasonText reason={cause.reason} />
          )}
        </Fact>
      </Facts>
    </>
  );
}
