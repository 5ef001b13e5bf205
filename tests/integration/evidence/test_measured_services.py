"""A hub that measures services by a real Prometheus: points, objectives, and what silence means."""

import asyncio
import itertools
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from aiohttp import web

from connectors.prometheus.queries import Queries
from connectors.prometheus.settings import Settings
from deploy.lab.endpoints import Endpoint
from deploy.lab.ports import request
from deploy.lab.processes import House
from deploy.lab.programs import find
from deploy.lab.prometheus import Prometheus
from hub.wire import open_wire
from tests.integration.conftest import MakeHub
from tests.integration.hub.client import until
from tests.integration.hub.running import RunningHub

pytestmark = [pytest.mark.slow, pytest.mark.needs_system("prometheus")]
NUMBERS = itertools.count(1)
MINUTE: Final = timedelta(minutes=1)

SERVICES: Final = """\
metrics:
  availability: {connector: prom, query: 'max(up{job="lab", instance=~"$service.*"})'}
services:
  - ref: "127.0.0.1"
    aliases: [monitor]
    tier: 1
    metrics:
      latency: {connector: prom, query: 'no_such_metric'}
      traffic: {connector: prom, query: 'sum('}
      errors: {connector: prom, query: 'vector(0) / 0'}
      saturation: {connector: prom, query: 'scalar(lab_past)'}
"""
SLO: Final = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: NAME, displayName: It answers}
spec:
  service: monitor
  indicator:
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {metricSourceRef: prom, spec: {query: 'GOOD'}}}
        total: {metricSource: {spec: {query: prometheus_http_requests_total}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.5}]
"""


def backfilled(house: House, name: str, begin: datetime, count: int) -> None:
    """Write a past into the folder of a Prometheus: a number a minute, two hours of it missing."""
    folder = house.root / name
    (folder / "data").mkdir(parents=True)
    gap = range(count // 2, count // 2 + 120)
    lines = [
        f"lab_past {n % 100 / 100} {begin.timestamp() + 60 * n:.0f}"
        for n in range(count)
        if n not in gap
    ]
    text = "\n".join(["# TYPE lab_past gauge", *lines, "# EOF", ""])
    (folder / "past.txt").write_text(text)
    promtool = find("promtool")
    assert promtool is not None
    words = ["tsdb", "create-blocks-from", "openmetrics", f"{folder}/past.txt", f"{folder}/data"]
    done = subprocess.run([str(promtool), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


async def seen(look: Callable[[], object]) -> None:
    """Look until it is so."""
    await asyncio.to_thread(until, look, "what the hub says", 90)


def scraped(prometheus: Prometheus) -> bool:
    """Tell whether there is an increase to be counted."""
    query = "/api/v1/query?query=increase(prometheus_http_requests_total%5B5m%5D)"
    _, said = request(prometheus.port, "GET", query)
    return b'"value"' in said


@dataclass
class Site:
    """A Prometheus that scrapes itself and has a past, and a hub that asks it."""

    hub: RunningHub
    prometheus: Prometheus
    begin: datetime
    seen: dict[str, Any] = field(default_factory=dict)

    def service(self) -> dict[str, Any]:
        """Return the service in full."""
        return dict(self.hub.api.one("services", "monitor"))

    def metric(self, name: str) -> dict[str, Any]:
        """Return one of its metrics."""
        return next(one for one in self.service()["metrics"] if one["name"] == name)

    def objective(self, name: str = "answers") -> dict[str, Any]:
        """Return one of its objectives."""
        return next((o for o in self.service()["objectives"] if o["name"] == name), {})


@pytest.fixture
def site(running_hub: MakeHub, lab: House) -> Iterator[Site]:
    prometheus = Prometheus(lab, f"prometheus-series-{next(NUMBERS)}")
    begin = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=9)
    backfilled(lab, prometheus.name, begin, 8 * 24 * 60)
    prometheus.start(targets=[f"127.0.0.1:{prometheus.port}"])
    until(lambda: scraped(prometheus), "Prometheus has scraped itself more than once", 60)
    connector = {"type": "prometheus", "prometheus_url": prometheus.url, "timeout_seconds": 5}
    hub = running_hub(start=False, connectors={"prom": connector})
    hub.write("services.yaml", SERVICES)
    good = 'prometheus_http_requests_total{code=~"[24].."}'
    hub.write("slos/answers.yaml", SLO.replace("NAME", "answers").replace("GOOD", good))
    hub.write("slos/missing.yaml", SLO.replace("NAME", "missing").replace("GOOD", "no_such_total"))
    yield Site(hub.start(), prometheus, begin)
    prometheus.stop()


async def test_numbers_and_objectives_come_and_a_vanished_prometheus_leaves_unknown(
    site: Site,
) -> None:
    """Fact 22, trap 6, scenario 15: on both stores, over a restart, by a real Prometheus."""
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


async def test_the_past_is_filled_in_as_one_query_would_tell_it(site: Site) -> None:
    """Pieces, overlap and blocks give the points of the server; what it does not know is a gap."""
    path = "/services/monitor/series"
    start, end = site.begin + timedelta(hours=2), site.begin + timedelta(days=7)

    def kept() -> list[dict[str, Any]]:
        span = {"from": start.isoformat(), "to": end.isoformat()}
        return list(site.hub.api.get(path, name="saturation", step=3600, **span)["points"])

    await seen(lambda: sum(one["value"] is not None for one in kept()) > 150)
    points = await asyncio.to_thread(kept)
    wire = open_wire("direct", Settings(timeout_seconds=30))
    first = datetime.fromisoformat(points[0]["at"])
    last = datetime.fromisoformat(points[-1]["at"]) + 59 * MINUTE
    (direct,) = await Queries(wire, site.prometheus.url).ranged(
        "scalar(lab_past)", first, last, MINUTE
    )
    await wire.close()
    known = {point.at: point.value for point in direct.points if point.value is not None}
    wished = []
    for at in (datetime.fromisoformat(point["at"]) for point in points):
        hour = [known[at + n * MINUTE] for n in range(60) if at + n * MINUTE in known]
        wished.append(pytest.approx(sum(hour) / len(hour)) if len(hour) >= 30 else None)
    assert [point["value"] for point in points] == wished
    assert None in wished[1:-1]
    fine = f"{path}?name=saturation&step=60&from={start:%Y-%m-%dT%H:%M:%SZ}"
    assert site.hub.api.ask("GET", fine).status == 422


def _metrics(hub: RunningHub) -> str:
    answer = hub.api.send("GET", "/metrics", None, {"Authorization": f"Bearer {hub.token}"})
    return answer.body.decode()


@dataclass
class Faulty(Endpoint):
    """Stands in the place of a Prometheus: 503 with a time to wait, then a lesser truth."""

    path: str = "/{any:.*}"
    status: int = 503
    asked: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.status != 200:
            return web.Response(status=self.status, headers={"Retry-After": "1"}, text="busy")
        end = float(request.query.get("end", "0"))
        result = [{"metric": {}, "values": [[end, "0.5"]]}] if end else []
        return web.json_response({"status": "success", "data": {"result": result}})


@pytest.fixture
async def faulty() -> AsyncIterator[Faulty]:
    async with Faulty() as endpoint:
        yield endpoint


async def test_a_busy_prometheus_is_asked_again_when_it_said(
    running_hub: MakeHub, faulty: Faulty
) -> None:
    connector = {"type": "prometheus", "prometheus_url": f"http://{faulty.target}"}
    hub = running_hub(start=False, connectors={"prom": connector})
    hub.write("services.yaml", SERVICES)
    await asyncio.to_thread(hub.start)

    def metric() -> dict[str, Any]:
        return dict(hub.api.one("services", "monitor")["metrics"][0])

    await seen(lambda: metric()["state"] == "failing")
    assert "503" in (await asyncio.to_thread(metric))["message"]
    faulty.status = 200
    await seen(lambda: metric()["state"] == "ok")
    assert (await asyncio.to_thread(metric))["value"] == 0.5
