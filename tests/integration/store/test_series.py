"""Series and objectives on both stores: points once, gaps kept, terms, and what is told."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import func, select

from hub.services.measuring.points import FINE_KEPT, HOUR, HOURS_KEPT, STEP, floor, spread
from hub.services.measuring.ports import Told
from hub.services.measuring.turns import Kept, News
from hub.store import Database
from hub.store.measuring import StoredSeries
from hub.store.tables import change, measured_block

NOW = datetime(2026, 1, 5, 12, 34, tzinfo=UTC)
KEPT = Kept("latency@shop", "d1", NOW - HOUR, NOW, "failing", "422: no", NOW, NOW, NOW - STEP, 0.25)


@pytest.fixture
def series(fresh: Database) -> StoredSeries:
    return StoredSeries(fresh)


async def values(
    series: StoredSeries, step: timedelta, start: datetime, end: datetime
) -> list[float | None]:
    return spread(await series.blocks(KEPT.ref, step, start, end), step, start, end)


async def test_points_are_stored_once_and_gaps_stay_gaps(series: StoredSeries) -> None:
    first = {NOW - n * STEP: float(n) for n in (9, 8, 6, 5)}
    again = {NOW - n * STEP: float(n) for n in (6, 5, 3)}
    for points in (first, again, again):
        await series.keep([News(KEPT, points)], NOW)
    found = await values(series, STEP, NOW - 10 * STEP, NOW)
    assert found == [None, 9.0, 8.0, None, 6.0, 5.0, None, 3.0, None, None]


async def test_how_far_it_went_survives(series: StoredSeries) -> None:
    other = Kept("up@shop", "d2")
    await series.keep([News(KEPT), News(other)], NOW)
    assert dict(await series.series()) == {KEPT.ref: KEPT, "up@shop": other}


async def test_hours_are_the_means_of_their_minutes_also_where_those_are_not_kept(
    series: StoredSeries,
) -> None:
    start = floor(NOW - timedelta(days=20), HOUR)
    points = {start + n * STEP: float(n % 60) for n in range(180) if not 60 <= n < 100}
    await series.keep([News(KEPT, points)], NOW)
    assert await values(series, STEP, start, start + 3 * HOUR) == [None] * 180
    # Of the second hour a third is known: that is not enough to say anything of it.
    assert await values(series, HOUR, start, start + 3 * HOUR) == [29.5, None, 29.5]


async def test_many_series_in_one_write_do_not_mix(series: StoredSeries) -> None:
    news = [
        News(Kept(f"up@s{n}", "d", NOW, NOW), {NOW - (n % 90) * STEP: float(n)}) for n in range(120)
    ]
    await series.keep(news, NOW)
    for n in (0, 7, 95, 119):
        at = NOW - (n % 90) * STEP
        blocks = await series.blocks(f"up@s{n}", STEP, at, at + STEP)
        assert spread(blocks, STEP, at, at + STEP) == [float(n)]


async def test_points_of_another_query_take_the_place_of_the_old_ones(
    series: StoredSeries,
) -> None:
    await series.keep([News(KEPT, {NOW: 1.0})], NOW)
    other = Kept(KEPT.ref, "d2", NOW, NOW + STEP)
    await series.keep([News(other, {NOW + STEP: 2.0})], NOW)
    assert await values(series, STEP, NOW, NOW + 2 * STEP) == [None, 2.0]


async def test_blocks_over_their_term_go_and_no_others(
    series: StoredSeries, fresh: Database
) -> None:
    day = timedelta(days=1)
    for back in (0 * day, FINE_KEPT + day, HOURS_KEPT + 11 * day):
        start = floor(NOW - back - HOUR, HOUR)
        points = {start + n * STEP: 1.0 for n in range(60)}
        await series.keep([News(KEPT, points)], NOW - back)
    assert await series.forget(NOW) == 3
    assert await series.forget(NOW) == 0
    query = select(measured_block.c.step, func.count()).group_by(measured_block.c.step)
    left = await fresh.read(lambda c: {row[0]: row[1] for row in c.execute(query)})
    assert left == {60: 1, 3600: 1}


async def test_readers_are_told_when_an_objective_has_another_state(
    series: StoredSeries, fresh: Database
) -> None:
    def told(state: str, at: datetime) -> Told:
        return Told("answers", "shop", state, NOW, at, orjson.dumps({"state": state}))

    for state in ("calm", "calm", "page"):
        await series.tell([told(state, NOW + STEP)])
    assert (await series.told())["answers"] == told("page", NOW + STEP)
    await series.tell((), ["answers", "never there"])
    assert await series.told() == {}
    query = select(change).where(change.c.kind == "objective").order_by(change.c.seq)
    rows = await fresh.read(lambda c: c.execute(query).all())
    said = [(row.type, row.ref, row.cause) for row in rows]
    ref = "hub:objective:answers"
    assert said == [
        ("created", ref, "calm"), ("updated", ref, "page"), ("deleted", ref, "catalogue"),
    ]  # fmt: skip
