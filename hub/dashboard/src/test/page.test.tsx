/** The page with canned answers: its states, its links, and no accessibility fault. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, expect, test, vi } from "vitest";

import { LocaleContext, type Locale } from "../i18n";
import { NowPage } from "../pages/now/NowPage";
import { readSearch } from "../pages/parts/search";
import { alert, hurt, incident, intake, may, milestone, move, quarantined, source } from "./samples";

type Lists = Record<string, unknown[] | number | object>;

/** What was written: method, path and body of each unsafe request. */
const written: unknown[] = [];

afterEach(() => {
  vi.unstubAllGlobals();
  written.length = 0;
});

/** Answer from lists; a number instead of a list is a failure with that status. */
function serve(lists: Lists) {
  vi.stubGlobal("fetch", (address: string, { method = "GET", body }: RequestInit = {}) => {
    const [, , , kind = "", ref] = (address.split("?")[0] ?? "").split("/");
    const found = lists[kind] ?? [];
    if (method !== "GET") written.push([method, address, JSON.parse(String(body ?? null))]);
    if (method === "PATCH" && lists.meanwhile) {
      lists[kind] = lists.meanwhile;
      return Promise.resolve(new Response("{}", { status: 412 }));
    }
    if (kind === "me" && Array.isArray(found) && found[0]) {
      return Promise.resolve(Response.json(found[0]));
    }
    if (typeof found === "number") {
      const headers = { "X-Request-Id": "req-7" };
      const body = JSON.stringify({ title: "Away", detail: "The store is away." });
      return Promise.resolve(new Response(body, { status: found, headers }));
    }
    if (!Array.isArray(found)) return Promise.resolve(Response.json(found));
    const named = (each: { ref?: string; id?: string }) => each.ref ?? each.id;
    const one = found.find((each) => named(each as object) === decodeURIComponent(ref ?? ""));
    const list = { items: found, next: null, total: found.length, as_of: "2026-03-02T08:00:00Z" };
    return Promise.resolve(Response.json(ref ? one : list));
  });
}

function show(lists: Lists, where = "/", locale: Locale = "en") {
  serve(lists);
  const root = createRootRoute();
  const now = createRoute({
    getParentRoute: () => root,
    path: "/",
    component: () => (
      <main>
        <NowPage />
      </main>
    ),
    validateSearch: readSearch,
  });
  const history = createMemoryHistory({ initialEntries: [where] });
  const router = createRouter({ routeTree: root.addChildren([now]), history });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  document.documentElement.lang = locale;
  document.title = "Milepost";
  return render(
    <LocaleContext value={locale}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </LocaleContext>,
  );
}

const BOARD: Lists = {
  milestones: [
    milestone({
      ref: "m",
      title: "Go-live",
      health: { rag: "red", reasons: [] },
      exposure: 71,
      due: "2026-03-10",
      baseline: "2026-03-01",
      incidents: ["i"],
      services: ["db"],
    }),
  ],
  incidents: [
    incident({ ref: "i", title: "db is slow", services: ["db"], alerts: ["a"], milestones: [hurt("m", 71)] }),
  ],
  alerts: [
    alert({ ref: "a", title: "Lag", incident: "i", service: "db" }),
    alert({ ref: "b", title: "Stray" }),
  ],
  services: [{ ref: "db", name: "Database", owner: "dba", runbook_url: null }],
  connectors: [],
  intake: intake({}),
};

const faults = async (container: HTMLElement) => {
  const rules = { "color-contrast": { enabled: false } };
  const found = await axe.run(container, { rules });
  return found.violations.map(({ id, nodes }) => [id, nodes[0]?.html]);
};

test("a milestone at risk names its state in words, its exposure as a number, its cause as a link", async () => {
  show(BOARD);
  const panel = await screen.findByRole("region", { name: "Milestones at risk" });
  const row = await within(panel).findByRole("row", { name: /Go-live/ });
  expect(row.textContent).toContain("Red");
  expect(row.textContent).toContain("Severe71");
  expect(row.textContent).toContain("9 days later");
  const cause = within(row).getByRole("link", { name: "db is slow" });
  expect(cause.getAttribute("href")).toBe("/?incident=i");
});

test("alerts without a service are a group that says what to do", async () => {
  show(BOARD);
  expect(await screen.findByText(/1 alert without a service: bind it/)).toBeTruthy();
});

test("one list that fails leaves the others on the page, and names the request", async () => {
  show({ ...BOARD, incidents: 503 });
  const failed = await screen.findByText("Firing now: could not be read");
  expect(failed.parentElement?.textContent).toContain("req-7");
  expect(await screen.findAllByRole("link", { name: "Go-live" })).not.toEqual([]);
});

test("a hub that does not list its sources is no failure", async () => {
  show({ ...BOARD, connectors: 404 });
  expect(await screen.findByText("This hub does not list its sources.")).toBeTruthy();
});

test("a hub that knows nothing shows three steps", async () => {
  show({ milestones: [], incidents: [], alerts: [], services: [], connectors: [], intake: intake({}) });
  const steps = await screen.findByRole("list");
  expect(within(steps).getAllByRole("listitem")).toHaveLength(3);
});

test("who may acts on an incident, by name, and is told where it is written", async () => {
  const who = { name: "Li Wei", role: "ops", may: may("ops"), via: "session", csrf: null };
  show({ ...BOARD, me: [who] }, "/?incident=i");
  (await screen.findByRole("button", { name: "I take it" })).click();
  expect(screen.getByText("Stays in the hub; no tool is written to.")).toBeTruthy();
  await waitFor(() => expect(written).toHaveLength(1));
  const fields = { status: "acknowledged", commander: "Li Wei" };
  expect(written).toEqual([["PATCH", "/api/v1/incidents/i", fields]]);
});

test("an incident of somebody else is taken over by name, and never without a word", async () => {
  const who = { name: "Li Wei", role: "ops", may: may("ops"), via: "session", csrf: null };
  const [free] = BOARD.incidents as object[];
  const taken = { ...free, version: 2, commander: "Bo" };
  show({ ...BOARD, me: [who], meanwhile: [taken] }, "/?incident=i");
  (await screen.findByRole("button", { name: "I take it" })).click();
  expect((await screen.findByRole("alert")).textContent).toBe("Not stored: meanwhile it is with Bo.");
  expect(await screen.findByRole("button", { name: "Take over from Bo" })).toBeTruthy();
  expect(written).toHaveLength(1);
});

test("who only reads is offered no action", async () => {
  const who = { name: "Guest", role: "viewer", may: may("viewer"), via: "session", csrf: null };
  show({ ...BOARD, me: [who] }, "/?incident=i");
  await screen.findByRole("heading", { level: 2, name: "db is slow" });
  expect(screen.queryByRole("button", { name: "I take it" })).toBeNull();
});

const LONGER = {
  code: "task_longer",
  values: { task: "Load test", days: 3 },
  task: "p:task:1",
  owners: ["DBA"],
};
const atHoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
const moving = (at: string) => ({
  ...BOARD,
  milestones: [
    milestone({ ref: "a", title: "Pilot", moved: move({ at, days: 1 }) }),
    milestone({
      ref: "b",
      title: "Trial run",
      due: "2026-03-14",
      baseline: "2026-03-10",
      moved: move({ at, days: 5, causes: [LONGER] }),
      moves: [move({ at, days: 5, causes: [LONGER] }), move({ at: atHoursAgo(99), days: -2 })],
    }),
  ],
});

test("what moved since yesterday says by how much, because of what, and who answers", async () => {
  show(moving(atHoursAgo(1)));
  const card = await screen.findByRole("region", { name: "Moved since yesterday" });
  const link = await within(card).findByRole("link", { name: "Trial run" });
  expect(link.getAttribute("href")).toBe("/?milestone=b");
  expect(card.textContent).toContain("5 days later");
  expect(card.textContent).toContain("Load test takes 3 working days longer");
  expect(card.textContent).toContain("Who answersDBA");
  expect(within(card).getByRole("link", { name: "Pilot" })).toBeTruthy();
});

test("on a quiet day the card says so, and shows what is furthest behind its baseline", async () => {
  show(moving("2026-01-05T12:00:00Z"));
  const card = await screen.findByRole("region", { name: "Moved since yesterday" });
  expect(await within(card).findByText(/No date has moved since yesterday.*2026-01-05/)).toBeTruthy();
  expect(card.textContent).toContain("Furthest behind baseline");
  expect(card.textContent).toContain("4 days later");
});

test("a plan that never moved claims no last move", async () => {
  show(BOARD);
  const card = await screen.findByRole("region", { name: "Moved since yesterday" });
  expect(await within(card).findByText("No date has moved since yesterday.")).toBeTruthy();
});

test("the details of a milestone tell each move with its cause and who answers", async () => {
  const { container } = show(moving(atHoursAgo(1)), "/?milestone=b", "zh-CN");
  const panel = await screen.findByRole("complementary");
  await within(panel).findByRole("heading", { name: "日期变动记录" });
  const moves = [...panel.querySelectorAll(".moves > li")].map((one) => one.textContent);
  expect(moves).toHaveLength(2);
  expect(moves[0]).toContain("晚 5 天");
  expect(moves[0]).toContain("“Load test”的工期延长了 3 个工作日 谁来答复：DBA");
  expect(moves[1]).toContain("早 2 天");
  expect(moves[1]).toContain("未填写负责人");
  expect(await faults(container)).toEqual([]);
});

const EMPTY: Lists = { milestones: [], incidents: [], alerts: [], services: [], connectors: [], intake: intake({}) };
const HERE = { loaded: true, since: "2026-03-02T08:00:00Z", by: "Ada", offered: false };
const NOT_HERE = { loaded: false, since: null, by: null, offered: true };
const person = (role: string) => ({ name: "Ada", role, may: may(role), organisation: { name: "O" } });

test("an admin of an empty hub is offered sample data; others read who can load it", async () => {
  const { unmount } = show({ ...EMPTY, sample: NOT_HERE, me: person("admin") });
  expect(await screen.findByRole("button", { name: "Load sample data" })).toBeTruthy();
  unmount();
  show({ ...EMPTY, sample: NOT_HERE, me: person("viewer") });
  expect(await screen.findByText(/An administrator can load sample data/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Load sample data" })).toBeNull();
});

test("sample data that could not be loaded is said in the hub's words, and may be tried again", async () => {
  show({ ...EMPTY, sample: NOT_HERE, me: person("admin") });
  const button = await screen.findByRole("button", { name: "Load sample data" });
  serve({ ...EMPTY, sample: 409, me: person("admin") });
  fireEvent.click(button);
  expect(await screen.findByText("Nothing was loaded: The store is away.")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Load sample data" })).toBeTruthy();
});

test("the banner asks once, and says what will be removed, before it removes", async () => {
  show({ ...BOARD, sample: HERE, me: person("admin") });
  const banner = await screen.findByRole("region", { name: "Sample data is loaded" });
  fireEvent.click(within(banner).getByRole("button", { name: "Remove" }));
  expect(banner.textContent).toContain("No tool is written to");
  fireEvent.click(within(banner).getByRole("button", { name: "Keep it" }));
  expect(within(banner).getByRole("button", { name: "Remove" })).toBeTruthy();
  fireEvent.click(within(banner).getByRole("button", { name: "Remove" }));
  serve({ ...EMPTY, sample: NOT_HERE, me: person("admin") });
  fireEvent.click(within(banner).getByRole("button", { name: "Remove sample data" }));
  expect(await screen.findByRole("button", { name: "Load sample data" })).toBeTruthy();
  expect(screen.queryByRole("region", { name: "Sample data is loaded" })).toBeNull();
});

test("who is no admin sees that it is sample data, without a way to remove it", async () => {
  show({ ...BOARD, sample: HERE, me: person("ops") });
  const banner = await screen.findByRole("region", { name: "Sample data is loaded" });
  await screen.findAllByRole("link", { name: "Go-live" });
  expect(within(banner).queryByRole("button")).toBeNull();
});

test.each(["en", "zh-CN"] as const)("axe finds nothing on the offer and on the banner (%s)", async (locale) => {
  const offer = show({ ...EMPTY, sample: NOT_HERE, me: person("admin") }, "/", locale);
  await screen.findByRole("button");
  expect(await faults(offer.container)).toEqual([]);
  offer.unmount();
  const banner = show({ ...BOARD, sample: HERE, me: person("admin") }, "/", locale);
  fireEvent.click(await screen.findByRole("button", { name: locale === "en" ? "Remove" : "移除" }));
  expect(await faults(banner.container)).toEqual([]);
});

const ADMIN: Lists = {
  ...BOARD,
  me: { name: "li.na", role: "admin", may: may("admin"), csrf: null },
  connectors: [
    source({ id: "am", last_received_at: "2026-03-02T08:00:00Z" }),
    source({ id: "old", last_received_at: "2026-03-01T08:00:00Z" }),
    source({ id: "sad", state: "failing", message: "no route" }),
  ],
  intake: intake({
    waiting: { deliveries: 2, records: 40, bytes: 9000, since: "2026-03-02T08:00:00Z" },
    rejected: { count: 1000, more: true, newest_at: "2026-03-02T08:00:00Z" },
    mapping: { document: "prometheus/alert", version: 3, at: "2026-03-02T08:00:00Z", by: "li.na" },
  }),
  unmapped: { items: [{ mapping: "p/alert", field: "severity", path: "x", word: "odd", count: 2 }], records: 9 },
};

const fact = (where: HTMLElement, name: string) =>
  within(where).getByText(name, { selector: "dt" }).parentElement?.querySelector("dd")?.textContent;

test("an admin's card answers five questions, and another's page has no such card", async () => {
  show(ADMIN);
  const card = await screen.findByRole("region", { name: "Intake at a glance" });
  await within(card).findByText("1 word");
  const said = (name: string) => fact(card, name);
  expect(said("Sources")).toBe("Failing: 1Fresh: 2");
  expect(said("Longest without news")).toMatch(/^old /);
  expect(said("Waiting to be stored")).toMatch(/^2 deliveries /);
  expect(said("Rejected")).toMatch(/^at least 1,000 /);
  expect(said("Last mapping change")).toMatch(/^prometheus\/alert v3 by li.na/);
});

test("who is no admin has the panel of row 3 only, which says that nothing waits", async () => {
  show({ ...ADMIN, me: { name: "x", role: "ops", may: may("ops") }, intake: intake({}) });
  const panels = await screen.findAllByRole("region", { name: "Sources and intake" });
  expect(panels).toHaveLength(1);
  expect(screen.queryByRole("region", { name: "Intake at a glance" })).toBeNull();
  expect(await screen.findByText("nothing waits")).toBeTruthy();
  expect(screen.getByText("nothing rejected")).toBeTruthy();
});

test("an intake that cannot be read leaves the sources on the page", async () => {
  show({ ...ADMIN, me: { name: "x", role: "ops", may: may("ops") }, intake: 503 });
  expect(await screen.findByText("Sources and intake: could not be read")).toBeTruthy();
  expect(screen.getByRole("row", { name: /sad/ })).toBeTruthy();
});

test("deploys are said to be not connected", async () => {
  show(BOARD);
  expect(await screen.findByText("No deploy source is connected.")).toBeTruthy();
});

const UNFIT: Lists = {
  ...ADMIN,
  quarantine: [
    quarantined({ id: "am:7#0", evidence: '{"a":1}' }),
    quarantined({ id: "am:8!0" }),
    quarantined({ id: "am:ff", state: "refused", receipt: "" }),
  ],
};

test("only a stored record can be retried, and the others say what to do instead", async () => {
  show(UNFIT, "/?open=rejected");
  const side = await screen.findByRole("complementary");
  expect(await within(side).findByText(/writes to this hub only/)).toBeTruthy();
  const buttons = within(side).getAllByRole("button", { name: /^Retry/ });
  expect(buttons.map((one) => one.getAttribute("aria-label"))).toEqual(["Retry am:7#0"]);
  expect(within(side).getByText(/Mend it in the tool/)).toBeTruthy();
  expect(within(side).getByText(/Mend the sender/)).toBeTruthy();
});

test("a retry says what came of it", async () => {
  show({ ...UNFIT, quarantine: [quarantined({ id: "am:7#0", state: "open" })] }, "/?open=rejected");
  const side = await screen.findByRole("complementary");
  fireEvent.click(await within(side).findByRole("button", { name: "Retry am:7#0" }));
  expect(await within(side).findByText(/It still does not fit/)).toBeTruthy();
});

test("a viewer sees why, and has no button", async () => {
  show({ ...UNFIT, me: { name: "v", role: "viewer", may: may("viewer") } }, "/?open=rejected");
  const side = await screen.findByRole("complementary");
  expect(await within(side).findByText("Role ops or admin may retry a record.")).toBeTruthy();
  expect(within(side).queryByRole("button", { name: /^Retry/ })).toBeNull();
});

test.each(["rejected", "unmapped", "mappings", "sources"])("axe finds nothing beside an open list (%s)", async (list) => {
  const { container } = show(UNFIT, `/?open=${list}`);
  await screen.findByRole("complementary");
  expect(await faults(container)).toEqual([]);
});

test.each(["en", "zh-CN"] as const)("axe finds nothing on the page with a detail open (%s)", async (locale) => {
  const { container } = show(BOARD, "/?incident=i", locale);
  await screen.findByRole("complementary");
  await screen.findByRole("heading", { level: 2, name: "db is slow" });
  expect(await faults(container)).toEqual([]);
});
