"""Bring a database to the schema of this release, or refuse a foreign one with the remedy."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from hub.errors import Misconfigured
from hub.store.tables import metadata


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
    """Bring a database up to date, make an empty one, or require it, as the caller may.

    Raises: Misconfigured, with the remedy.
    """
    if upgrade or (create and current(connection) is None):
        migrate(connection)
    else:
        require(connection)


def drift(connection: Connection) -> list[object]:
    """Return what differs between the migrated database and the declared tables."""
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def _newer(at: str) -> Misconfigured:
    return Misconfigured(
        f"the database was made by a newer Milepost (schema {at}): install that release or restore "
        "a backup"
    )


def _known() -> set[str]:
    script = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    return {revision.revision for revision in script.walk_revisions()}
