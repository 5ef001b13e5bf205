"""What an incident counts is what its alerts say, whatever happened to them."""

from random import Random

import pytest

from tests.integration.store.bench import SERVICES, Bench, alert
from tests.integration.store.counting import Week, wrong

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_an_incident_counts_its_alerts(bench: Bench, seed: int) -> None:
    week = Week(bench, Random(seed))  # noqa: S311 - no secret
    for _ in range(60):
        await week.step()
        assert await wrong(bench) == []


async def test_a_service_that_gains_an_alert_is_counted_in_the_store(bench: Bench) -> None:
    await bench.told(
        alert("A", bench.now, host="h1"), alert("B", bench.now, service="other", host="h1")
    )
    assert set(await bench.rows("SELECT incident FROM alert")) == {(1,)}
    await bench.catalogue(SERVICES.replace("service: [shop]", "service: [shop, other]"))
    await bench.after(1)
    assert await wrong(bench) == []


async def test_an_alert_that_ends_is_counted_out_of_a_closed_incident(bench: Bench) -> None:
    begin = bench.now
    await bench.told(alert("A", begin), alert("B", begin))
    await bench.edit(1, status="closed")
    await bench.told(alert("A", begin, ends_at=bench.at(9)))
    assert await wrong(bench) == []
    assert await bench.states() == {1: "closed"}
