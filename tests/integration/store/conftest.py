"""Open databases, on both stores."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from hub.store import Database, open_database


@pytest.fixture
def url(empty_store: Callable[[], str]) -> str:
    """Return the `store:` setting of an empty store."""
    return empty_store()


@pytest.fixture
async def fresh(url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """Return an empty database, migrated."""
    database = open_database(url, tmp_path)
    await database.start(migrate=True)
    yield database
    await database.stop()
