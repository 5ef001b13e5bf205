"""A real, migrated store in one file, for tests of what stands on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hub.store.sqlite import Sqlite


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Sqlite]:
    """Open a new store, or the one that is there."""
    database = Sqlite(folder / "m.db")
    await database.start(migrate=True)
    try:
        yield database
    finally:
        await database.stop()
