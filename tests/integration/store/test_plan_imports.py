"""Imports of plans beside their readers, beside one another, and when their process is killed."""

import asyncio
import io
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from hub.errors import Misconfigured, Transient
from hub.services.plans.importing import Order, PlanImport
from hub.services.plans.rows import ItemRow
from hub.store import Database
from hub.store.plans import Plans
from tests.connectors.msproject import plans

pytestmark = pytest.mark.slow

HEAD = b'<Project xmlns="http://schemas.microsoft.com/project"><Title>Big</Title><Tasks>'
TASK = b"<Task><UID>%d</UID><Name>%b %d</Name><Milestone>%d</Milestone></Task>"


def plan(*uids: int, name: bytes = b"Task") -> bytes:
    """Write a plan; each hundredth task is a milestone."""
    tasks = b"".join(TASK % (uid, name, uid, uid % 100 == 0) for uid in uids)
    return HEAD + tasks + b"</Tasks></Project>"


FIRST, SECOND = plan(*range(1, 1301)), plan(*range(601, 2001), name=b"Other")


class Dead(BaseException):
    """What is left of a process that was killed."""


class Halting(Plans):
    """Waits or dies before a step."""

    def __init__(self, database: Database, *, dies: bool = False, before: str = "stage") -> None:
        super().__init__(database)
        self._dies, self._before = dies, before
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    async def _halt(self, step: str) -> None:
        if step == self._before:
            if self._dies:
                raise Dead
            self.reached.set()
            await self.go_on.wait()

    async def stage(self, number: int, rows: Sequence[ItemRow]) -> None:
        await super().stage(number, rows)
        await self._halt("stage")

    async def merge(self, *words: Any, **more: Any) -> Any:
        await self._halt("merge")
        return await super().merge(*words, **more)

    async def abandon(self, number: int) -> None:
        if not self._dies:
            await super().abandon(number)

    async def _sweep(self, number: int) -> None:
        await self._halt("sweep")
        await super()._sweep(number)


async def bring(store: Plans, data: bytes, **more: Any) -> dict[str, Any]:
    order = Order("file", "msproject", "plan.xml", None, "plan", "ada", **more)
    run = PlanImport(store, plans.importer(), plans.documents(), order)
    return await run.run(io.BytesIO(data))


async def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    return await database.read(lambda c: [tuple(row) for row in c.execute(text(query))])


async def shown(database: Database) -> tuple[int, int, set[str]]:
    """Return what readers see: how many tasks and milestones, their lowest number, their names."""
    query = "SELECT ord, title FROM item WHERE deleted_at IS NULL AND kind <> 'calendar'"
    found = await rows(database, query)
    numbers = [int(title.split()[1]) for _, title in found]
    return len(found), min(numbers, default=0), {title.split()[0] for _, title in found}


async def left(database: Database) -> list[int]:
    """Count what only an import under way may have."""
    hidden = "SELECT count(*) FROM item_row WHERE until IS NOT NULL"
    orphans = "SELECT count(*) FROM journal_part WHERE journal NOT IN (SELECT id FROM journal)"
    tables = [f"SELECT count(*) FROM {name}" for name in ("importing", "staging")]  # noqa: S608
    return [(await rows(database, query))[0][0] for query in (hidden, orphans, *tables)]


NOTHING = [0, 0, 0, 0]


async def test_readers_see_the_old_plan_until_they_see_the_new_one(fresh: Database) -> None:
    await bring(Plans(fresh), FIRST)
    before = await shown(fresh)
    assert before == (1300, 1, {"Task"})
    store = Halting(fresh, before="merge")
    under_way = asyncio.create_task(bring(store, SECOND, allow_removals=True))
    await store.reached.wait()
    assert await shown(fresh) == before
    store.go_on.set()
    changed = (await under_way)["changed"]
    assert changed == {"created": 700, "updated": 700, "removed": 600}
    assert await shown(fresh) == (1400, 601, {"Other"})
    assert await left(fresh) == NOTHING


async def test_a_task_that_returns_goes_on_counting_its_versions(fresh: Database) -> None:
    one = "SELECT version, deleted_at IS NULL FROM item WHERE ref = 'file:task:Big/3'"
    await bring(Plans(fresh), plan(1, 2, 3))
    assert await rows(fresh, one) == [(1, True)]
    gone = await bring(Plans(fresh), plan(1, 2))
    assert gone["changed"] == {"created": 0, "updated": 0, "removed": 1}
    assert await rows(fresh, one) == [(2, False)]
    again = await bring(Plans(fresh), plan(1, 2, 3))
    assert again["changed"] == {"created": 0, "updated": 1, "removed": 0}
    assert await rows(fresh, one) == [(3, True)]
    told = await rows(fresh, "SELECT type, version FROM change WHERE ref = 'file:task:Big/3'")
    assert told == [("created", 1), ("deleted", 2), ("updated", 3)]


@pytest.mark.parametrize("step", ["stage", "merge", "sweep"])
async def test_what_a_killed_import_left_is_gone_after_the_next_one(
    fresh: Database, step: str
) -> None:
    await bring(Plans(fresh), FIRST)
    with pytest.raises(Dead):
        await bring(Halting(fresh, dies=True, before=step), SECOND, allow_removals=True)
    merged = step == "sweep"
    assert (await shown(fresh))[0] == (1400 if merged else 1300)
    assert await left(fresh) != NOTHING
    await bring(Plans(fresh), FIRST, allow_removals=True)
    assert await shown(fresh) == (1300, 1, {"Task"})
    assert await left(fresh) == NOTHING


async def test_an_import_that_gave_no_sign_for_long_is_taken_for_killed(fresh: Database) -> None:
    with pytest.raises(Dead):
        await bring(Halting(fresh, dies=True), FIRST)
    await Plans(fresh).tidy()
    assert await left(fresh) != NOTHING, "it might still be alive"
    await fresh.write(lambda w: w.connection.execute(text("UPDATE importing SET at = 1")))
    await Plans(fresh).tidy()
    assert await left(fresh) == NOTHING
    assert await rows(fresh, "SELECT ref FROM item_row") == []


async def test_of_two_imports_of_one_plan_the_later_one_wins(fresh: Database) -> None:
    await bring(Plans(fresh), FIRST)
    early = Halting(fresh)
    losing = asyncio.create_task(bring(early, plan(*range(1, 1301), name=b"Lost")))
    await early.reached.wait()
    await bring(Plans(fresh), SECOND, allow_removals=True)
    early.go_on.set()
    with pytest.raises(Transient, match="import again"):
        await losing
    assert await shown(fresh) == (1400, 601, {"Other"})
    assert await left(fresh) == NOTHING


async def test_who_only_counts_takes_no_plan_over(fresh: Database) -> None:
    await bring(Plans(fresh), FIRST)
    early = Halting(fresh)
    under_way = asyncio.create_task(bring(early, SECOND, allow_removals=True))
    await early.reached.wait()
    with pytest.raises(Transient, match="is being imported right now"):
        await bring(Plans(fresh), FIRST, dry=True)
    early.go_on.set()
    await under_way
    assert await shown(fresh) == (1400, 601, {"Other"})
    assert await left(fresh) == NOTHING


async def test_counting_changes_nothing(fresh: Database) -> None:
    await bring(Plans(fresh), FIRST)
    before = await rows(fresh, "SELECT ref, since, until, version FROM item_row ORDER BY ref")
    report = await bring(Plans(fresh), SECOND, dry=True, allow_removals=True)
    assert report["changed"] == {"created": 700, "updated": 700, "removed": 600}
    after = await rows(fresh, "SELECT ref, since, until, version FROM item_row ORDER BY ref")
    assert after == before
    assert await left(fresh) == NOTHING


async def test_a_refused_removal_leaves_the_plan_and_nothing_else(fresh: Database) -> None:
    await bring(Plans(fresh), FIRST)
    with pytest.raises(Misconfigured, match="would remove 1299 of 1300"):
        await bring(Plans(fresh), plan(7))
    assert await shown(fresh) == (1300, 1, {"Task"})
    assert await left(fresh) == NOTHING


async def test_many_changes_are_told_by_milestones_and_the_project(fresh: Database) -> None:
    await bring(Plans(fresh), FIRST)
    seen = await fresh.clock()
    await bring(Plans(fresh), SECOND, allow_removals=True)
    query = f"SELECT kind, count(*) FROM change WHERE seq > {seen} GROUP BY kind ORDER BY kind"  # noqa: S608
    assert await rows(fresh, query) == [("milestone", 20), ("project", 1)]


async def test_a_plan_read_again_from_the_journal_is_not_stored_twice(fresh: Database) -> None:
    await bring(Plans(fresh), FIRST)
    ((number,),) = await rows(fresh, "SELECT id FROM journal")
    parts = await rows(fresh, "SELECT journal, n FROM journal_part")
    await bring(Plans(fresh), FIRST, stored=number)
    assert await rows(fresh, "SELECT id FROM journal") == [(number,)]
    assert await rows(fresh, "SELECT journal, n FROM journal_part") == parts
    assert await rows(fresh, "SELECT journal FROM project") == [(number,)]
