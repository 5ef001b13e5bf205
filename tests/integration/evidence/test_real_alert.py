"""A rule of a real Prometheus fires, two real Alertmanagers tell, and a milestone is hurt."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Gauge
from deploy.lab.prometheus import Prometheus, Rule
from tests.integration.conftest import MakeHub
from tests.integration.evidence.stream import listening
from tests.integration.hub.client import until
from tests.integration.hub.running import SECRET, RunningHub
from tests.integration.hub.samples import day, plan

pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs_system("prometheus"),
    pytest.mark.needs_system("alertmanager"),
]

RULE = Rule(
    alert="ShopDatabaseDown",
    expr="lab_value > 0",
    labels={"severity": "critical", "service": "shop-db"},
    annotations={"summary": "数据库 shop-db 不可用"},
)
SHOP_DB: dict[str, Any] = {
    "ref": "shop-db",
    "name": "Shop database",
    "tier": 1,
    "match": {"labels": {"service": ["shop-db"]}},
    "delivers": [{"project": "ERP", "milestone": "ERP go-live", "role": "delivers"}],
}
PLAN = plan(
    {"ERP go-live": day(5), "Dry run": day(2)},
    title="ERP",
    work=("Migrate", "Rehearse"),
    links=((1, 2), (2, 101)),
)
MILESTONE = "file:milestone:ERP/101"

Pair = Callable[[str, str], tuple[Alertmanager, Alertmanager]]
Watching = Callable[[Gauge, Rule, tuple[Alertmanager, ...]], Prometheus]


@pytest.fixture
def hub(running_hub: MakeHub) -> RunningHub:
    made = running_hub(start=False, quiet_seconds=2)
    made.services(SHOP_DB)
    made.start()
    made.bring_in(PLAN)
    return made


async def test_an_alert_of_two_alertmanagers_is_one_and_names_the_milestone_it_hurts(
    hub: RunningHub, gauge: Gauge, alertmanager_pair: Pair, prometheus_with_rule: Watching
) -> None:
    def telling() -> None:
        pair = alertmanager_pair(f"{hub.base}/hooks/am", SECRET)
        prometheus_with_rule(gauge, RULE, pair)

    await asyncio.to_thread(telling)
    assert hub.alerts() == []
    async with listening(hub.api) as live:
        gauge.value = 1
        await asyncio.to_thread(until, lambda: both_told(hub), "both Alertmanagers told the hub")
        incident = await asyncio.to_thread(until, lambda: hurting(hub), "the milestone is hurt")
        await live.until(lambda told: bool(told.about("alert") and told.about("incident")))
        look_at_the_incident(hub, incident)
        look_at_the_milestone(hub, incident)
        gauge.value = 0
        done = await asyncio.to_thread(hub.becomes, RULE.alert, "resolved")
        assert done["ref"] == incident["ref"]
        await live.until(lambda told: told.about("incident")[-1]["version"] == done["version"])
    look_at_the_end(hub, done, incident["milestones"][0]["exposure"])


def both_told(hub: RunningHub) -> bool:
    """Each Alertmanager tells a firing alert once an hour, so two deliveries are two tellers."""
    found = hub.alerts()
    return bool(found) and found[0]["count"] >= 2


def hurting(hub: RunningHub) -> Any:
    found = hub.incident_of(RULE.alert)
    return found if found["milestones"] else None


def look_at_the_incident(hub: RunningHub, incident: Any) -> None:
    (alert,) = hub.api.items("alerts")
    assert (alert["status"], alert["severity"], alert["service"]) == ("firing", 5, "shop-db")
    assert alert["title"] == "数据库 shop-db 不可用"
    assert [one["ref"] for one in alert["milestones"]] == [MILESTONE]
    (listed,) = hub.api.items("incidents")
    assert listed["ref"] == incident["ref"]
    assert (incident["status"], incident["alerts"]) == ("open", [alert["ref"]])
    (hurt,) = incident["milestones"]
    assert (hurt["ref"], hurt["title"]) == (MILESTONE, "ERP go-live")
    assert 0 < hurt["exposure"] <= 100
    assert {"exposure_route", "milestone_due_in"} <= {one["code"] for one in hurt["reasons"]}
    assert all(one["values"] is not None for one in hurt["reasons"])


def look_at_the_milestone(hub: RunningHub, incident: Any) -> None:
    found = hub.api.one("milestones", MILESTONE)
    assert found["exposure"] == incident["milestones"][0]["exposure"]
    assert found["incidents"] == [incident["ref"]]
    assert "shop-db" in found["services"]
    assert found["health"]["rag"] in {"red", "amber"}
    assert any(one["code"] == "health_exposed" for one in found["health"]["reasons"])
    listed = {one["ref"]: one for one in hub.api.items("milestones")}
    assert listed[MILESTONE]["exposure"] == found["exposure"]
    assert listed["file:milestone:ERP/102"]["incidents"] == []


def look_at_the_end(hub: RunningHub, incident: Any, hurt: float) -> None:
    (alert,) = hub.alerts()
    assert alert["status"] == "resolved"
    assert alert["ends_at"] > alert["starts_at"]
    assert incident["resolved_at"] is not None
    found = hub.api.one("milestones", MILESTONE)
    assert found["incidents"] == []
    # What is over goes on to count for less and less, a third of it after a day.
    assert 0 < found["exposure"] <= hurt
