"""The journal's bytes for the mapping desk: `hub.services.mapping_desk.DeliveryBodies`."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from hub.store.database import Database
from hub.store.tables import journal


class Journal:
    """Deliveries as they came."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
