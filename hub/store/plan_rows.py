"""The rows of plans before the switch: each function is one short write, or a read."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    update,
)

from hub.errors import Transient
from hub.services.plans.ports import Known, Merged
from hub.services.plans.rows import ItemRow
from hub.store.database import Writing
from hub.store.tables import importing, item, item_row, journal_part, project, staging

PIECE: Final = 500
"""Arbitrary: so many rows keep the store from everybody else for some hundredths of a second."""
BOARD: Final = ("task", "milestone")
# One statement for all pieces: one made for each is a cycle that keeps its refs until a collection.
_NAMED: Final = item.c.ref.in_(bindparam("refs", expanding=True))
_BEFORE: Final = select(
    item.c.ref, item.c.since, item.c.version, item.c.digest, item.c.deleted_at
).where(_NAMED)


def begin(writing: Writing) -> int:
    """Take a number for an import; nothing that bears it shows from now on."""
    number = writing.number()
    row = {"number": number, "project": None, "lost": False, "at": writing.at}
    writing.connection.execute(insert(importing), row)
    return number


def alive(writing: Writing, number: int) -> None:
    """Give a sign of life.

    Raises: Transient, when another import took over.
    """
    mine = update(importing).where(importing.c.number == number, importing.c.lost.is_(False))
    if writing.connection.execute(mine.values(at=writing.at)).rowcount != 1:
        raise Transient("this plan was imported by somebody else meanwhile; import again")


def keep_part(writing: Writing, number: int, n: int, compressed: bytes) -> None:
    """Store a piece of the file as it came."""
    alive(writing, number)
    row = {"journal": number, "n": n, "body": compressed}
    writing.connection.execute(insert(journal_part), row)


def claim(writing: Writing, number: int, ref: str, *, stale: int, dry: bool) -> list[int]:
    """Take a project over; return the imports that lost it.

    Raises: Transient, when this one lost it already, or when it is `dry` and another one is alive:
            who only counts takes nothing.
    """
    alive(writing, number)
    others = and_(importing.c.project == ref, importing.c.number != number)
    found = writing.connection.execute(select(importing.c.number, importing.c.at).where(others))
    lost = found.all()
    if dry and any(row.at > stale for row in lost):
        raise Transient(f"{ref} is being imported right now; try again when that is done")
    writing.connection.execute(update(importing).where(others).values(lost=True))
    mine = importing.c.number == number
    writing.connection.execute(update(importing).where(mine).values(project=ref))
    return [row.number for row in lost]


def known(connection: Connection, ref: str) -> Known:
    """Read what is known of a project."""
    version = connection.execute(select(project.c.version).where(project.c.ref == ref)).scalar()
    if version is None:
        return Known(0, {}, 0)
    board = and_(item.c.project == ref, item.c.kind.in_(BOARD), item.c.deleted_at.is_(None))
    count = connection.execute(select(func.count()).select_from(item).where(board)).scalar_one()
    query = select(item.c.guid, item.c.key).where(board, item.c.guid.is_not(None))
    keys: dict[str, str] = {}
    twice: set[str] = set()
    for guid, key in connection.execute(query, execution_options={"yield_per": PIECE}):
        if keys.setdefault(guid, key) != key:
            twice.add(guid)
    for guid in twice:
        del keys[guid]
    return Known(version, keys, count)


def stage(writing: Writing, number: int, rows: Sequence[ItemRow]) -> None:
    """Put aside what is new or changed, and remember what was found again."""
    alive(writing, number)
    refs = {"refs": [row.ref for row in rows]}
    before = {r.ref: r for r in writing.connection.execute(_BEFORE, refs)}
    fresh = [
        {**row._asdict(), "since": number, "until": None, "version": old.version + 1 if old else 1}
        for row in rows
        if (old := before.get(row.ref)) is None or _differs(old, row)
    ]
    if fresh:
        writing.connection.execute(insert(item_row).values(deleted_at=None), fresh)
    _end(writing, number, [before[one["ref"]] for one in fresh if one["ref"] in before])
    again = [{"journal": number, "ref": r.ref} for r in before.values() if r.deleted_at is None]
    if again:
        writing.connection.execute(insert(staging), again)


def _differs(old: Any, row: ItemRow) -> bool:
    return old.deleted_at is not None or bytes(old.digest) != row.digest


def _end(writing: Writing, number: int, rows: Sequence[Any]) -> None:
    """Let rows end with an import. Shape: `rows` have ref and since."""
    if rows:
        statement = update(item_row).where(
            item_row.c.ref == bindparam("the_ref"), item_row.c.since == bindparam("the_since")
        )
        ends = [{"the_ref": r.ref, "the_since": r.since} for r in rows]
        writing.connection.execute(statement.values(until=number), ends)


def _missing(number: int, ref: str) -> ColumnElement[bool]:
    """Select of `item` what the file does not hold any more."""
    staged = exists().where(staging.c.journal == number, staging.c.ref == item.c.ref)
    return and_(item.c.project == ref, item.c.deleted_at.is_(None), ~staged)


def gone(connection: Connection, number: int, ref: str) -> int:
    """Count the tasks and milestones that the file does not hold any more."""
    query = select(func.count()).select_from(item)
    missing = query.where(_missing(number, ref), item.c.kind.in_(BOARD))
    return connection.execute(missing).scalar_one()


def bury(writing: Writing, number: int, ref: str) -> bool:
    """Mark a piece of what is missing as removed; tell whether there was any left."""
    alive(writing, number)
    unmarked = or_(item.c.until.is_(None), item.c.until != number)
    query = select(item.c.ref, item.c.since).where(_missing(number, ref), unmarked).limit(PIECE)
    rows = writing.connection.execute(query).all()
    if rows:
        picked = select(*(_changed(column, number, writing.at) for column in item.c))
        tombs = insert(item_row).from_select([c.name for c in item.c], picked.where(_NAMED))
        writing.connection.execute(tombs, {"refs": [row.ref for row in rows]})
        _end(writing, number, rows)
    return bool(rows)


def _changed(column: Column[Any], number: int, at: int) -> ColumnElement[Any]:
    """Return a column as the tombstone of a row has it."""
    changed: dict[str, ColumnElement[Any]] = {
        "since": literal(number),
        "until": null(),
        "deleted_at": literal(at),
        "version": item.c.version + 1,
    }
    return changed.get(column.name, column)


def counted(connection: Connection, number: int) -> Merged:
    """Count what an import adds and takes away."""
    row = item_row.c
    lives, first = row.deleted_at.is_(None), row.version == 1
    query = select(
        func.count().filter(lives, first).label("created"),
        func.count().filter(lives, ~first).label("updated"),
        func.count().filter(~lives).label("removed"),
    )
    found = connection.execute(query.where(row.since == number)).one()
    return Merged(found.created, found.updated, found.removed)


def lose(writing: Writing, number: int) -> bool:
    """Give an import up; false when there is none of this number, for it was merged."""
    mine = update(importing).where(importing.c.number == number).values(lost=True)
    return writing.connection.execute(mine).rowcount == 1


def undo(writing: Writing, number: int) -> bool:
    """Take back a piece of an import that was given up; tell whether there may be more."""
    if _deleted(writing, item_row, item_row.c.since == number) or _deleted(
        writing, journal_part, journal_part.c.journal == number
    ):
        return True
    ended = item_row.c.until == number
    again = update(item_row).where(_piece(writing, item_row, ended)).values(until=None)
    if writing.connection.execute(again).rowcount:
        return True
    writing.connection.execute(delete(importing).where(importing.c.number == number))
    return False


def sweep(writing: Writing, number: int) -> bool:
    """Delete a piece of what an import that is over replaced; tell whether there may be more."""
    return _deleted(writing, item_row, item_row.c.until == number) or _deleted(
        writing, staging, staging.c.journal == number
    )


def left(connection: Connection, stale: int) -> list[int]:
    """Return the numbers of imports that were killed, before they were over or while sweeping."""
    killed = select(importing.c.number).where(or_(importing.c.lost, importing.c.at < stale))
    over = (
        select(column)
        .distinct()
        .where(column.is_not(None), column.not_in(select(importing.c.number)))
        for column in (item_row.c.until, staging.c.journal)
    )
    return sorted({n for query in (killed, *over) for n in connection.execute(query).scalars()})


def _deleted(writing: Writing, table: Table, rows: ColumnElement[bool]) -> bool:
    return (
        writing.connection.execute(delete(table).where(_piece(writing, table, rows))).rowcount > 0
    )


def _piece(writing: Writing, table: Table, rows: ColumnElement[bool]) -> ColumnElement[bool]:
    """Select some of the rows by their place in the file, the one key that no plan can miss."""
    sqlite = writing.connection.dialect.name == "sqlite"
    place: ColumnElement[Any] = literal_column(f"{table.name}.{'rowid' if sqlite else 'ctid'}")
    return place.in_(select(place).select_from(table).where(rows).limit(PIECE).correlate(None))
