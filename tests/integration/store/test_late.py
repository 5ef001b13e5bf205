"""Onsets that come to light late, long after and in the middle of other things."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from hub.errors import Transient
from hub.services.ingest.rows import Snapshot, WriteSet
from tests.integration.store.bench import Bench, alert

pytestmark = pytest.mark.slow


@contextmanager
def breaking(bench: Bench) -> Iterator[None]:
    """Let nothing be stored: what was decided is lost."""

    async def full(refs: Sequence[str], decide: Callable[[Snapshot], WriteSet]) -> WriteSet:
        del refs, decide
        raise Transient("the store is full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench.stores.ingest, "commit", full)
        yield


async def members(bench: Bench) -> dict[str, int]:
    return dict(await bench.rows("SELECT title, incident FROM alert ORDER BY title"))


async def together(bench: Bench) -> set[int]:
    grouped = await members(bench)
    return {grouped[name] for name in "ABCD"}


async def test_an_incident_that_is_long_over_is_not_written_over(bench: Bench) -> None:
    first, last = bench.at(-100), bench.at(-10)
    await bench.told(alert("A", first), alert("B", last))
    await bench.told(alert("A", first, ends_at=bench.now), alert("B", last, ends_at=bench.now))
    await bench.after(61)
    await bench.after(3700)  # it is forgotten: nothing joins it any more
    about = "SELECT title, status, alerts, version FROM incident WHERE no = 1"
    before = await bench.rows(about)
    await bench.told(alert("C", first))
    await bench.after(1)
    assert await bench.rows(about) == before
    assert await members(bench) == {"A": 1, "B": 1, "C": 2}


@pytest.mark.parametrize("meanwhile", ["nothing", "an edit", "an edit and more alerts", "a fault"])
async def test_what_happens_meanwhile_does_not_leave_late_onsets_apart(
    bench: Bench, meanwhile: str
) -> None:
    await bench.told(alert("A", bench.at(-1000)), alert("D", bench.at(-600)))
    await bench.told(alert("B", bench.at(-850)), alert("C", bench.at(-720)))
    assert len(await together(bench)) > 1
    if meanwhile.startswith("an edit"):
        await bench.edit(1, status="acknowledged")
    if meanwhile.endswith("more alerts"):
        await bench.told(alert("E", bench.now, service="pay"))
    if meanwhile == "a fault":
        with breaking(bench), pytest.raises(Transient):
            await bench.after(1)
    for _ in range(100):  # regrouping takes its time: a tenth of all at most
        if await together(bench) == {1}:
            break
        await bench.after(1)
        await asyncio.sleep(0.02)
    assert await together(bench) == {1}


async def test_what_is_read_again_knows_how_old_a_large_incident_is(bench: Bench) -> None:
    seconds = range(-880, -80, 20)
    await bench.told(*(alert(f"T{-at}", bench.at(at)) for at in seconds))
    assert set((await members(bench)).values()) == {1}
    await bench.edit(1, status="acknowledged")  # what was known is read again
    # An incident of 780 s bears 24 s of silence; the newest 20 alone would bear 104 s.
    await bench.told(alert("Later", bench.at(-50)))
    assert (await members(bench))["Later"] == 2


async def test_an_older_firing_is_late_once_however_often_it_is_sent(bench: Bench) -> None:
    older, oldest = alert("A", bench.at(-1000)), alert("A", bench.at(-1500))
    await bench.told(alert("A", bench.at(-500)))
    for _ in range(3):
        await bench.told(older, oldest, older)
    events = "SELECT event, count(*), count(DISTINCT source_key) FROM occurrence GROUP BY event"
    assert {event: counts for event, *counts in await bench.rows(events)} == {
        "fired": [1, 1],
        "late": [2, 2],
    }


async def test_a_firing_is_no_late_one_and_comes_as_often_as_it_is(bench: Bench) -> None:
    for at in (-900, -600, -10):
        await bench.told(alert("A", bench.at(at)), alert("B", bench.at(at)))
    fired = "SELECT count(*) FROM occurrence WHERE event <> 'late'"
    assert await bench.rows(fired) == [(6,)]


async def test_a_late_end_of_a_former_key_does_not_hide_the_end_of_the_newest(bench: Bench) -> None:
    first, last = bench.at(-600), bench.at(-200)
    await bench.told(alert("A", first))
    await bench.told(alert("A", last))
    await bench.told(alert("A", first, ends_at=bench.at(-250)))
    assert await bench.rows("SELECT status FROM alert") == [("firing",)]
    await bench.told(alert("A", last, ends_at=bench.at(-10)))
    assert await bench.rows("SELECT status FROM alert") == [("resolved",)]
