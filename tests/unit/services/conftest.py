"""What tests of this folder share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.store.sqlite import Sqlite
from tests.unit.services.stores import opened


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Sqlite]:
    """Return a migrated store."""
    async with opened(tmp_path) as database:
        yield database
