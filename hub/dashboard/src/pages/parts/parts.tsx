/** The small pieces that every page says the same way: severity, health, exposure, times, links. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Hurt, Reason } from "../../api/types";
import { knows, translate, useLocale, useT, type Key, type Shown } from "../../i18n";
import { isRef } from "../../lib/refs";
import { day, instant, span } from "../../lib/time";
import * as words from "../../lib/words";
import { Chip } from "../../ui/Chip";
import { Meter } from "../../ui/Meter";
import { opening, type DetailKind } from "./search";
import { useName } from "./named";
import { useNow } from "./useNow";

export function Severity({ level, raw }: { level: number; raw?: string | null | undefined }) {
  const t = useT();
  const { key, shape, tone } = words.severity(level);
  const title = raw ? t("severity.raw", { word: raw }) : undefined;
  return (
    <Chip shape={shape} tone={tone} title={title}>
      {t(key)}
    </Chip>
  );
}

export function Health({ rag }: { rag: string | null | undefined }) {
  const t = useT();
  const { key, shape, tone } = words.rag(rag);
  return (
    <Chip shape={shape} tone={tone}>
      {t(key)}
    </Chip>
  );
}

/** Band and number of an exposure; the band has a shape and a word of its own. */
export function Exposure({ value, bar = false }: { value: number | null | undefined; bar?: boolean }) {
  const t = useT();
  if (value === 0) return <span className="mute">{t("exposure.none")}</span>;
  const { key, shape, tone } = words.exposureBand(value);
  return (
    <span className="exposure" title={t("exposure.title")}>
      <Chip shape={shape} tone={tone} plain>
        {t(key)}
      </Chip>
      {value !== null && value !== undefined && <b className="num">{Math.round(value)}</b>}
      {bar && value !== null && value !== undefined && <Meter value={value} tone={tone} />}
    </span>
  );
}

/** An instant in the reader's zone; pointing at it gives zone and UTC, and which time it is. */
export function When({ at, label }: { at: string | null | undefined; label?: string }) {
  const locale = useLocale();
  const t = useT();
  if (!at) return <span className="mute">{t("unknown")}</span>;
  const known = instant(at, locale);
  if (!known) return <time dateTime={at}>{at}</time>;
  const title = `${label ? `${label}: ` : ""}${known.full} · ${known.utc}`;
  return (
    <time dateTime={at} title={title} className="num">
      {known.short}
    </time>
  );
}

const AGO: Record<string, Key> = {
  second: "ago.second",
  minute: "ago.minute",
  hour: "ago.hour",
  day: "ago.day",
};

/** How long ago, renewed by itself; pointing at it gives the instant. */
export function Since({ at, label }: { at: string | null | undefined; label: string }) {
  const t = useT();
  const locale = useLocale();
  const now = useNow();
  const known = at ? instant(at, locale) : null;
  if (!at || !known) return <span className="mute">{t("unknown")}</span>;
  const { unit, n, rest } = span(now - Date.parse(at));
  const long = unit === "hour" && n < 10 && rest > 0 ? t("ago.hours_minutes", { h: n, m: rest }) : null;
  return (
    <time dateTime={at} title={`${label}: ${known.full} · ${known.utc}`} className="num">
      {long ?? t(AGO[unit] ?? "ago.day", { n })}
    </time>
  );
}

/** A plan's day as the plan wrote it. */
export function Day({ at }: { at: string | null | undefined }) {
  const t = useT();
  const known = day(at);
  if (!at || !known) return <span className="mute">{t("unknown")}</span>;
  return (
    <time dateTime={at} title={at} className="num">
      {known}
    </time>
  );
}

/** Working days of the plan's calendar; `brief` where a table has no room for the words. */
export function Days({ n, brief = false }: { n: number | null | undefined; brief?: boolean }) {
  const t = useT();
  if (n === null || n === undefined) return <span className="mute">{t("unknown")}</span>;
  return (
    <span className="num" title={t("days.title")}>
      {t(brief ? "days.brief" : "days", { n })}
    </span>
  );
}

/** What an incident costs a milestone: until when it costs nothing, then the working days lost. */
export function Loss({ hurt }: { hurt: Hurt }) {
  const t = useT();
  const lost = hurt.slip?.days ?? hurt.slip?.p50_days;
  if (!lost && hurt.slip_at) {
    return (
      <span className="loss">
        {t("hurt.restore_by")} <When at={hurt.slip_at} label={t("hurt.restore_by")} />
      </span>
    );
  }
  return (
    <span className="loss">
      {t("hurt.slip")} <Days n={lost} />
    </span>
  );
}

/** A move of a date with its sign: later is worse and says so by word. */
export function Moved({ days }: { days: number | null }) {
  const t = useT();
  if (days === null) return <span className="mute">{t("unknown")}</span>;
  if (days === 0) return <span className="mute">{t("moved.none")}</span>;
  const key = days > 0 ? "moved.later" : "moved.earlier";
  return (
    <span className={days > 0 ? "num later" : "num"} title={t("moved.title")}>
      {t(key, { n: Math.abs(days) })}
    </span>
  );
}

interface ListProps {
  of: readonly string[];
  none: ReactNode;
  max?: number;
}

/** Names one after another, as the language separates them; beyond `max` a count. */
export function List({ of, none, max = Infinity }: ListProps) {
  const t = useT();
  if (of.length === 0) return <span className="mute">{none}</span>;
  const more = of.length - max;
  const shown = more > 0 ? of.slice(0, max) : of;
  return (
    <span title={more > 0 ? of.join(t("list.separator")) : undefined}>
      {shown.join(t("list.separator"))}
      {more > 0 && <span className="mute"> {t("list.more", { n: more })}</span>}
    </span>
  );
}

/** Between the stations of a way. */
const ARROW = " → ";

export function ReasonText({ reason }: { reason: Reason }) {
  const locale = useLocale();
  const name = useName();
  const values: Record<string, Shown> = {};
  const called = (said: string) => name(said, null, isRef(said) ? undefined : said);
  // What the page knows by a title is called by it: services, milestones.
  for (const [key, value] of Object.entries(reason.values)) {
    values[key] = typeof value === "string" ? value.split(ARROW).map(called).join(ARROW) : value;
  }
  if (knows(`reason.${reason.code}`, locale)) return translate(locale, `reason.${reason.code}`, values);
  // A code newer than this page: say it raw rather than not at all.
  const said = Object.entries(values).map(([key, value]) => `${key}=${String(value)}`);
  return <code>{[reason.code, ...said].join(" ")}</code>;
}

interface OpenProps {
  kind: DetailKind;
  at: string;
  children: ReactNode;
  className?: string;
}

/** A link that opens a detail beside the page and keeps everything else as it is. */
export function Open({ kind, at, children, className }: OpenProps) {
  return (
    <Link to="." search={opening(kind, at) as never} className={className} activeProps={{}}>
      {children}
    </Link>
  );
}
