"""What the hub may rely on of every connector that polls; each is found, none is listed here."""

import copy
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from hub.app.discovery import connectors
from hub.contract import Connection, Connector, Cursor, Gone, Known, Page, Record, Source, Wire
from hub.errors import Anomalous, Misconfigured, Transient
from hub.services.sync.proving import proven
from hub.wire import open_wire
from tests.contract.benches import BENCHES, Bench

POLLING = sorted(name for name, one in connectors().items() if one.source is not None)


def test_every_connector_that_polls_has_a_bench() -> None:
    assert set(BENCHES) == set(POLLING)


@pytest.fixture(params=POLLING)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
async def bench(name: str) -> AsyncIterator[Bench]:
    async with BENCHES[name]() as made:
        yield made


@asynccontextmanager
async def reached(name: str, settings: Any) -> AsyncIterator[tuple[Connector, Connection, Wire]]:
    """Open the way to a tool as the hub does after a start."""
    connector = connectors()[name]
    made = connector.settings(**settings, timeout_seconds=5, connect_seconds=2)
    assert isinstance(made, Connection)
    wire = open_wire(name, made)
    try:
        yield connector, made, wire
    finally:
        await wire.close()


@asynccontextmanager
async def source_of(name: str, settings: Any) -> AsyncIterator[Source]:
    """Open a source as the hub does after a start."""
    async with reached(name, settings) as (connector, made, wire):
        assert connector.source is not None
        source = connector.source(made, wire)
        assert source is not None
        yield source


async def everything(
    bench: Bench, source: Source, since: Cursor | None
) -> tuple[list[Record], Cursor | None]:
    """Look once, as the hub does: what is new, then what is open."""
    records: list[Record] = []
    async for page in source.read(since):
        records += main(bench, page)
        since = page.cursor or since
    return [*records, *await listed(bench, source)], since


def main(bench: Bench, page: Page) -> list[Record]:
    """Return what a page is about; what is only named is a record without a body here."""
    only_named = (Record(one.kind, one.key, {}, one.version) for one in page.named)
    return [one for one in (*page.records, *only_named) if one.kind not in bench.beside]


async def listed(bench: Bench, source: Source) -> list[Record]:
    """Return everything that a census names."""
    records: list[Record] = []
    async for page in source.census():
        assert page.cursor is None
        records += main(bench, page)
    return records


async def test_what_verify_tries_of_a_source_holds(name: str, bench: Bench) -> None:
    for number in (1, 2, 3):
        bench.begin(number)
    async with source_of(name, bench.settings()) as source:
        steps = {step.code: step async for step in proven(source)}
    assert [step for step in steps.values() if step.done is False] == []
    assert [steps[code].done for code in ("census", "repeat", "fate")] == [True, True, True]


async def test_verify_of_a_source_ends_where_the_tool_does_not_answer(
    name: str, bench: Bench
) -> None:
    bench.fault = lambda: web.Response(status=503)
    async with source_of(name, bench.settings()) as source:
        steps = [step async for step in proven(source)]
    assert steps[-1].done is False
    assert "503" in steps[-1].says


def named(records: list[Record]) -> set[tuple[str, str]]:
    return {(one.kind, one.key) for one in records}


def held(told: Iterable[Record | Gone]) -> set[Known]:
    return {Known(one.kind, one.series, one.key) for one in told}


async def test_everything_that_is_open_is_named_once_by_a_census(name: str, bench: Bench) -> None:
    for number in (1, 2, 3):
        bench.begin(number)
    async with source_of(name, bench.settings()) as source:
        found = await listed(bench, source)
    assert len(named(found)) == len(found) == 3


async def test_after_a_restart_it_goes_on_where_it_stopped(name: str, bench: Bench) -> None:
    async with source_of(name, bench.settings()) as source:
        _, cursor = await everything(bench, source, None)
    bench.begin(11)
    bench.begin(12)
    async with source_of(name, bench.settings()) as again:
        records, cursor = await everything(bench, again, cursor)
        assert len(named(records)) == 2
    bench.begin(13)
    async with source_of(name, bench.settings()) as third:
        news = [one async for page in third.read(cursor) for one in main(bench, page)]
        later, _ = await everything(bench, third, cursor)
    fresh = named(later) - named(records)
    assert len(fresh) == 1
    # In an order: this, and nothing that was read once. Without: the census says it all.
    again_read = named(news) - fresh
    assert named(news) - again_read == (fresh if bench.ordered else set())
    assert bench.overlaps or not again_read
    assert len(named(later)) == 3


async def test_what_ends_is_no_longer_named_and_told_to_have_ended(name: str, bench: Bench) -> None:
    for number in (1, 2):
        bench.begin(number)
    async with source_of(name, bench.settings()) as source:
        before, cursor = await everything(bench, source, None)
        bench.over(1)
        news = [one async for page in source.read(cursor) for one in main(bench, page)]
        found = await listed(bench, source)
        (over,) = held(before) - held(found)
        page = await source.fate([over])
    assert len(named(found)) == 1
    # By its own record in another version, where the tool still knows it; else as gone.
    known = {one.version for one in before if one.key == over.key}
    changed = [one for one in (*news, *page.records) if one.version not in known]
    ended = [one for one in page.gone if one.why == bench.ends]
    assert held(changed) | held(ended) == {over}
    assert held(page.gone) == held(ended)


async def test_nothing_changed_is_told_in_the_same_words(name: str, bench: Bench) -> None:
    bench.begin(1)
    async with source_of(name, bench.settings()) as source:
        first = await listed(bench, source)
        before = copy.deepcopy([dict(one.body) for one in first])
        second = await listed(bench, source)
    assert [(one.key, one.version, one.series) for one in first] == [
        (one.key, one.version, one.series) for one in second
    ]
    assert [dict(one.body) for one in first] == before


async def test_a_wrong_secret_is_the_admins_business(name: str, bench: Bench) -> None:
    async with source_of(name, bench.wrong()) as source:
        with pytest.raises(Misconfigured) as met:
            await everything(bench, source, None)
    assert "wrong" not in str(met.value)


async def test_an_outage_is_transient_and_nothing_is_taken_for_empty(
    name: str, bench: Bench
) -> None:
    settings = bench.settings()
    await bench.__aexit__(None, None, None)
    async with source_of(name, settings) as source:
        with pytest.raises(Transient):
            await everything(bench, source, None)


@pytest.mark.parametrize("status", [429, 503])
async def test_the_tools_wish_when_to_come_again_is_handed_on(
    name: str, bench: Bench, status: int
) -> None:
    bench.fault = lambda: web.Response(status=status, headers={"Retry-After": "7"})
    async with source_of(name, bench.settings()) as source:
        with pytest.raises(Transient) as met:
            await everything(bench, source, None)
    assert met.value.retry_after == timedelta(seconds=7)


PAGES = {
    "a log-in page": lambda: web.Response(
        text="<html><input type='password'></html>", content_type="text/html"
    ),
    "a redirect": lambda: web.Response(status=302, headers={"Location": "https://sso.example/"}),
    "half an answer": lambda: web.Response(text='[{"a": ', content_type="application/json"),
    "another shape": lambda: web.Response(text='"hello"', content_type="application/json"),
}


@pytest.mark.parametrize("page", PAGES)
async def test_what_is_no_answer_of_the_tool_ends_in_one_of_the_four_errors(
    name: str, bench: Bench, page: str
) -> None:
    bench.begin(1)
    bench.fault = PAGES[page]
    async with source_of(name, bench.settings()) as source:
        with pytest.raises((Misconfigured, Anomalous, Transient)):
            await everything(bench, source, None)


async def test_it_works_again_when_the_tool_does(name: str, bench: Bench) -> None:
    bench.begin(1)
    async with source_of(name, bench.settings()) as source:
        bench.fault = lambda: web.Response(status=503)
        with pytest.raises(Transient):
            await everything(bench, source, None)
        bench.fault = None
        records, _ = await everything(bench, source, None)
    assert len(named(records)) == 1
