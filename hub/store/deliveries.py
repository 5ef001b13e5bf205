"""The journal, read again: `hub.services.replaying.DeliveryLog` on a database."""

import zlib
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Final

import orjson
from sqlalchemy import Connection, Select, case, select, update

from hub.contract import Delivery
from hub.services.instants import instant, micros
from hub.services.replaying import PIECE, Stored
from hub.store.database import Database, Writing
from hub.store.tables import journal, journal_part, project, quarantine

PIECE_BYTES: Final = 4 << 20
"""A piece is decided in one transaction, and deliveries wait for that: arbitrary, some seconds."""


class Deliveries:
    """Deliveries in the order received."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def deliveries(
        self, connector: str | None, since: datetime | None
    ) -> AsyncIterator[list[Stored]]:
        """Yield deliveries in the order received, in pieces; none that comes in meanwhile."""
        after, newest = 0, await self._database.clock()
        while True:
            query = _query(after, connector, since).where(journal.c.id <= newest)
            last = await self._database.read(lambda c, q=query: _end_of_piece(c, q))  # type: ignore[misc]
            query = query.where(journal.c.id <= last)
            piece = await self._database.read(lambda c, q=query: _stored(c, q))  # type: ignore[misc]
            if not piece:
                return
            after = piece[-1].id
            yield piece

    async def delivery(self, number: int) -> Stored | None:
        """Return one delivery."""
        query = _query(0, None, None).where(journal.c.id == number)
        found = await self._database.read(lambda c: _stored(c, query))
        return found[0] if found else None

    async def quarantined(self, id_: str) -> tuple[str, str] | None:
        """Return (receipt, state) of a quarantined record."""
        query = select(quarantine.c.receipt, quarantine.c.state).where(quarantine.c.id == id_)
        row = await self._database.read(lambda c: c.execute(query).first())
        return None if row is None else (row.receipt, row.state)

    async def settle(self, id_: str, message: str | None, who: str) -> None:
        """Write down how a retry went."""

        def work(writing: Writing) -> None:
            values: dict[str, Any] = {"attempts": quarantine.c.attempts + 1}
            values |= {"state": "solved"} if message is None else {"message": message}
            one = quarantine.c.id == id_
            row = writing.connection.execute(
                select(quarantine.c.state, quarantine.c.message).where(one)
            ).first()
            before = None if row is None else {"state": row.state, "message": row.message}
            writing.connection.execute(update(quarantine).where(one).values(**values))
            writing.tell("updated", f"hub:quarantine:{id_}", "quarantine", 1, who)
            after = (
                {"state": "solved"} if message is None else {"state": "open", "message": message}
            )
            writing.note(who, "quarantine.retry", id_, after, before)

        await self._database.write(work)

    async def fitted(self, receipts: Sequence[str], unfit: Collection[str], who: str) -> None:
        """Write down that all quarantined records of these deliveries fit now, but for some."""
        # What has a # in its name was refused by the mapping; what has none, by the connector.
        query = select(quarantine.c.id).where(
            quarantine.c.receipt.in_(receipts),
            quarantine.c.state == "open",
            quarantine.c.id.contains("#"),
        )
        found = await self._database.read(lambda c: set(c.execute(query).scalars()))
        solved = sorted(found.difference(unfit))
        if not solved:
            return

        def work(writing: Writing) -> None:
            writing.connection.execute(
                update(quarantine).where(quarantine.c.id.in_(solved)).values(state="solved")
            )
            for id_ in solved:
                writing.tell("updated", f"hub:quarantine:{id_}", "quarantine", 1, who)

        await self._database.write(work)

    async def note(self, who: str, action: str, ref: str) -> None:
        """Leave an audit line."""
        await self._database.write(lambda writing: writing.note(who, action, ref))

    async def copy_file(self, number: int, to: BinaryIO) -> None:
        """Write a stored file's bytes as they came."""
        n = 0
        while True:
            query = select(journal_part.c.body).where(
                journal_part.c.journal == number, journal_part.c.n == n
            )
            body = await self._database.read(lambda c, q=query: c.execute(q).scalar())  # type: ignore[misc]
            if body is None:
                return
            to.write(zlib.decompress(body))
            n += 1


def _query(after: int, connector: str | None, since: datetime | None) -> Select[Any]:
    query = (
        select(journal, project.c.ref.label("plan"))
        .select_from(journal.outerjoin(project, project.c.journal == journal.c.id))
        .where(journal.c.id > after)
        .order_by(journal.c.id)
        .limit(PIECE)
    )
    if connector is not None:
        query = query.where(journal.c.connector == connector)
    if since is not None:
        query = query.where(journal.c.received_at >= micros(since))
    return query


def _end_of_piece(connection: Connection, query: Select[Any]) -> int:
    """Return the number of the last delivery of a piece, or 0 when there is none."""
    size = case((journal.c.body.is_(None), 0), else_=journal.c.size).label("bytes")
    last = taken = 0
    for row in connection.execute(query.with_only_columns(journal.c.id, size)):
        taken += row.bytes
        if last and taken > PIECE_BYTES:
            break
        last = row.id
    return last


def _stored(connection: Connection, query: Select[Any]) -> list[Stored]:
    return [
        Stored(
            row.id,
            row.kind,
            row.name,
            Delivery(
                row.connector,
                instant(row.received_at),
                row.content_type or "",
                bytes(row.body) if row.body is not None else b"",
                orjson.loads(row.headers) if row.headers else {},
            ),
            row.plan,
        )
        for row in connection.execute(query)
    ]
