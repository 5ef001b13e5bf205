"""What a whole hub keeps of every connector that polls; each is found, none is listed here."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from aiohttp import web

from hub.app.discovery import connectors
from tests.contract.benches import BENCHES, Bench
from tests.integration.hub.client import until
from tests.integration.hub.running import SECRET, RunningHub

pytestmark = pytest.mark.slow
# They look at alerts; what a hub keeps of work, the tests of its store and of its trackers show.
POLLING = sorted(
    name for name, one in connectors().items() if one.source is not None and not one.manifest.work
)
WRITING = sorted(name for name, one in connectors().items() if one.writer is not None)
ASKED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "comment": ("comment", {"message": "disk"}),
    "severity": ("severity", {"severity": 5}),
    "suppress": ("silence", {"until": "2099-01-01T00:00:00Z", "message": "change 42"}),
    "unsuppress": ("unsilence", {}),
    "close": ("close", {}),
}
"""How each write is asked of the hub by name; an acknowledgement is the hub's own as well."""
QUICK = {"poll_seconds": 0.2, "timeout_seconds": 2, "connect_seconds": 2}


@pytest.fixture(params=POLLING)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
async def bench(name: str) -> AsyncIterator[Bench]:
    async with BENCHES[name]() as made:
        yield made


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    """Return a hub that is not started yet."""
    made = RunningHub(tmp_path, "sqlite", quiet_seconds=3600)
    yield made
    made.stop()


def connector(name: str, settings: Any) -> dict[str, Any]:
    return {"type": name, **settings, **QUICK, "webhook_secret": SECRET}


def over(hub: RunningHub) -> list[Any]:
    return [one for one in hub.alerts() if one["status"] in {"resolved", "expired"}]


def state(hub: RunningHub, operation: str) -> str:
    found: str = hub.api.one("operations", operation)["state"]
    return found


def shows(hub: RunningHub, count: int) -> None:
    until(lambda: len(hub.alerts()) == count, f"{count} alerts are shown")


async def test_what_is_lost_is_said_once_and_once_when_it_is_back(
    name: str, bench: Bench, hub: RunningHub
) -> None:
    hub.configure(connectors={"one": connector(name, bench.settings())})
    bench.begin(1)
    await asyncio.to_thread(hub.start)
    await asyncio.to_thread(shows, hub, 1)
    asked = 0

    def out() -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=503, headers={"Retry-After": "1"})

    bench.fault = out
    await asyncio.to_thread(until, lambda: asked >= 3, "it was asked three times more")
    assert len(hub.alerts()) == 1
    bench.fault = None
    bench.begin(2)
    await asyncio.to_thread(shows, hub, 2)
    # What came is shown before the look at the tool is over, and only then it is back.
    back = "connector working again"
    await asyncio.to_thread(until, lambda: back in hub.log.read_text(), "it is said to be back")
    said = hub.log.read_text()
    assert (said.count("connector failing"), said.count(back)) == (1, 1)


async def test_what_ends_in_the_tool_ends_in_the_hub_and_nothing_else_does(
    name: str, bench: Bench, hub: RunningHub
) -> None:
    hub.configure(connectors={"one": connector(name, bench.settings())})
    bench.begin(1)
    bench.begin(2)
    await asyncio.to_thread(hub.start)
    await asyncio.to_thread(shows, hub, 2)
    bench.over(1)
    await asyncio.to_thread(until, lambda: over(hub), "one is over")
    assert len(over(hub)) == 1
    bench.over(2)
    await asyncio.to_thread(until, lambda: len(over(hub)) == 2, "the other is over too")


@pytest.mark.parametrize("name", WRITING)
async def test_what_is_asked_of_a_tool_reaches_it_once_and_only_where_an_admin_lets_it(
    name: str, bench: Bench, hub: RunningHub
) -> None:
    one = connector(name, bench.settings())
    hub.configure(connectors={"one": one})
    bench.begin(1)
    await asyncio.to_thread(hub.start)
    await asyncio.to_thread(shows, hub, 1)
    (alert,) = await asyncio.to_thread(hub.alerts)
    place = f"/alerts/{quote(alert['ref'], safe='')}"
    for write in connectors()[name].manifest.writes:
        if write in ASKED:
            said = await asyncio.to_thread(
                hub.api.ask, "POST", f"{place}/{ASKED[write][0]}", {**ASKED[write][1]}
            )
            assert (said.status, "is read-only" in str(said.json)) == (409, True), said.body
    assert bench.written() == 0
    write = next(one for one in bench.writes if one in ASKED)
    hub.configure(connectors={"one": {**one, "read_only": False, "writes": [write]}})
    await asyncio.to_thread(hub.restart)
    path, body = ASKED[write]
    said = await asyncio.to_thread(hub.api.ask, "POST", f"{place}/{path}", body)
    assert said.status == 202, said.body
    (asked,) = said.json["operations"]
    await asyncio.to_thread(until, lambda: state(hub, asked["ref"]) == "confirmed", "it is done")
    # What is done is done: neither a start anew nor a person sends it again.
    await asyncio.to_thread(hub.kill)
    await asyncio.to_thread(hub.start)
    again = await asyncio.to_thread(hub.api.ask, "POST", f"/operations/{asked['ref']}/retry")
    assert again.status == 409, again.body
    assert bench.written() == 1


async def test_trap_16_one_that_hangs_delays_no_other(
    name: str, bench: Bench, hub: RunningHub
) -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        with suppress(asyncio.CancelledError):
            await go.wait()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        there = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", json.dumps(bench.settings()))
        hangs = connector(name, json.loads(there)) | {"timeout_seconds": 300}
        hub.configure(connectors={"hangs": hangs, "works": connector(name, bench.settings())})
        await asyncio.to_thread(hub.start)
        await asyncio.wait_for(asked.wait(), 30)
        for number in (1, 2, 3):
            bench.begin(number)
            await asyncio.to_thread(shows, hub, number)
        await asyncio.to_thread(hub.stop)
        go.set()


async def test_trap_17_the_webhook_of_a_removed_connector_is_refused_and_kept_nowhere(
    name: str, bench: Bench, hub: RunningHub
) -> None:
    both = {one: connector(name, bench.settings()) for one in ("stays", "leaves")}
    hub.configure(connectors=both)
    await asyncio.to_thread(hub.start)
    before = await asyncio.to_thread(hub.post, b"{}", connector="leaves")
    assert before.status == 422
    hub.configure(connectors={"stays": both["stays"]})
    await asyncio.to_thread(hub.restart)
    after = await asyncio.to_thread(hub.post, b"{}", connector="leaves")
    assert after.status == 404
    assert (await asyncio.to_thread(hub.post, b"{}", connector="stays")).status == 422
