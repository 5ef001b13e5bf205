"""When each series is asked for: nobody waits for a query that fails, hangs or lies in the past."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.errors import Misconfigured, Transient
from hub.services.measuring import line as lines
from hub.services.measuring import series as module
from hub.services.measuring.points import STEP
from hub.services.measuring.series import KeptSeries
from hub.services.measuring.turns import BACK, Wanted
from tests.unit.services.measuring.tools import NOON, Clock, Store, Tool, wanted


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probe often, and wait little for what is slow."""
    monkeypatch.setattr(lines, "PROBE_SECONDS", 0.05)
    monkeypatch.setattr(module, "SLOW_SECONDS", 0.05)


@asynccontextmanager
async def running(
    tools: dict[str, Tool], store: Store, wishes: Sequence[Wanted], clock: Clock | None = None
) -> AsyncIterator[KeptSeries]:
    async def wish() -> Sequence[Wanted]:
        return wishes

    series = KeptSeries(tools, store, wish, now=clock or Clock())
    await series.start()
    yield series
    await series.stop()


async def until(store: Store, true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            store.changed.clear()
            await store.changed.wait()


def state(store: Store, one: Wanted) -> str:
    return store.kept[one.ref].state if one.ref in store.kept else "none"


async def test_a_new_series_is_there_at_once_and_filled_in_for_thirty_days() -> None:
    tool, store, up = Tool(), Store(), wanted()
    async with running({"prom": tool}, store, [up]):
        await until(store, lambda: state(store, up) == "ok")
        await until(store, lambda: (store.kept[up.ref].since or NOON) <= NOON - BACK)
    points = store.points[up.ref]
    assert sorted(points) == [NOON - BACK + n * STEP for n in range(BACK // STEP + 1)]
    assert all(value == tool.truth(at) for at, value in points.items())


async def test_a_restart_goes_on_where_it_stopped() -> None:
    tool, store, up, clock = Tool(), Store(), wanted(), Clock()
    async with running({"prom": tool}, store, [up], clock):
        await until(
            store, lambda: bool(store.kept) and (store.kept[up.ref].since or NOON) <= NOON - BACK
        )
    clock.move(7 * STEP)
    tool.asked.clear()
    async with running({"prom": tool}, store, [up], clock):
        await until(store, lambda: store.kept[up.ref].until == clock.at)
    assert tool.asked[0] == ("up", NOON - 5 * STEP, clock.at)
    assert len(store.points[up.ref]) == BACK // STEP + 8


async def test_a_query_that_hangs_holds_up_no_other() -> None:
    tool, store = Tool(), Store()
    tool.gates["hangs"] = asyncio.Event()
    hangs, others = wanted("hangs", "a"), [wanted("up", f"s{n}") for n in range(20)]
    async with running({"prom": tool}, store, [hangs, *others]):
        await until(store, lambda: all(state(store, one) == "ok" for one in others))
        assert state(store, hangs) == "none"
        tool.gates["hangs"].set()
        await until(store, lambda: state(store, hangs) == "ok")


async def test_a_query_that_fails_says_so_in_the_tools_words_and_the_others_go_on() -> None:
    tool, store = Tool(), Store()
    tool.faults["sum("] = Misconfigured("422: unclosed left parenthesis")
    bad, good = wanted("sum(", "a"), wanted("up", "b")
    async with running({"prom": tool}, store, [bad, good]):
        await until(store, lambda: state(store, bad) == "failing" and state(store, good) == "ok")
    assert store.kept[bad.ref].message == "422: unclosed left parenthesis"
    assert store.points.get(bad.ref, {}) == {}


async def test_a_vanished_tool_leaves_unknown_and_its_return_is_seen() -> None:
    """Trap 6: nothing stays at its last good value because nobody answers."""
    tool, store, clock = Tool(truth=lambda _: 1.0), Store(), Clock()
    all_of_it = [wanted("up", f"s{n}") for n in range(8)]
    async with running({"prom": tool}, store, all_of_it, clock) as series:
        await until(store, lambda: all(state(store, one) == "ok" for one in all_of_it))
        tool.fault = Transient("refuses the connection")
        clock.move()
        line = series.lines["prom"]
        line.due.clear()
        line.bell.set()
        await until(store, lambda: all(state(store, one) == "failing" for one in all_of_it))
        asked = len(tool.asked)
        assert {store.kept[one.ref].message for one in all_of_it} == {"refuses the connection"}
        tool.fault = None
        clock.move(timedelta(hours=2))
        await until(store, lambda: all(state(store, one) == "ok" for one in all_of_it))
    assert asked < 8 + 8 * 6, "an outage of the tool is not asked about once a series"
    assert all(store.kept[one.ref].until == clock.at for one in all_of_it)


async def test_one_tool_that_is_away_holds_up_no_other_tool() -> None:
    dead, alive, store = Tool(fault=Transient("away")), Tool(), Store()
    one, other = wanted(connector="dead", service="a"), wanted(connector="alive", service="b")
    async with running({"dead": dead, "alive": alive}, store, [one, other]):
        await until(store, lambda: state(store, one) == "failing" and state(store, other) == "ok")


async def test_what_the_store_did_not_take_is_asked_for_again() -> None:
    tool, store, up = Tool(), Store(broken=True), wanted()
    async with running({"prom": tool}, store, [up]):
        async with asyncio.timeout(20):
            await store.refused.wait()
        assert store.kept == {}
        store.broken = False
        await until(store, lambda: state(store, up) == "ok")


async def test_another_query_begins_anew() -> None:
    tool, store, up = Tool(), Store(), wanted()
    wishes = [up]
    async with running({"prom": tool}, store, wishes) as series:
        await until(store, lambda: state(store, up) == "ok")
        other = replace(up, metric=replace(up.metric, query="other"))
        wishes[:] = [other]
        series.outdated()
        await until(store, lambda: store.kept[up.ref].digest == other.digest)
        await until(store, lambda: state(store, up) == "ok")
    assert tool.asked[-1][0] == "other"


async def test_a_past_that_is_too_much_is_asked_for_in_smaller_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tool, store, up = Tool(most=100_000), Store(), wanted()
    limit = timedelta(days=3, hours=13)
    answer = tool.ranged

    async def choosy(query, start, end, step):  # type: ignore[no-untyped-def]
        if end - start > limit:
            raise Misconfigured("422: query processing would load too many samples")
        return await answer(query, start, end, step)

    monkeypatch.setattr(tool, "ranged", choosy)
    async with running({"prom": tool}, store, [up]) as series:
        await until(store, lambda: state(store, up) == "ok")
        async with asyncio.timeout(20):
            while (store.kept[up.ref].since or NOON) > NOON - BACK:
                series.lines["prom"].past_due.clear()
                await asyncio.sleep(0.01)
    assert len(store.points[up.ref]) == BACK // STEP + 1
