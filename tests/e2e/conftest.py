"""A browser and a stand-in hub for the tests of the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright, expect
from pytest_asyncio import is_async_test

from deploy.lab.programs import find
from tests.e2e.answers import first_look, in_full, organisation
from tests.e2e.standin import STATIC, StandIn


@dataclass
class Opened:
    """A page on a stand-in hub, and what the browser complained of."""

    page: Page
    hub: StandIn
    base: str
    complaints: list[str] = field(default_factory=list)

    async def go(self, where: str = "/?lang=en&theme=light") -> Page:
        """Open an address and wait until the lists are there."""
        await self.page.goto(self.base + where)
        await self.page.wait_for_selector("h1")
        await expect(self.page.locator(".skeleton")).to_have_count(0)
        return self.page


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of this folder on one loop, which the browser belongs to."""
    for item in items:
        if HERE in item.path.parents and is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Start the system's Chromium, once; a test opens a context of its own and closes it."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=str(find("chromium")), args=["--no-sandbox"]
        )
        yield chromium
        await chromium.close()


@pytest.fixture
def hub() -> StandIn:
    """Return a stand-in hub with the made-up organisation."""
    lists = organisation()
    lists["alerts in full"] = [in_full(one) for one in lists["alerts"]]
    return StandIn(lists, first_look())


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser, hub: StandIn) -> AsyncIterator[Opened]:
    """Serve the built dashboard beside the stand-in, at 1280 x 720 in Shanghai."""
    async with serving(hub) as base:
        context = await browser.new_context(
            viewport={"width": 1280, "height": 720}, timezone_id="Asia/Shanghai"
        )
        found = Opened(await context.new_page(), hub, base)
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on(
            "console",
            lambda said: found.complaints.append(said.text) if said.type == "error" else None,
        )
        yield found
        await context.close()


@asynccontextmanager
async def serving(hub: StandIn) -> AsyncIterator[str]:
    """Serve a stand-in on a free port of loopback; give its address."""
    assert (STATIC / "index.html").is_file(), "the dashboard is not built: run make ui"
    runner = web.AppRunner(hub.application(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        hub.hang_up()
        await runner.cleanup()
