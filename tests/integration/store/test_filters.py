"""Filters that look into encoded JSON find the same on both stores."""

import orjson
import pytest

from hub.services.board import Listing, ListQuery
from tests.integration.hub.samples import day, plan
from tests.integration.store.bench import Bench, alert

pytestmark = pytest.mark.slow

SERVICES = """
services:
  - ref: shop
    name: Shop
    tier: 1
    delivers: [{project: ERP, milestone: Go-live}]
  - ref: pay
    name: Pay
    tier: 1
    depends_on: [{service: shop, hardness: hard}]
    delivers: [{project: ERP, milestone: Payments}]
"""
GO_LIVE, PAYMENTS = "file:milestone:ERP/101", "file:milestone:ERP/102"


@pytest.fixture
async def bench(bench: Bench) -> Bench:
    """Return an ingest with a plan of two milestones, and an alert of each of two services."""
    await bench.bring_in(plan({"Go-live": day(9), "Payments": day(9)}))
    await bench.catalogue(SERVICES)
    await bench.told(alert("Shop down", bench.now))
    await bench.after(600)
    await bench.told(alert("Pay down", bench.now, service="pay"))
    return bench


async def found(bench: Bench, of: str, **wanted: str) -> list[str]:
    query = ListQuery(filters={name: (value,) for name, value in wanted.items()})
    listing = await bench.stores.board.page(of, query)
    assert isinstance(listing, Listing), listing
    return sorted(orjson.loads(item)["title"] for item in listing.items)


async def test_incidents_and_alerts_of_a_milestone(bench: Bench) -> None:
    assert await found(bench, "incidents", milestone=GO_LIVE) == ["Shop down"]
    assert await found(bench, "incidents", milestone=PAYMENTS) == ["Pay down", "Shop down"]
    assert await found(bench, "alerts", milestone=PAYMENTS) == ["Pay down", "Shop down"]
    assert await found(bench, "alerts", milestone="file:milestone:ERP/10") == []


async def test_incidents_of_a_service_are_not_those_whose_route_passes_it(bench: Bench) -> None:
    assert await found(bench, "incidents", service="pay") == ["Pay down"]
    assert await found(bench, "incidents", service="shop") == ["Shop down"]


async def test_tasks_of_a_kind_are_not_those_of_that_title(bench: Bench) -> None:
    await bench.bring_in(plan({"work": day(3)}), key="Other")
    assert await found(bench, "tasks", kind="milestone", project="file:project:Other") == ["work"]
    assert "work" not in await found(bench, "tasks", kind="work", project="file:project:Other")


async def test_the_plan_sees_what_hurts_it(bench: Bench) -> None:
    incidents = await bench.stores.board.open_incidents(bench.now)
    shown = {one.title: (one.services, len(one.milestones), one.firing) for one in incidents}
    assert shown == {"Shop down": (("shop",), 2, 1), "Pay down": (("pay",), 1, 1)}


@pytest.mark.parametrize("connector", ["%", "fil_", "_ile", "f%"])
async def test_a_connector_of_tasks_is_a_name_not_a_pattern(bench: Bench, connector: str) -> None:
    assert await found(bench, "tasks", connector="file")
    assert await found(bench, "tasks", connector=connector) == []
