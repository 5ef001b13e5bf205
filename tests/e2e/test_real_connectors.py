"""The Connectors page on the real hub, which polls a Zabbix that fails on demand."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Response, expect

from tests.integration.hub.running import RunningHub
from tests.simulators.zabbix import SimulatedZabbix

pytestmark = [pytest.mark.needs_system("chromium"), pytest.mark.slow]

TOKEN = "a-token-that-nobody-may-see"  # noqa: S105 - of a stand-in
HOOK = "a-hook-secret-that-nobody-may-see"
PROBLEMS = 12


@dataclass
class Looked:
    """A browser on a hub whose only network is a simulated Zabbix, and all that it was answered."""

    page: Page
    hub: RunningHub
    zabbix: SimulatedZabbix
    answers: list[Response] = field(default_factory=list)

    def heard(self, answer: Response) -> None:
        """Keep an answer of the API that ends."""
        if "/api/v1/" in answer.url and "/events" not in answer.url:
            self.answers.append(answer)

    async def log_in(self, role: str) -> None:
        """Be somebody of that role."""
        made: Any = await asyncio.to_thread(self.hub.told, "token", "create", "--role", role)
        await self.page.goto(f"{self.hub.base}/login?lang=en")
        await self.page.evaluate(
            "token => fetch('/api/v1/session', {method: 'POST', body: JSON.stringify({token}), "
            "headers: {'Content-Type': 'application/json'}})",
            made["token"],
        )

    async def open(self, more: str = "") -> Page:
        """Look at the page of connectors."""
        await self.page.goto(f"{self.hub.base}/connectors?lang=en{more}")
        return self.page

    async def beside(self) -> Locator:
        """Open the Zabbix beside the list."""
        page = await self.open("&open=zbx")
        side = page.get_by_role("complementary")
        await expect(side.get_by_role("heading", level=2)).to_contain_text("zbx")
        return side


@pytest_asyncio.fixture(loop_scope="session")
async def looked(browser: Browser, tmp_path: Path) -> AsyncIterator[Looked]:
    async with SimulatedZabbix(token=TOKEN, expires_at=4_000_000_000) as zabbix:
        for number in range(1, PROBLEMS + 1):
            zabbix.problem(number, f"Loss {number}", trigger=f"{number}00")
        connector = {
            "type": "zabbix",
            "url": zabbix.frontend,
            "token": TOKEN,
            "webhook_secret": HOOK,
            "poll_seconds": 0.5,
            "read_only": False,
            "writes": ["acknowledge"],
        }
        am = {"type": "prometheus", "webhook_secret": HOOK}
        hub = RunningHub(tmp_path, "sqlite", connectors={"zbx": connector, "am": am})
        await asyncio.to_thread(hub.start)
        context = await browser.new_context(viewport={"width": 1280, "height": 720})
        found = Looked(await context.new_page(), hub, zabbix)
        found.page.on("response", found.heard)
        try:
            yield found
        finally:
            await context.close()
            await asyncio.to_thread(hub.stop)


async def test_an_admin_looks_checks_pauses_and_accepts_by_click(looked: Looked) -> None:
    await looked.log_in("admin")
    page = await looked.open()
    row = page.get_by_role("row", name="zbx")
    await expect(row).to_contain_text("Fresh", timeout=30_000)
    side = await looked.beside()
    await expect(side).to_contain_text("2096")  # when the token ends, as the tool says

    await side.get_by_role("button", name="Check now").click()
    await expect(side.locator(".steps > li").first).to_contain_text("answers as Zabbix")

    await side.get_by_role("button", name="Pause").click()
    await expect(row).to_contain_text("Paused")
    asked = len(looked.zabbix.asked)
    await side.get_by_role("button", name="Go on").click()
    await expect(row).to_contain_text("Fresh", timeout=30_000)
    assert len(looked.zabbix.asked) > asked

    looked.zabbix.events.clear()
    looked.zabbix.triggers.clear()
    guard = side.get_by_role("region", name="Ends that are held back")
    await expect(guard).to_contain_text("12 of 12 open alerts", timeout=30_000)
    await guard.get_by_role("button", name="Accept these ends").click()
    await guard.get_by_role("button", name="End 12 alerts").click()
    await expect(guard).to_have_count(0)
    await expect(row).to_contain_text("Fresh")
    audit = await asyncio.to_thread(looked.hub.api.items, "audit")
    actions = {one["action"] for one in audit}
    acts = {"connector.check", "connector.pause", "connector.resume", "connector.accept_gone"}
    assert acts <= actions


async def test_writes_stop_at_once_and_an_outage_is_said_with_its_remedy(looked: Looked) -> None:
    await looked.log_in("admin")
    side = await looked.beside()
    await expect(side).to_contain_text("Acknowledge: on")
    await expect(side).to_contain_text("Close: off")
    await side.get_by_role("button", name="Stop all writes").click()
    await expect(looked.page.get_by_role("row", name="zbx")).to_contain_text("Stopped")

    looked.zabbix.weather = "log-in"
    await expect(side).to_contain_text("Needs an admin", timeout=30_000)
    await expect(side).to_contain_text("check the address")
    looked.zabbix.weather = ""
    await side.get_by_role("button", name="Look now").click()
    await expect(side).to_contain_text("Looked: 12 are open at the tool.")


async def test_no_secret_is_in_any_answer(looked: Looked) -> None:
    await looked.log_in("admin")
    bodies: dict[str, str] = {}
    for name in ("zbx", "am"):
        looked.answers.clear()
        page = await looked.open(f"&open={name}")
        side = page.get_by_role("complementary")
        for asks in ("Check now", "Show the text"):
            await side.get_by_role("button", name=asks).click()
        await expect(side.locator(".steps > li").first).to_be_visible()
        await expect(side.locator("pre")).to_be_visible()
        bodies |= {one.url: await one.text() for one in tuple(looked.answers)}
    assert len([url for url in bodies if url.endswith("/onboarding")]) == 2
    assert [url for url, body in bodies.items() if TOKEN in body or HOOK in body] == []


async def test_who_only_reads_sees_how_it_is_and_no_action(looked: Looked) -> None:
    await looked.log_in("viewer")
    side = await looked.beside()
    await expect(side).to_contain_text("An admin may check, pause and switch writes.")
    await expect(side.get_by_role("button")).to_have_count(1)  # Close
