"""The page on the real hub: log in by the link, see the plan, see an alert arrive and resolve."""

import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from deploy.children import serve
from deploy.demo.organisation import ALERTS, SECRET, prepare

pytestmark = [pytest.mark.needs_system("chromium"), pytest.mark.slow]

PLAN = "初验 Preliminary acceptance"


@dataclass
class Hub:
    """A running hub on the sample organisation, without the sender of its story."""

    folder: Path
    listening: str
    admin_link: str

    async def fire(self, name: str, service: str, status: str = "firing") -> None:
        """Post one alert as Alertmanager does; return when it is accepted."""
        labels = {"alertname": name, "service": service, "severity": "critical"}
        now = datetime.now(UTC).isoformat()
        alert = {
            "status": status,
            "labels": labels,
            "annotations": {"summary": name},
            "startsAt": "2026-01-05T08:00:00Z" if status == "resolved" else now,
            "endsAt": now if status == "resolved" else "0001-01-01T00:00:00Z",
            "generatorURL": "",
            "fingerprint": f"{name}-{service}",
        }
        body: dict[str, Any] = {
            "version": "4",
            "groupKey": "{}",
            "truncatedAlerts": 0,
            "status": status,
            "receiver": "milepost",
            "groupLabels": {},
            "commonLabels": {},
            "commonAnnotations": {},
            "externalURL": "",
            "alerts": [alert],
        }
        secret = (self.folder / SECRET).read_text().strip()
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        hook = f"{self.listening}/hooks/{ALERTS}"
        async with (
            aiohttp.ClientSession() as session,
            session.post(hook, data=json.dumps(body), headers=headers) as answer,
        ):
            assert answer.status == 202, await answer.text()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    prepare(tmp_path, date.today())  # noqa: DTZ011 - the plan's dates are relative to the day here
    with ExitStack() as ending, (tmp_path / "hub.log").open("w") as log:
        _, ready = serve(tmp_path, 0, ending, stderr=log)
        assert ready is not None, (tmp_path / "hub.log").read_text()
        yield Hub(tmp_path, ready["listening"], ready["admin_link"])


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")
    yield await context.new_page()
    await context.close()


async def test_an_alert_is_seen_with_the_milestone_that_it_hurts(
    hub: Hub, page: Page, record_property: Any
) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    await page.goto(hub.admin_link)
    await expect(page.get_by_role("row", name=PLAN).first).to_be_visible(timeout=60_000)
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    await expect(page.get_by_text("No open incident.")).to_be_visible()

    await hub.fire("ConnectionsExhausted", "oa-db")
    worst = page.get_by_role("region", name="Worst incident")
    # The page polls only each 30 s when the stream is lost: within 10 s it was told.
    await expect(worst).to_contain_text("ConnectionsExhausted", timeout=10_000)
    await expect(worst).to_contain_text(PLAN)

    await worst.get_by_role("link", name="ConnectionsExhausted").click()
    chain = page.get_by_role("region", name="Impact chain")
    await expect(chain).to_contain_text("% sure")
    await expect(chain).to_contain_text(PLAN)
    details = page.get_by_role("complementary")
    await expect(details).to_contain_text("The strongest way")
    # A reason without a sentence would stand there as code.
    await expect(details.locator("code")).to_have_count(0)
    await page.keyboard.press("Escape")

    waits = []
    for number in range(20):
        name = f"Probe{number}"
        begun = time.monotonic()
        await hub.fire(name, f"nobody-{number}")
        told = re.compile(rf"^{number + 1} alerts? without a service")
        await page.get_by_text(told).wait_for(timeout=10_000)
        waits.append(time.monotonic() - begun)
    record_property("seconds_to_screen_p95", sorted(waits)[18])
    assert complaints == []


async def test_a_used_link_is_said_and_a_token_still_opens_the_page(hub: Hub, page: Page) -> None:
    await page.goto(hub.admin_link)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Now")
    await page.context.clear_cookies()
    await page.goto(hub.admin_link)
    await expect(page.get_by_text("This link has been used already")).to_be_visible()


async def test_signing_out_ends_the_session(hub: Hub, page: Page) -> None:
    await page.goto(hub.admin_link)
    await page.get_by_role("button", name="Signed in as").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to Milepost")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to Milepost")
