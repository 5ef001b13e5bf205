"""What a proxy before a real frontend may do to a call."""

from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web

from connectors.zabbix.session import Session
from deploy.lab.endpoints import Endpoint
from hub.errors import Anomalous, Misconfigured
from tests.connectors.zabbix.conftest import Near, wanted

pytestmark = pytest.mark.slow


@dataclass
class Relay(Endpoint):
    """Hands calls on to a frontend, but loses a header on the way, or an answer on the way back."""

    path: str = "/api_jsonrpc.php"
    to: str = ""
    loses: str = ""
    swallows: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Hand on."""
        headers = {name: request.headers[name] for name in ("Content-Type", "Authorization")
                   if name in request.headers and name != self.loses}  # fmt: skip
        if "Content-Type" not in headers:
            headers["Content-Type"] = "text/plain"
        asked = await request.read()
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.to + self.path, data=asked, headers=headers) as said,
        ):
            body = await said.read()
        if self.swallows and self.swallows.encode() in asked:
            body = b"<html>for a moment something else</html>"
        return web.Response(status=said.status, body=body)


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


async def test_an_answer_that_nobody_can_read_is_not_taken_for_a_no(near: Near) -> None:
    """The problem is acknowledged, and a look after it finds that."""
    record = await near.problem(near.source(), near.host())
    ack = wanted(record, "acknowledge", message="taken")
    async with Relay(to=near.corner.zabbix.url, swallows="event.acknowledge") as relay:
        writer = near.writer(url=f"http://{relay.target}/")
        assert not await writer.holds(ack)
        with pytest.raises(Anomalous, match="for a moment something else"):
            await writer.apply(ack)
        assert await writer.holds(ack)
