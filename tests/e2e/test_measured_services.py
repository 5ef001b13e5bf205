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
    await expect(burning).to_contain_text("Over 60 min it burns 22.13 times as fast")
    await expect(spent).to_contain_text("The error budget of 43.2 min is overspent by 8.6 min")
    await expect(unknown).to_contain_text("Error budget: unknown.")
    await expect(unknown.locator(".meter")).to_have_count(0)
    await expect(calm).to_contain_text("Within budget")


async def test_a_line_has_its_words_and_a_failure_the_words_of_the_tool(opened: Opened) -> None:
    page = await opened.go(f"/?lang=en&{VIEWS[0]}")
    metrics = page.locator(".metrics > li")
    await expect(metrics.nth(0)).to_contain_text("99.953%")
    line = metrics.nth(1).get_by_role("img")
    told = re.compile(
        r"Latency, last 24 hours: lowest .* highest 2 s; unknown for 30 of 288 points"
    )
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
