"""Sample data on the real page: one press fills it, one press and one answer empty it again."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from deploy.children import serve
from tests.e2e.test_now_page import faults

pytestmark = [pytest.mark.needs_system("chromium"), pytest.mark.slow]

PLAN = "初验 Preliminary acceptance"


@pytest.fixture
def admin_link(tmp_path: Path) -> Iterator[str]:
    """Run a hub that knows nothing."""
    (tmp_path / "milepost.yaml").write_text("organisation: {name: Trial}\n")
    with ExitStack() as ending, (tmp_path / "hub.log").open("w") as log:
        _, ready = serve(tmp_path, 0, ending, stderr=log)
        assert ready is not None, (tmp_path / "hub.log").read_text()
        yield ready["admin_link"]


async def test_sample_data_fills_the_page_and_goes_whole(browser: Browser, admin_link: str) -> None:
    viewport = {"width": 1280, "height": 720}
    context = await browser.new_context(viewport=viewport, locale="en-GB")  # type: ignore[arg-type]
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    await page.goto(admin_link)
    load = page.get_by_role("button", name="Load sample data")
    await expect(load).to_be_visible()
    assert await faults(page) == []

    await load.click()
    banner = page.get_by_role("region", name="Sample data is loaded")
    await expect(banner).to_be_visible(timeout=30_000)
    worst = page.get_by_role("region", name="Worst incident")
    await expect(worst).to_contain_text("Connections are exhausted", timeout=10_000)
    await expect(worst).to_contain_text(PLAN, timeout=10_000)

    await banner.get_by_role("button", name="Remove").click()
    await expect(banner).to_contain_text("No tool is written to")
    assert await faults(page) == []
    await banner.get_by_role("button", name="Remove sample data").click()
    await expect(load).to_be_visible(timeout=30_000)
    await expect(banner).to_have_count(0)
    assert complaints == []
    await context.close()
