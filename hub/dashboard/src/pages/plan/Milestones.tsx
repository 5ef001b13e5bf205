/** All milestones of all plans, the next one first, what is reached at the end. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "react-aria-components";

import { allMilestones } from "../../api/plan";
import type { Milestone } from "../../api/types";
import { useT } from "../../i18n";
import { movedBy } from "../../lib/board";
import type { PlanSearch } from "../../lib/planSearch";
import { RAGS, rag as look } from "../../lib/words";
import { Panel } from "../../ui/Panel";
import { Shape } from "../../ui/Shape";
import { useFailure } from "../parts/failures";
import { useName } from "../parts/named";
import { Day, Days, Exposure, Health, List, Moved, Open } from "../parts/parts";
import type { TabProps } from "./PlanPage";

export function Milestones({ search }: TabProps) {
  const t = useT();
  const { project, connector, q, rag } = search;
  const asked = useInfiniteQuery(allMilestones({ project, connector, q, rag }));
  const failure = useFailure(asked, t("plan.tab.milestones"));
  const loaded = asked.data?.pages.flatMap((one) => one.items) ?? [];
  const all = [...loaded.filter((one) => !one.actual), ...loaded.filter((one) => one.actual)];
  const total = asked.data?.pages[0]?.total ?? null;
  return (
    <Panel
      title={t("plan.tab.milestones")}
      aside={
        <>
          <span className="mute num" role="status">
            {total !== null && t("plan.milestones.count", { n: total })}
          </span>
          <span className="grow" />
          <Rags chosen={rag} />
        </>
      }
      loading={asked.isPending}
      loadingLabel={t("loading")}
      rows={8}
      failure={failure}
      known={asked.data !== undefined}
      empty={asked.data && all.length === 0 && t("plan.milestones.none")}
    >
      <table className="rows milestones">
        <thead>
          <tr>
            <th scope="col">{t("milestone.health")}</th>
            <th scope="col">{t("milestone")}</th>
            <th scope="col">{t("milestone.due")}</th>
            <th scope="col">{t("milestone.baseline")}</th>
            <th scope="col">{t("milestone.moved")}</th>
            <th scope="col">{t("milestone.float")}</th>
            <th scope="col">{t("milestone.float_source")}</th>
            <th scope="col">{t("exposure")}</th>
            <th scope="col">{t("plan.services")}</th>
          </tr>
        </thead>
        <tbody>
          {all.map((one) => (
            <Row key={one.ref} milestone={one} />
          ))}
        </tbody>
      </table>
      {asked.hasNextPage && (
        <p className="more">
          <Button className="button" onPress={() => void asked.fetchNextPage()}>
            {t("plan.board.more", { n: Math.max(0, (total ?? 0) - all.length) })}
          </Button>
        </p>
      )}
    </Panel>
  );
}

function Rags({ chosen }: { chosen: string | undefined }) {
  const t = useT();
  return (
    <span className="counts">
      {RAGS.map((word) => (
        <Link
          key={word}
          to="/plan"
          search={(now: PlanSearch) => ({ ...now, rag: now.rag === word ? undefined : word })}
          className={`count tone-${look(word).tone}`}
          aria-current={chosen === word ? "true" : undefined}
          activeProps={{}}
        >
          <Shape name={look(word).shape} size={11} />
          <span>{t(look(word).key)}</span>
        </Link>
      ))}
    </span>
  );
}

function Row({ milestone }: { milestone: Milestone }) {
  const t = useT();
  const name = useName();
  return (
    <tr data-row>
      <td>{milestone.actual ? <span className="mute">{t("plan.reached")}</span> : <Health rag={milestone.health.rag} />}</td>
      <th scope="row" className="c-title">
        <Open kind="milestone" at={milestone.ref}>
          {milestone.title}
        </Open>
        <small className="mute">
          {milestone.project_title} · {milestone.source?.connector}
        </small>
      </th>
      <td>
        <Day at={milestone.due} />
      </td>
      <td>
        <Day at={milestone.baseline} />
      </td>
      <td>
        <Moved days={movedBy(milestone)} />
      </td>
      <td>
        <Days n={milestone.float_days} brief />
      </td>
      <td>
        <Days n={milestone.float_source_days} brief />
      </td>
      <td>
        <Exposure value={milestone.exposure} />
      </td>
      <td>
        <List of={milestone.services.map((one) => name(one))} none={t("plan.services.none")} max={3} />
      </td>
    </tr>
  );
}
