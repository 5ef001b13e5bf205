"""Links follow what they say: one that nothing speaks for any more is expired, not linked."""

from typing import Any

import orjson
import pytest

from tests.integration.hub.samples import day, plan
from tests.integration.store.bench import SERVICES, Bench, alert

pytestmark = pytest.mark.slow

DELIVERS = "tier: 1, delivers: [{project: ERP, milestone: Go-live}]"
GO_LIVE = "file:milestone:ERP/101"


@pytest.fixture
async def bench(bench: Bench) -> Bench:
    """Return an ingest with one firing alert, whose service delivers a milestone."""
    await bench.bring_in(plan({"Go-live": day(9)}))
    await bench.catalogue(SERVICES.replace("tier: 1", DELIVERS, 1))
    await bench.told(alert("A", bench.now))
    return bench


async def states(bench: Bench, source: str) -> dict[str, str]:
    query = f"SELECT target, state FROM link WHERE source LIKE '{source}%'"  # noqa: S608
    return dict(await bench.rows(query))


async def test_an_alert_of_another_service_is_not_linked_to_the_old_one(bench: Bench) -> None:
    assert await states(bench, "am:alert:") == {"shop": "linked"}
    await bench.catalogue(SERVICES.replace("ref: shop", "ref: store"))
    await bench.after(1)
    assert await states(bench, "am:alert:") == {"shop": "expired", "store": "linked"}
    await bench.catalogue(SERVICES)
    await bench.after(1)
    assert await states(bench, "am:alert:") == {"shop": "linked", "store": "expired"}


async def test_a_milestone_that_is_not_hurt_any_more_is_not_threatened(bench: Bench) -> None:
    assert (await states(bench, "hub:incident:"))[GO_LIVE] == "linked"
    await bench.catalogue(SERVICES)
    await bench.after(1)
    assert (await states(bench, "hub:incident:"))[GO_LIVE] == "expired"


async def test_what_a_person_confirmed_does_not_expire(bench: Bench) -> None:
    ((link,),) = await bench.rows(f"SELECT id FROM link WHERE target = '{GO_LIVE}'")  # noqa: S608
    assert await bench.stores.verdicts.judge(link, "confirmed", "ada", "") is None
    await bench.catalogue(SERVICES)
    await bench.after(1)
    assert (await states(bench, "hub:incident:"))[GO_LIVE] == "confirmed"


async def test_a_service_that_a_person_rejects_leaves_the_impact_of_that_incident(
    bench: Bench,
) -> None:
    await bench.told(alert("B", bench.now, service="pay"))
    find = "SELECT id FROM link WHERE source = 'hub:incident:1' AND target = 'shop'"
    ((link,),) = await bench.rows(find)
    assert await bench.stores.verdicts.judge(link, "rejected", "ada", "not this one") is None
    bench.intake.outdated()
    await bench.after(1)
    found = await shown(bench, "hub:incident:1")
    assert (found["services"], found["milestones"]) == ([], [])
    await bench.told(alert("C", bench.now))
    await bench.after(1)
    found = await shown(bench, "hub:incident:1")
    assert (found["alerts_total"], found["services"], found["milestones"]) == (2, [], [])
    assert (await states(bench, "hub:incident:1"))["shop"] == "rejected"
    assert (await states(bench, "am:alert:"))["shop"] == "linked"


async def shown(bench: Bench, ref: str) -> dict[str, Any]:
    found = await bench.stores.board.one("incidents", ref)
    assert found is not None
    return dict(orjson.loads(found))


async def test_an_alert_keeps_the_service_of_its_host_groups_when_it_is_linked_again(
    bench: Bench,
) -> None:
    ((mapping,),) = await bench.rows("SELECT text FROM document WHERE kind = 'mapping'")
    grouped = mapping.replace(
        "\ntables:", "\n  host_groups: {path: labels.groups, as: split_commas}\ntables:"
    )
    await bench.stores.documents.offer("mapping", "prometheus/alert", "file", grouped)
    erp = "  - {ref: erp, name: ERP, match: {host_groups: ['erp-*']}}\n"
    await bench.catalogue(SERVICES + erp)
    await bench.told(alert("G", bench.now, service="", groups="linux,erp-db"))
    found = "SELECT service FROM alert WHERE title = 'G'"
    assert await bench.rows(found) == [("erp",)]
    await bench.catalogue(SERVICES.replace("name: Pay", "name: Payment") + erp)
    await bench.after(1)
    assert await bench.rows(found) == [("erp",)]
