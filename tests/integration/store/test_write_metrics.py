"""Writes as metrics: the outbox of a real store, carried out by the sender."""

from collections.abc import AsyncIterator, Mapping

import pytest
from sqlalchemy import Connection, text

from hub.contract import Operation
from hub.errors import Misconfigured
from hub.services.acting.desk import Allowed
from hub.services.acting.metrics import families
from hub.services.acting.sender import Sender
from hub.services.acting.words import Write
from hub.services.instants import instant
from hub.store import Database
from hub.store.outbox import WAITS
from hub.store.sqlite import Sqlite
from tests.integration.store.bench import Bench, opened
from tests.integration.store.test_outbox import fired, wanted, wish

pytestmark = pytest.mark.slow

MAY = frozenset({Write.ACKNOWLEDGE.value})
ALLOWED = Allowed("alert", MAY, MAY, read_only=False)


class Tool:
    """A tool that takes what is said to it, but for the word no."""

    def __init__(self) -> None:
        self.held: set[str] = set()

    async def holds(self, operation: Operation) -> bool:
        return operation.key in self.held

    async def apply(self, operation: Operation) -> Mapping[str, object]:
        if operation.values["message"] == "no":
            raise Misconfigured("no right to")
        self.held.add(operation.key)
        return {}


@pytest.fixture
async def bench(fresh: Database) -> AsyncIterator[Bench]:
    async with opened(fresh) as bench:
        yield bench


@pytest.fixture
def sender(bench: Bench) -> Sender:
    return Sender(bench.stores.outbox, {"am": Tool(), "idle": Tool()}, {"am": ALLOWED})


async def told(bench: Bench, sender: Sender) -> dict[str, float]:
    """Return what the metrics say of `am`, by name or by how a write ended; the 0 of `idle`."""
    found = {}
    for family in await families(bench.stores.outbox, sender):
        for one in family.samples:
            name = one.name.removeprefix("milepost_connector_write")
            if one.labels["connector"] == "am":
                found[one.labels.get("state", name)] = one.value
            else:
                assert one.value == 0
                assert "oldest" not in name
    return found


NOTHING = {
    "confirmed": 0, "failed": 0, "refused": 0, "superseded": 0, "s_waiting": 0, "s_stopped": 0,
}  # fmt: skip


async def test_what_waits_and_since_when_and_how_it_ended(bench: Bench, sender: Sender) -> None:
    assert await told(bench, sender) == NOTHING
    ref = await fired(bench)
    for message in ("on it", "no"):
        await wanted(bench, wish(ref, message=message))
    ((first,),) = await bench.rows("SELECT min(created_at) FROM operation")
    since = {"_oldest_timestamp_seconds": instant(first).timestamp()}
    assert await told(bench, sender) == NOTHING | {"s_waiting": 2} | since
    while await sender.next("am"):
        pass
    assert await told(bench, sender) == NOTHING | {"confirmed": 1, "failed": 1}


async def test_while_writes_are_stopped_it_says_so_and_they_wait(
    bench: Bench, sender: Sender
) -> None:
    await bench.stores.outbox.stop_writes("am", stopped=True, who="ada")
    await wanted(bench, wish(await fired(bench)))
    assert not await sender.next("am")
    found = await told(bench, sender)
    assert (found["s_stopped"], found["s_waiting"], found["confirmed"]) == (1, 1, 0)
    await bench.stores.outbox.stop_writes("am", stopped=False, who="ada")
    assert await sender.next("am")
    assert await told(bench, sender) == NOTHING | {"confirmed": 1}


async def test_what_is_over_is_not_looked_through(bench: Bench) -> None:
    """The ledger only grows, and a scrape comes four times a minute."""
    explain = "EXPLAIN QUERY PLAN" if isinstance(bench.database, Sqlite) else "EXPLAIN"

    def plan(connection: Connection) -> str:
        if explain == "EXPLAIN":  # of so small a table it would rather read all
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        query = text(f"{explain} {WAITS.compile(connection)}")
        return str(connection.execute(query).all())

    assert "ix_operation_waiting" in await bench.database.read(plan)
