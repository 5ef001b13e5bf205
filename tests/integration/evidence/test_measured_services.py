"""A hub that measures services by a real Prometheus: points, objectives, and what silence means."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from connectors.prometheus.queries import Queries
from connectors.prometheus.settings import Settings
from deploy.lab.endpoints import Endpoint
from hub.wire import open_wire
from tests.integration.conftest import MakeHub
from tests.integration.evidence.measured import MINUTE, SERVICES, Site, seen, site

__all__ = ["site"]

pytestmark = [pytest.mark.slow, pytest.mark.needs_system("prometheus")]


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
