"""A service's numbers and budgets in a real browser: beside an incident, and by themselves."""

import re

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Opened
from tests.e2e.measured import measured
from tests.e2e.test_now_page import BEYOND, VARIANTS, faults

pytestmark = [pytest.mark.needs_system("chromium"), pytest.mark.slow]
VIEWS = ("open=service:office-db", "incident=hub:incident:19", "alert=am-main:alert:a1")


@pytest.fixture(autouse=True)
def office_db(opened: Opened) -> None:
    """Measure one service."""
    services = opened.hub.lists["services"]
    found = next(one for one in services if one["ref"] == "office-db")
    opened.hub.lists["services in full"] = [measured(found)]


@pytest.mark.parametrize(("theme", "lang"), VARIANTS)
async def test_axe_finds_nothing(opened: Opened, theme: str, lang: str) -> None:
    for view in VIEWS:
        page = await opened.go(f"/?lang={lang}&theme={theme}&{view}")
        await page.wait_for_selector(".side .spark")
        assert await faults(page) == []
    assert opened.complaints == []


@pytest.mark.parametrize("width", [360, 390, 800, 1280])
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
async def test_nothing_lies_beyond_the_panel(opened: Opened, lang: str, width: int) -> None:
    await opened.page.set_viewport_size({"width": width, "height": 844})
    page = await opened.go(f"/?lang={lang}&{VIEWS[0]}")
    await page.wait_for_selector(".side .spark")
    assert await page.evaluate(BEYOND) == []
    wide = "[...document.querySelectorAll('.side *')].filter(one => !one.closest('svg') && "
    wide += "one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML)"
    assert await page.evaluate(wide) == []


async def test_what_is_left_is_said_in_words_and_what_is_unknown_too(opened: Opened) -> None:
    page = await opened.go(f"/?lang=en&{VIEWS[0]}")
    budgets = page.locator(".budgets > li")
    await expect(budgets).to_have_count(4)
    burning, spent, unknown, calm = [budgets.nth(n) for n in range(4)]
    await expect(burning).to_contain_text("31% of the error budget is left: 13.4 min of 43.2 min")
    await expect(burning).to_contain_text("Budget burns fast: a page")
    await expect(burning).to_contain_text("Over 1 h it burns 22.13 times as fast")
    await expect(spent).to_contain_text("The error budget of 43.2 min is overspent by 8.6 min")
    await expect(unknown).to_contain_text("Error budget: unknown.")
    await expect(unknown.locator(".meter")).to_have_count(0)
    await expect(calm).to_contain_text("No alert")


async def test_a_line_has_its_words_and_a_failure_the_words_of_the_tool(opened: Opened) -> None:
    page = await opened.go(f"/?lang=en&{VIEWS[0]}")
    metrics = page.locator(".metrics > li")
    await expect(metrics.nth(0)).to_contain_text("99.953%")
    line = metrics.nth(1).get_by_role("img")
    told = re.compile(r"Latency, last 24 h: lowest .* highest 2 s; unknown for 30 of 288 points")
    await expect(line).to_have_accessible_name(told)
    await expect(metrics.nth(1).locator(".spark-gap")).to_have_count(1)
    await expect(metrics.nth(3)).to_contain_text("No data")
    await expect(metrics.nth(3)).to_contain_text("last known 75%")
    await expect(metrics.nth(4)).to_contain_text("422: query processing")


async def test_a_service_is_opened_from_what_concerns_it_and_its_milestone_from_there(
    opened: Opened,
) -> None:
    page = await opened.go(f"/?lang=en&{VIEWS[1]}")
    await page.locator(".side h3").get_by_role("link", name="办公数据库").click()
    await expect(page.locator(".side .detail-title")).to_have_text("办公数据库")
    assert "open=service" in page.url
    await page.locator(".side").get_by_role("link", name="数据迁移完成").click()
    assert "milestone=" in page.url
    await page.locator(".side .members-list").get_by_role("link", name="办公数据库").press("Enter")
    await expect(page.locator(".side .detail-title")).to_have_text("办公数据库")


@pytest.mark.parametrize("place", [".side .facts", ".side .chain"])
@pytest.mark.parametrize("view", VIEWS[1:])
async def test_where_a_service_is_named_its_name_opens_it(
    opened: Opened, view: str, place: str
) -> None:
    page = await opened.go(f"/?lang=en&{view}")
    await page.locator(place).get_by_role("link", name="办公数据库").first.press("Enter")
    await expect(page.locator(".side .spark")).to_have_count(3)
    assert "open=service%3Aoffice-db" in page.url


async def test_a_service_opens_beside_the_list_of_alerts_too(opened: Opened) -> None:
    page = await opened.go("/alerts?lang=en&alert=am-main:alert:a1")
    await page.locator(".side .facts").get_by_role("link", name="办公数据库").click()
    await expect(page.locator(".side .spark")).to_have_count(3)
    assert "/alerts" in page.url


async def test_each_window_tells_its_burn_and_unknown_is_no_number(opened: Opened) -> None:
    page = await opened.go(f"/?lang=en&{VIEWS[0]}")
    burning, _, unknown, _ = [page.locator(".budgets > li").nth(n) for n in range(4)]
    row = burning.get_by_role("row").nth(1)
    await expect(row).to_contain_text("1 h / 5 min")
    await expect(row).to_contain_text("22.1 / 31.4")
    await expect(row).to_contain_text("Fires: page")
    await expect(unknown.get_by_role("row").nth(1)).to_contain_text("unknown / unknown")
    await page.goto(opened.base + f"/?lang=en&{VIEWS[1]}")
    closed = page.locator(".budgets > li").first
    await expect(closed.get_by_role("table")).to_have_count(0)
    await closed.locator("summary").press("Enter")
    await expect(closed.get_by_role("table")).to_be_visible()


async def test_a_number_tells_its_age_and_of_what_fails_the_query_is_shown(
    opened: Opened,
) -> None:
    page = await opened.go(f"/?lang=en&{VIEWS[0]}")
    metrics = page.locator(".metrics > li")
    await expect(metrics.nth(1).locator(".states time")).to_have_text("12 min ago")
    await expect(metrics.nth(4)).to_contain_text("am-main: job:saturation:ratio")
    await expect(metrics.nth(1)).not_to_contain_text("job:latency")


async def test_what_is_known_for_minutes_only_is_drawn_over_an_hour(opened: Opened) -> None:
    page = await opened.go(f"/?lang=en&{VIEWS[0]}")
    young = page.locator(".metrics > li").nth(2)
    told = re.compile(r"Traffic, last 1 h: .* unknown for 55 of 60 points")
    await expect(young.get_by_role("img")).to_have_accessible_name(told)


async def test_a_line_that_cannot_be_read_is_a_failure_and_not_nothing_known(
    opened: Opened,
) -> None:
    opened.hub.broken.add("latency")
    page = await opened.go(f"/?lang=en&{VIEWS[0]}")
    latency = page.locator(".metrics > li").nth(1)
    await expect(latency).to_contain_text("184 ms")
    await expect(latency).to_contain_text("The store is away", timeout=20_000)
    await expect(latency).not_to_contain_text("nothing is known")
    await expect(page.locator(".metrics > li").nth(3)).to_contain_text("nothing is known")


async def test_a_service_that_nobody_measures_says_what_to_write_where(opened: Opened) -> None:
    page = await opened.go("/?lang=en&open=service:storage")
    await expect(page.locator(".side .note")).to_contain_text("services.yaml")
    await expect(page.locator(".side .spark, .side .meter")).to_have_count(0)
    await page.goto(opened.base + "/?lang=en&open=service:nowhere")
    await expect(page.locator(".side .note")).to_contain_text("no longer known")
