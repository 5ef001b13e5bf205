"""The way to the real servers of the lab."""

from collections.abc import AsyncIterator

import pytest

from connectors.prometheus.settings import Settings
from hub.contract import Wire
from hub.wire import open_wire


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """Return an open wire with time-outs that a test can wait for."""
    wire = open_wire("am", Settings(timeout_seconds=5))
    yield wire
    await wire.close()
