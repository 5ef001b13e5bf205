"""One story in a real Prometheus and Alertmanager, by webhooks alone and by polling alone."""

import asyncio
from typing import Any

import pytest

from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Series
from deploy.lab.processes import House
from deploy.lab.prometheus import WATCHDOG, Prometheus, Rule
from tests.integration.conftest import MakeHub
from tests.integration.hub.client import until
from tests.integration.hub.running import SECRET, RunningHub

pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs_system("prometheus"),
    pytest.mark.needs_system("alertmanager"),
]
RULES = [
    Rule("Trouble", "lab_trouble > 0", {"severity": "critical", "service": "shop-db"},
         {"summary": "{{ $labels.mark }} 出了问题"}),
    Rule("Slow", "lab_trouble > 0", {"severity": "warning"}, hold="1h"),
    WATCHDOG,
]  # fmt: skip
SEEN = (
    "title", "severity", "severity_raw", "status", "service", "starts_at", "ends_at", "labels",
    "incident",
)  # fmt: skip


@pytest.fixture(scope="module")
def empty_store() -> Any:
    """Take the embedded store: what is shown here does not depend on it."""
    return lambda: "sqlite"


def rows(hub: RunningHub, connector: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what a connector's alerts say, by rule and mark."""
    return {
        (one["labels"]["alertname"], one["labels"]["mark"]): {name: one[name] for name in SEEN}
        for one in hub.alerts(connector=connector)
        if "mark" in one["labels"]
    }


def states(hub: RunningHub, connector: str, rule: str = "Trouble") -> dict[str, str]:
    return {mark: row["status"] for (name, mark), row in rows(hub, connector).items()
            if name == rule}  # fmt: skip


async def test_webhooks_alone_and_polling_alone_end_in_the_same_state(
    lab: House, running_hub: MakeHub
) -> None:
    """Trap 3. What no webhook tells is named: a silence, and what is pending."""
    manager, prometheus = Alertmanager(lab, "story-am"), Prometheus(lab, "story-prometheus")
    reach = {"alertmanager_urls": [manager.url], "prometheus_url": prometheus.url}
    beat = {"heartbeat": {"labels": {"alertname": "Watchdog"}, "seconds": 6}}
    hub = running_hub(
        quiet_seconds=3600,
        connectors={
            "told": {"type": "prometheus", "webhook_secret": SECRET},
            "polled": {"type": "prometheus", **reach, **beat, "poll_seconds": 0.3},
        },
    )
    async with Series() as series:
        try:
            await asyncio.to_thread(manager.start, f"{hub.base}/hooks/told", SECRET)
            prometheus.start(targets=[series.target], rules=RULES, alertmanagers=[manager.target])
            await asyncio.to_thread(same_story, hub, series, manager)
        finally:
            prometheus.stop()
            manager.stop()


def same_story(hub: RunningHub, series: Series, manager: Alertmanager) -> None:
    def become(**expected: str) -> None:
        for name in ("told", "polled"):
            until(lambda n=name: states(hub, n) == expected, f"{name}: {expected}", 60)  # type: ignore[misc]

    series.raised |= {"stays", "ends", "again", "silenced"}
    become(stays="firing", ends="firing", again="firing", silenced="firing")
    series.raised -= {"ends", "again"}
    become(stays="firing", ends="resolved", again="resolved", silenced="firing")
    series.raised |= {"again"}
    become(stays="firing", ends="resolved", again="firing", silenced="firing")

    def same() -> bool:
        told, polled = rows(hub, "told"), rows(hub, "polled")
        return told == {key: row for key, row in polled.items() if key[0] == "Trouble"}

    until(same, "each row is the same, field by field", 60)
    manager.silence({"mark": "silenced"})
    until(lambda: states(hub, "polled")["silenced"] == "suppressed", "it is silenced", 60)
    assert states(hub, "told")["silenced"] == "firing"
    assert set(states(hub, "polled", "Slow").values()) <= {"pending", "expired"}
    assert states(hub, "told", "Slow") == {}
