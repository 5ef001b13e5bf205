"""The change log of a store, read in order."""

from sqlalchemy import Connection, func, select

from hub.services.changes import Change
from hub.services.instants import instant
from hub.store.database import Database
from hub.store.tables import change


class StoredChanges:
    """The port `hub.services.feed.ChangeLog` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def clock(self) -> int:
        """Return the newest number."""
        return await self._database.clock()

    async def changes(self, after: int, limit: int) -> list[Change]:
        """Return changes after a number, oldest first."""
        return await self._database.read(lambda c: _changes(c, after, limit))

    async def oldest(self) -> int | None:
        """Return the oldest number that is kept."""
        return await self._database.read(
            lambda c: c.execute(select(func.min(change.c.seq))).scalar()
        )


def _changes(connection: Connection, after: int, limit: int) -> list[Change]:
    query = select(change).where(change.c.seq > after).order_by(change.c.seq).limit(limit)
    return [
        Change(row.seq, instant(row.at), row.type, row.ref, row.kind, row.version, row.cause)
        for row in connection.execute(query)
    ]
