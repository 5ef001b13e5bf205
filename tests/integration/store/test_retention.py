"""What is over its term is removed, on both stores, but for what a replay needs to tell of now."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from hub.services.feed import LiveFeed
from hub.services.ingest.rows import QuarantineRow
from hub.services.instants import micros
from hub.services.replaying import ReplayDesk
from hub.services.retention import Retention, Terms
from hub.store import attic
from tests.integration.hub.samples import day, plan
from tests.integration.store.bench import ADA, Bench, alert

pytestmark = pytest.mark.slow

MONTH = timedelta(days=30)
FOREVER = Terms(None, None, None)
ALL = Terms(MONTH, MONTH, MONTH)


async def look(bench: Bench, terms: Terms = ALL) -> dict[str, int]:
    """Remove what is old by now."""
    keeper = Retention(bench.stores.attic, terms, now=lambda: bench.now, pause=timedelta())
    return await keeper.look()


async def aged(bench: Bench, table: str, column: str, days: int) -> None:
    """Make all rows of a table older; what the hub stamps itself bears the present."""
    back = micros(datetime.fromtimestamp(0, UTC) + timedelta(days=days))
    statement = text(f"UPDATE {table} SET {column} = {column} - {back}")  # noqa: S608
    await bench.database.write(lambda w: w.connection.execute(statement))


async def deliveries(bench: Bench) -> list[int]:
    return [number for (number,) in await bench.rows("SELECT id FROM journal ORDER BY id")]


async def test_an_alert_that_is_over_loses_its_deliveries_and_stays(bench: Bench) -> None:
    await bench.told(alert("Gone", bench.now))
    await bench.told(alert("Gone", bench.now, ends_at=bench.at(60)))
    await bench.after(3600)
    bench.now += MONTH + timedelta(days=1)
    await bench.told(alert("New", bench.now))
    (newest,) = (await deliveries(bench))[2:]
    assert (await look(bench))["deliveries"] == 2
    assert await deliveries(bench) == [newest]
    assert len(await bench.refs("Gone", "New")) == 2
    (gone,) = await bench.refs("Gone")
    shown = await bench.stores.board.one("alerts", gone)
    assert shown is not None
    assert b'"raw":null' in shown


async def test_what_an_open_alert_came_from_can_be_replayed_for_ever(bench: Bench) -> None:
    first = bench.now
    await bench.told(alert("Old", first))
    await bench.told(alert("Old", first))  # a repeat says nothing that a replay needs
    await bench.told(alert("Other", first, service="pay"))
    await bench.told(alert("Other", first, ends_at=bench.at(60), service="pay"))
    begun, repeat, *_ = await deliveries(bench)
    await bench.after(3600)
    bench.now += 4 * MONTH
    await look(bench)
    assert await deliveries(bench) == [begun]
    assert begun < repeat
    desk = ReplayDesk(
        bench.stores.deliveries, bench.intake, bench.work, bench.receivers, _no_plan, ["am"]
    )  # fmt: skip
    report = await desk.start(None, None, diff=False, who=ADA)
    assert isinstance(report, dict)
    assert (report["records"], report["created"], report["quarantined"]) == (1, 0, 0)


async def test_a_resolved_alert_of_an_open_incident_keeps_what_it_came_from(bench: Bench) -> None:
    await bench.told(alert("Fires", bench.now), alert("Ends", bench.now))
    await bench.told(alert("Ends", bench.now, ends_at=bench.at(60)))
    kept = await deliveries(bench)
    await bench.after(60)
    bench.now += 4 * MONTH
    await look(bench)
    assert set((await bench.states()).values()) == {"open"}
    assert await deliveries(bench) == kept


async def test_the_newest_file_of_a_plan_stays_and_the_ones_before_go(bench: Bench) -> None:
    await bench.bring_in(plan({"Go-live": day(9)}))
    await bench.bring_in(plan({"Go-live": day(10)}))
    await aged(bench, "journal", "received_at", 40)
    older, newest = await deliveries(bench)
    assert (await look(bench))["deliveries"] == 1
    assert await deliveries(bench) == [newest]
    parts = await bench.rows("SELECT DISTINCT journal FROM journal_part")
    assert parts == [(newest,)]
    assert older < newest


async def test_a_file_of_many_parts_goes_part_by_part(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.bring_in(plan({"Go-live": day(9)}))
    await bench.bring_in(plan({"Go-live": day(10)}))
    await aged(bench, "journal", "received_at", 40)
    older, newest = await deliveries(bench)
    more = text(
        "INSERT INTO journal_part (journal, n, body) SELECT journal, n + :n, body FROM "
        "journal_part WHERE journal = :number AND n = 0"
    )
    for n in range(1, 6):
        values = {"n": n, "number": older}
        await bench.database.write(lambda w, v=values: w.connection.execute(more, v))  # type: ignore[misc]
    monkeypatch.setattr(attic, "PARTS", 2)
    await look(bench)
    assert await bench.rows("SELECT DISTINCT journal FROM journal_part") == [(newest,)]


async def test_pieces_end_where_the_young_begin(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DELIVERIES", "CHANGES", "QUARANTINED"):
        monkeypatch.setattr(attic, name, 2)
    for n in range(5):
        await bench.told(alert(f"Over {n}", bench.at(-3600), ends_at=bench.at(-60)))
        await bench.stores.ingest.keep_evidence(unfit(n, bench.now))
    await aged(bench, "change", "at", 40)
    bench.now += MONTH + timedelta(days=1)
    await bench.told(alert("Now", bench.now))
    before = await bench.rows("SELECT seq FROM change ORDER BY seq")
    removed = await look(bench)
    assert removed["deliveries"] == removed["quarantined"] == 5
    left = await bench.rows("SELECT seq, at FROM change ORDER BY seq")
    assert 0 < len(left) == len(before) - removed["changes"]
    assert all(at > micros(bench.now - MONTH) for _, at in left)
    assert await look(bench) == {"quarantined": 0, "deliveries": 0, "changes": 0}


async def test_what_may_still_be_mapped_keeps_its_delivery(bench: Bench) -> None:
    await bench.told(alert("Over", bench.at(-3600), ends_at=bench.at(-60)))
    (number,) = await deliveries(bench)
    row = unfit(1, bench.now)._replace(receipt=f"am:{number}", state="open")
    await bench.stores.ingest.keep_evidence(row)
    bench.now += 2 * MONTH
    terms = Terms(changes=None, deliveries=MONTH, quarantined=None)
    assert (await look(bench, terms))["deliveries"] == 0
    assert (await look(bench))["deliveries"] == 1


async def test_nothing_goes_where_no_term_is_set(bench: Bench) -> None:
    await bench.told(alert("Over", bench.at(-3600), ends_at=bench.at(-60)))
    bench.now += 100 * MONTH
    assert sum((await look(bench, FOREVER)).values()) == 0


async def test_who_missed_changes_that_are_gone_is_told_of_a_gap(bench: Bench) -> None:
    await bench.told(alert("One", bench.now))
    seen = await bench.database.clock()
    await bench.told(alert("Two", bench.now, service="pay"))
    feed = LiveFeed(bench.stores.changes)
    await feed.start()
    try:
        assert not (await feed.after(seen)).gap
        bench.now += 2 * MONTH
        await look(bench)
        assert (await feed.after(seen)).gap
        newest = (await bench.rows("SELECT max(seq) FROM change"))[0][0]
        whole = await feed.after(newest)
        assert (whole.gap, whole.changes) == (False, ())
        assert len(await bench.rows("SELECT seq FROM change")) == 1
    finally:
        await feed.stop()


async def test_what_a_person_changed_counts_when_its_change_is_gone(bench: Bench) -> None:
    await bench.told(alert("A", bench.now))
    await bench.edit(1, title="What it is")
    await bench.stores.ingest.keep_evidence(unfit(1, bench.now))
    bench.now += 2 * MONTH
    await look(bench, Terms(MONTH, None, None))
    assert len(await bench.rows("SELECT seq FROM change")) == 1
    await bench.told(alert("B", bench.now))
    await bench.told(alert("A", bench.now, ends_at=bench.now))
    assert await bench.rows("SELECT title FROM incident WHERE no = 1") == [("What it is",)]


def unfit(n: int, at: datetime) -> QuarantineRow:
    return QuarantineRow(
        f"am:{n}!", "", "am", "prometheus.delivery", "$", "no", "refused", micros(at), 0, None
    )


async def _no_plan(*_: object) -> dict[str, int]:
    raise AssertionError("there is no plan here")
