"""How soon a trigger of a real tool is in the hub's API, beside the tool's own webhook.

One trigger is seen three times: when the tool's webhook call arrives, when the hub that gets this
very call shows the alert, and when the same hub shows it by looking at the tool only.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web

from connectors.zabbix.onboarding import Onboarding
from connectors.zabbix.settings import Settings
from deploy.bench.client import get
from deploy.bench.organisation import SECRET
from deploy.bench.targets import ask
from deploy.children import serve
from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Endpoint, Series
from deploy.lab.processes import House
from deploy.lab.programs import find
from deploy.lab.prometheus import Prometheus, Rule
from deploy.lab.zabbix import Zabbix
from deploy.lab.zabbix_objects import Corner, Trigger, administrator_token
from hub.wire import open_wire

TOLD: Final = "told"
LOOKED: Final = "looked"
POLL_SECONDS: Final = 5
"""Of the connector that only looks; the one that is told looks as rarely as it is shipped."""
_PAUSE: Final = 1.3
_LOOK: Final = 0.02
_PATIENCE: Final = 120.0


@dataclass(frozen=True)
class Reached:
    """Seconds from a trigger to the tool's webhook, and to the API by webhook and by looking."""

    tool: str
    webhook: list[float]
    told: list[float]
    looked: list[float]


@dataclass
class Passing(Endpoint):
    """Notes when a mark is first told, and passes each call on to the hub."""

    path: str = "/hooks/{connector}"
    marks: tuple[str, ...] = ()
    seen: dict[str, float] = field(default_factory=dict)
    hub: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Pass one call on; its answer is the hub's."""
        now, body = time.perf_counter(), await request.read()
        for mark in self.marks:
            if mark.encode() in body:
                self.seen.setdefault(mark, now)
        headers = {k: v for k, v in request.headers.items() if k.lower() != "host"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.hub + request.path, data=body, headers=headers) as answer,
        ):
            return web.Response(status=answer.status, body=await answer.read())

    def at(self, connector: str) -> str:
        """Return the address that the tool calls."""
        return f"http://{self.target}/hooks/{connector}"


async def reaching(house: House, folder: Path, times: int = 15) -> list[Reached]:
    """Raise `times` triggers in each tool that is installed."""
    found = []
    if find("prometheus") and find("alertmanager"):
        found.append(await _prometheus(house, folder / "reach-prometheus", times))
    for release, program in (("6.0", "zabbix"), ("7.0", "zabbix-7.0")):
        if find(program):
            found.append(await _zabbix(house, folder / f"reach-{program}", release, times))
    return found


async def _prometheus(house: House, folder: Path, times: int) -> Reached:
    marks = tuple(f"mark-{n}-x" for n in range(times))
    async with Passing(marks=marks) as hook, Series() as metric:
        alertmanager = Alertmanager(house, "reach-alertmanager")
        alertmanager.start(hook.at("am-told"), SECRET)
        prometheus = Prometheus(house, "reach-prometheus").start(
            targets=[metric.target],
            rules=[Rule("Trouble", "lab_trouble > 0", {"severity": "critical"})],
            alertmanagers=[alertmanager.target],
        )
        reach = {"alertmanager_urls": [alertmanager.url], "prometheus_url": prometheus.url}
        with _hub(folder, "prometheus", "am", reach) as (base, reading):
            hook.hub = base
            # What it scrapes, and whom it tells, it learns some seconds after its start.
            await asyncio.sleep(7)

            async def raise_(mark: str) -> None:
                metric.raised.add(mark)

            found = await _measured("Prometheus", marks, hook, raise_, base, reading)
        prometheus.stop()
        alertmanager.stop()
    return found


async def _zabbix(house: House, folder: Path, release: str, times: int) -> Reached:
    zabbix = Zabbix(house, f"reach-zabbix-{release[0]}", release).start()
    corner = Corner.make(zabbix, f"reach-{release[0]}")
    hosts = await asyncio.to_thread(corner.hosts, times, [Trigger("db.connections")])
    marks = tuple(host.name for host in hosts)
    reach = {"url": zabbix.url, "token": administrator_token(zabbix)}
    async with Passing(marks=tuple(f'"{mark}"' for mark in marks)) as hook:
        with _hub(folder, "zabbix", "zbx", reach) as (base, reading):
            hook.hub = base
            await _install(hook.at("zbx-told"), reach)
            await asyncio.sleep(5)

            async def raise_(mark: str) -> None:
                await asyncio.to_thread(zabbix.send, mark, "db.connections", 97)

            found = await _measured(f"Zabbix {release}", marks, hook, raise_, base, reading)
    zabbix.stop()
    return found


async def _install(hook: str, reach: dict[str, str]) -> None:
    settings = Settings.model_validate({**reach, "webhook_secret": SECRET})
    wire = open_wire("zbx-told", settings)
    try:
        steps = [step async for step in Onboarding(settings, wire).install(hook)]
    finally:
        await wire.close()
    if not all(step.done for step in steps):
        raise RuntimeError(f"the media type was not installed: {steps}")


async def _measured(
    tool: str,
    marks: tuple[str, ...],
    hook: Passing,
    raise_: Callable[[str], Awaitable[None]],
    base: str,
    reading: dict[str, str],
) -> Reached:
    """Raise each mark, one after the other, and note when it is first seen in each place."""
    began: dict[str, float] = {}
    shown: dict[tuple[str, str], float] = {}

    async def look() -> None:
        while not all((mark, how) in shown for mark in marks for how in (TOLD, LOOKED)):
            alerts = (await get(base, "/api/v1/alerts?limit=500", reading))["items"]
            now = time.perf_counter()
            for one in alerts:
                how = one["source"]["connector"].rpartition("-")[2]
                shown.setdefault((one["labels"].get("mark") or one["host"], how), now)
            await asyncio.sleep(_LOOK)

    async with asyncio.timeout(_PATIENCE), asyncio.TaskGroup() as both:
        both.create_task(look())
        for mark in marks:
            began[mark] = time.perf_counter()
            await raise_(mark)
            await asyncio.sleep(_PAUSE)
    called = {mark.strip('"'): at for mark, at in hook.seen.items()}
    return Reached(
        tool,
        [called[mark] - began[mark] for mark in marks],
        [shown[mark, TOLD] - began[mark] for mark in marks],
        [shown[mark, LOOKED] - began[mark] for mark in marks],
    )


@contextmanager
def _hub(
    folder: Path, type_: str, name: str, reach: dict[str, Any]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Start a hub with two connectors to one tool: one is told, the other only looks."""
    folder.mkdir(parents=True)
    common = {"type": type_, **reach}
    connectors = {
        f"{name}-{TOLD}": {**common, "webhook_secret": SECRET},
        f"{name}-{LOOKED}": {**common, "poll_seconds": POLL_SECONDS},
    }
    settings = {"store": "sqlite", "log_format": "json", "connectors": connectors}
    (folder / "milepost.yaml").write_text(json.dumps(settings))  # JSON is YAML
    token = ask(folder, "token", "create", "--role", "viewer", "--name", "bench")["token"]
    with ExitStack() as ending:
        log = ending.enter_context((folder / "hub.log").open("w"))
        _, ready = serve(folder, 0, ending, stderr=log)
        if ready is None:
            raise RuntimeError(f"the hub did not start: {(folder / 'hub.log').read_text()[-2000:]}")
        yield ready["listening"], {"Authorization": f"Bearer {token}"}
