"""Plans in a real store: what an import leaves behind, and what it tells."""

import asyncio
import io
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from hub.services.plans.importing import Order, PlanImport
from hub.services.plans.rows import ItemRow
from hub.store.plans import Plans
from hub.store.sqlite import Sqlite
from tests.connectors.msproject import plans

FILE = (plans.FIXTURES / "people.xml").read_bytes()

TASK = b"<Task><UID>%(n)d</UID><ID>%(n)d</ID><Name>Task %(n)d</Name></Task>"


def many_tasks(count: int) -> bytes:
    head = FILE.partition(b"<Tasks>")[0]
    tasks = b"".join(TASK % {b"n": n} for n in range(1, count + 1))
    return head + b"<Tasks>" + tasks + b"</Tasks></Project>"


class Slow(Plans):
    """Stays in its second staging until it is told to go on."""

    def __init__(self, database: Sqlite) -> None:
        super().__init__(database)
        self.staged, self.reached, self.go_on = 0, asyncio.Event(), asyncio.Event()

    async def stage(self, number: int, rows: Sequence[ItemRow]) -> None:
        self.staged += 1
        if self.staged > 1:
            self.reached.set()
            await self.go_on.wait()
        await super().stage(number, rows)


async def bring(store: Plans, data: bytes = FILE) -> None:
    order = Order("file", "msproject", "plan.xml", None, "plan", "ada")
    run = PlanImport(store, plans.importer(), plans.documents(), order)
    await run.run(io.BytesIO(data))


async def rows(database: Sqlite, query: str) -> Sequence[tuple[object, ...]]:
    return await database.read(lambda c: [tuple(row) for row in c.execute(text(query))])


async def test_the_bytes_of_a_merged_file_stay_when_its_answer_was_lost(database: Sqlite) -> None:
    store = Plans(database)
    await bring(store)
    ((number,),) = await rows(database, "SELECT id FROM journal")
    assert isinstance(number, int)
    await store.abandon(number)
    assert await rows(database, "SELECT journal FROM journal_part") == [(number,)]
    other = await store.begin()
    await store.keep_part(other, 0, b"half")
    await store.abandon(other)
    assert await rows(database, "SELECT journal FROM journal_part") == [(number,)]


@pytest.mark.slow
async def test_an_import_that_is_stopped_halfway_removes_nothing_of_the_plan(
    database: Sqlite,
) -> None:
    file, store = many_tasks(3000), Slow(database)
    await bring(Plans(database), file)
    under_way = asyncio.create_task(bring(store, file))
    await store.reached.wait()
    under_way.cancel()
    await asyncio.sleep(0)  # it hears of it now
    store.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await under_way
    await asyncio.sleep(0.5)  # where the thread went on, it would be done by now
    query = "SELECT count(*) FROM item WHERE kind = 'task' AND deleted_at IS NULL"
    assert await rows(database, query) == [(3000,)]
    assert await rows(database, "SELECT count(*) FROM staging") == [(0,)]
    assert len(await rows(database, "SELECT id FROM journal")) == 1


async def told(database: Sqlite, after: int) -> list[tuple[object, ...]]:
    query = f"SELECT type, ref, version FROM change WHERE seq > {after} AND kind = 'project'"  # noqa: S608
    return [*await rows(database, query)]


async def test_a_plan_is_told_when_only_the_project_itself_changed(database: Sqlite) -> None:
    await bring(Plans(database))
    seen = await database.clock()
    longer = FILE.replace(b"<MinutesPerDay>480<", b"<MinutesPerDay>600<")
    assert longer != FILE
    await bring(Plans(database), longer)
    assert await told(database, seen) == [("updated", "file:project:People", 2)]


async def test_the_same_file_again_is_no_new_version(database: Sqlite) -> None:
    await bring(Plans(database))
    seen = await database.clock()
    await bring(Plans(database))
    assert await told(database, seen) == []
    assert await rows(database, "SELECT version FROM project") == [(1,)]
