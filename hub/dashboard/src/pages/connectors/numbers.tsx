/** Spans and shares, said the same way in the list and in the detail. */

import type { Connector } from "../../api/types";
import { useLocale, useT } from "../../i18n";
import { instant, span } from "../../lib/time";
import { useNow } from "../parts/useNow";

/** How long something is or was: its two largest units. */
export function Lasting({ milliseconds }: { milliseconds: number }) {
  const t = useT();
  const { unit, n, rest } = span(milliseconds);
  if (unit === "second") return <>{t("connectors.span.second", { n })}</>;
  if (unit === "minute") return <>{t("connectors.span.minute", { n })}</>;
  return <>{t(unit === "hour" ? "connectors.span.hour" : "connectors.span.day", { n, rest })}</>;
}

/** The share of failed looks of the last two hours, as a percentage. */
export function Rate({ of }: { of: Pick<Connector, "error_rate"> }) {
  const locale = useLocale();
  const { error_rate: rate } = of;
  if (rate === null) return <span className="mute">–</span>;
  const format = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  return <span className={rate > 0 ? "some" : "mute"}>{format.format(rate)}</span>;
}

/** An instant that may be years away: with its year. */
export function Far({ at, label }: { at: string; label: string }) {
  const locale = useLocale();
  const known = instant(at, locale);
  return (
    <time dateTime={at} title={`${label}: ${known ? `${known.full} · ${known.utc}` : at}`} className="num">
      {known ? new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(at)) : at}
    </time>
  );
}

/** When it is looked at next; nobody looks at what is paused or only sent. */
export function Upcoming({ of }: { of: Pick<Connector, "polls" | "state" | "next_poll_at"> }) {
  const t = useT();
  const locale = useLocale();
  const now = useNow();
  if (!of.polls) return <span className="mute">–</span>;
  if (of.state === "paused") return <span className="mute">{t("source.paused")}</span>;
  const at = of.next_poll_at ? instant(of.next_poll_at, locale) : null;
  if (!of.next_poll_at || !at) return <span className="mute">{t("unknown")}</span>;
  const left = Date.parse(of.next_poll_at) - now;
  const title = `${t("connectors.next")}: ${at.full} · ${at.utc}`;
  return (
    <time dateTime={of.next_poll_at} title={title} className="num">
      {left <= 0 ? t("connectors.due") : <In milliseconds={left} />}
    </time>
  );
}

export function In({ milliseconds }: { milliseconds: number }) {
  const t = useT();
  const { unit, n } = span(milliseconds);
  return <>{t(`connectors.in.${unit}`, { n })}</>;
}
