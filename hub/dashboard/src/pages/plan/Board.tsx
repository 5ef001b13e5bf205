/** Cards of every tool in columns by what they mean to us; changed in the tool that they are of. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "react-aria-components";

import { cards } from "../../api/plan";
import type { Project, Task } from "../../api/types";
import { useT, type Key } from "../../i18n";
import type { PlanSearch } from "../../lib/planSearch";
import { day } from "../../lib/time";
import { Panel } from "../../ui/Panel";
import { useFailure } from "../parts/failures";
import { Day, List } from "../parts/parts";
import type { TabProps } from "./PlanPage";

const COLUMNS = ["todo", "in_progress", "done", "cancelled", "unknown"] as const;

export function Board({ search, plans }: TabProps) {
  const t = useT();
  return (
    <>
      <p className="mute small">{t("plan.board.read_only")}</p>
      <div className="columns">
        {COLUMNS.map((status) => (
          <Column key={status} status={status} search={search} plans={plans} />
        ))}
      </div>
    </>
  );
}

interface ColumnProps {
  status: (typeof COLUMNS)[number];
  search: PlanSearch;
  plans: readonly Project[];
}

function Column({ status, search, plans }: ColumnProps) {
  const t = useT();
  const { project, connector, q } = search;
  const asked = useInfiniteQuery(cards(status, { project, connector, q }));
  const words = t(`plan.status.${status}` as Key);
  const failure = useFailure(asked, words);
  const all = asked.data?.pages.flatMap((one) => one.items) ?? [];
  const total = asked.data?.pages[0]?.total ?? null;
  // Few plans have words that nobody could place or work that was given up: no column for nothing.
  if ((status === "unknown" || status === "cancelled") && asked.data && all.length === 0) return null;
  return (
    <Panel
      className={`column column-${status}`}
      title={words}
      aside={<span className="mute num">{total}</span>}
      loading={asked.isPending}
      loadingLabel={t("loading")}
      rows={5}
      failure={failure}
      known={asked.data !== undefined}
      empty={asked.data && all.length === 0 && t("plan.board.none")}
    >
      <ul className="cards">
        {all.map((task) => (
          <Card key={task.ref} task={task} plan={plans.find((one) => one.ref === task.project)} />
        ))}
      </ul>
      {asked.hasNextPage && (
        <p className="more">
          <Button className="button" isDisabled={asked.isFetchingNextPage} onPress={() => void asked.fetchNextPage()}>
            {t("plan.board.more", { n: Math.max(0, (total ?? 0) - all.length) })}
          </Button>
        </p>
      )}
    </Panel>
  );
}

function Card({ task, plan }: { task: Task; plan: Project | undefined }) {
  const t = useT();
  const late = isLate(task);
  const { source } = task;
  return (
    <li className="card" data-row>
      <p className="card-title">
        {source.url ? (
          <a href={source.url} target="_blank" rel="noreferrer">
            {task.title}
          </a>
        ) : (
          task.title
        )}
      </p>
      <p className="card-facts">
        <span className="tag" title={t("plan.source")}>
          {source.connector}
        </span>
        {task.code && <span className="num">{task.code}</span>}
        <span>{task.type_raw ?? t(`plan.kind.${task.kind}` as Key)}</span>
        {task.status_raw && task.type_raw && <span className="mute">{task.status_raw}</span>}
      </p>
      <p className="card-facts mute">
        {plan && <span>{plan.title}</span>}
        {task.assignees.length > 0 && (
          <span>
            <List of={task.assignees} none="" max={2} />
          </span>
        )}
        {endOf(task) && (
          <span className={late ? "late" : undefined}>
            {t(late ? "plan.overdue" : "plan.due")} <Day at={endOf(task)} />
          </span>
        )}
        {task.percent !== null && task.percent > 0 && task.percent < 100 && (
          <span className="num">{t("plan.percent", { n: Math.round(task.percent) })}</span>
        )}
      </p>
    </li>
  );
}

/** What was agreed, else what is planned. */
const endOf = ({ due, finish }: Task) => due ?? finish;

const isLate = (task: Task) =>
  (day(endOf(task)) ?? "9999") < new Date().toISOString().slice(0, 10) && task.status !== "done" && task.status !== "cancelled";
