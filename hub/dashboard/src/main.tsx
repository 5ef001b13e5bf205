/** Where the dashboard starts: settings, who we are, the router, the live board. */

import { QueryClient, QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { lazy, StrictMode, Suspense, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { I18nProvider } from "react-aria-components";

import { onUnauthorised, Problem } from "./api/http";
import { LocaleContext } from "./i18n";
import { readView } from "./lib/alertSearch";
import { readConnectors } from "./lib/connectorSearch";
import { readPlan } from "./lib/planSearch";
import { begin, useSettings } from "./lib/settings";
import { NowPage } from "./pages/now/NowPage";
import { LiveBoard } from "./pages/parts/live";
import { readSearch } from "./pages/parts/search";
import { Shell } from "./pages/Shell";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/parts.css";
import "./pages/pages.css";

const Login = lazy(() => import("./pages/Login"));
const AlertsPage = lazy(() => import("./pages/alerts/AlertsPage"));
const PlanPage = lazy(() => import("./pages/plan/PlanPage"));
const ConnectorsPage = lazy(() => import("./pages/connectors/ConnectorsPage"));

const root = createRootRoute({ component: Shell });
const now = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: NowPage,
  validateSearch: readSearch,
});
const alerts = createRoute({
  getParentRoute: () => root,
  path: "/alerts",
  component: () => (
    <Suspense>
      <AlertsPage />
    </Suspense>
  ),
  validateSearch: readView,
});
const plan = createRoute({
  getParentRoute: () => root,
  path: "/plan",
  component: () => (
    <Suspense>
      <PlanPage />
    </Suspense>
  ),
  validateSearch: readPlan,
});
const connectors = createRoute({
  getParentRoute: () => root,
  path: "/connectors",
  component: () => (
    <Suspense>
      <ConnectorsPage />
    </Suspense>
  ),
  validateSearch: readConnectors,
});
const router = createRouter({
  routeTree: root.addChildren([now, alerts, plan, connectors]),
  scrollRestoration: false,
  defaultNotFoundComponent: NowPage,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

/** A refusal will be the same when asked again; a lost connection may not. */
const worthRetrying = (failures: number, error: Error) =>
  failures < 2 && !(error instanceof Problem && error.status < 500);

const client = new QueryClient({
  defaultOptions: { queries: { retry: worthRetrying, staleTime: 15_000, gcTime: 60_000 } },
});

function App() {
  const { locale } = useSettings();
  return (
    <LocaleContext value={locale}>
      <I18nProvider locale={locale === "en" ? "en-US" : "zh-CN"}>
        <QueryClientProvider client={client}>
          <Gate />
        </QueryClientProvider>
      </I18nProvider>
    </LocaleContext>
  );
}

function Gate() {
  const queries = useQueryClient();
  const asked = window.location.pathname === "/login";
  const [known, setKnown] = useState(!asked);
  useEffect(() => onUnauthorised(() => setKnown(false)), []);
  const entered = () => {
    if (asked) return window.location.assign("/");
    queries.clear();
    setKnown(true);
  };
  if (!known) {
    const failed = new URLSearchParams(window.location.search).get("failed") === "link";
    return (
      <Suspense>
        <Login onDone={entered} said={failed ? "login.link_used" : undefined} />
      </Suspense>
    );
  }
  return (
    <LiveBoard>
      <RouterProvider router={router} />
    </LiveBoard>
  );
}

const place = document.getElementById("root");
if (place) {
  void begin().then(() =>
    createRoot(place).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  );
}
