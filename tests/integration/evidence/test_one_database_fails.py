"""A database fails under forty services, a switch elsewhere: two incidents, each with its root."""

import random
import time
from collections import Counter
from typing import Any

import pytest

from tests.figures import Tell
from tests.integration.conftest import MakeHub
from tests.integration.hub.client import until
from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert, at

pytestmark = pytest.mark.slow

APPS = [f"shop-app-{number:02}" for number in range(40)]
RULES = ["HighLatency", "ErrorRate", "QueueGrows", "PodRestarts", "Saturation", "SlowQueries"]
STORM, SPREAD, TOGETHER = 2000, 180, 20
"""Alerts of the database's fault, the seconds over which they begin, and alerts a delivery."""
ELSEWHERE = 12


def service(ref: str, *needs: str) -> dict[str, Any]:
    return {
        "ref": ref,
        "name": ref,
        "match": {"labels": {"service": [ref]}},
        "depends_on": [{"service": one, "hardness": "hard"} for one in needs],
    }


def deliveries() -> list[list[dict[str, Any]]]:
    """Return both faults as webhooks: neighbours in time come together, and out of order."""
    chance = random.Random(7)  # noqa: S311 - no secret
    told = [(0.0, alert("DatabaseDown", starts=at(), service="shop-db", severity="critical"))]
    for number in range(STORM - 1):
        begun = 1 + number * (SPREAD - 1) / STORM
        told.append((begun, alert(
            chance.choice(RULES), starts=at(seconds=begun), service=APPS[number % len(APPS)],
            pod=f"pod-{number}", severity=chance.choice(["warning", "critical"]),
        )))  # fmt: skip
    for number in range(ELSEWHERE):
        begun = number * SPREAD / ELSEWHERE
        told.append((begun, alert(
            "LinkDown", starts=at(seconds=begun), service="office-switch", port=str(number)
        )))  # fmt: skip
    told.sort(key=lambda one: one[0] + chance.uniform(0, 5))
    alerts = [one for _, one in told]
    return [alerts[i : i + TOGETHER] for i in range(0, len(alerts), TOGETHER)]


def incidents(hub: RunningHub) -> list[Any]:
    """Return the incidents, once every alert has one."""
    found = [hub.api.one("incidents", one["ref"]) for one in hub.api.items("incidents")]
    return found if sum(one["alerts_total"] for one in found) == STORM + ELSEWHERE else []


def test_two_thousand_alerts_of_one_database_and_a_fault_elsewhere_are_two_incidents(
    running_hub: MakeHub, figures: Tell
) -> None:
    hub = running_hub(start=False)
    catalogue = [service("shop-db"), *(service(app, "shop-db") for app in APPS)]
    hub.services(*catalogue, service("office-switch"))
    hub.start()
    began = time.perf_counter()
    for together in deliveries():
        hub.tell(*together)
    told = time.perf_counter()
    found = until(lambda: incidents(hub), "every alert is in an incident")
    known = time.perf_counter()
    figures(
        alerts=STORM + ELSEWHERE,
        **{"to send, s": round(told - began, 2), "after the last, s": round(known - told, 2)},
    )
    roots = Counter({one["root_candidates"][0]["service"]: one["alerts_total"] for one in found})
    assert len(found) == 2
    assert roots == {"shop-db": STORM, "office-switch": ELSEWHERE}
