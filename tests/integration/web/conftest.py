"""The real hub on the sample organisation: SQLite, its plan imported, its first alerts taken in."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import ClientResponse, ClientSession
from yarl import URL

from deploy.demo.organisation import ALERTS, PLAN, SECRET, prepare
from hub.app.hub import Hub
from hub.app.sample.story import body, moments
from hub.app.server import Server
from hub.app.settings import load
from hub.services.access import Role


@dataclass
class Open:
    """A running hub and somebody of each role who talks to it."""

    hub: Hub
    address: str
    folder: Path
    http: ClientSession
    tokens: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, role: str = "admin", **more: Any) -> ClientResponse:
        headers = {"Authorization": f"Bearer {self.tokens[role]}", **more.pop("headers", {})}
        url = URL(f"{self.address}{path}", encoded=True)
        answer = await self.http.request(method, url, headers=headers, **more)
        await answer.read()
        return answer

    async def get(self, path: str, role: str = "viewer") -> Any:
        answer = await self.ask("GET", path, role)
        assert answer.status == 200, await answer.text()
        return await answer.json()

    async def post(self, content: object, given: str | None = None) -> ClientResponse:
        secret = given or (self.folder / SECRET).read_text().strip()
        text = content if isinstance(content, bytes) else json.dumps(content).encode()
        answer = await self.http.post(
            f"{self.address}/hooks/{ALERTS}",
            data=BytesIO(text),
            headers={"Authorization": f"Bearer {secret}"},
        )
        await answer.read()
        return answer


async def until(ask: Callable[[], Awaitable[Any]], good: Callable[[Any], bool]) -> Any:
    """Ask again until the answer is good; fail after half a minute."""
    async with asyncio.timeout(30):
        while not good(found := await ask()):  # noqa: ASYNC110 - asked over HTTP, no event
            await asyncio.sleep(0.05)
    return found


def firing() -> dict[str, Any]:
    """Return one webhook with every alert of the sample story."""
    now = datetime.now(UTC)
    alerts = {a.name: a for moment in moments() if moment.status == "firing" for a in moment.alerts}
    return body("firing", alerts.values(), dict.fromkeys(alerts, now), now)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: Any) -> AsyncIterator[Open]:
    """Run a hub, and take in its plan and its first alerts."""
    folder = tmp_path_factory.mktemp("hub")
    prepare(folder, date.today())  # noqa: DTZ011 - as `make demo` does
    hub = Hub(load(folder / "milepost.yaml"), folder / "data")
    await hub.open()
    server = Server(hub, "127.0.0.1", 0)
    address = await server.start()
    async with ClientSession() as http:
        running = Open(hub, address, folder, http)
        for role in Role:
            made = await hub.services.access.create_token(role, role.value, None)
            running.tokens[role.value] = made.token
        await until(
            lambda: running.get(f"/api/v1/milestones?connector={PLAN}"),
            lambda found: found["items"],
        )
        answer = await running.post(firing())
        assert answer.status == 202, await answer.text()
        await until(
            lambda: running.get("/api/v1/incidents"),
            lambda found: any(one["milestones"] for one in found["items"]),
        )
        yield running
    await server.stop()
    await hub.close()
