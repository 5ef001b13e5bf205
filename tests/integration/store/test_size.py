"""What is read at size: by which index, and what was counted is not counted again."""

import orjson
import pytest
from sqlalchemy import Connection, Select, select, text

from hub.services.board import Listing, ListQuery
from hub.store import Database
from hub.store.specs import SPECS
from tests.integration.store.bench import Bench, alert

pytestmark = pytest.mark.slow


@pytest.fixture
async def bench(bench: Bench) -> Bench:
    """Return an ingest with three alerts that fire and one that ended."""
    await bench.told(
        alert("Low", bench.now, severity="info"),
        alert("High", bench.at(-3600), severity="critical"),
        alert("Mid", bench.at(-1800), severity="warning"),
        alert("Over", bench.at(-900), ends_at=bench.at(-600), severity="critical"),
    )
    return bench


async def plan_of(database: Database, query: Select[tuple[object]]) -> str:
    def explained(connection: Connection) -> str:
        made = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        if connection.dialect.name != "sqlite":
            # What a small table is read by says nothing of a large one.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        return " ".join(str(row[-1]) for row in connection.exec_driver_sql(f"{word} {made}"))

    return await database.read(explained)


async def titles(bench: Bench, kind: str, query: ListQuery) -> list[str]:
    listing = await bench.stores.board.page(kind, query)
    assert isinstance(listing, Listing), listing
    return [orjson.loads(item)["title"] for item in listing.items]


async def test_the_loudest_firing_alerts_are_found_without_reading_their_rows(bench: Bench) -> None:
    spec = SPECS["alerts"]
    query = (
        select(spec.key)
        .where(spec.filters["status"](("firing",)))
        .order_by(spec.sorts["severity"].desc())
    )
    plan = await plan_of(bench.database, query)
    assert "ix_alert_firing" in plan
    firing = {"status": ("firing",)}
    asked = ListQuery(filters=firing, sort="-severity")
    assert await titles(bench, "alerts", asked) == ["High", "Mid", "Low"]
    everything = ListQuery(filters={"status": ("firing", "resolved")}, sort="starts_at")
    assert await titles(bench, "alerts", everything) == ["High", "Mid", "Over", "Low"]


async def test_the_newest_incidents_are_found_by_their_index(bench: Bench) -> None:
    spec = SPECS["incidents"]
    plan = await plan_of(
        bench.database, select(spec.key).order_by(spec.sorts["opened_at"].desc(), spec.key.desc())
    )
    assert "ix_incident_opened" in plan


async def test_links_that_wait_for_a_person_are_found_by_their_index(bench: Bench) -> None:
    spec = SPECS["links"]
    waiting = select(spec.key).where(spec.filters["state"](("suggested",)))
    plan = await plan_of(bench.database, waiting.order_by(spec.sorts["at"].desc(), spec.key.desc()))
    assert "ix_link_suggested" in plan


async def test_an_incident_names_those_alerts_first_that_fire(bench: Bench) -> None:
    await bench.told(alert("High", bench.at(-3600), ends_at=bench.at(-60), severity="critical"))
    listing = await bench.stores.board.page("incidents", ListQuery())
    assert isinstance(listing, Listing)
    named = [ref for item in listing.items for ref in orjson.loads(item)["alerts"]]
    assert named[-1:] == await bench.refs("High")
    assert set(named) == set(await bench.refs("Low", "Mid", "High"))


async def test_what_came_since_the_last_look_is_added_to_what_was_counted(bench: Bench) -> None:
    board = bench.stores.board
    assert ((await board.freshness())["am"]).deliveries == 1
    await bench.told(alert("More", bench.now), alert("Most", bench.now))
    found = (await board.freshness())["am"]
    assert (found.deliveries, found.records) == (2, 6)
    assert found.last_received_at == bench.now


async def test_a_delivery_that_was_counted_is_not_read_again(bench: Bench) -> None:
    board = bench.stores.board
    await board.freshness()
    await bench.database.write(
        lambda w: w.connection.execute(text("UPDATE journal SET records = 1000"))
    )
    assert (await board.freshness())["am"].records == 4
