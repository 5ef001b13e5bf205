"""What a piece of work reads is of one moment; a store that hangs does not hang the hub."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Connection, text

from hub.errors import Transient
from hub.services.ingest.rows import Snapshot, WriteSet
from hub.store import Database, open_database

pytestmark = pytest.mark.slow


def meanwhile(work: Callable[[], Awaitable[None]]) -> None:
    """Run something elsewhere, and wait for it."""

    async def run() -> None:
        await work()

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(asyncio.run, run()).result()


async def test_all_that_is_read_at_once_is_of_one_moment(
    fresh: Database, url: str, tmp_path: Path
) -> None:
    async def write() -> None:
        other = open_database(url, tmp_path)
        await other.start(migrate=False)
        await other.write(lambda w: w.number())
        await other.stop()

    def read(connection: Connection) -> list[int]:
        query = text("SELECT seq FROM clock")
        before = connection.execute(query).scalar_one()
        meanwhile(write)
        return [before, connection.execute(query).scalar_one()]

    assert await fresh.read(read) == [0, 0]
    assert await fresh.clock() == 1


def next_number(seen: Snapshot) -> WriteSet:
    return WriteSet(seen.seq + 1, seen.incident_no)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.mark.needs_system("postgres")
async def test_a_commit_that_gets_no_answer_is_given_up(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.postgres._COMMAND_SECONDS", 0.5)
    database = open_database(postgres, tmp_path)
    await database.start(migrate=True)
    async with connected(postgres) as holder:
        async with holder.transaction():
            await holder.execute("SELECT 1 FROM clock FOR UPDATE")
            with pytest.raises(Transient):
                await database.commit([], next_number)
        assert (await database.commit([], next_number)).seq == 1
        mine = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        await holder.execute("SELECT pg_sleep(0.5)")  # a server lets go of clients in its time
        assert await holder.fetchval(mine) <= 3  # the holder, the pool, and one that commits
    await database.stop()
