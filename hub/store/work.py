"""Work of trackers in the store: `hub.services.work.ports.WorkStore` on a database.

The rows of a page are written by the driver's own batch call: SQLAlchemy's way costs twice as much,
and a first look at a large tracker brings a hundred thousand.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, select, text, update

from hub.contract import Named
from hub.services.ingest.rows import JournalRow, QuarantineRow
from hub.services.work.ports import Decide
from hub.services.work.rows import (
    Asked,
    Before,
    KnownProject,
    KnownRow,
    WorkWrites,
)
from hub.store.database import Database, Writing
from hub.store.ingest import keep_evidence
from hub.store.tables import (
    document,
    item_row,
    project,
)

PIECE: Final = 900
"""Names in one question: SQLite took 999 for long."""


class _Hint(NamedTuple):
    connector: str
    kind: str
    key: str
    at: int


class _Undone(Exception):
    """A decision that was only asked about."""

    def __init__(self, writes: WorkWrites) -> None:
        super().__init__()
        self.writes = writes


class StoredWork:
    """The port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def documents(self, type_: str) -> Mapping[str, str]:
        """Return the texts of the active mapping documents of a tool, by record kind."""
        query = select(document.c.name, document.c.text).where(
            document.c.kind == "mapping", document.c.active, document.c.name.startswith(f"{type_}/")
        )
        rows = await self._database.read(lambda c: c.execute(query).all())
        return {row.name.partition("/")[2]: row.text for row in rows}

    async def waits(self, connector: str) -> bool:
        """Tell whether rows of a connector wait for a parent that nobody told of."""
        query = select(item_row.c.ref).where(item_row.c.awaits.is_not(None), _mine(connector))
        found = await self._database.read(lambda c: c.execute(query.limit(1)).first())
        return found is not None

    async def hint(self, delivery: JournalRow, named: Sequence[Named]) -> int:
        """Store a webhook and what it names, to be asked about; return the delivery's number."""

        def work(writing: Writing) -> int:
            number = writing.number()
            many(writing.connection, "journal", [delivery._replace(id=number)])
            connector, at = delivery.connector, delivery.received_at
            rows = {(n.kind, n.key): _Hint(connector, n.kind, n.key, at) for n in named}
            many(writing.connection, "hint", list(rows.values()), ("connector", "kind", "key"))
            return number

        return await self._database.write(work)

    async def keep_evidence(self, row: QuarantineRow) -> None:
        """Keep the head of a delivery that was no envelope; old ones make room."""
        await self._database.write(lambda w: keep_evidence(w, row))

    async def commit(self, asked: Asked, decide: Decide, *, dry: bool = False) -> WorkWrites:
        """Read what is asked, let `decide` say what changes, store it whole or not at all."""

        def work(writing: Writing) -> WorkWrites:
            writes = decide(_before(writing.connection, asked), writing)
            if dry:
                raise _Undone(writes)
            _write(writing.connection, writes)
            return writes

        try:
            return await self._database.write(work)
        except _Undone as undone:
            return undone.writes


def _mine(connector: str) -> Any:
    """Select the rows of a connector by the range that their refs begin with."""
    return (item_row.c.ref >= f"{connector}:") & (item_row.c.ref < f"{connector};")


def _before(connection: Connection, asked: Asked) -> Before:
    query = select(item_row.c.key).where(
        item_row.c.kind == "milestone", _mine(asked.connector), item_row.c.deleted_at.is_(None)
    )
    milestones = set(connection.execute(query).scalars())
    refs = {*asked.rows}
    refs |= {f"{asked.connector}:milestone:{key}" for key in asked.keys if key in milestones}
    rows = {row[0]: KnownRow._make(row) for row in _found(connection, _ROWS, refs)}
    # What moves leaves a plan that the page does not speak of.
    projects = {*asked.projects, *(row.project for row in rows.values() if row.project)}
    mine = project.c.connector == asked.connector
    projects |= set(connection.execute(select(project.c.ref).where(mine)).scalars())
    return Before(
        rows=rows,
        projects={
            row[0]: KnownProject(row[0], row[1], row[2], bytes(row[3]))
            for row in _found(connection, _PROJECTS, projects)
        },
        milestones=milestones,
        awaited=_awaited(connection, asked),
        codes=dict(_of_codes(connection, asked)),
    )


_ROWS: Final = select(*(item_row.c[name] for name in KnownRow._fields)).where(
    item_row.c.ref.in_(bindparam("names", expanding=True)), item_row.c.since == 0
)
_PROJECTS: Final = select(
    project.c.ref, project.c.version, project.c.deleted_at, project.c.body
).where(project.c.ref.in_(bindparam("names", expanding=True)))


def _found(connection: Connection, query: Any, names: Iterable[str]) -> Iterable[Any]:
    wanted = sorted(names)
    for at in range(0, len(wanted), PIECE):
        yield from connection.execute(query, {"names": wanted[at : at + PIECE]})


def _of_codes(connection: Connection, asked: Asked) -> Iterable[tuple[str, str]]:
    query = select(item_row.c.code, item_row.c.ref).where(
        item_row.c.code.in_(bindparam("names", expanding=True)),
        item_row.c.since == 0,
        item_row.c.deleted_at.is_(None),
        _mine(asked.connector),
    )
    for row in _found(connection, query, set(asked.codes)):
        yield row.code, row.ref


def _awaited(connection: Connection, asked: Asked) -> dict[str, list[str]]:
    query = select(item_row.c.awaits, item_row.c.ref).where(
        item_row.c.awaits.in_(bindparam("names", expanding=True)), _mine(asked.connector)
    )
    found: dict[str, list[str]] = {}
    for row in _found(connection, query, set(asked.codes)):
        found.setdefault(row.awaits, []).append(row.ref)
    return found


def _write(connection: Connection, writes: WorkWrites) -> None:
    many(connection, "journal", writes.journal)
    many(connection, "item_row", writes.rows, ("ref", "since"))
    for tomb in writes.tombs:
        connection.execute(_BURY, tomb._asdict())
    many(connection, "project", writes.projects, ("ref",))
    many(connection, "former_code", writes.former, ("connector", "code"))
    many(connection, "quarantine", writes.quarantine, ("id",))
    many(connection, "position", writes.positions, ("connector",))
    for before, now in writes.renamed:
        _rename(connection, before, now)
    for child, parent in writes.adopted:
        _adopt(connection, child, parent)


_BURY: Final = text(
    "UPDATE item_row SET gone = :gone, deleted_at = :deleted_at, heard_at = :heard_at, "
    "version = CASE WHEN version < :version THEN :version ELSE version + 1 END "
    "WHERE ref = :ref AND since = 0 AND deleted_at IS NULL"
)


def many(
    connection: Connection, table: str, rows: Sequence[NamedTuple], key: tuple[str, ...] = ()
) -> None:
    """Write rows whose fields are columns of the table; with `key`, in place of those there."""
    if not rows:
        return
    dialect = connection.dialect.name
    statement = _statement(dialect, table, rows[0]._fields, key)
    connection.exec_driver_sql(statement, [tuple(row) for row in rows])


@cache
def _statement(dialect: str, table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    places = (
        ("?" for _ in columns)
        if dialect == "sqlite"
        else (f"${n}" for n in range(1, len(columns) + 1))
    )
    said = f"INSERT INTO {table}({', '.join(columns)}) VALUES ({', '.join(places)})"  # noqa: S608
    if not key:
        return said
    sets = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in key)
    return f"{said} ON CONFLICT({', '.join(key)}) DO UPDATE SET {sets}"


def _rename(connection: Connection, before: str, now: str) -> None:
    """Let children and dependencies that name one ref name another."""
    query = select(item_row.c.ref, item_row.c.kind, item_row.c.body, item_row.c.detail).where(
        item_row.c.parent == before, item_row.c.since == 0
    )
    for row in connection.execute(query).all():
        _point(connection, row, {"parent": now, "successor": now}, parent=now)
    successors = select(item_row.c.owns).where(item_row.c.ref == now, item_row.c.since == 0)
    connector = now.partition(":")[0]
    owns = connection.execute(successors).scalar()
    for key in orjson.loads(owns) if owns else ():
        ref = f"{connector}:dependency:{key}"
        query = select(item_row.c.ref, item_row.c.kind, item_row.c.body, item_row.c.detail)
        mine = item_row.c.ref == ref, item_row.c.since == 0
        found = connection.execute(query.where(*mine)).first()
        if found is not None and orjson.loads(found.detail).get("predecessor") == before:
            _point(connection, found, {"predecessor": now})


def _adopt(connection: Connection, child: str, parent: str) -> None:
    """Give a row the parent that it waited for."""
    query = select(item_row.c.ref, item_row.c.kind, item_row.c.body, item_row.c.detail)
    row = connection.execute(query.where(item_row.c.ref == child, item_row.c.since == 0)).first()
    if row is not None:
        _point(connection, row, {"parent": parent}, parent=parent, awaits=None)


def _point(
    connection: Connection, row: Any, names: Mapping[str, str], **columns: str | None
) -> None:
    """Write other refs into a row, where it has refs of that name."""
    detail, body = orjson.loads(row.detail), orjson.loads(row.body)
    detail |= {name: ref for name, ref in names.items() if name in detail}
    body |= {name: ref for name, ref in names.items() if name in body}
    values = {"detail": orjson.dumps(detail), "body": orjson.dumps(body), **columns}
    # Its digest is left alone: the next record of it makes the same again.
    mine = update(item_row).where(item_row.c.ref == row.ref, item_row.c.since == 0)
    connection.execute(mine.values(version=item_row.c.version + 1, **values))


__all__ = ["StoredWork", "many"]
