"""The schema: made by migrations only, the same on both stores, and never a stranger's."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Connection, inspect, text

from hub.errors import Misconfigured
from hub.store import Database, hot_postgres, hot_sqlite, open_database, schema
from hub.store.database import Writing
from hub.store.tables import metadata

pytestmark = pytest.mark.slow


async def run(url: str, folder: Path, statement: str) -> None:
    """Change a store behind the hub's back."""
    if url == "sqlite":
        with closing(sqlite3.connect(folder / "milepost.db")) as raw:
            raw.execute(statement)
            raw.commit()
        return
    plug = await asyncpg.connect(url)
    await plug.execute(statement)
    await plug.close()


@pytest.mark.parametrize("statement", hot_sqlite.STATEMENTS)
async def test_each_hot_statement_prepares_on_sqlite(statement: str, tmp_path: Path) -> None:
    database = open_database("sqlite", tmp_path)
    await database.start(migrate=True)
    await database.stop()
    with closing(sqlite3.connect(tmp_path / "milepost.db")) as raw:
        places = statement.count("?")
        values = [None] * (3 if "?3" in statement else places)
        assert raw.execute(f"EXPLAIN {statement}", values).fetchall()


@pytest.mark.needs_system("postgres")
async def test_each_hot_statement_prepares_on_postgres(postgres: str, tmp_path: Path) -> None:
    database = open_database(postgres, tmp_path)
    await database.start(migrate=True)
    await database.stop()
    plug = await asyncpg.connect(postgres)
    for statement in hot_postgres.STATEMENTS:
        prepared = await plug.prepare(statement)
        assert prepared.get_parameters()
    await plug.close()


async def test_the_migrated_schema_is_the_declared_one(fresh: Database) -> None:
    assert await fresh.read(schema.drift) == []
    names = await fresh.read(lambda c: set(inspect(c).get_table_names()))
    assert names == {*metadata.tables, "alembic_version"}


async def test_migrating_again_does_nothing(fresh: Database, url: str, tmp_path: Path) -> None:
    await fresh.write(lambda w: w.tell("created", "x", "mapping", 1, "test"))
    again = open_database(url, tmp_path)
    await again.start(migrate=True)
    assert await again.clock() == await fresh.clock() > 0
    assert await again.read(schema.drift) == []
    await again.stop()


async def test_several_that_migrate_at_once_make_one_schema(url: str, tmp_path: Path) -> None:
    made = [open_database(url, tmp_path) for _ in range(4)]
    await asyncio.gather(*(one.start(migrate=True) for one in made))
    assert await made[0].read(schema.drift) == []
    clocks = await made[0].read(lambda c: len(c.execute(text("SELECT id FROM clock")).all()))
    assert clocks == 1
    for one in made:
        await one.stop()


async def test_a_strangers_tables_are_left_alone(url: str, tmp_path: Path) -> None:
    await run(url, tmp_path, "CREATE TABLE customers (id INTEGER)")
    database = open_database(url, tmp_path)
    with pytest.raises(Misconfigured, match=r"customers.*give Milepost a database of its own"):
        await database.start(migrate=True)
    await database.stop()


async def test_a_newer_schema_is_refused_with_the_remedy(
    fresh: Database, url: str, tmp_path: Path
) -> None:
    del fresh
    await run(url, tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    for migrate in (True, False):
        database = open_database(url, tmp_path)
        with pytest.raises(Misconfigured, match="9999") as refused:
            await database.start(migrate=migrate)
        assert "release" in str(refused.value)
        await database.stop()


@pytest.mark.parametrize(
    ("statement", "lacking"),
    [
        ("DROP TABLE move", "the table move"),
        ("DROP VIEW item", "the table item"),
        ("ALTER TABLE alert DROP COLUMN ack", "the column alert.ack"),
        ("DROP INDEX ix_occurrence_late", "the index ix_occurrence_late"),
    ],
)
async def test_a_store_of_before_the_first_release_is_refused_with_the_remedy(
    fresh: Database, url: str, tmp_path: Path, statement: str, lacking: str
) -> None:
    del fresh
    await run(url, tmp_path, statement)
    for migrate in (True, False):
        database = open_database(url, tmp_path)
        with pytest.raises(Misconfigured, match=f"lacks {lacking};") as refused:
            await database.start(migrate=migrate)
        assert "another --data folder or database" in str(refused.value)
        assert "RESET=1 make demo" in str(refused.value)
        await database.stop()


async def test_what_a_store_lacks_is_named_shortly(
    fresh: Database, url: str, tmp_path: Path
) -> None:
    del fresh
    for table in ("move", "audit", "change", "sample", "watched"):
        await run(url, tmp_path, f"DROP TABLE {table}")
    database = open_database(url, tmp_path)
    with pytest.raises(Misconfigured, match=r"lacks (the table \w+, ){2}the table \w+ and 2 more;"):
        await database.start(migrate=True)
    await database.stop()


async def test_an_empty_store_is_refused_by_what_does_not_migrate(url: str, tmp_path: Path) -> None:
    database = open_database(url, tmp_path)
    with pytest.raises(Misconfigured, match="run `milepost serve`"):
        await database.start(migrate=False)
    await database.stop()


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "milepost.db").write_bytes(b"this is no database, but long enough to be read" * 99)
    database = open_database("sqlite", tmp_path)
    with pytest.raises(Misconfigured, match="cannot be opened as the store"):
        await database.start(migrate=True)
    await database.stop()


async def test_a_write_that_fails_leaves_nothing(fresh: Database) -> None:
    def work(writing: Writing) -> None:
        writing.tell("created", "half", "mapping", 1, "test")
        writing.note("test", "half", "half")
        raise RuntimeError("in the middle")

    before = await fresh.clock()
    with pytest.raises(RuntimeError, match="in the middle"):
        await fresh.write(work)
    assert await fresh.clock() == before
    assert await fresh.read(_changes) == []
    await fresh.write(lambda w: w.tell("created", "whole", "mapping", 1, "test"))
    assert await fresh.read(_changes) == [(before + 1, "whole")]


def _changes(connection: Connection) -> list[tuple[int, str]]:
    rows = connection.execute(text("SELECT seq, ref FROM change ORDER BY seq"))
    return [(row.seq, row.ref) for row in rows]
