"""Plans in a real store: what an import leaves behind, and what it tells."""

import io
from collections.abc import Sequence

from sqlalchemy import text

from hub.services.plans.importing import Order, PlanImport
from hub.store.plans import Plans
from hub.store.sqlite import Sqlite
from tests.connectors.msproject import plans

FILE = (plans.FIXTURES / "people.xml").read_bytes()


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
