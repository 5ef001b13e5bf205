"""What is kept for a time: `hub.services.retention.Attic` on a database.

Every removal is one short write. What it may remove is read before, outside of the write.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, or_, select

from hub.model.words import AlertStatus
from hub.services.instants import micros
from hub.services.retention import Piece
from hub.store.database import Database, Writing
from hub.store.records import OPEN_INCIDENTS, delivery_number
from hub.store.tables import (
    alert,
    change,
    incident,
    item_row,
    journal,
    journal_part,
    occurrence,
    project,
    quarantine,
)

CHANGES: Final = 1000
QUARANTINED: Final = 200
DELIVERIES: Final = 200
PARTS: Final = 8
"""What one write removes: some milliseconds' worth. A part of a file is up to a megabyte."""
_TOLD_BY: Final = 6
"""Where `alert.sources` has the receipt that told first of a source key; see `ingest.words`."""


class StoredAttic:
    """The port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget_changes(self, before: datetime) -> int | None:
        """Remove a piece of the change log, oldest first; its newest change always stays.

        Whoever asks for what came after an older one is told by it that there is a gap.
        """
        until = await self._database.read(lambda c: _old_changes(c, micros(before)))
        if until is None:
            return None
        gone = delete(change).where(change.c.seq <= until)
        return await self._database.write(lambda w: w.connection.execute(gone).rowcount)

    async def forget_quarantined(self, before: datetime) -> int | None:
        """Remove a piece of what did not fit, oldest first."""
        old = (
            select(quarantine.c.id)
            .where(quarantine.c.at < micros(before))
            .order_by(quarantine.c.at, quarantine.c.id)
            .limit(QUARANTINED)
        )
        found = await self._database.read(lambda c: list(c.execute(old).scalars()))
        if not found:
            return None
        gone = delete(quarantine).where(quarantine.c.id.in_(found))
        return await self._database.write(lambda w: w.connection.execute(gone).rowcount)

    def forget_deliveries(self) -> Piece:
        """Return what removes deliveries piece by piece, but for those that are needed."""
        return _Deliveries(self._database).forget


class _Deliveries:
    """One way through the journal, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._needed: frozenset[int] | None = None
        self._after = 0

    async def forget(self, before: datetime) -> int | None:
        """Remove a piece; what is needed is found out once, at the beginning."""
        if self._needed is None:
            self._needed = await self._database.read(_needed)
        old = (
            select(journal.c.id, journal.c.received_at, journal.c.body.is_(None).label("is_file"))
            .where(journal.c.id > self._after)
            .order_by(journal.c.id)
            .limit(DELIVERIES)
        )
        rows = await self._database.read(lambda c: list(c.execute(old)))
        rows = [row for row in rows if row.received_at < micros(before)]
        if not rows:
            return None
        gone = [row for row in rows if row.id not in self._needed]
        for row in gone:
            if row.is_file:
                await self._forget_parts(row.id)
        if gone:
            numbers = [row.id for row in gone]
            await self._database.write(lambda w: _remove(w, numbers))
        self._after = rows[-1].id
        return len(gone)

    async def _forget_parts(self, number: int) -> None:
        """Remove a file's bytes, last part first, so that what is left is never taken for whole."""
        query = select(func.max(journal_part.c.n)).where(journal_part.c.journal == number)
        while (last := await self._database.read(lambda c: c.execute(query).scalar())) is not None:
            gone = delete(journal_part).where(
                journal_part.c.journal == number, journal_part.c.n > last - PARTS
            )
            await self._database.write(lambda w, gone=gone: w.connection.execute(gone))  # type: ignore[misc]


def _old_changes(connection: Connection, before: int) -> int | None:
    """Return the last number of a piece that may go."""
    newest = connection.execute(select(func.max(change.c.seq))).scalar()
    query = select(change.c.seq, change.c.at).order_by(change.c.seq).limit(CHANGES)
    old = None
    for row in connection.execute(query):
        if row.at >= before or row.seq == newest:
            break
        old = row.seq
    return old


def _needed(connection: Connection) -> frozenset[int]:
    """Return the deliveries that a replay needs to tell how things stand now.

    Shape: the newest file of each plan, what told of work that is there, what the present episode
           of an alert consists of that fires or whose incident is open, and what holds a record
           that may still be mapped.
    """
    needed = set(connection.execute(select(project.c.journal)).scalars())
    going_on = select(incident.c.no).where(incident.c.status.in_(OPEN_INCIDENTS))
    is_open = or_(alert.c.status == AlertStatus.FIRING.value, alert.c.incident.in_(going_on))
    for row in connection.execute(select(alert.c.receipt, alert.c.sources).where(is_open)):
        told = (source[_TOLD_BY] for source in orjson.loads(row.sources).values())
        needed.update(_numbers([row.receipt, *(receipt for receipt in told if receipt)]))
    told_by = select(item_row.c.journal).where(
        item_row.c.journal.is_not(None), item_row.c.deleted_at.is_(None)
    )
    needed.update(connection.execute(told_by.distinct()).scalars())
    for query in (_episodes(is_open), _waiting()):
        needed.update(_numbers(row.receipt for row in connection.execute(query)))
    return frozenset(needed)


def _episodes(is_open: ColumnElement[bool]) -> Select[tuple[str]]:
    present = and_(
        alert.c.ref == occurrence.c.alert, alert.c.episode == occurrence.c.episode, is_open
    )
    return select(occurrence.c.receipt).join(alert, present)


def _waiting() -> Select[tuple[str]]:
    return select(quarantine.c.receipt).where(quarantine.c.state == "open")


def _numbers(receipts: Iterable[str]) -> Iterable[int]:
    return (n for receipt in receipts if (n := delivery_number(receipt)) is not None)


def _remove(writing: Writing, numbers: list[int]) -> None:
    writing.connection.execute(delete(journal).where(journal.c.id.in_(numbers)))
