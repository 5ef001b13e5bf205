"""A hub that polls real Alertmanagers and a real Prometheus, and what it shows of them."""

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Gauge
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
HIGH = Rule("High", "lab_value > 50", {"severity": "critical"}, {"summary": "it is high"})
HUSHED = Rule("Hushed", "lab_value > 50", {"severity": "major"}, {"summary": "it is hushed"})
SLOW = Rule("Slow", "lab_value > 50", {"severity": "warning"}, hold="1h")
MISSING = "Prometheus is not heard: its heartbeat stays away"
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def empty_store() -> Callable[[], str]:
    """Take the embedded store: what is shown here does not depend on it."""
    return lambda: "sqlite"


@dataclass
class Site:
    """A hub, two Alertmanagers that tell it and do not know each other, and their Prometheus."""

    hub: RunningHub
    managers: tuple[Alertmanager, Alertmanager]
    prometheus: Prometheus
    gauge: Gauge
    beats: bool = True

    def watch(self) -> None:
        """Start the Prometheus."""
        self.prometheus.start(
            targets=[self.gauge.target],
            rules=[HIGH, HUSHED, SLOW, *([WATCHDOG] if self.beats else [])],
            alertmanagers=[one.target for one in self.managers],
            external_labels={"cluster": "msk"},
        )

    def alerts(self) -> list[Any]:
        """Return what this Prometheus is about; before it was first heard it was waited for."""
        return [one for one in self.hub.alerts() if one["labels"].get("cluster") == "msk"]

    async def shows(self, title: str, status: str) -> Any:
        """Wait until the one alert of a title has a status."""

        def look() -> Any:
            found = [one for one in self.alerts() if one["title"] == title]
            assert len(found) <= 1, found
            return found[0] if found and found[0]["status"] == status else None

        return await asyncio.to_thread(until, look, f"{title} is {status}")

    def forget(self) -> None:
        """Kill Prometheus, and wait until both Alertmanagers believe that all is well."""
        self.prometheus.stop(signal.SIGKILL)
        until(
            lambda: not any(one.alerts() for one in self.managers),
            "both Alertmanagers believe that all is well",
        )

    async def never(self, title: str, *statuses: str) -> None:
        """Look for two seconds that the alert of a title is in none of some states."""
        for _ in range(20):
            (found,) = [one for one in self.alerts() if one["title"] == title]
            assert found["status"] not in statuses
            await asyncio.sleep(0.1)


async def built(
    lab: House,
    running_hub: MakeHub,
    gauge: Gauge,
    *,
    webhooks: bool,
    beats: bool = True,
    asks: bool = True,
    late: float = 5,
    **settings: object,
) -> AsyncIterator[Site]:
    n = next(NUMBERS)
    pair = (Alertmanager(lab, f"both-{n}-one"), Alertmanager(lab, f"both-{n}-other"))
    prometheus = Prometheus(lab, f"both-{n}-prometheus")
    connector = {
        "type": "prometheus",
        "webhook_secret": SECRET,
        "alertmanager_urls": [one.url for one in pair],
        "poll_seconds": 0.5,
        **({"prometheus_url": prometheus.url} if asks else {}),
        **({"heartbeat": {"labels": {"alertname": "Watchdog"}, "seconds": late}} if beats else {}),
    }
    hub = running_hub(quiet_seconds=2, connectors={"am": connector}, **settings)
    site = Site(hub, pair, prometheus, gauge, beats)
    for one in pair:
        await asyncio.to_thread(one.start, *((f"{hub.base}/hooks/am", SECRET) if webhooks else ()))
    await asyncio.to_thread(site.watch)
    yield site
    prometheus.stop()
    for one in pair:
        one.stop()


@pytest.fixture
async def polled(lab: House, running_hub: MakeHub, gauge: Gauge) -> AsyncIterator[Site]:
    async for site in built(lab, running_hub, gauge, webhooks=False):
        yield site


@pytest.fixture
async def told(lab: House, running_hub: MakeHub, gauge: Gauge) -> AsyncIterator[Site]:
    async for site in built(lab, running_hub, gauge, webhooks=True):
        yield site


@pytest.fixture
async def unheard(lab: House, running_hub: MakeHub, gauge: Gauge) -> AsyncIterator[Site]:
    """Return a site that has no heartbeat, told by webhooks, where doubt lasts two seconds."""
    async for site in built(
        lab, running_hub, gauge, webhooks=True, beats=False, unverified_seconds=2
    ):
        yield site


async def test_polling_alone_brings_an_alert_and_its_end_with_one_alertmanager_dead(
    polled: Site,
) -> None:
    """Facts 18, 22; trap 5."""
    polled.gauge.value = 60
    firing = await polled.shows("it is high", "firing")
    pending = await polled.shows("Slow", "pending")
    assert pending["labels"]["cluster"] == "msk"
    polled.managers[0].stop(signal.SIGKILL)
    for _ in range(20):
        still = await polled.shows("it is high", "firing")
        assert still["starts_at"] == firing["starts_at"]
        await asyncio.sleep(0.05)
    polled.gauge.value = 0
    ended = await polled.shows("it is high", "resolved")
    assert ended["ref"] == firing["ref"]
    assert ended["ends_at"] > ended["starts_at"]
    assert {one["title"] for one in polled.alerts()} <= {
        "it is high",
        "it is hushed",
        "Slow",
        MISSING,
    }


async def test_a_dead_prometheus_is_an_alert_of_its_own_until_it_is_back(polled: Site) -> None:
    """Fact 21: by polling alone, what it watched goes on firing."""
    polled.gauge.value = 60
    firing = await polled.shows("it is high", "firing")
    await asyncio.to_thread(polled.forget)
    missing = await polled.shows(MISSING, "firing")
    assert missing["severity"] == 5
    for _ in range(20):
        found = await polled.shows("it is high", "firing")
        assert found["starts_at"] == firing["starts_at"]
        await asyncio.sleep(0.1)
    await asyncio.to_thread(polled.watch)
    back = await polled.shows(MISSING, "resolved")
    assert back["ref"] == missing["ref"]
    await polled.shows("it is high", "firing")
    polled.gauge.value = 0
    await polled.shows("it is high", "resolved")


async def test_fact_21_the_resolved_of_a_dead_prometheus_is_unverified_until_it_is_back(
    told: Site,
) -> None:
    """Both Alertmanagers tell by webhook that it is resolved, and nothing turns green."""
    told.gauge.value = 60
    firing = await told.shows("it is high", "firing")
    await asyncio.to_thread(told.forget)
    doubted = await told.shows("it is high", "unverified")
    assert (doubted["ref"], doubted["ends_at"]) == (firing["ref"], None)
    missing = await told.shows(MISSING, "firing")
    assert missing["severity"] == 5
    await told.never("it is high", "resolved", "expired")
    incident = told.hub.api.one("incidents", doubted["incident"])
    assert incident["status"] == "open"
    await asyncio.to_thread(told.watch)
    await told.shows(MISSING, "resolved")
    await told.shows("it is high", "firing")
    told.gauge.value = 0
    await told.shows("it is high", "resolved")


@pytest.mark.parametrize("asks", [True, False], ids=["asked too", "heard only"])
async def test_fact_21_nothing_turns_green_while_the_heartbeat_is_not_yet_missed(
    lab: House, running_hub: MakeHub, gauge: Gauge, *, asks: bool
) -> None:
    """Alertmanager forgets within eight seconds here, and the hub misses it after 150."""
    async for site in built(lab, running_hub, gauge, webhooks=True, asks=asks, late=150):
        site.gauge.value = 60
        await site.shows("it is high", "firing")
        await site.shows("it is hushed", "firing")
        for one in site.managers:
            one.silence({"alertname": "Hushed"})
        await site.shows("it is hushed", "suppressed")
        await asyncio.to_thread(site.forget)
        await site.shows("it is high", "unverified")
        for _ in range(4):
            await site.never("it is high", "resolved", "expired")
            await site.never("it is hushed", "resolved", "expired")
        await asyncio.to_thread(site.watch)
        await site.shows("it is high", "firing")
        await site.shows("it is hushed", "suppressed")
        if not asks:  # who asks Prometheus itself waits until it has run for as long
            site.gauge.value = 0
            await site.shows("it is high", "resolved")


async def test_without_a_heartbeat_an_end_that_nobody_can_check_is_unverified_for_a_time_only(
    unheard: Site,
) -> None:
    """Fact 21: rules and `up` are asked, and do not answer."""
    unheard.gauge.value = 60
    await unheard.shows("it is high", "firing")
    await asyncio.to_thread(unheard.forget)
    seen = await unheard.shows("it is high", "expired")
    history = [one["event"] for one in unheard.hub.api.one("alerts", seen["ref"])["occurrences"]]
    assert history == ["fired", "unverified", "expired"]


def test_fact_17_what_a_webhook_leaves_out_is_polled_at_once(
    lab: House, running_hub: MakeHub
) -> None:
    """Trap 23: the hub does not wait for its turn, which would be in an hour."""
    server = Alertmanager(lab, f"truncating-{next(NUMBERS)}")
    connector = {
        "type": "prometheus",
        "webhook_secret": SECRET,
        "alertmanager_urls": [server.url],
        "poll_seconds": 3600,
    }
    hub = running_hub(connectors={"am": connector})
    try:
        server.start(f"{hub.base}/hooks/am", SECRET, max_alerts=2)
        soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
        server.push(
            [{"labels": {"alertname": "Cut", "n": str(n)}, "endsAt": soon} for n in range(5)]
        )
        until(lambda: len(hub.alerts()) == 5, "all five are there")
        assert {one["status"] for one in hub.alerts()} == {"firing"}
    finally:
        server.stop()
