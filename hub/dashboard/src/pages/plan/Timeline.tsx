/**
 * A plan on an axis of days, drawn by hand: bars with what is done, what was promised below them,
 * milestones, dependencies, the critical path, incidents, and today. Only what is in sight is drawn.
 */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";

import { schedule } from "../../api/plan";
import { milestones, openIncidents } from "../../api/queries";
import type { Incident, Schedule } from "../../api/types";
import { useLocale, useT, type Key, type T } from "../../i18n";
import type { PlanSearch } from "../../lib/planSearch";
import { day } from "../../lib/time";
import { chart, moment, SCALE, ticks, todayOn, ZOOMS, type Chart, type Row, type Zoom } from "../../lib/timeline";
import { bring, windowOf } from "../../lib/window";
import { Panel } from "../../ui/Panel";
import { useFailure } from "../parts/failures";
import { ReasonText } from "../parts/parts";
import { opening } from "../parts/search";
import type { TabProps } from "./PlanPage";
import { TimelineTable } from "./TimelineTable";

const ROW = 28;
const HEAD = 34;
const BAR = 12;
const TOP = 6;

export function Timeline({ search, plans, pending }: TabProps) {
  const t = useT();
  const project = search.project ?? plans[0]?.ref;
  const asked = useQuery(schedule(project));
  const failure = useFailure(asked, t("plan.tab.timeline"));
  const today = new Date().toISOString().slice(0, 10);
  const drawn = useMemo(() => (asked.data ? chart(asked.data.tasks, today) : null), [asked.data, today]);
  const zoom = ZOOMS.find((one) => one === search.zoom) ?? "month";
  const none = !pending && plans.length === 0;
  return (
    <Panel
      className="timeline-panel"
      title={plans.find((one) => one.ref === project)?.title ?? t("plan.tab.timeline")}
      aside={<Tools search={search} zoom={zoom} />}
      loading={pending || (asked.isPending && !none)}
      loadingLabel={t("loading")}
      rows={10}
      failure={failure}
      known={drawn !== null}
      partial={asked.data && asked.data.reasons.length > 0 && asked.data.reasons.map((one) => <ReasonText key={one.code} reason={one} />)}
      empty={none ? t("plan.none") : drawn?.rows.length === 0 && t("plan.empty")}
    >
      {drawn && asked.data && search.as === "table" && <TimelineTable rows={drawn.rows} />}
      {drawn && asked.data && search.as !== "table" && (
        <Drawing key={project} drawn={drawn} plan={asked.data} zoom={zoom} today={today} marked={search.critical !== "no"} />
      )}
    </Panel>
  );
}

function Tools({ search, zoom }: { search: PlanSearch; zoom: Zoom }) {
  const t = useT();
  const set = (more: Partial<PlanSearch>) => (now: PlanSearch) => ({ ...now, ...more });
  const isTable = search.as === "table";
  return (
    <span className="tools">
      {!isTable &&
        ZOOMS.map((one) => (
          <Link key={one} to="/plan" search={set({ zoom: one })} className="count" aria-current={one === zoom || undefined} activeProps={{}}>
            {t(`plan.zoom.${one}` as Key)}
          </Link>
        ))}
      {!isTable && (
        <Link
          to="/plan"
          search={set({ critical: search.critical === "no" ? undefined : "no" })}
          className="count"
          aria-current={search.critical !== "no" || undefined}
          activeProps={{}}
        >
          {t("plan.critical")}
        </Link>
      )}
      <Link to="/plan" search={set({ as: isTable ? undefined : "table" })} className="count" aria-current={isTable || undefined} activeProps={{}}>
        {t("plan.as_table")}
      </Link>
    </span>
  );
}

interface DrawingProps {
  drawn: Chart;
  plan: Schedule;
  zoom: Zoom;
  today: string;
  marked: boolean;
}

function Drawing({ drawn, plan, zoom, today, marked }: DrawingProps) {
  const t = useT();
  const locale = useLocale();
  const navigate = useNavigate({ from: "/plan" });
  const box = useRef<HTMLDivElement>(null);
  const { axis, rows, at } = drawn;
  const scale = SCALE[zoom];
  const width = Math.max(axis.days * scale, 320);
  const now = todayOn(axis, today);
  const { top, height, onScroll } = useSight(box);
  const [active, setActive] = useState(0);
  const sight = windowOf(top, height, ROW, rows.length);
  const bands = useBands(drawn);
  const marks = useMemo(() => ticks(axis, zoom, locale), [axis, zoom, locale]);
  useEffect(() => {
    // Today a third into the picture: what was is less than what comes.
    const place = box.current;
    if (place) place.scrollLeft = Math.max(0, now * scale - place.clientWidth / 3);
  }, [now, scale]);
  useEffect(() => {
    // What is over stands above: the first row that is not.
    const next = rows.findIndex((row) => row.kind !== "summary" && row.status !== "done" && (row.to ?? 0) >= now);
    const place = box.current;
    if (!place || next < 0) return;
    place.scrollTop = Math.max(0, (next - 3) * ROW);
    setActive(next);
  }, [rows, now]);
  const shown = rows.slice(sight.first, sight.end);
  const move = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setActive(next);
    const place = box.current;
    if (place) place.scrollTop = bring(next, place.scrollTop, place.clientHeight, ROW, HEAD);
  };
  const open = (row: Row | undefined) => {
    if (row?.kind === "milestone") void navigate({ search: opening("milestone", row.ref) as never });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== box.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const aside = (by: number) => () => box.current?.scrollBy({ left: by * scale });
    const page = Math.max(1, Math.floor(height / ROW) - 2);
    const act: Record<string, () => void> = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      PageDown: () => move(active + page),
      PageUp: () => move(active - page),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      ArrowRight: aside(7),
      ArrowLeft: aside(-7),
      Enter: () => open(rows[active]),
    };
    const chosen = act[event.key];
    if (!chosen) return;
    event.preventDefault();
    chosen();
  };
  const y = (n: number) => (n - sight.first) * ROW;
  return (
    <div
      ref={box}
      className="timeline"
      role="grid"
      aria-label={t("plan.tab.timeline")}
      aria-rowcount={rows.length}
      aria-activedescendant={active >= sight.first && active < sight.end ? `bar-${active}` : undefined}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKey}
    >
      <div className="timeline-head" style={{ height: HEAD }} aria-hidden="true">
        <div className="timeline-names">{t("plan.task")}</div>
        <svg width={width} height={HEAD}>
          {marks.map((mark) => (
            <text key={mark.at} x={mark.at * scale + 4} y={22} className="tick">
              {mark.words}
            </text>
          ))}
          <text x={now * scale} y={12} className="tick today" textAnchor="middle">
            {t("plan.today")}
          </text>
        </svg>
      </div>
      <div className="timeline-body" style={{ height: rows.length * ROW }}>
        <div className="timeline-part" style={{ transform: `translateY(${sight.first * ROW}px)` }}>
          <div className="timeline-names">
            {shown.map((row, offset) => (
              <div
                key={row.ref}
                id={`bar-${sight.first + offset}`}
                role="row"
                aria-rowindex={sight.first + offset + 1}
                className={`timeline-name ${row.kind}${sight.first + offset === active ? " active" : ""}`}
                style={{ height: ROW, paddingInlineStart: 10 + row.depth * 14 }}
                onClick={() => setActive(sight.first + offset)}
              >
                <span role="gridcell" title={said(row, t)}>
                  {row.kind === "milestone" ? (
                    <Link to="." search={opening("milestone", row.ref) as never} activeProps={{}}>
                      {row.title}
                    </Link>
                  ) : (
                    row.title
                  )}
                  <span className="sr">{`, ${said(row, t)}`}</span>
                </span>
              </div>
            ))}
          </div>
          <svg width={width} height={shown.length * ROW} aria-hidden="true" className={marked ? "marked" : undefined}>
            {marks.map((mark) => (
              <line key={mark.at} x1={mark.at * scale} x2={mark.at * scale} y1={0} y2={shown.length * ROW} className="rule" />
            ))}
            <line x1={now * scale} x2={now * scale} y1={0} y2={shown.length * ROW} className="now" />
            <Arrows plan={plan} at={at} rows={rows} sight={sight} scale={scale} y={y} />
            {shown.map((row, offset) => (
              <Bar key={row.ref} row={row} y={offset * ROW} scale={scale} bands={bands.get(row.ref) ?? []} active={sight.first + offset === active} width={width} />
            ))}
          </svg>
        </div>
      </div>
    </div>
  );
}

interface Band {
  from: number;
  to: number;
}

interface BarProps {
  row: Row;
  y: number;
  scale: number;
  bands: readonly Band[];
  active: boolean;
  width: number;
}

function Bar({ row, y, scale, bands, active, width }: BarProps) {
  const { from, to, promised } = row;
  const middle = y + ROW / 2;
  const tone = `${row.critical && row.status !== "done" ? "critical" : ""} ${row.status}`;
  return (
    <g>
      {active && <rect x={0} y={y} width={width} height={ROW} className="active-row" />}
      {bands.map((band) => (
        <rect key={band.from} x={band.from * scale} y={y + 1} width={Math.max(4, (band.to - band.from) * scale)} height={ROW - 2} className="band" />
      ))}
      {promised && row.kind !== "milestone" && (
        <rect x={promised.from * scale} y={y + TOP + BAR + 1} width={Math.max(2, (promised.to - promised.from) * scale)} height={3} className="promised" />
      )}
      {promised && row.kind === "milestone" && <path d={diamond(promised.to * scale, middle, 6)} className="promised-point" />}
      {from !== null && to !== null && row.kind === "milestone" && <path d={diamond(to * scale, middle, 7)} className={`point ${tone}`} />}
      {from !== null && to !== null && row.kind === "summary" && (
        <path d={`M${from * scale} ${y + TOP + 9}v-5h${Math.max(3, (to - from) * scale)}v5`} className="summary" />
      )}
      {from !== null && to !== null && row.kind === "work" && (
        <>
          <rect x={from * scale} y={y + TOP} width={Math.max(3, (to - from) * scale)} height={BAR} rx={2} className={`bar-of ${tone}`} />
          {row.done !== null && row.done > 0 && (
            <rect x={from * scale} y={y + TOP + 4} width={Math.max(1, ((to - from) * scale * row.done) / 100)} height={4} className="done-part" />
          )}
        </>
      )}
    </g>
  );
}

interface ArrowProps {
  plan: Schedule;
  at: Map<string, number>;
  rows: readonly Row[];
  sight: { first: number; end: number };
  scale: number;
  y: (n: number) => number;
}

/** Dependencies of which an end is in sight. */
function Arrows({ plan, at, rows, sight, scale, y }: ArrowProps) {
  const inSight = (n: number) => n >= sight.first && n < sight.end;
  return (
    <g className="arrows">
      {plan.dependencies.map((one, n) => {
        const [from, to] = [at.get(one.predecessor), at.get(one.successor)];
        if (from === undefined || to === undefined || !(inSight(from) || inSight(to))) return null;
        const [before, after] = [rows[from], rows[to]];
        const x1 = (one.type.startsWith("S") ? before?.from : before?.to) ?? null;
        const x2 = (one.type.endsWith("S") ? after?.from : after?.to) ?? null;
        if (x1 === null || x2 === null) return null;
        const [y1, y2] = [y(from) + ROW / 2, y(to) + ROW / 2];
        const tight = before?.critical && after?.critical ? "critical" : undefined;
        return <path key={n} d={`M${x1 * scale} ${y1}h6V${y2}H${x2 * scale - 2}l-4 -3m4 3l-4 3`} className={tight} />;
      })}
    </g>
  );
}

/** Since when open incidents hurt each milestone. */
function useBands({ axis, at }: Chart): ReadonlyMap<string, Band[]> {
  const known = useQuery(milestones).data?.items;
  const open = useQuery(openIncidents).data?.items;
  return useMemo(() => {
    const incidents = new Map((open ?? []).map((one: Incident) => [one.ref, one]));
    const begin = moment(axis.begin) ?? 0;
    const now = moment(new Date().toISOString()) ?? 0;
    const found = new Map<string, Band[]>();
    for (const one of known ?? []) {
      if (!at.has(one.ref)) continue;
      const bands = one.incidents.flatMap((ref) => {
        const since = moment(incidents.get(ref)?.opened_at);
        return since === null ? [] : [{ from: since - begin, to: Math.max(now, since) - begin }];
      });
      if (bands.length > 0) found.set(one.ref, bands);
    }
    return found;
  }, [known, open, axis, at]);
}

const diamond = (x: number, y: number, r: number) => `M${x} ${y - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`;

/** A row in words, for those who point at it or hear it. */
export function said(row: Row, t: T): string {
  const parts = [
    t(`plan.status.${row.status}` as Key),
    row.start && row.kind !== "milestone" ? `${day(row.start)} – ${day(row.finish) ?? t("unknown")}` : day(row.finish),
    row.done !== null && row.kind === "work" ? t("plan.percent", { n: Math.round(row.done) }) : null,
    row.critical ? t("milestone.critical") : null,
    row.floatDays !== null ? `${t("milestone.float")} ${t("days", { n: row.floatDays })}` : null,
  ];
  return parts.filter(Boolean).join(" · ");
}

/** Where the box is scrolled to, and how high it is. */
function useSight(box: React.RefObject<HTMLDivElement | null>) {
  const [sight, set] = useState({ top: 0, height: 600 });
  const measure = useCallback(() => {
    const place = box.current;
    if (!place) return;
    const next = { top: Math.max(0, place.scrollTop), height: place.clientHeight || 600 };
    set((now) => (now.top === next.top && now.height === next.height ? now : next));
  }, [box]);
  useEffect(() => {
    measure();
    if (!box.current || typeof ResizeObserver === "undefined") return;
    const watch = new ResizeObserver(measure);
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [box, measure]);
  return { ...sight, onScroll: measure };
}
