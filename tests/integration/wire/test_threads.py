"""Libraries that block: what they may hold up, and what they cannot undo."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import requests
import trustme
from requests.adapters import HTTPAdapter

from hub.contract import Connection
from hub.errors import Misconfigured, Transient
from hub.wire import open_wire
from hub.wire.opened import OpenWire
from tests.integration.wire.test_trust import serving
from tests.simulators.weather import Answers, answering, dripping, dripping_head, plain, silence

GOOD = plain("200 OK", b"{}")
Open = Callable[..., OpenWire]


@pytest.fixture
async def wires() -> AsyncIterator[Open]:
    """Return a maker of wires that are closed in the end."""
    made: list[OpenWire] = []

    def make(**settings: Any) -> OpenWire:
        made.append(open_wire(f"tool{len(made)}", Connection.model_validate(settings)))
        return made[-1]

    yield make
    for wire in made:
        await wire.close()


async def ended(name: str) -> bool:
    """Wait until the threads of a connector are gone."""
    while any(one.name.startswith(f"wire-{name}-") for one in threading.enumerate()):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    return True


async def test_a_library_that_hangs_holds_up_nobody_else_and_not_the_end(wires: Open) -> None:
    async with answering(silence) as hole, answering(GOOD) as server:
        wire = wires(timeout_seconds=1)
        hanging = asyncio.ensure_future(wire.blocking(lambda session: session.get(hole.url)))
        assert await wire.blocking(lambda session: session.get(server.url).status_code) == 200
        with pytest.raises(Transient, match="no whole answer"):
            await hanging
        await wire.close()
        for form in (wire.blocking(lambda s: s.get(server.url)), wire.ask("GET", server.url)):
            with pytest.raises(Transient, match="is closed"):
                await form


@pytest.mark.parametrize("drips", [dripping(), dripping(last=True), dripping_head(), silence])
async def test_a_call_that_was_cut_off_gives_its_thread_back(wires: Open, drips: Answers) -> None:
    async with answering(drips) as slow, answering(GOOD) as server:
        wire = wires(timeout_seconds=0.3)
        calls = [wire.blocking(lambda session: session.get(slow.url)) for _ in range(2)]
        gone = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(one) for one in gone] == [Transient, Transient]
        later = open_wire("later", Connection(timeout_seconds=5))
        assert await later.blocking(lambda session: session.get(server.url).status_code) == 200
        await later.close()
        await wire.close()
    assert await ended("tool0")
    assert await ended("later")


async def test_who_finds_no_free_thread_is_told_so_in_time(wires: Open) -> None:
    wire, end = wires(timeout_seconds=0.3), threading.Event()
    calls = [asyncio.ensure_future(wire.blocking(lambda _: end.wait())) for _ in range(3)]
    told = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(one, Transient) for one in told)
    assert "have been busy" in str(told[2])
    assert "came to no end" in str(told[0])
    end.set()


async def test_nothing_more_is_sent_for_a_caller_who_is_gone(wires: Open) -> None:
    """A write after its time-out would be a write that nobody knows of."""
    wire, go_on, done = wires(timeout_seconds=0.3), threading.Event(), threading.Event()
    async with answering(GOOD) as server:

        def work(session: requests.Session) -> None:
            go_on.wait()
            try:
                session.post(server.url)
            finally:
                done.set()

        with pytest.raises(Transient, match="came to no end"):
            await wire.blocking(work)
        go_on.set()
        await asyncio.to_thread(done.wait)
        assert server.asked == []


async def test_a_caller_that_is_cancelled_takes_its_call_along(wires: Open) -> None:
    wire = wires(timeout_seconds=60)
    async with answering(silence) as hole:
        call = asyncio.ensure_future(wire.blocking(lambda session: session.get(hole.url)))
        while not hole.asked:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await wire.close()
    assert await ended("tool0")


async def test_a_library_cannot_undo_what_the_admin_set(wires: Open, authority: trustme.CA) -> None:
    async with answering(GOOD, serving(authority, "127.0.0.1")) as server:
        wire = wires(timeout_seconds=5)

        def work(session: requests.Session) -> object:
            session.mount("https://", HTTPAdapter(max_retries=3))
            session.verify = False
            return session.get(
                server.url, verify=False, timeout=None, proxies={"https": "http://127.0.0.1:1"}
            )

        with pytest.raises(Misconfigured, match="not trusted"):
            await wire.blocking(work)


async def test_an_error_of_the_library_comes_through(wires: Open) -> None:
    wire = wires()
    for error in (KeyError("result"), requests.HTTPError("412"), StopIteration()):

        def work(_: requests.Session, error: Exception = error) -> None:
            raise error

        with pytest.raises((KeyError, requests.HTTPError, RuntimeError)):
            await wire.blocking(work)


async def test_a_thread_keeps_its_session_and_its_connection(wires: Open) -> None:
    wire, ports = wires(), set[object]()

    def work(session: requests.Session) -> int:
        return id(session)

    ports = {await wire.blocking(work) for _ in range(3)}
    assert len(ports) <= 2


async def test_a_wire_that_nobody_used_starts_no_thread(wires: Open) -> None:
    await wires().close()
    assert await ended("tool0")
