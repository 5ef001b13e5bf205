"""Numbers rise in commit order, whoever writes: who has seen n has seen everything before it."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from hub.services.changes import Change
from hub.services.feed import LiveFeed
from hub.services.ingest.rows import Snapshot, Touch, WriteSet
from hub.store import Database, Stores, open_database

pytestmark = pytest.mark.slow

WRITES = 40
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
async def other(fresh: Database, url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """Return the same store, opened as another process opens it."""
    del fresh
    database = open_database(url, tmp_path)
    await database.start(migrate=False)
    yield database
    await database.stop()


async def cold(database: Database, name: str) -> None:
    for n in range(WRITES):
        await database.write(lambda w, n=n: w.tell("created", f"{name}-{n}", "mapping", 1, name))  # type: ignore[misc]


async def hot(database: Database, name: str) -> None:
    for n in range(WRITES):

        def decide(seen: Snapshot, n: int = n) -> WriteSet:
            change = Change(seen.seq + 1, NOW, "created", f"{name}-{n}", "alert", 1, name)
            return WriteSet(seen.seq + 1, seen.incident_no, changes=[change])

        await database.commit([], decide)


async def test_writers_of_two_processes_share_one_order(fresh: Database, other: Database) -> None:
    seen: list[int] = []
    over = asyncio.Event()

    async def reader() -> None:
        """Read as a browser does: only what is after the last number seen."""
        log = Stores(other).changes
        while not over.is_set() or len(seen) < 4 * WRITES:
            seen.extend(c.seq for c in await log.changes(seen[-1] if seen else 0, 1000))
            await asyncio.sleep(0)

    reading = asyncio.create_task(reader())
    await asyncio.gather(
        cold(fresh, "cold-a"), hot(fresh, "hot-a"), cold(other, "cold-b"), hot(other, "hot-b")
    )
    over.set()
    await asyncio.wait_for(reading, 60)
    assert seen == list(range(1, 4 * WRITES + 1))
    rows = await fresh.read(lambda c: c.execute(text("SELECT ref FROM change ORDER BY seq")).all())
    refs = [row.ref for row in rows]
    for name in ("cold-a", "cold-b", "hot-a", "hot-b"):
        assert [r for r in refs if r.startswith(name)] == [f"{name}-{n}" for n in range(WRITES)]


async def test_what_another_process_commits_is_told_in_order(
    fresh: Database, other: Database
) -> None:
    feed = LiveFeed(Stores(fresh).changes)
    fresh.told = feed.told
    heard: list[int] = []
    feed.listeners.append(lambda changes: heard.extend(change.seq for change in changes))
    await feed.start()
    await asyncio.gather(cold(fresh, "own"), hot(fresh, "hot"), cold(other, "foreign"))
    while feed.last_seq < 3 * WRITES:  # noqa: ASYNC110 - it polls, as a reader of the store must
        await asyncio.sleep(0.05)
    await feed.stop()
    assert heard == list(range(1, 3 * WRITES + 1))
    assert len((await feed.after(0)).changes) == 3 * WRITES


@pytest.mark.needs_system("postgres")
async def test_a_decision_that_was_overtaken_is_made_anew(postgres: str, tmp_path: Path) -> None:
    database = open_database(postgres, tmp_path)
    await database.start(migrate=True)
    asked: list[int] = []

    def decide(seen: Snapshot) -> WriteSet:
        asked.append(seen.seq)
        if len(asked) == 1:
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(asyncio.run, _overtake(postgres, tmp_path)).result()
        return WriteSet(seen.seq + 1, seen.incident_no + 1)

    done = await database.commit([], decide)
    number = await database.read(_incident_no)
    await database.stop()
    assert asked == [0, 1]
    assert (done.seq, number) == (2, 1)


async def _overtake(url: str, folder: Path) -> None:
    other = open_database(url, folder)
    await other.start(migrate=False)
    await other.write(lambda w: w.tell("created", "x", "mapping", 1, "other"))
    await other.stop()


def _incident_no(connection: Connection) -> int:
    return int(connection.execute(text("SELECT incident_no FROM clock")).scalar_one())


async def test_touching_an_alert_that_is_not_there_is_nothing(fresh: Database) -> None:
    done = await fresh.commit(
        ["am:alert:none"],
        lambda seen: WriteSet(seen.seq, seen.incident_no, touches=[Touch("am:alert:none", 1, 1)]),
    )
    assert done.seq == 0
