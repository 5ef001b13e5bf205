/** The frame of every page: skip link, header, rail, main. */

import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { Button } from "react-aria-components";

import { send } from "../api/http";
import { me } from "../api/queries";
import { useLocale, useT, type Locale } from "../i18n";
import { useKeys } from "../lib/keys";
import { choose, useSettings, type Theme } from "../lib/settings";
import { instant } from "../lib/time";
import { Choice } from "../ui/Choice";
import { Rail } from "../ui/Rail";
import { useLive } from "./parts/live";
import { closing } from "./parts/search";

const HelpDialog = lazy(() => import("../ui/HelpDialog"));

export function Shell() {
  const t = useT();
  const { keys } = useSettings();
  const navigate = useNavigate();
  const [help, showHelp] = useState(false);
  const actions = useMemo(
    () => ({
      go: {
        n: () => void navigate({ to: "/" }),
        a: () => void navigate({ to: "/alerts", search: { state: "firing" } }),
        p: () => void navigate({ to: "/plan" }),
        c: () => void navigate({ to: "/connectors" }),
      },
      help: () => showHelp(true),
      close: () => void navigate({ to: ".", search: closing as never }),
    }),
    [navigate],
  );
  useKeys(keys, actions);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <Header />
      <Rail
        label={t("nav.label")}
        foot={
          <Button className="rail-entry" onPress={() => showHelp(true)}>
            <kbd aria-hidden="true">?</kbd>
            <span>{t("nav.keys")}</span>
          </Button>
        }
      >
        <Pages />
      </Rail>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <Suspense>{help && <KeyHelp onOpen={showHelp} />}</Suspense>
    </div>
  );
}

/** The pages; on a phone they stand at the lower edge. */
function Pages() {
  const t = useT();
  const here = { activeProps: { "aria-current": "page" as const }, activeOptions: { exact: true, includeSearch: false } };
  return (
    <>
      <Link to="/" className="rail-entry" {...here}>
        <NowIcon />
        <span>{t("nav.now")}</span>
      </Link>
      <Link to="/alerts" search={{ state: "firing" }} className="rail-entry" {...here}>
        <BellIcon />
        <span>{t("nav.alerts")}</span>
      </Link>
      <Link to="/plan" className="rail-entry" {...here}>
        <BarsIcon />
        <span>{t("nav.plan")}</span>
      </Link>
      <Link to="/connectors" className="rail-entry" {...here}>
        <PlugIcon />
        <span>{t("nav.connectors")}</span>
      </Link>
    </>
  );
}

function Header() {
  const t = useT();
  const who = useQuery(me).data;
  return (
    <header className="top">
      <Link to="/" className="brand">
        <Mark />
        <span>Milepost</span>
      </Link>
      {who && <span className="organisation">{who.organisation.name}</span>}
      <span className="grow" />
      <LiveMark />
      <Language />
      <Appearance />
      {who && (
        <Choice
          label={t("user.label", { name: who.name })}
          shown={who.name}
          chosen={[]}
          options={[["leave", t("user.leave")]] as const}
          onChoose={() => void leave()}
        />
      )}
    </header>
  );
}

async function leave(): Promise<void> {
  await send("DELETE", "session").catch(() => undefined);
  window.location.assign("/");
}

function Language() {
  const t = useT();
  const locale = useLocale();
  const shown = locale === "en" ? "EN" : "中文";
  const options = [
    ["zh-CN", "中文", "zh-CN"],
    ["en", "English", "en"],
  ] as const;
  return (
    <Choice<Locale>
      label={`${t("settings.language")}: ${shown}`}
      shown={shown}
      chosen={[locale]}
      options={options}
      onChoose={(chosen) => void choose({ locale: chosen })}
    />
  );
}

function Appearance() {
  const t = useT();
  const { theme, keys } = useSettings();
  return (
    <Choice<Theme | "keys">
      label={t("settings.view")}
      shown={t("settings.view")}
      chosen={keys ? [theme, "keys"] : [theme]}
      options={[
        ["system", t("theme.system")],
        ["light", t("theme.light")],
        ["dark", t("theme.dark")],
        ["keys", t("settings.keys")],
      ]}
      onChoose={(chosen) => void choose(chosen === "keys" ? { keys: !keys } : { theme: chosen })}
    />
  );
}

/** Live, reconnecting, or stale since; only the loss of the connection is said aloud at once. */
function LiveMark() {
  const t = useT();
  const locale = useLocale();
  const { state, since } = useLive();
  const at = since ? (instant(new Date(since).toISOString(), locale)?.clock ?? "") : "";
  const words = {
    connecting: t("live.connecting"),
    live: t("live.live"),
    reconnecting: t("live.reconnecting"),
    stale: t("live.stale", { at }),
  }[state];
  return (
    <span
      className={`live live-${state}`}
      role={state === "stale" ? "alert" : "status"}
      title={t(`live.${state}.title`)}
    >
      <span className="live-dot" aria-hidden="true" />
      {words}
    </span>
  );
}

function KeyHelp({ onOpen }: { onOpen: (open: boolean) => void }) {
  const t = useT();
  const keys = [
    ["g n", t("keys.now")],
    ["g a", t("keys.alerts")],
    ["g p", t("keys.plan")],
    ["g c", t("keys.connectors")],
    ["j / k", t("keys.rows")],
    ["Enter", t("keys.open")],
    ["e", t("keys.take")],
    ["/", t("keys.filter")],
    ["Esc", t("keys.back")],
    ["?", t("keys.help")],
  ] as const;
  return (
    <HelpDialog
      open
      onOpen={onOpen}
      title={t("keys.title")}
      close={t("close")}
      note={t("keys.note")}
      keys={keys}
    />
  );
}

function Mark() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M9 2h2v16H9z" fill="var(--control)" />
      <path d="M4 4h9l4 3.5L13 11H4z" fill="var(--accent)" />
    </svg>
  );
}

function BellIcon() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.6">
      <path d="M4 14.5h12l-1.5-2.2V8.5a4.5 4.5 0 0 0-9 0v3.8zM8.3 17h3.4" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  );
}

function BarsIcon() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2.4">
      <path d="M3 5h7M7 10h7M11 15h6" strokeLinecap="round" />
    </svg>
  );
}

function PlugIcon() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.6">
      <path d="M7 3v4m6-4v4M5 7h10v3a5 5 0 0 1-10 0zm5 8v3" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  );
}

function NowIcon() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.6">
      <path d="M2 11h4l2-6 4 11 2-5h4" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  );
}
