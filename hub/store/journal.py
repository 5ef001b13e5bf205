"""The journal's bytes for the mapping desk: `hub.services.mapping_desk.DeliveryBodies`."""

from collections.abc import Sequence
from typing import BinaryIO

from sqlalchemy import Connection, select

from hub.store.database import Database
from hub.store.deliveries import Deliveries
from hub.store.tables import journal


class Journal:
    """Deliveries as they came."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._deliveries = Deliveries(database)

    async def newest(
        self, connectors: Sequence[str], before: int | None, limit: int
    ) -> list[tuple[int, str, bytes]]:
        """Return webhook deliveries (number, connector, body), newest first."""
        return await self._database.read(lambda c: _newest(c, connectors, before, limit))

    async def body(self, connector: str, number: int) -> bytes | None:
        """Return the bytes of one delivery of a connector."""
        query = select(journal.c.body).where(
            journal.c.id == number, journal.c.connector == connector
        )
        found = await self._database.read(lambda c: c.execute(query).scalar())
        return None if found is None else bytes(found)

    async def newest_file(self, connectors: Sequence[str]) -> tuple[int, str] | None:
        """Return number and connector of the file that came last."""
        query = select(journal.c.id, journal.c.connector).where(
            journal.c.connector.in_(connectors), journal.c.kind == "file"
        )
        newest = query.order_by(journal.c.id.desc()).limit(1)
        row = await self._database.read(lambda c: c.execute(newest).first())
        return None if row is None else (row.id, row.connector)

    async def copy_file(self, number: int, to: BinaryIO) -> None:
        """Write a stored file's bytes as they came."""
        await self._deliveries.copy_file(number, to)


def _newest(
    connection: Connection, connectors: Sequence[str], before: int | None, limit: int
) -> list[tuple[int, str, bytes]]:
    query = select(journal.c.id, journal.c.connector, journal.c.body).where(
        journal.c.connector.in_(connectors), journal.c.body.is_not(None)
    )
    if before is not None:
        query = query.where(journal.c.id < before)
    rows = connection.execute(query.order_by(journal.c.id.desc()).limit(limit))
    return [(row.id, row.connector, bytes(row.body)) for row in rows]
