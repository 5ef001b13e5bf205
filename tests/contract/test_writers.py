"""What the hub may rely on of every connector that writes; each is found, none is listed here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from hub.app.discovery import connectors
from hub.contract import Known, Operation, Writer
from hub.errors import Anomalous, Misconfigured, Transient
from tests.contract.benches import BENCHES, Bench
from tests.contract.test_sources import everything, reached, source_of

WRITING = sorted(name for name, one in connectors().items() if one.writer is not None)
WRITES = [(name, write) for name in WRITING for write in BENCHES[name]().writes]


def test_what_a_connector_says_that_it_writes_is_what_it_has_a_writer_for() -> None:
    for name, one in connectors().items():
        assert bool(one.manifest.writes) is (one.writer is not None), name


def test_every_write_of_a_connector_is_tried_here_or_said_to_be_tried_elsewhere() -> None:
    for name in WRITING:
        bench = BENCHES[name]()
        assert bench.writes, f"the bench of {name} tries no write"
        assert set(bench.writes) | bench.elsewhere == set(connectors()[name].manifest.writes)
        assert not set(bench.writes) & bench.elsewhere


@pytest.fixture(params=WRITES, ids="-".join)
def tried(request: pytest.FixtureRequest) -> tuple[str, str]:
    name, write = request.param
    return name, write


@pytest.fixture
async def bench(tried: tuple[str, str]) -> AsyncIterator[Bench]:
    async with BENCHES[tried[0]]() as made:
        made.begin(1)
        yield made


@asynccontextmanager
async def writer_of(name: str, settings: Any) -> AsyncIterator[Writer]:
    """Open a writer as the hub does after a start."""
    async with reached(name, settings) as (connector, made, wire):
        assert connector.writer is not None
        yield connector.writer(made, wire)


async def wanted(name: str, write: str, bench: Bench, key: str = "op-1") -> Operation:
    """Return a write on what is open at the bench."""
    async with source_of(name, bench.settings()) as source:
        (record, *_), _ = await everything(bench, source, None)
    on = Known(record.kind, record.series, record.key)
    return Operation(key, write, on, bench.writes[write])


async def test_a_write_stands_in_the_tool_once_and_is_found_again_after_a_restart(
    tried: tuple[str, str], bench: Bench
) -> None:
    name, write = tried
    operation = await wanted(name, write, bench)
    if write == "unsuppress":
        hide = await wanted(name, "suppress", bench, "op-0")
        async with writer_of(name, bench.settings()) as writer:
            await writer.apply(hide)
    before = bench.written()
    for attempt in range(3):
        async with writer_of(name, bench.settings()) as writer:
            held = await writer.holds(operation)
            assert held is (attempt > 0)
            if not held:
                await writer.apply(operation)
            assert await writer.holds(operation)
    assert bench.written() == before + (write != "unsuppress")


async def test_nothing_is_written_where_the_secret_is_wrong(
    tried: tuple[str, str], bench: Bench
) -> None:
    name, write = tried
    operation = await wanted(name, write, bench)
    async with writer_of(name, bench.wrong()) as writer:
        for ask in (writer.holds, writer.apply):
            with pytest.raises(Misconfigured) as met:
                await ask(operation)
            assert "wrong" not in str(met.value)
    assert bench.written() == 0


@pytest.mark.parametrize("status", [429, 503])
async def test_an_outage_is_transient_and_is_no_answer_to_whether_it_holds(
    tried: tuple[str, str], bench: Bench, status: int
) -> None:
    name, write = tried
    operation = await wanted(name, write, bench)
    bench.fault = lambda: web.Response(status=status, headers={"Retry-After": "7"})
    async with writer_of(name, bench.settings()) as writer:
        for ask in (writer.holds, writer.apply):
            with pytest.raises(Transient):
                await ask(operation)


async def test_what_is_no_answer_of_the_tool_is_one_of_the_four_errors(
    tried: tuple[str, str], bench: Bench
) -> None:
    name, write = tried
    operation = await wanted(name, write, bench)
    bench.fault = lambda: web.Response(text='"hello"', content_type="application/json")
    async with writer_of(name, bench.settings()) as writer:
        for ask in (writer.holds, writer.apply):
            with pytest.raises((Misconfigured, Anomalous, Transient)):
                await ask(operation)
