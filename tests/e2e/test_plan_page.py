"""The Plan page in a real browser, on canned answers."""

import re
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from tests.e2e.answers import PROJECT
from tests.e2e.conftest import Opened
from tests.e2e.planned import projects, schedule, tasks
from tests.e2e.test_now_page import BEYOND, VARIANTS, faults

pytestmark = [pytest.mark.needs_system("chromium"), pytest.mark.slow]

VIEWS = ("", "&as=table", "&tab=board", "&tab=milestones")


@pytest.fixture
def planned(opened: Opened) -> Opened:
    """Let the stand-in have plans of two tools."""
    now = datetime.now(UTC)
    opened.hub.lists["projects"] = projects()
    opened.hub.lists["tasks"] = tasks(now)
    opened.hub.schedules[PROJECT] = schedule(now)
    return opened


async def page_of(planned: Opened, more: str = "", lang: str = "en") -> Page:
    page = await planned.go(f"/plan?lang={lang}{more}")
    await expect(
        page.locator(".timeline, .timeline-table, .card, .milestones").first
    ).to_be_visible()
    return page


@pytest.mark.parametrize(("theme", "lang"), VARIANTS)
async def test_axe_finds_nothing(planned: Opened, theme: str, lang: str) -> None:
    for view in VIEWS:
        page = await page_of(planned, f"&theme={theme}{view}", lang)
        assert await faults(page) == [], view
    assert planned.complaints == []


@pytest.mark.parametrize("width", [320, 390, 800, 1100])
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
async def test_nothing_lies_beyond_the_page(planned: Opened, lang: str, width: int) -> None:
    await planned.page.set_viewport_size({"width": width, "height": 844})
    for view in ("&tab=board", "&tab=milestones"):
        page = await page_of(planned, view, lang)
        assert await page.evaluate(BEYOND) == [], view


async def test_the_timeline_draws_what_is_in_sight_and_begins_where_work_is(
    planned: Opened,
) -> None:
    page = await page_of(planned)
    names = page.locator(".timeline-name")
    drawn = await names.count()
    assert 10 < drawn < 60
    assert await page.locator(".timeline rect.bar-of").count() > 5
    assert await page.locator(".timeline path.point").count() >= 1
    await expect(page.locator(".timeline .now")).to_have_count(1)
    # What is over stands above, out of sight.
    assert await page.evaluate("document.querySelector('.timeline').scrollTop") > 0
    active = page.locator(".timeline-name.active")
    await expect(active).to_contain_text("Work package")
    before = await active.inner_text()
    await page.locator(".timeline").focus()
    await page.keyboard.press("ArrowDown")
    assert await active.inner_text() != before
    await page.keyboard.press("Home")
    await expect(active).to_contain_text("Work package 0")


async def test_a_milestone_of_the_timeline_opens_beside_it(planned: Opened) -> None:
    page = await page_of(planned)
    await page.locator(".timeline-name.milestone a").first.click()
    await expect(page).to_have_url(re.compile("milestone="))
    await expect(page.locator(".side")).to_be_visible()


async def test_zoom_and_critical_path_stand_in_the_address(planned: Opened) -> None:
    page = await page_of(planned)
    months = await page.locator(".timeline .tick").count()
    await page.get_by_role("link", name="Weeks").click()
    await expect(page).to_have_url(re.compile("zoom=week"))
    assert await page.locator(".timeline .tick").count() > months
    await expect(page.locator(".timeline svg.marked")).to_be_visible()
    await page.get_by_role("link", name="Critical path").click()
    await expect(page.locator(".timeline svg.marked")).to_have_count(0)


async def test_the_table_says_what_the_drawing_shows(planned: Opened) -> None:
    page = await page_of(planned, "&as=table")
    rows = page.locator(".timeline-table tbody tr")
    await expect(rows).to_have_count(60)
    await expect(rows.nth(1)).to_contain_text("Work package 1")
    await expect(rows.nth(1)).to_contain_text("yes")
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="Save as CSV").click()
    path = await (await saved.value).path()
    assert path.read_text("utf-8-sig").count("\n") == 61


async def test_cards_stand_under_what_their_state_means_with_where_they_are_from(
    planned: Opened,
) -> None:
    page = await page_of(planned, "&tab=board")
    todo = page.locator(".column-todo")
    await expect(todo.locator(".card")).to_have_count(2)
    late = todo.locator(".card").first
    await expect(late).to_contain_text("jira-main")
    await expect(late).to_contain_text("overdue since")
    await expect(late).to_contain_text("Ada, 李雷")
    await expect(todo.locator(".card").nth(1)).to_contain_text("ERP-12")
    link = late.get_by_role("link")
    assert await link.get_attribute("href") == "https://jira.example.com/browse/ERP-1"
    # No column for what there is none of.
    await expect(page.locator(".column-unknown")).to_have_count(0)
    await expect(page.locator(".column-cancelled")).to_have_count(1)


async def test_a_hub_without_a_plan_says_what_to_do(opened: Opened) -> None:
    opened.hub.lists["projects"] = []
    page = await opened.go("/plan?lang=en")
    await expect(page.get_by_text("There is no plan yet")).to_be_visible()


async def test_two_thousand_rows_are_drawn_no_more_than_sixty(planned: Opened) -> None:
    planned.hub.schedules[PROJECT] = schedule(datetime.now(UTC), rows=2000)
    page = await page_of(planned)
    assert await page.locator(".timeline-name").count() < 60
    await page.locator(".timeline").focus()
    await page.keyboard.press("End")
    await expect(page.locator(".timeline-name.active")).to_contain_text("1999")
