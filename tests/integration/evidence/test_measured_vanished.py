"""Numbers and objectives of a real Prometheus that vanishes, over a restart of the hub."""

import asyncio
import signal
from collections.abc import Callable

import pytest

from tests.integration.evidence.measured import Site, scraped, seen, site
from tests.integration.hub.client import until
from tests.integration.hub.running import RunningHub

__all__ = ["site"]

pytestmark = [pytest.mark.slow, pytest.mark.needs_system("prometheus")]


@pytest.fixture(scope="module")
def empty_store() -> Callable[[], str]:
    """Take the embedded store: two minutes of waiting show nothing more on another one."""
    return lambda: "sqlite"


async def test_numbers_and_objectives_come_and_a_vanished_prometheus_leaves_unknown(
    site: Site,
) -> None:
    """Fact 22, trap 6, scenario 15: over a restart, by a real Prometheus."""
    await seen(lambda: site.metric("availability")["state"] == "ok")
    assert site.metric("availability")["value"] == 1.0
    failing = site.metric("traffic")
    assert (failing["state"], failing["value"]) == ("failing", None)
    assert "unclosed left parenthesis" in failing["message"]
    assert site.metric("latency")["state"] == "no_data"
    assert site.metric("errors")["state"] == "not_a_number"
    await seen(lambda: site.objective().get("state") == "calm")
    assert site.objective()["budget"]["whole"] is False
    assert site.objective()["title"] == "It answers"
    assert site.objective("missing")["state"] == "unknown"
    listed = site.hub.api.items("objectives", state="unknown")
    assert [one["name"] for one in listed] == ["missing"]
    said = _metrics(site.hub)
    assert 'milepost_series{connector="prom",state="failing"} 1.0' in said
    assert 'milepost_objectives{state="unknown"} 1.0' in said

    await asyncio.to_thread(site.prometheus.stop, signal.SIGKILL)
    await asyncio.to_thread(site.hub.restart)
    await seen(lambda: site.metric("availability")["state"] == "failing")
    lost = site.metric("availability")
    assert (lost["value"], lost["last_value"]) == (None, 1.0)
    await seen(lambda: site.objective()["state"] == "unknown")
    assert site.objective()["budget"]["left"] is None

    site.prometheus.start(targets=[f"127.0.0.1:{site.prometheus.port}"])
    await asyncio.to_thread(until, lambda: scraped(site.prometheus), "it scrapes again", 60)
    await seen(lambda: site.metric("availability")["state"] == "ok")
    await seen(lambda: site.objective()["state"] == "calm")


def _metrics(hub: RunningHub) -> str:
    answer = hub.api.send("GET", "/metrics", None, {"Authorization": f"Bearer {hub.token}"})
    return answer.body.decode()
