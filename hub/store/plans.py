"""Plans in the store: staging, and the merge that makes it the plan in one transaction."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from hub.contract import Rejected
from hub.errors import Transient
from hub.services.plans.ports import Known, Merged, ProjectRow, Raw, TooMuchGone
from hub.services.plans.rows import ItemRow
from hub.store.database import Database, Writing
from hub.store.tables import item, journal, journal_part, project, quarantine, staging

TOLD_TASKS: Final = 500
"""Beyond so many changed tasks the project's change alone is told: readers read it anew."""
GUARD_SHARE: Final = 0.5
GUARD_ITEMS: Final = 10
_BOARD: Final = ("task", "milestone")


class Plans:
    """The port `hub.services.plans.ports.PlanStore` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self) -> int:
        """Take a journal number for a file."""
        return await self._database.write(lambda writing: writing.number())

    async def keep_part(self, number: int, n: int, compressed: bytes) -> None:
        """Store a piece of the file as it came."""
        row = {"journal": number, "n": n, "body": compressed}
        await self._database.write(lambda w: _run(w, insert(journal_part), row))

    async def known(self, ref: str) -> Known:
        """Read what is known of a project."""
        return await self._database.read(partial(_known, ref=ref))

    async def stage(self, number: int, rows: Sequence[ItemRow]) -> None:
        """Put rows aside."""
        values = [{"journal": number, **row._asdict()} for row in rows]
        await self._database.write(lambda w: _run(w, insert(staging), values))

    async def merge(
        self,
        raw: Raw,
        row: ProjectRow,
        known: Known,
        rejected: Sequence[Rejected],
        *,
        allow_removals: bool,
        who: str,
        dry: bool = False,
    ) -> Merged | TooMuchGone:
        """Make the staged rows the plan, in one transaction; with `dry` only count."""

        def work(writing: Writing) -> Merged | TooMuchGone:
            now = _known(writing.connection, row.ref)
            if now.version != known.version:
                raise Transient(f"{row.ref} was imported by somebody else meanwhile; import again")
            gone = _gone(writing.connection, raw.number, row.ref)
            if not allow_removals and gone > GUARD_ITEMS and gone > GUARD_SHARE * known.items:
                return TooMuchGone(gone, known.items)
            merged = _merge(writing, raw, row, known, who)
            _quarantine(writing, raw, rejected)
            if dry:
                raise _Counted(merged)
            return merged

        try:
            return await self._database.write(work)
        except _Counted as counted:
            await self.abandon(raw.number)
            return counted.merged

    async def abandon(self, number: int) -> None:
        """Remove what an import left behind."""

        def work(writing: Writing) -> None:
            writing.connection.execute(delete(staging).where(staging.c.journal == number))
            # A merge whose answer was lost may have been stored: its bytes are the journal's then.
            merged = exists().where(journal.c.id == number)
            writing.connection.execute(
                delete(journal_part).where(journal_part.c.journal == number, ~merged)
            )

        await self._database.write(work)


class _Counted(Exception):
    """Takes a merge back that was made to be counted only."""

    def __init__(self, merged: Merged) -> None:
        super().__init__()
        self.merged = merged


def _run(writing: Writing, statement: object, values: object) -> None:
    writing.connection.execute(statement, values)  # type: ignore[call-overload]


def _known(connection: Connection, ref: str) -> Known:
    version = connection.execute(select(project.c.version).where(project.c.ref == ref)).scalar()
    rows = connection.execute(
        select(item.c.guid, item.c.key, item.c.ref).where(
            item.c.project == ref, item.c.kind.in_(_BOARD), item.c.deleted_at.is_(None)
        )
    ).all()
    times = Counter(r.guid for r in rows)
    guids = {r.guid: (r.key, r.ref) for r in rows if r.guid and times[r.guid] == 1}
    return Known(version or 0, guids, len(rows))


def _staged(number: int) -> ColumnElement[bool]:
    return exists().where(staging.c.journal == number, staging.c.ref == item.c.ref)


def _missing(number: int, ref: str) -> ColumnElement[bool]:
    return and_(item.c.project == ref, item.c.deleted_at.is_(None), ~_staged(number))


def _gone(connection: Connection, number: int, ref: str) -> int:
    query = select(func.count()).select_from(item)
    return connection.execute(
        query.where(_missing(number, ref), item.c.kind.in_(_BOARD))
    ).scalar_one()


def _merge(writing: Writing, raw: Raw, row: ProjectRow, known: Known, who: str) -> Merged:
    connection, number = writing.connection, raw.number
    differs = or_(
        item.c.ref.is_(None), item.c.digest != staging.c.digest, item.c.deleted_at.is_not(None)
    )
    fresh = connection.execute(
        select(staging.c.ref, staging.c.kind, item.c.version)
        .select_from(staging.outerjoin(item, item.c.ref == staging.c.ref))
        .where(staging.c.journal == number, differs)
    ).all()
    gone = connection.execute(
        select(item.c.ref, item.c.kind, item.c.version).where(_missing(number, row.ref))
    ).all()
    _upsert(connection, number)
    connection.execute(
        update(item)
        .where(_missing(number, row.ref))
        .values(deleted_at=writing.at, version=item.c.version + 1, journal=number)
    )
    connection.execute(delete(staging).where(staging.c.journal == number))
    _journal(writing, raw)
    body = connection.execute(select(project.c.body).where(project.c.ref == row.ref)).scalar()
    changed = bool(fresh or gone) or body is None or bytes(body) != row.body
    version = known.version + changed
    _project(writing, raw, row, version, new=body is None)
    cause = f"{raw.connector}:{number}"
    told = [r for r in fresh if r.kind in _BOARD]
    if len(told) > TOLD_TASKS:
        told = [r for r in told if r.kind == "milestone"]
    for r in told:
        writing.tell(
            "updated" if r.version else "created", r.ref, r.kind, (r.version or 0) + 1, cause
        )
    for r in gone:
        if r.kind in _BOARD:
            writing.tell("deleted", r.ref, r.kind, r.version + 1, cause)
    if changed:
        writing.tell("updated" if known.version else "created", row.ref, "project", version, cause)
    writing.note(who, "import", row.ref)
    return Merged(
        created=sum(1 for r in fresh if r.version is None),
        updated=sum(1 for r in fresh if r.version is not None),
        removed=len(gone),
        milestones=tuple(r.ref for r in (*fresh, *gone) if r.kind == "milestone"),
    )


def _upsert(connection: Connection, number: int) -> None:
    columns = [c.name for c in staging.c if c.name != "journal"]
    picked = select(
        *(staging.c[name] for name in columns), literal(1), literal(None), literal(number)
    ).where(staging.c.journal == number, true())
    dialect = sqlite_insert if connection.dialect.name == "sqlite" else pg_insert
    statement = dialect(item).from_select([*columns, "version", "deleted_at", "journal"], picked)
    new = statement.excluded
    sets = {name: new[name] for name in columns if name != "ref"}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["ref"],
            set_={
                **sets,
                "version": item.c.version + 1,
                "deleted_at": None,
                "journal": new.journal,
            },
            where=or_(item.c.digest != new.digest, item.c.deleted_at.is_not(None)),
        )
    )


def _journal(writing: Writing, raw: Raw) -> None:
    writing.connection.execute(
        insert(journal).values(
            id=raw.number,
            connector=raw.connector,
            kind="file",
            name=raw.name,
            received_at=writing.at,
            content_type=raw.content_type,
            digest=raw.digest,
            size=raw.size,
            records=raw.records,
        )
    )


def _quarantine(writing: Writing, raw: Raw, rejected: Sequence[Rejected]) -> None:
    receipt = f"{raw.connector}:{raw.number}"
    rows = [
        {
            "id": f"{receipt}!{n}", "receipt": receipt, "connector": raw.connector,
            "kind": one.kind, "path": one.path, "message": one.message, "state": "open",
            "at": writing.at, "attempts": 0, "evidence": None,
        }
        for n, one in enumerate(rejected)
    ]  # fmt: skip
    if rows:
        writing.connection.execute(insert(quarantine), rows)
        writing.tell("created", f"hub:quarantine:{receipt}", "quarantine", 1, receipt)


def _project(writing: Writing, raw: Raw, row: ProjectRow, version: int, *, new: bool) -> None:
    values = {
        **row._asdict(),
        "version": version,
        "imported_at": writing.at,
        "journal": raw.number,
        "deleted_at": None,
    }
    if new:
        writing.connection.execute(insert(project).values(values))
    else:
        key: BindParameter[str] = bindparam("the_ref", row.ref)
        writing.connection.execute(update(project).where(project.c.ref == key).values(values))


def digest(data: bytes) -> bytes:
    """Return the digest by which the journal knows bytes again."""
    return hashlib.blake2b(data, digest_size=16).digest()
