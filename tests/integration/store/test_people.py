"""What a person set stays, whatever comes in or is linked again."""

from collections.abc import AsyncIterator

import pytest

from hub.store import Database
from tests.integration.store.bench import SERVICES, Bench, alert, opened

pytestmark = pytest.mark.slow


@pytest.fixture
async def bench(fresh: Database) -> AsyncIterator[Bench]:
    """Return an ingest on an empty store."""
    async with opened(fresh) as made:
        yield made


async def test_a_changed_catalogue_does_not_reopen_what_a_person_resolved(bench: Bench) -> None:
    await bench.told(alert("A", bench.now))
    assert await bench.edit(1, status="resolved") is None
    await bench.catalogue(SERVICES.replace("service: [shop]", "service: [shop], alertname: [A]"))
    await bench.after(1)
    assert await bench.states() == {1: "resolved"}
    await bench.catalogue(SERVICES.replace("ref: shop", "ref: store"))
    await bench.after(1)
    assert await bench.rows("SELECT service FROM alert") == [("store",)]
    assert await bench.states() == {1: "resolved"}
