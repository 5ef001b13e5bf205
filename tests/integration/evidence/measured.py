"""A hub that measures services by a real Prometheus, for the tests that look at it."""

import asyncio
import itertools
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from deploy.lab.ports import request
from deploy.lab.processes import House
from deploy.lab.programs import find
from deploy.lab.prometheus import Prometheus
from tests.integration.conftest import MakeHub
from tests.integration.hub.client import until
from tests.integration.hub.running import RunningHub

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
