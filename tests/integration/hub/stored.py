"""What a hub's store holds, read past the hub: to see that nothing was half done."""

import asyncio
from typing import Any

from sqlalchemy import Connection, select

from hub.store import open_database
from hub.store.tables import metadata
from tests.integration.hub.running import RunningHub

_COUNTING = {"clock", "token"}
"""Numbers that were taken and not used, and when a token was last seen: no news."""

Rows = list[tuple[Any, ...]]


def dump(hub: RunningHub) -> dict[str, Rows]:
    """Return all rows of every table."""
    return asyncio.run(_dump(hub))


async def _dump(hub: RunningHub) -> dict[str, Rows]:
    database = open_database(hub.store, hub.data)
    await database.start(migrate=False)
    try:
        return await database.read(_tables)
    finally:
        await database.stop()


def _tables(connection: Connection) -> dict[str, Rows]:
    return {
        table.name: [
            tuple(row)
            for row in connection.execute(select(table).order_by(*table.primary_key.columns))
        ]
        for table in metadata.sorted_tables
        if table.name not in _COUNTING
    }


def named(stored: dict[str, Rows], table: str) -> list[dict[str, Any]]:
    """Return the rows of a table by the names of its columns."""
    columns = [column.name for column in metadata.tables[table].columns]
    return [dict(zip(columns, row, strict=True)) for row in stored[table]]
