"""Bring a database to the schema of this release, or refuse a foreign one with the remedy."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.engine.reflection import ObjectKind

from hub.errors import Misconfigured
from hub.store.tables import item, metadata


class EmptyStore(Misconfigured):
    """There is nothing in the database yet; whether that is a fault, the caller knows."""


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """Return the revision that this release needs."""
    script = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    revision = script.get_current_head()
    assert revision is not None  # noqa: S101 - the package ships at least one revision
    return revision


def current(connection: Connection) -> str | None:
    """Return the revision a database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(connection: Connection) -> bool:
    """Bring the database to `head`; tell whether anything was done.

    Raises: Misconfigured, when the database belongs to something else or to a newer release.
    """
    at = current(connection)
    if at == head():
        return False
    if at is None:
        foreign = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
        if foreign:
            raise Misconfigured(
                f"the database already holds tables that are not Milepost's ({foreign[0]}, …): "
                "give Milepost a database of its own"
            )
    elif at not in _known():
        raise _newer(at)
    command.upgrade(_config(connection), "head")
    return True


def require(connection: Connection) -> None:
    """Refuse a database that is not at `head`.

    Raises: Misconfigured, with the remedy; EmptyStore, when there is nothing at all.
    """
    at = current(connection)
    if at is None:
        raise EmptyStore("the store is empty: run `milepost serve` or `milepost import` first")
    if at not in _known():
        raise _newer(at)
    if at != head():
        raise Misconfigured(
            f"the store's schema is {at}, this release needs {head()}: start `milepost serve` once "
            "to migrate it"
        )


def prepare(connection: Connection, *, upgrade: bool, create: bool) -> None:
    """Bring a database up to date, make an empty one, or require it; then see that it is whole.

    Raises: Misconfigured, with the remedy.
    """
    if upgrade or (create and current(connection) is None):
        migrate(connection)
    else:
        require(connection)
    _whole(connection)


def drift(connection: Connection) -> list[object]:
    """Return what differs between the migrated database and the declared tables."""
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def _whole(connection: Connection) -> None:
    # Until the first release the one migration still changed: its number alone says too little.
    lacking = _lacking(connection)
    if lacking:
        raise Misconfigured(
            f"the store was made before the first release and lacks {_named(lacking)}; it cannot "
            "be brought up to date: begin anew with another --data folder or database, or, where "
            "it is the demo's, by `RESET=1 make demo`"
        )


def _lacking(connection: Connection) -> list[str]:
    """Name the tables, columns and indexes that are declared but not there."""
    look = inspect(connection)
    columns = {key[1]: found for key, found in look.get_multi_columns(kind=ObjectKind.ANY).items()}
    indexes = {key[1]: found for key, found in look.get_multi_indexes().items()}
    lacking = []
    for table in (*metadata.sorted_tables, item):
        if table.name not in columns:
            lacking.append(f"the table {table.name}")
            continue
        known = {column["name"] for column in columns[table.name]}
        lacking += [f"the column {table.name}.{c.name}" for c in table.c if c.name not in known]
        drawn = {index["name"] for index in indexes.get(table.name, ())}
        lacking += [f"the index {i.name}" for i in table.indexes if i.name not in drawn]
    return lacking


def _named(lacking: list[str], most: int = 3) -> str:
    rest = len(lacking) - most
    return ", ".join(lacking[:most]) + (f" and {rest} more" if rest > 0 else "")


def _newer(at: str) -> Misconfigured:
    return Misconfigured(
        f"the database was made by a newer Milepost (schema {at}): install that release or restore "
        "a backup"
    )


def _known() -> set[str]:
    script = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    return {revision.revision for revision in script.walk_revisions()}
