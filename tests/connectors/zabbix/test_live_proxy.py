"""What a proxy before a real frontend may do to a call."""

from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web

from connectors.zabbix.session import Session
from deploy.lab.endpoints import Endpoint
from hub.errors import Misconfigured
from tests.connectors.zabbix.conftest import Near

pytestmark = pytest.mark.slow


@dataclass
class Relay(Endpoint):
    """Hands calls on to a frontend, but loses one header on the way."""

    path: str = "/api_jsonrpc.php"
    to: str = ""
    loses: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Hand on."""
        headers = {name: request.headers[name] for name in ("Content-Type", "Authorization")
                   if name in request.headers and name != self.loses}  # fmt: skip
        if "Content-Type" not in headers:
            headers["Content-Type"] = "text/plain"
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.to + self.path, data=await request.read(), headers=headers) as said,
        ):
            return web.Response(status=said.status, body=await said.read())


async def test_fact_1_a_token_that_loses_its_header_goes_into_the_body_and_that_is_told(
    near: Near,
) -> None:
    async with Relay(to=near.corner.zabbix.url, loses="Authorization") as relay:
        settings = near.settings(url=f"http://{relay.target}/")
        session = Session(settings, near.wire(settings))
        assert await session.call("host.get", {"countOutput": True}) != "0"
        assert ("drops that header" in session.told) is (near.release == "7.0")


async def test_fact_3_a_content_type_that_is_changed_is_told_in_words(near: Near) -> None:
    async with Relay(to=near.corner.zabbix.url, loses="Content-Type") as relay:
        settings = near.settings(url=f"http://{relay.target}/")
        with pytest.raises(Misconfigured, match="412"):
            await Session(settings, near.wire(settings)).log_in()
