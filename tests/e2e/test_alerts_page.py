"""The Alerts page in a real browser, on canned answers."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from tests.e2e.answers import alert
from tests.e2e.conftest import Opened
from tests.e2e.connected import operations
from tests.e2e.test_now_page import BEYOND, VARIANTS, faults

pytestmark = [pytest.mark.needs_system("chromium"), pytest.mark.slow]

VIEWS = ["", "&by=service", "&alert=am-main:alert:a1", "&sev=1"]
SPILLS = BEYOND.replace(".scroll, .sr", ".scroll, .grid, .sr")


async def opened_page(opened: Opened, more: str = "", lang: str = "en") -> Page:
    return await opened.go(f"/alerts?lang={lang}{more}")


async def select(page: Page, *rows: int) -> None:
    for row in rows:
        await page.locator(".grid-body input[type=checkbox]").nth(row).click()


@pytest.mark.parametrize(("theme", "lang"), VARIANTS)
async def test_axe_finds_nothing(opened: Opened, theme: str, lang: str) -> None:
    for view in VIEWS:
        page = await opened_page(opened, f"&theme={theme}{view}", lang)
        if "alert=" in view:
            await page.wait_for_selector(".side .detail-title")
        assert await faults(page) == []
    page = await opened_page(opened, f"&theme={theme}", lang)
    await select(page, 0, 1)
    await page.locator(".bulk-bar .button").first.click()
    await page.wait_for_selector(".bulk-form")
    assert await faults(page) == []
    assert opened.complaints == []


@pytest.mark.parametrize("width", [360, 390, 800, 1100])
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
async def test_nothing_lies_beyond_the_page(opened: Opened, lang: str, width: int) -> None:
    await opened.page.set_viewport_size({"width": width, "height": 844})
    for view in ("", "&alert=am-main:alert:a1"):
        page = await opened_page(opened, view, lang)
        assert await page.evaluate(SPILLS) == []
    page = await opened_page(opened, "", lang)
    await select(page, 0)
    assert await page.evaluate(SPILLS) == []
    sideways = (
        "document.querySelector('.grid').scrollWidth > document.querySelector('.grid').clientWidth"
    )
    assert await page.evaluate(sideways) is (width > 640)  # two-line rows on a phone


async def test_the_keyboard_selects_opens_and_gets_its_place_back(opened: Opened) -> None:
    page = await opened_page(opened)
    grid = page.get_by_role("grid")
    await grid.focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press(" ")
    await expect(page.get_by_role("region", name="Selected alerts")).to_contain_text("1 selected")
    await expect(grid.get_by_role("row").nth(2)).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".side .detail-title")
    assert "alert=am-main" in page.url
    await page.keyboard.press("Escape")
    await expect(page.locator(".side")).to_have_count(0)
    await expect(grid).to_be_focused()
    await page.keyboard.press("ArrowUp")
    active = await grid.get_attribute("aria-activedescendant")
    assert active == "row-0"


async def test_a_counter_is_a_filter_and_the_address_holds_the_view(opened: Opened) -> None:
    opened.hub.lists["alerts"][0]["status"] = "resolved"
    page = await opened_page(opened)
    await page.get_by_role("link", name="Resolved 1").click()
    rows = page.locator(".grid-body [role=row]")
    await expect(rows).to_have_count(1)
    await page.goto(page.url)
    await expect(rows).to_have_count(1)
    await page.get_by_role("link", name="Resolved 1").click()
    await expect(rows).to_have_count(len(opened.hub.lists["alerts"]))


async def test_each_alert_has_its_own_outcome_and_the_refused_are_tried_again(
    opened: Opened,
) -> None:
    first = opened.hub.lists["alerts"][0]
    first["status"] = "resolved"
    page = await opened_page(opened)
    await select(page, 0, 1, 2)
    bulk = page.get_by_role("region", name="Selected alerts")
    await bulk.get_by_role("button", name="Acknowledge").click()
    await bulk.get_by_label("Message (optional)").fill("disk is being enlarged")
    await bulk.get_by_role("button", name="Carry out for 3").click()
    await expect(bulk).to_contain_text("2 acknowledged. 1 refused.")
    await expect(bulk.locator(".refusals").first).to_contain_text("is resolved")
    first["status"] = "firing"
    await bulk.get_by_role("button", name="Try again").click()
    await expect(bulk).to_contain_text("1 acknowledged.")
    assert first["ack"]["message"] == "disk is being enlarged"


async def test_new_alerts_wait_behind_a_pill_and_no_row_jumps(opened: Opened) -> None:
    page = await opened_page(opened)
    titles = page.locator(".grid-body .g-title")
    before = await titles.all_inner_texts()
    now = datetime.now(UTC)
    came = alert("new", "JustCame", 5, now, ago=0, first_seen_at=now.isoformat())
    opened.hub.lists["alerts"].insert(0, came)
    await opened.hub.tell("alert", came["ref"])
    pill = page.get_by_role("button", name="1 new alert")
    await expect(pill).to_be_visible()
    assert await titles.all_inner_texts() == before
    await select(page, 0)
    await expect(pill).to_be_disabled()
    await page.get_by_role("button", name="Clear the selection").click()
    await pill.click()
    await expect(titles.first).to_have_text("JustCame")


async def test_a_selected_row_follows_its_alert_like_any_other(opened: Opened) -> None:
    page = await opened_page(opened)
    await select(page, 0)
    row = page.locator(".grid-body [aria-selected=true]")
    await expect(row).to_contain_text("Firing")
    title = await row.locator(".g-title").inner_text()
    one = next(one for one in opened.hub.lists["alerts"] if one["title"] == title)
    one.update(status="suppressed", version=2)
    await opened.hub.tell("alert", one["ref"])
    await expect(row).to_contain_text("Suppressed")


async def test_an_acknowledgement_says_whether_it_reached_the_tool(opened: Opened) -> None:
    now = datetime.now(UTC)
    one = opened.hub.lists["alerts in full"][0]
    one["ack"] = {"by": "li.na", "at": now.isoformat(), "message": "", "origin": "hub"}
    opened.hub.lists["operations"] = []
    page = await opened_page(opened, f"&alert={one['ref']}")
    side = page.get_by_role("complementary")
    await expect(side).to_contain_text("Nothing was written to the tool.")
    written = {**operations(now)[1], "alert": one["ref"], "created_at": now.isoformat()}
    opened.hub.lists["operations"] = [
        {**written, "state": "failed", "says": "the token is refused"}
    ]
    await opened.hub.tell("operation", "hub:operation:1")
    await expect(side).to_contain_text("Did not reach zbx-main")
    await expect(side).to_contain_text("the token is refused")
    opened.hub.lists["operations"] = [written]
    await opened.hub.tell("operation", "hub:operation:1")
    await expect(side).to_contain_text("Reached zbx-main")


async def test_an_empty_table_shows_what_comes_at_once(opened: Opened) -> None:
    opened.hub.lists["alerts"].clear()
    page = await opened.go("/alerts?lang=en")
    await expect(page.get_by_text("There is no alert in this state.")).to_be_visible()
    now = datetime.now(UTC)
    came = alert("new", "JustCame", 5, now, ago=0, first_seen_at=now.isoformat())
    opened.hub.lists["alerts"].insert(0, came)
    await opened.hub.tell("alert", came["ref"])
    await expect(page.locator(".grid-body .g-title").first).to_have_text("JustCame")


async def test_ten_thousand_alerts_are_few_rows_on_the_page(opened: Opened) -> None:
    now = datetime.now(UTC)
    many = [alert(f"m{n}", f"Alert {n}", n % 6, now, ago=n) for n in range(10_000)]
    opened.hub.lists["alerts"] = many
    page = await opened_page(opened)
    rows = page.locator(".grid-body [role=row]")
    await expect(rows.first).to_be_visible()
    assert await rows.count() < 80
    await expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", "10001")
    await page.get_by_role("grid").focus()
    for _ in range(3):
        await page.keyboard.press("End")
        await page.wait_for_timeout(100)
    assert await rows.count() < 80


async def test_who_only_reads_is_told_why_there_is_no_button(opened: Opened) -> None:
    opened.hub.role = "viewer"
    page = await opened_page(opened)
    await select(page, 0)
    bulk = page.get_by_role("region", name="Selected alerts")
    await expect(bulk).to_contain_text("Role ops or admin may change alerts.")
    await expect(bulk.get_by_role("button", name="Acknowledge")).to_have_count(0)


async def test_a_table_that_cannot_be_read_says_why_and_can_be_tried_again(opened: Opened) -> None:
    opened.hub.broken = {"alerts"}
    await opened.page.goto(f"{opened.base}/alerts?lang=en")
    await expect(opened.page.get_by_text("Alerts: could not be read")).to_be_visible(timeout=15_000)
    opened.hub.broken = set()
    await opened.page.get_by_role("button", name="Try again").click()
    await expect(opened.page.locator(".grid-body [role=row]").first).to_be_visible()
