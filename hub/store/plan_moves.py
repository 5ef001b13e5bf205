"""Moves of milestones in the store: what an import moves, and what was moved before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select

from hub.services.instants import instant
from hub.services.plans.models import PlanRow
from hub.services.plans.moving import (
    MOVES_KEPT,
    Both,
    DueChange,
    Move,
    StoredMove,
    moves_of,
)
from hub.services.plans.ports import ProjectRow, Raw
from hub.store.database import Writing
from hub.store.tables import item_row, move, project

_COLUMNS: Final = {name: item_row.c[name] for name in ("ref", "parent", "project")}


@dataclass(frozen=True, slots=True)
class _Reading:
    """The port `hub.services.plans.moving.Reader`: rows of an import that is put aside."""

    connection: Connection
    number: int
    ref: str

    def due_changes(self) -> Iterable[DueChange]:
        old, new = item_row.alias("old"), item_row.alias("new")
        same = and_(old.c.ref == new.c.ref, old.c.until == self.number)
        query = (
            select(new.c.ref, old.c.due.label("before"), new.c.due.label("after"))
            .select_from(new.join(old, same))
            .where(new.c.since == self.number, new.c.kind == "milestone")
            .where(old.c.deleted_at.is_(None), new.c.deleted_at.is_(None))
            .where(old.c.due != new.c.due)
        )
        return [DueChange(*row) for row in self.connection.execute(query)]

    def rows(
        self, column: str, refs: Collection[str], kinds: Sequence[str], limit: int
    ) -> list[Both]:
        row = item_row.c
        query = select(
            row.ref, row.project, row.kind, row.title, row.version, row.parent, row.detail,
            row.since, row.until,
        ).where(
            _COLUMNS[column].in_(list(refs)), row.kind.in_(kinds), row.deleted_at.is_(None),
            or_(row.until.is_(None), row.until == self.number),
        )  # fmt: skip
        found = self.connection.execute(query.order_by(row.ord, row.ref).limit(limit))
        return [self._both(one) for one in found]

    def _both(self, row: Any) -> Both:
        about = orjson.loads(row.detail)
        made = PlanRow(row.ref, row.project, row.kind, row.title or "", row.version, about, {})
        return Both(made, row.parent, row.since != self.number, row.until is None)

    def project(self) -> Mapping[str, Any]:
        body = self.connection.execute(select(project.c.body).where(project.c.ref == self.ref))
        return dict(orjson.loads(body.scalar_one()))


def found(connection: Connection, raw: Raw, row: ProjectRow) -> list[Move]:
    """Find what an import moves that is put aside, before its switch.

    Shape: a file that is read again moves nothing: the plan is the same.
    """
    if raw.stored is not None:
        return []
    return moves_of(_Reading(connection, raw.number, row.ref), row.ref, orjson.loads(row.body))


def keep(writing: Writing, raw: Raw, row: ProjectRow, moves: Sequence[Move]) -> None:
    """Store moves with the switch that makes them; the oldest beyond the kept ones go."""
    if not moves:
        return
    rows = [
        {
            "milestone": one.milestone, "number": raw.number, "project": row.ref,
            "at": writing.at, "receipt": f"{raw.connector}:{raw.journal}",
            "before": one.before, "after": one.after,
            "detail": orjson.dumps({"days": one.days, "causes": one.causes}),
        }
        for one in moves
    ]  # fmt: skip
    writing.connection.execute(insert(move), rows)
    newer = move.alias("newer")
    count = (
        select(func.count())
        .select_from(newer)
        .where(newer.c.milestone == move.c.milestone, newer.c.number > move.c.number)
        .scalar_subquery()
    )
    old = delete(move).where(move.c.milestone == bindparam("moved"), count >= MOVES_KEPT)
    writing.connection.execute(old, [{"moved": one.milestone} for one in moves])


def latest(connection: Connection) -> list[StoredMove]:
    """Return the newest move of each milestone that moved."""
    newest = (
        select(move.c.milestone, func.max(move.c.number).label("number"))
        .group_by(move.c.milestone)
        .subquery()
    )
    same = and_(move.c.milestone == newest.c.milestone, move.c.number == newest.c.number)
    return list(map(_stored, connection.execute(select(move).select_from(move.join(newest, same)))))


def history(connection: Connection, milestone: str) -> list[StoredMove]:
    """Return the moves of a milestone, newest first."""
    query = select(move).where(move.c.milestone == milestone)
    rows = connection.execute(query.order_by(move.c.number.desc()).limit(MOVES_KEPT))
    return list(map(_stored, rows))


def _stored(row: Any) -> StoredMove:
    return StoredMove(
        row.milestone, instant(row.at), row.receipt, row.before, row.after,
        orjson.loads(row.detail),
    )  # fmt: skip
