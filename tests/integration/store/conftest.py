"""Open databases, on both stores."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from hub.store import Database, open_database
from tests.integration.store.bench import Bench, opened


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


@pytest.fixture
async def bench(fresh: Database) -> AsyncIterator[Bench]:
    """Return an ingest on an empty store."""
    async with opened(fresh) as made:
        yield made
