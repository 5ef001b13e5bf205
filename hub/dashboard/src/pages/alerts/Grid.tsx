/** The table: only what is in sight is drawn, rows have one height, the head and the first column stay. */

import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from "react";

import type { Alert } from "../../api/types";
import { useT, type Key } from "../../i18n";
import { filters, sorted, type Column, type View } from "../../lib/alertView";
import { bring, windowOf } from "../../lib/window";
import { Failed, Skeleton } from "../../ui/Panel";
import { useFailure } from "../parts/failures";
import { opening } from "../parts/search";
import { AlertCells } from "./AlertCells";
import { GroupRow } from "./GroupRow";
import { keyOf, type Rows } from "./rows";
import type { Settings } from "./tableSettings";

interface Props {
  view: View;
  rows: Rows;
  total: number | null;
  settings: Settings;
  selected: ReadonlyMap<string, Alert>;
  select: (rows: ReadonlyMap<string, Alert>) => void;
}

const HEIGHT = { dense: 32, wide: 40 } as const;
const ON_A_PHONE = 64;
const HEAD = 32;

/** What the hub can sort by. */
const SORTS: Partial<Record<Column, string>> = {
  severity: "severity",
  title: "title",
  first_seen: "first_seen_at",
  changed: "changed_at",
  last_seen: "last_seen_at",
};

export function Grid({ view, rows, total, settings, selected, select }: Props) {
  const t = useT();
  const navigate = useNavigate({ from: "/alerts" });
  const failure = useFailure(rows.asked, t("alerts.title"));
  const box = useRef<HTMLDivElement>(null);
  const { top, height, width, narrow, onScroll } = useSight(box);
  const [active, setActive] = useState(0);
  const [anchor, setAnchor] = useState<number | null>(null);
  const { items, more, loadMore, see } = rows;
  const row = narrow ? ON_A_PHONE : HEIGHT[settings.rows];
  const sight = windowOf(top, height, row, items.length);
  useEffect(() => {
    const end = view.by ? items.findIndex((one) => one.kind === "group" && one.open) + rows.alerts.length : items.length;
    if (more && sight.end >= end - 40) loadMore();
  }, [more, loadMore, sight.end, items, rows.alerts.length, view.by]);
  useEffect(() => {
    const timer = setTimeout(() => {
      see(items.slice(sight.first, sight.end).flatMap((one) => (one.kind === "alert" ? [one.alert.ref] : [])).slice(0, 60));
    }, 400);
    return () => clearTimeout(timer);
  }, [items, sight.first, sight.end, see]);

  const open = (at: number) => {
    const one = items[at];
    if (!one) return;
    setActive(at);
    if (one.kind === "alert") void navigate({ search: opening("alert", one.alert.ref) as never });
    else void navigate({ search: (now: View) => ({ ...now, group: one.open ? undefined : keyOf(one.group) }) });
  };
  const pick = (at: number, range: boolean) => {
    const next = new Map(selected);
    const from = range && anchor !== null ? Math.min(anchor, at) : at;
    const to = range && anchor !== null ? Math.max(anchor, at) : at;
    for (const one of items.slice(from, to + 1)) {
      if (one.kind !== "alert") continue;
      if (!range && next.has(one.alert.ref)) next.delete(one.alert.ref);
      else next.set(one.alert.ref, one.alert);
    }
    setActive(at);
    setAnchor(at);
    select(next);
  };
  const move = (to: number) => {
    const at = Math.max(0, Math.min(items.length - 1, to));
    setActive(at);
    const place = box.current;
    if (place) place.scrollTop = bring(at, place.scrollTop, place.clientHeight, row, HEAD);
  };
  const page = Math.max(1, Math.floor(height / row) - 2);
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== box.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const act: Record<string, () => void> = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      j: () => move(active + 1),
      k: () => move(active - 1),
      PageDown: () => move(active + page),
      PageUp: () => move(active - page),
      Home: () => move(0),
      End: () => move(items.length - 1),
      " ": () => pick(active, event.shiftKey),
      x: () => pick(active, event.shiftKey),
      Enter: () => open(active),
    };
    const chosen = act[event.key];
    if (!chosen) return;
    event.preventDefault();
    chosen();
  };

  const fits = widthOf(settings.columns, LEAST) <= width;
  const least = fits ? LEAST : ROOMY;
  const minWidth = widthOf(settings.columns, least);
  const gridTemplateColumns = template(settings.columns, least);
  const loaded = rows.alerts;
  const every = loaded.length > 0 && loaded.every((one) => selected.has(one.ref));
  const toggleAll = () => select(every ? new Map() : new Map(loaded.map((one) => [one.ref, one])));
  const empty = !rows.loading && items.length === 0 && !failure;
  return (
    <>
      {failure && <Failed {...failure} />}
      <div
        ref={box}
        className={`grid ${narrow ? "grid-narrow" : settings.rows}`}
        role={view.by ? "treegrid" : "grid"}
        aria-label={t("alerts.title")}
        aria-rowcount={view.by ? items.length + 1 : (total ?? items.length) + 1}
        aria-multiselectable="true"
        aria-activedescendant={items.length > 0 && active >= sight.first && active < sight.end ? `row-${active}` : undefined}
        aria-busy={rows.loading || rows.fetching}
        tabIndex={0}
        onKeyDown={onKey}
        onScroll={onScroll}
      >
        <div role="rowgroup" className="grid-head" style={{ minWidth }}>
          <div role="row" aria-rowindex={1} className="grid-row" style={{ gridTemplateColumns }}>
            <div role="columnheader" className="g-first" aria-sort={order(view.sort, "severity")}>
              <label className="tick">
                <input
                  type="checkbox"
                  checked={every}
                  onChange={toggleAll}
                  aria-label={t("alerts.select_all", { n: loaded.length })}
                />
              </label>
              <Sort view={view} column="severity" />
            </div>
            {settings.columns.slice(1).map((column) => (
              <div role="columnheader" key={column} className={`g-${column}`} aria-sort={order(view.sort, SORTS[column])}>
                <Sort view={view} column={column} />
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="grid-body" style={{ height: items.length * row, minWidth }}>
          {items.slice(sight.first, sight.end).map((one, offset) => {
            const at = sight.first + offset;
            const ref = one.kind === "alert" ? one.alert.ref : null;
            return (
              <div
                key={one.kind === "alert" ? one.alert.ref : `group ${keyOf(one.group)}`}
                id={`row-${at}`}
                role="row"
                aria-rowindex={at + 2}
                aria-selected={ref !== null ? selected.has(ref) : undefined}
                aria-level={view.by && (one.kind === "group" ? 1 : 2)}
                aria-expanded={one.kind === "group" ? one.open : undefined}
                className={rowClass(one.kind, at === active, ref !== null && ref === view.alert)}
                style={{ top: at * row, height: row, gridTemplateColumns }}
                onClick={(event) => {
                  if (!(event.target as HTMLElement).closest("a, input, label, button")) open(at);
                }}
              >
                {one.kind === "alert" ? (
                  <AlertCells
                    alert={one.alert}
                    columns={settings.columns}
                    narrow={narrow}
                    chosen={selected.has(one.alert.ref)}
                    onPick={(range) => pick(at, range)}
                  />
                ) : (
                  <GroupRow group={one.group} open={one.open} by={view.by ?? "service"} />
                )}
              </div>
            );
          })}
        </div>
        {rows.loading && <Skeleton rows={8} label={t("loading")} />}
        {rows.fetching && <p className="note">{t("loading")}</p>}
      </div>
      {empty && (
        <div className="note grid-empty">
          <p>{t(Object.keys(filters(view, ["state"])).length > 0 ? "alerts.empty_filtered" : "alerts.empty")}</p>
        </div>
      )}
    </>
  );
}

type Least = (column: Column) => number;

/** Least width in pixels, and the share of what is left. */
const WIDTH: Record<Column, readonly [number, number]> = {
  severity: [132, 0],
  state: [146, 0],
  title: [170, 3],
  service: [92, 1],
  incident: [104, 1.3],
  milestone: [98, 1.3],
  first_seen: [120, 0],
  changed: [88, 0],
  last_seen: [92, 0],
  count: [58, 0],
  source: [80, 0],
  owner: [72, 0.7],
};

const LEAST: Least = (column) => WIDTH[column][0];
/** Where not all columns fit side by side the table is scrolled anyway: then the cells are not cut so soon. */
const ROOMY: Least = (column) => ROOM[column] ?? LEAST(column);
const ROOM: Partial<Record<Column, number>> = { title: 230, changed: 112, last_seen: 112 };

const widthOf = (columns: readonly Column[], least: Least) => columns.reduce((sum, one) => sum + least(one), 0);
const template = (columns: readonly Column[], least: Least) =>
  columns.map((one) => (WIDTH[one][1] ? `minmax(${least(one)}px, ${WIDTH[one][1]}fr)` : `${least(one)}px`)).join(" ");

const rowClass = (kind: string, active: boolean, opened: boolean) =>
  ["grid-row", kind === "group" ? "group-row" : "", active ? "active" : "", opened ? "opened" : ""].filter(Boolean).join(" ");

function order(sort: string | undefined, field: string | undefined) {
  if (!field || sort?.replace("-", "") !== field) return undefined;
  return sort.startsWith("-") ? "descending" : "ascending";
}

function Sort({ view, column }: { view: View; column: Column }) {
  const t = useT();
  const navigate = useNavigate({ from: "/alerts" });
  const field = SORTS[column];
  const words = t(`alerts.column.${column}` as Key);
  const title = column === "changed" ? t("alerts.column.changed.title") : undefined;
  if (!field) return <span title={title}>{words}</span>;
  const now = order(view.sort, field);
  return (
    <button
      type="button"
      className="sort"
      title={title}
      onClick={() => void navigate({ search: (v: View) => ({ ...v, sort: sorted(v.sort, field) }) })}
    >
      {words} {now && <span aria-hidden="true">{now === "descending" ? "↓" : "↑"}</span>}
    </button>
  );
}

/** Where the box is scrolled to, how large it is, and whether it is as narrow as a phone. */
function useSight(box: React.RefObject<HTMLDivElement | null>) {
  const [sight, set] = useState({ top: 0, height: 600, width: Infinity, narrow: false });
  const measure = useCallback(() => {
    const place = box.current;
    if (!place) return;
    const next = {
      top: place.scrollTop,
      height: place.clientHeight || 600,
      width: place.clientWidth || Infinity,
      narrow: place.clientWidth > 0 && place.clientWidth < 560,
    };
    set((now) => (now.top === next.top && now.height === next.height && now.width === next.width ? now : next));
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
