"""What a tool says of its limits is heard by both forms of asking."""

import pytest
import requests

from hub.contract import Connection
from hub.errors import Transient
from hub.wire import OpenWire, open_wire
from tests.simulators.weather import answering, plain

LIMITS = ("X-RateLimit-Limit: 100", "X-RateLimit-Remaining: 7", "X-RateLimit-Reset: 3000")


async def asked(wire: OpenWire, form: str, url: str) -> None:
    if form == "ask":
        await wire.ask("GET", url)
    else:

        def work(session: requests.Session) -> None:
            session.get(url)

        await wire.blocking(work)


@pytest.mark.parametrize("form", ["ask", "blocking"])
async def test_the_newest_budget_is_remembered_and_a_refusal_says_until_when(form: str) -> None:
    wire = open_wire("tool", Connection())
    assert wire.budget() is None
    async with answering(plain("200 OK", b"{}", *LIMITS)) as server:
        await asked(wire, form, server.url)
    told = wire.budget()
    assert told is not None
    assert (told.limit, told.remaining, told.held_until) == (100, 7, None)
    async with answering(plain("429 Too Many Requests", b"", "Retry-After: 3000")) as server:
        with pytest.raises(Transient):
            await asked(wire, form, server.url)
    held = wire.budget()
    assert held is not None
    assert held.held_until is not None
    assert (held.limit, held.remaining) == (100, 7)
    await wire.close()
