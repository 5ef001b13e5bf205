"""The Now page in a real browser, on canned answers: what is seen, in which state, by which key."""

import json
import time
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import Opened
from tests.e2e.standin import TOKEN

pytestmark = [pytest.mark.needs_system("chromium"), pytest.mark.slow]

AXE = Path(__file__).resolve().parents[2] / "hub/dashboard/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
INCIDENT = "hub:incident:19"
VARIANTS = [(theme, lang) for theme in ("light", "dark") for lang in ("en", "zh-CN")]
VIEWS = [
    "",
    "&incident=hub:incident:19",
    "&alert=am-main:alert:a1",
    "&milestone=plan-office:milestone:OFFICE/4",
    "&open=rejected",
    "&open=unmapped",
    "&open=sources",
    "&open=mappings",
]


BEYOND = """
  [...document.querySelectorAll('main *')].filter(one => {
    if (one.closest('.scroll, .sr, thead, svg') || !one.getClientRects().length) return false
    const { display, overflowX } = getComputedStyle(one)
    const around = one.closest('dd, dt, .brief, .panel') ?? document.body
    const end = Math.min(innerWidth, around.getBoundingClientRect().right)
    const spills = display !== 'inline' && overflowX === 'visible'
    return one.getBoundingClientRect().right > end + 1
      || spills && one.scrollWidth > one.clientWidth + 1
  }).map(one => one.outerHTML.slice(0, 160))
"""
"""What ends right of the window or of its cell, card or panel, or has words that do."""


async def faults(page: Page) -> list[tuple[str, str]]:
    """Run axe with every rule of WCAG 2.2 AA."""
    # Evaluated, not injected as a script: the policy of the page refuses foreign scripts.
    await page.evaluate(AXE.read_text("utf-8"))
    wanted = json.dumps({"runOnly": TAGS})
    found = await page.evaluate(f"axe.run(document, {wanted}).then(found => found.violations)")
    return [(one["id"], node["html"][:160]) for one in found for node in one["nodes"]]


@pytest.mark.parametrize(("theme", "lang"), VARIANTS)
async def test_axe_finds_nothing(opened: Opened, theme: str, lang: str) -> None:
    for view in VIEWS:
        page = await opened.go(f"/?lang={lang}&theme={theme}{view}")
        if view:
            await page.wait_for_selector(".side .detail-title")
        assert await faults(page) == []
    assert opened.complaints == []


@pytest.mark.parametrize("role", ["ops", "admin"])
@pytest.mark.parametrize("width", [360, 390, 800, 1100])
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
async def test_nothing_lies_beyond_the_page_or_over_its_neighbour(
    opened: Opened, lang: str, width: int, role: str
) -> None:
    opened.hub.role = role
    await opened.page.set_viewport_size({"width": width, "height": 844})
    for view in VIEWS[:2]:
        page = await opened.go(f"/?lang={lang}{view}")
        assert await page.evaluate(BEYOND) == []


async def test_both_first_minutes_are_seen_without_scrolling(opened: Opened) -> None:
    page = await opened.go()
    for wanted in ("Worst incident", "Moved since yesterday"):
        part = page.get_by_role("region", name=wanted)
        box = await part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 720
    await expect(page.get_by_role("region", name="Worst incident")).to_contain_text("nobody yet")
    moved = page.get_by_role("region", name="Moved since yesterday")
    await expect(moved).to_contain_text("4 days later")
    await expect(moved).to_contain_text("takes 4 working days longer")
    await expect(moved).to_contain_text("数据库 DBA, 后端开发 Backend")


async def test_an_admins_first_minute_is_seen_without_scrolling(opened: Opened) -> None:
    opened.hub.role = "admin"
    for lang, name in (("en", "Intake at a glance"), ("zh-CN", "接入概览")):
        page = await opened.go(f"/?lang={lang}")
        card = page.get_by_role("region", name=name)
        box = await card.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 720
        await expect(card).to_contain_text("prometheus/alert")
        assert await faults(page) == []


async def test_who_is_no_admin_finds_the_intake_in_the_third_row_only(opened: Opened) -> None:
    page = await opened.go()
    await expect(page.get_by_role("region", name="Sources and intake")).to_have_count(1)
    await expect(page.locator(".first-minute > *")).to_have_count(2)


async def test_a_number_opens_the_list_that_it_counts(opened: Opened) -> None:
    page = await opened.go()
    panel = page.get_by_role("region", name="Sources and intake")
    await panel.get_by_role("link", name="27 records").click()
    side = page.get_by_role("complementary")
    await expect(side).to_contain_text("27 records did not fit and are not solved.")
    assert "open=rejected" in page.url
    await expect(side.locator(".rejected > li")).to_have_count(20)
    await panel.get_by_role("link", name="2 words").click()
    await expect(side.get_by_role("row", name="紧急")).to_contain_text("4")
    await panel.get_by_role("link", name="prometheus/alert v2").click()
    await expect(side.get_by_role("row", name="prometheus/alert v2")).to_contain_text("active")
    await panel.get_by_role("link", name="4 alerts").click()
    assert page.url.endswith("#unlinked")
    await page.go_back()
    await page.go_back()
    await page.go_back()
    await expect(side).to_contain_text("27 records did not fit")


async def test_a_rejected_record_is_retried_where_it_stands(opened: Opened) -> None:
    page = await opened.go("/?lang=en&open=rejected")
    side = page.get_by_role("complementary")
    await side.get_by_text("The record as received").first.click()
    await expect(side.get_by_text('"alertname": "DiskFull"').first).to_be_visible()
    await side.get_by_role("button", name="Retry am-main:700#0").click()
    await expect(side.get_by_role("status").first).to_contain_text("1 record fits now.")
    await expect(side.get_by_role("button", name="Retry am-main:700#0")).to_have_count(0)
    assert opened.hub.retried == ["am-main:700#0"]


async def test_the_policy_of_the_page_is_never_broken(opened: Opened) -> None:
    page = await opened.go()
    await page.get_by_role("button", name="View").click()
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert opened.complaints == []


async def test_the_chain_says_why_and_how_sure(opened: Opened) -> None:
    page = await opened.go(f"/?lang=en&incident={INCIDENT}")
    chain = page.get_by_role("region", name="Impact chain")
    await expect(chain).to_contain_text("rule for 办公数据库 matches service=office-db")
    await expect(chain).to_contain_text("98 % sure")
    await expect(chain).to_contain_text("no risk is linked")


async def test_back_closes_the_details_that_a_link_opened(opened: Opened) -> None:
    page = await opened.go()
    await page.get_by_role("row", name="Portal go-live").get_by_role("link").first.click()
    await expect(page.get_by_role("complementary")).to_be_visible()
    assert "milestone=" in page.url
    await page.go_back()
    await expect(page.get_by_role("complementary")).to_have_count(0)


async def test_keys_walk_the_rows_open_one_and_come_back(opened: Opened) -> None:
    page = await opened.go()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    second = await page.evaluate("document.activeElement.textContent")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("complementary")).to_contain_text(second)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("complementary")).to_have_count(0)
    assert await page.evaluate("document.activeElement.textContent") == second


async def test_single_keys_can_be_switched_off(opened: Opened) -> None:
    page = await opened.go()
    await page.get_by_role("button", name="View").click()
    await page.get_by_role("menuitemcheckbox", name="Single-key shortcuts").click()
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_the_language_changes_without_a_reload(opened: Opened) -> None:
    page = await opened.go()
    await page.evaluate("window.unchanged = true")
    await page.get_by_role("button", name="Language").click()
    await page.get_by_role("menuitemcheckbox", name="中文").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("此刻")
    assert await page.evaluate("document.documentElement.lang") == "zh-CN"
    assert await page.evaluate("window.unchanged")


async def test_what_is_typed_into_the_filter_stands_in_the_address(opened: Opened) -> None:
    page = await opened.go()
    await page.keyboard.press("/")
    await page.keyboard.type("gateway")
    await page.wait_for_url("**q=gateway**")
    rows = page.get_by_role("region", name="Firing now").locator("[data-row]")
    await expect(rows).to_have_count(1)


async def test_a_cell_of_the_grid_filters_what_is_firing(opened: Opened) -> None:
    page = await opened.go()
    await page.get_by_role("link", name="1 fault, worst High: 统一认证 × 安全测评通过").click()
    rows = page.get_by_role("region", name="Firing now").locator("[data-row]")
    await expect(rows).to_have_count(1)
    assert "service=sso" in page.url


async def test_a_change_is_pushed_to_the_screen(opened: Opened) -> None:
    page = await opened.go()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    worst = opened.hub.lists["incidents"][0]
    for number in range(3):
        worst["title"] = f"renamed {number}"
        await opened.hub.tell("incident", worst["ref"])
        # Without a push it would take the poll's 30 seconds.
        named = page.get_by_role("link", name=worst["title"], exact=True)
        await named.first.wait_for(timeout=10_000)


async def test_a_burst_of_changes_asks_few_questions(opened: Opened) -> None:
    page = await opened.go()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    while opened.hub.asked:  # until the first load is over
        opened.hub.asked.clear()
        await page.wait_for_timeout(1000)
    began = time.monotonic()
    for _ in range(200):
        await opened.hub.tell("alert", "am-main:alert:a1")
    await page.wait_for_timeout(1500)
    polled = {"events", "intake", "connectors", "unmapped"}
    asked = [path for path in opened.hub.asked if path not in polled]
    assert set(asked) == {"alerts"}
    # One for each pause of 300 ms, however long the burst took here, and one at either end.
    assert len(asked) <= min(100, (time.monotonic() - began) / 0.3 + 2)


async def test_three_tabs_share_one_stream(opened: Opened) -> None:
    await opened.go()
    tabs = [await opened.page.context.new_page() for _ in range(2)]
    for tab in tabs:
        await tab.goto(f"{opened.base}/?lang=en")
        await expect(tab.get_by_text("Live", exact=True)).to_be_visible()
    assert len(opened.hub.streams) == 1
    opened.hub.lists["incidents"][0]["title"] = "seen by all"
    await opened.hub.tell("incident", INCIDENT)
    await tabs[1].get_by_role("link", name="seen by all", exact=True).first.wait_for()


async def test_when_the_leading_tab_closes_another_one_takes_the_stream(opened: Opened) -> None:
    await opened.go()
    tab = await opened.page.context.new_page()
    await tab.goto(f"{opened.base}/?lang=en")
    await expect(tab.get_by_text("Live", exact=True)).to_be_visible()
    await opened.page.close()
    opened.hub.lists["incidents"][0]["title"] = "after the change of leader"
    await tab.get_by_role("link", name="after the change of leader", exact=True).first.wait_for()


async def test_a_lost_stream_is_said(opened: Opened) -> None:
    page = await opened.go()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    opened.hub.hang_up()
    await expect(page.get_by_text("Reconnecting…")).to_be_visible()
    await expect(page.get_by_text("Stale since")).to_be_visible(timeout=15_000)


async def test_one_broken_list_leaves_the_rest_of_the_page(opened: Opened) -> None:
    opened.hub.broken = {"milestones"}
    await opened.page.goto(f"{opened.base}/?lang=en")
    page = opened.page
    await expect(page.get_by_text("Milestones at risk: could not be read")).to_be_visible(
        timeout=15_000
    )
    await expect(page.get_by_text("request req-42").first).to_be_visible()
    rows = page.get_by_role("region", name="Firing now").locator("[data-row]")
    await expect(rows).to_have_count(6)
    opened.hub.broken = set()
    await page.get_by_role("button", name="Try again").first.click()
    await expect(page.get_by_role("row", name="Portal go-live").first).to_be_visible()


async def test_an_empty_hub_shows_three_steps(opened: Opened) -> None:
    opened.hub.lists.update({name: [] for name in opened.hub.lists})
    page = await opened.go()
    await expect(page.get_by_role("listitem")).to_have_count(3)
    assert await faults(page) == []


async def test_without_a_session_a_token_is_asked_for_and_opens_the_page(opened: Opened) -> None:
    opened.hub.open_to_all = False
    page = opened.page
    await page.goto(f"{opened.base}/?lang=en")
    await page.get_by_label("Token").fill("wrong")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text("unknown or has expired")).to_be_visible()
    assert await faults(page) == []
    await page.get_by_label("Token").fill(TOKEN)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Now")


async def test_states_are_told_apart_in_grey(opened: Opened) -> None:
    page = await opened.go()
    shapes = "[...document.querySelectorAll('.chip')].map(c => c.querySelector('svg').innerHTML"
    shapes += " + c.textContent)"
    seen = set(await page.evaluate(shapes))
    bare = {text.split(">")[-1] for text in seen}
    assert len(seen) == len(bare), "two shapes for one word"
    assert {"Red", "Amber", "Unknown", "Critical", "High", "Severe"} <= bare
