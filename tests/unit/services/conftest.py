"""What tests of this folder share: a real store, migrated once and copied for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.store.sqlite import Sqlite


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a migrated, empty store."""
    path = tmp_path_factory.mktemp("migrated") / "m.db"
    asyncio.run(_migrate(Sqlite(path)))
    return path


async def _migrate(database: Sqlite) -> None:
    await database.start(migrate=True)
    await database.stop()


@pytest.fixture
async def database(migrated: Path, tmp_path: Path) -> AsyncIterator[Sqlite]:
    """Return a migrated store."""
    path = tmp_path / "m.db"
    shutil.copy(migrated, path)
    database = Sqlite(path)
    await database.start(migrate=False)
    try:
        yield database
    finally:
        await database.stop()
