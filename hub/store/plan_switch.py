"""The one write of an import that everybody sees: what was put aside becomes the plan."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from hub.contract import Rejected
from hub.errors import Transient
from hub.services.plans.moving import Move
from hub.services.plans.ports import Known, Merged, ProjectRow, Raw
from hub.store import plan_moves
from hub.store.database import Writing
from hub.store.plan_rows import BOARD, alive
from hub.store.tables import importing, item_row, journal, project, quarantine

TOLD_TASKS: Final = 500
"""Beyond so many changed tasks and milestones the milestones and the project alone are told:
readers read it anew."""


def told(connection: Connection, number: int) -> list[Any]:
    """Return what readers are told of an import: rows with ref, kind, version, deleted_at."""
    row = item_row.c
    rows = row.since == number, row.kind.in_(BOARD)
    count = select(func.count()).select_from(item_row).where(*rows)
    query = select(row.ref, row.kind, row.version, row.deleted_at).where(*rows)
    if connection.execute(count).scalar_one() > TOLD_TASKS:
        query = query.where(row.kind == "milestone")
    return list(connection.execute(query.order_by(row.ord, row.ref)).all())


def switch(
    writing: Writing,
    raw: Raw,
    row: ProjectRow,
    known: Known,
    rejected: Sequence[Rejected],
    merged: Merged,
    rows: Sequence[Any],
    moves: Sequence[Move],
    who: str,
) -> None:
    """Let what an import put aside be the plan."""
    alive(writing, raw.number)
    writing.connection.execute(delete(importing).where(importing.c.number == raw.number))
    query = select(project.c.version, project.c.body).where(project.c.ref == row.ref)
    before = writing.connection.execute(query).first()
    if (before.version if before else 0) != known.version:
        raise Transient(f"{row.ref} was imported by somebody else meanwhile; import again")
    if raw.stored is None:
        _journal(writing, raw)
    changed = merged.any or before is None or bytes(before.body) != row.body
    version = known.version + changed
    _project(writing, raw, row, version)
    _quarantine(writing, raw, rejected)
    plan_moves.keep(writing, raw, row, moves)
    cause = f"{raw.connector}:{raw.journal}"
    for one in rows:
        writing.tell(_what(one), one.ref, one.kind, one.version, cause)
    if changed:
        writing.tell("updated" if known.version else "created", row.ref, "project", version, cause)
    writing.note(who, "import", row.ref)


def _what(row: Any) -> str:
    if row.deleted_at is not None:
        return "deleted"
    return "updated" if row.version > 1 else "created"


def _journal(writing: Writing, raw: Raw) -> None:
    writing.connection.execute(
        insert(journal).values(
            id=raw.journal,
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
    receipt = f"{raw.connector}:{raw.journal}"
    rows = [
        {
            "id": f"{receipt}!{n}", "receipt": receipt, "connector": raw.connector,
            "kind": one.kind, "path": one.path, "message": one.message, "state": "open",
            "at": writing.at, "attempts": 0, "evidence": None,
        }
        for n, one in enumerate(rejected)
    ]  # fmt: skip
    if raw.stored is not None:  # it was read before: what it said then is said anew
        writing.connection.execute(delete(quarantine).where(quarantine.c.receipt == receipt))
    if rows:
        writing.connection.execute(insert(quarantine), rows)
        writing.tell("created", f"hub:quarantine:{receipt}", "quarantine", 1, receipt)


def _project(writing: Writing, raw: Raw, row: ProjectRow, version: int) -> None:
    values = {
        **row._asdict(),
        "version": version,
        "imported_at": writing.at,
        "journal": raw.journal,
        "deleted_at": None,
    }
    mine = update(project).where(project.c.ref == row.ref)
    if writing.connection.execute(mine.values(values)).rowcount == 0:
        writing.connection.execute(insert(project).values(values))
