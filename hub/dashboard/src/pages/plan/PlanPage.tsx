/** The plans of every tool: on an axis of days, on a board, and their milestones. */

import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { Input, Label, SearchField } from "react-aria-components";

import { projects } from "../../api/plan";
import { connectors } from "../../api/queries";
import type { Project } from "../../api/types";
import { useT, type Key } from "../../i18n";
import "../../i18n/plan";
import { TABS, type PlanSearch, type Tab } from "../../lib/planSearch";
import { AsOf } from "../parts/AsOf";
import { Board } from "./Board";
import { Milestones } from "./Milestones";
import { Timeline } from "./Timeline";
import "../../ui/filters.css";
import "./plan.css";

const Details = lazy(() => import("../details/Details"));
const page = getRouteApi("/plan");
const SHOWN = { timeline: Timeline, board: Board, milestones: Milestones } as const;

export default function PlanPage() {
  const t = useT();
  const search: PlanSearch = page.useSearch();
  const tab: Tab = search.tab ?? "timeline";
  const asked = useQuery(projects);
  const plans = asked.data?.items ?? [];
  const Shown = SHOWN[tab];
  const isOpen = search.milestone ?? search.incident ?? search.alert ?? search.open;
  return (
    <div className="page">
      <div className={`board plan plan-${tab}`}>
        <div className="page-head">
          <h1>{t("nav.plan")}</h1>
          <Tabs chosen={tab} />
          <span className="grow" />
          <AsOf at={asked.data?.as_of} />
        </div>
        <Filters search={search} tab={tab} plans={plans} />
        <Shown search={search} plans={plans} pending={asked.isPending} />
      </div>
      {isOpen && (
        <Suspense>
          <Details search={search} />
        </Suspense>
      )}
    </div>
  );
}

function Tabs({ chosen }: { chosen: Tab }) {
  const t = useT();
  return (
    <nav aria-label={t("plan.tabs")}>
      <ul className="tabs">
        {TABS.map((tab) => (
          <li key={tab}>
            <Link
              to="/plan"
              search={({ project, connector, q }: PlanSearch) => ({ tab, project, connector, q })}
              aria-current={tab === chosen ? "page" : undefined}
              activeProps={{}}
            >
              {t(`plan.tab.${tab}` as Key)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface FilterProps {
  search: PlanSearch;
  tab: Tab;
  plans: readonly Project[];
}

function Filters({ search, tab, plans }: FilterProps) {
  const t = useT();
  const sources = (useQuery(connectors).data?.items ?? []).filter((one) => plans.some((plan) => plan.source.connector === one.id));
  const titles = plans.map(({ ref, title, source }) => [ref, sources.length > 1 ? `${title} · ${source.connector}` : title] as const);
  return (
    <div className="filters shown" role="search" aria-label={t("plan.filters")}>
      {tab !== "timeline" && <Text value={search.q ?? ""} />}
      <Pick name="project" value={search.project} options={titles} all={tab === "timeline" ? null : t("plan.every_project")} />
      {tab !== "timeline" && sources.length > 1 && (
        <Pick name="connector" value={search.connector} options={sources.map(({ id }) => [id, id])} all={t("plan.every_source")} />
      )}
    </div>
  );
}

interface PickProps {
  name: "project" | "connector";
  value: string | undefined;
  options: readonly (readonly [string, string])[];
  /** The words for no choice; null: there must be one. */
  all: string | null;
}

function Pick({ name, value, options, all }: PickProps) {
  const t = useT();
  const navigate = useNavigate({ from: "/plan" });
  if (options.length === 0) return null;
  return (
    <select
      className="select"
      aria-label={t(name === "project" ? "plan.project" : "plan.connector")}
      data-chosen={value ? "" : undefined}
      value={value ?? (all === null ? options[0]?.[0] : "")}
      onChange={(event) => {
        const chosen = event.target.value || undefined;
        void navigate({ search: (now: PlanSearch) => ({ ...now, [name]: chosen }) });
      }}
    >
      {all !== null && <option value="">{all}</option>}
      {options.map(([key, title]) => (
        <option key={key} value={key}>
          {title}
        </option>
      ))}
    </select>
  );
}

/** Typing writes the address after a pause; the address wins when it changes by itself. */
function Text({ value }: { value: string }) {
  const t = useT();
  const navigate = useNavigate({ from: "/plan" });
  const [typed, type] = useState(value);
  useEffect(() => type(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => {
      void navigate({ search: (now: PlanSearch) => ({ ...now, q: typed || undefined }), replace: true });
    }, 250);
    return () => clearTimeout(timer);
  }, [typed, value, navigate]);
  return (
    <SearchField className="filter" data-filter="" value={typed} onChange={type}>
      <Label className="sr">{t("plan.q")}</Label>
      <Input placeholder={t("plan.q")} />
    </SearchField>
  );
}

export interface TabProps {
  search: PlanSearch;
  plans: readonly Project[];
  pending: boolean;
}
