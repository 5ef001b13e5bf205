"""The application over fakes, on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from hub.web import WebSettings, application, runner
from tests.unit.web.fakes import Fakes

Client = TestClient[web.Request, web.Application]


class Served(TestServer):
    """A server that is run the way the hub runs: who goes away does not end a handler."""

    async def _make_runner(self, **_: Any) -> web.BaseRunner:
        return runner(self.app)


@pytest.fixture
async def fakes() -> Fakes:
    return Fakes()


@pytest.fixture
def settings(tmp_path: Path) -> WebSettings:
    return WebSettings(
        organisation="Example",
        timezone="Asia/Shanghai",
        locale="zh-CN",
        static=tmp_path / "static",
        body_limit=2000,
        upload_limit=1_000_000,
    )


@pytest.fixture
async def client(fakes: Fakes, settings: WebSettings) -> AsyncIterator[Client]:
    server = Served(application(fakes.services(), settings))
    # The plain cookie of a hub without TLS belongs to an address without a name.
    async with TestClient(server, cookie_jar=CookieJar(unsafe=True)) as running:
        yield running


def bearer(role: str, **more: str) -> dict[str, Any]:
    """Return the headers of somebody with that role."""
    return {"Authorization": f"Bearer {role}", **more}
