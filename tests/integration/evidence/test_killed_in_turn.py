"""Real servers are killed in turn under load: nothing ends by silence, and everything catches up.

A part of the alerts stands through it all, so whatever ends one of them is a lie. The rest comes
and goes the whole time; afterwards the hub must show what each tool shows, read from the tool.
"""

import asyncio
import random
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

import pytest
import pytest_asyncio

from connectors.zabbix.onboarding import Onboarding
from connectors.zabbix.settings import Settings
from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Series
from deploy.lab.postgres import Postgres
from deploy.lab.processes import House
from deploy.lab.prometheus import WATCHDOG, Prometheus, Rule
from deploy.lab.rabbitmq import RabbitMQ
from deploy.lab.zabbix import Zabbix
from deploy.lab.zabbix_objects import Corner, Host, Trigger, administrator_token
from hub.wire import open_wire
from tests.figures import Tell
from tests.integration.hub.client import Client, until
from tests.integration.hub.running import SECRET, RunningHub
from tests.integration.hub.samples import alert, envelope, resolved

NEEDED = ("zabbix", "prometheus", "alertmanager", "rabbitmq", "postgres")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.needs_system(*NEEDED),
    # What Prometheus scrapes answers on the loop, so the tests run on the loop of the fixture.
    pytest.mark.asyncio(loop_scope="module"),
]

TROUBLE = Rule("Trouble", "lab_trouble > 0", {"severity": "critical"})
STANDING = [f"stands-{n}" for n in range(6)]
BUSY = [f"busy-{n}" for n in range(12)]
TOOLS = ("am", "zbx", "direct")
FALSE_ENDS = {"resolved", "expired"}
Way = Callable[..., None]


@dataclass
class Site:
    """Every server, and a hub that is polled by none and polls and is told by all."""

    hub: RunningHub
    store: Postgres
    broker: RabbitMQ
    zabbix: Zabbix
    hosts: dict[str, Host]
    prometheus: Prometheus
    managers: tuple[Alertmanager, Alertmanager]
    series: Series
    direct: set[str] = field(default_factory=set)
    """What the sender of webhooks has raised, and the hub has accepted."""

    def watch(self) -> None:
        """Start the Prometheus."""
        self.prometheus.start(
            targets=[self.series.target],
            rules=[TROUBLE, WATCHDOG],
            alertmanagers=[one.target for one in self.managers],
        )

    def tell_of(self, manager: Alertmanager) -> None:
        """Start an Alertmanager that tells the hub."""
        manager.start(f"{self.hub.base}/hooks/am", SECRET)

    def shown(self) -> dict[str, dict[str, str]]:
        """Return the state of each alert, by connector and mark."""
        found: dict[str, dict[str, str]] = {name: {} for name in TOOLS}
        for one in self.hub.alerts():
            mark = one["labels"].get("mark") or one["host"]
            if mark is not None:
                found[one["source"]["connector"]][mark] = one["status"]
        return found

    def firing(self) -> dict[str, set[str]]:
        """Return what fires in the hub, by connector."""
        return {
            name: {mark for mark, status in states.items() if status == "firing"}
            for name, states in self.shown().items()
        }

    def true(self) -> dict[str, set[str]]:
        """Return what fires, as each tool says itself."""
        by_trigger = {id_: name for name, h in self.hosts.items() for id_ in h.triggers.values()}
        problems = self.zabbix.api("problem.get", {"output": ["objectid"]})
        told = Client(self.prometheus.url, "").send("GET", "/api/v1/alerts").json["data"]["alerts"]
        return {
            "zbx": {by_trigger[one["objectid"]] for one in problems},
            "am": {one["labels"]["mark"] for one in told if "mark" in one["labels"]},
            "direct": set(self.direct),
        }

    def agree(self, seconds: float) -> float:
        """Wait until the hub shows what the tools show; return how long that took."""
        began = time.monotonic()
        try:
            until(lambda: self.firing() == self.true(), "the hub agrees with every tool", seconds)
        except AssertionError:
            firing, true = self.firing(), self.true()
            raise AssertionError(
                {t: (firing[t] - true[t], true[t] - firing[t]) for t in true}
            ) from None
        return time.monotonic() - began

    def state(self, connector: str) -> Any:
        """Return a connector's health."""
        return self.hub.api.get(f"/connectors/{connector}/health")


class Load:
    """Alerts that come and go: by Prometheus, by Zabbix and by webhooks, each for itself."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._go, self._over = threading.Event(), threading.Event()
        ways = (self._scraped, self._sent, self._posted)
        self._resting = {way.__name__: threading.Event() for way in ways}
        self._threads = [threading.Thread(target=self._run, args=(way,)) for way in ways]
        self.changes = 0

    def start(self) -> None:
        """Raise what stands, then begin."""
        for name in STANDING:
            self._scraped(name, up=True)
            self._site.zabbix.send(name, "load", 97)
            self._posted(name, up=True)
        # Else the hub agrees with tools that have not noticed anything yet.
        until(lambda: all(set(STANDING) <= named for named in self._site.true().values()),
              "each tool has what stands", 60)  # fmt: skip
        for thread in self._threads:
            thread.start()

    def _run(self, way: Way) -> None:
        chance, sick = random.Random(way.__name__), set[str]()  # noqa: S311 - no secret
        while not self._over.is_set():
            if not self._go.wait(0.05):
                self._resting[way.__name__].set()
                continue
            self._resting[way.__name__].clear()
            name = chance.choice(BUSY)
            sick ^= {name}
            way(name, up=name in sick)
            self.changes += 1
            time.sleep(0.15)

    def _scraped(self, name: str, *, up: bool) -> None:
        (self._site.series.raised.add if up else self._site.series.raised.discard)(name)

    def _sent(self, name: str, *, up: bool) -> None:
        with suppress(ValueError):  # a dead server takes no value; the tool's own word counts
            self._site.zabbix.send(name, "load", 97 if up else 1)

    def _posted(self, name: str, *, up: bool) -> None:
        """Send as tools do: what is not accepted is sent again."""
        told = alert("Direct", mark=name, starts=_now())
        body = envelope([told if up else resolved(told, _now())])
        while not self._over.is_set():
            with suppress(OSError):
                if self._site.hub.post(body, connector="direct").status == 202:
                    (self._site.direct.add if up else self._site.direct.discard)(name)
                    return
            time.sleep(0.1)

    @contextmanager
    def blowing(self) -> Iterator[None]:
        """Let alerts come and go for a while."""
        self._go.set()
        try:
            yield
        finally:
            self._go.clear()
            for resting in self._resting.values():
                resting.clear()
                assert resting.wait(60)

    def end(self) -> None:
        """Stop for good."""
        self._over.set()
        for thread in self._threads:
            thread.join()


class Watcher:
    """Looks all the time whether something that stands was ended."""

    def __init__(self, site: Site) -> None:
        self._site, self._over = site, threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.ended: list[tuple[str, str, str]] = []
        self.looks = self.unanswered = 0

    def _run(self) -> None:
        while not self._over.wait(0.1):
            try:
                shown = self._site.shown()
            except (AssertionError, OSError):  # the store is dead: the hub says 503, and no lie
                self.unanswered += 1
                continue
            self.looks += 1
            self.ended += [
                (tool, mark, status)
                for tool, states in shown.items()
                for mark, status in states.items()
                if mark in STANDING and status in FALSE_ENDS
            ]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def _now() -> str:
    seconds, rest = divmod(time.time_ns(), 10**9)  # read once: the clock may turn in between
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:09}Z"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(
    lab: House, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Site, Load]]:
    async with Series() as series:
        made = await asyncio.to_thread(built, lab, tmp_path_factory, series)
        await told_by(made)
        load = Load(made)
        await asyncio.to_thread(load.start)
        await asyncio.to_thread(made.agree, 90)
        yield made, load
        load.end()
        await asyncio.to_thread(razed, made)


def built(lab: House, folders: pytest.TempPathFactory, series: Series) -> Site:
    store, broker = Postgres(lab, "killed-store").start(), RabbitMQ(lab, "killed-broker").start()
    zabbix = Zabbix(lab, "killed-zabbix").start()
    corner = Corner.make(zabbix, "killed")
    hosts = {name: corner.host(name, [Trigger("load")]) for name in (*STANDING, *BUSY)}
    managers = (Alertmanager(lab, "killed-one"), Alertmanager(lab, "killed-other"))
    prometheus = Prometheus(lab, "killed-prometheus")
    quick = {"webhook_secret": SECRET, "poll_seconds": 0.5, "timeout_seconds": 3}
    hub = RunningHub(
        folders.mktemp("hub"),
        store.create_database(),
        bus=broker.url,
        quiet_seconds=2,
        connectors={
            "am": {
                "type": "prometheus",
                "prometheus_url": prometheus.url,
                "alertmanager_urls": [one.url for one in managers],
                "heartbeat": {"labels": {"alertname": "Watchdog"}, "seconds": 5},
                **quick,
            },
            "zbx": {
                "type": "zabbix",
                "url": zabbix.url,
                "token": administrator_token(zabbix),
                "host_groups": ["killed"],
                **quick,
            },
            "direct": {"type": "prometheus", "webhook_secret": SECRET},
        },
    ).start()
    made = Site(hub, store, broker, zabbix, hosts, prometheus, managers, series)
    for one in managers:
        made.tell_of(one)
    made.watch()
    return made


async def told_by(site: Site) -> None:
    """Bring Zabbix to tell the hub by webhook too."""
    reach = {"url": site.zabbix.url, "token": administrator_token(site.zabbix)}
    settings = Settings.model_validate({**reach, "webhook_secret": SECRET})
    wire = open_wire("zbx", settings)
    steps = [s async for s in Onboarding(settings, wire).install(f"{site.hub.base}/hooks/zbx")]
    await wire.close()
    assert all(step.done for step in steps), steps


def razed(site: Site) -> None:
    site.hub.stop()
    site.prometheus.stop()
    for one in site.managers:
        one.stop()
    site.zabbix.stop()
    site.broker.stop()
    site.store.stop()


@dataclass(frozen=True)
class Victim:
    """What is killed, how it comes back, and what the hub says meanwhile.

    Units: `least` is in seconds: how long it must be gone for its silence to be heard.
    """

    kill: Callable[[Site], None]
    back: Callable[[Site], object]
    says: Callable[[Site], bool]
    least: float = 4


def both(site: Site, act: Callable[[Alertmanager], None]) -> None:
    for one in site.managers:
        act(one)


def kill_manager(manager: Alertmanager) -> None:
    manager.stop(signal.SIGKILL)


def kill_part(part: str) -> Callable[[Site], None]:
    return lambda site: site.zabbix.house.stop(f"{site.zabbix.name}-{part}", signal.SIGKILL)


def failing(connector: str, *states: str) -> Callable[[Site], bool]:
    return lambda site: site.state(connector)["state"] in states


def queue_is_out(site: Site) -> bool:
    answer = Client(site.hub.base, "").send("GET", "/readyz")
    return answer.status == 200 and answer.json["checks"]["bus"] != "ok"


def store_is_out(site: Site) -> bool:
    alive = Client(site.hub.base, "").send("GET", "/healthz").status == 200
    told = site.hub.post(envelope([alert("Probe", mark=STANDING[0], starts=_now())]),
                         connector="direct")  # fmt: skip
    return alive and told.status == 503


VICTIMS = {
    "zabbix-server": Victim(
        kill_part("server"), lambda s: s.zabbix.start(), lambda s: s.state("zbx")["open"] > 0
    ),
    "zabbix-frontend": Victim(
        kill_part("frontend"), lambda s: s.zabbix.start(), failing("zbx", "failing")
    ),
    "prometheus": Victim(
        lambda s: s.prometheus.stop(signal.SIGKILL), Site.watch, failing("am", "unverified"), 12
    ),
    "one-alertmanager": Victim(
        lambda s: kill_manager(s.managers[0]),
        lambda s: s.tell_of(s.managers[0]),
        lambda s: s.state("am")["hints"].get("unreachable") == 1,
    ),
    "both-alertmanagers": Victim(
        partial(both, act=kill_manager),
        lambda s: both(s, s.tell_of),
        failing("am", "failing", "unverified"),
    ),
    "rabbitmq": Victim(lambda s: s.broker.kill(), lambda s: s.broker.start(), queue_is_out),
    "postgresql": Victim(lambda s: s.store.kill(), lambda s: s.store.start(), store_is_out),
}


def outlived(site: Site, load: Load, name: str, seconds: float, tell: Tell) -> None:
    victim = VICTIMS[name]
    before = load.changes
    with Watcher(site) as watcher, load.blowing():
        victim.kill(site)
        since = time.monotonic()
        until(lambda: victim.says(site), f"the hub says that {name} is out", 60)
        time.sleep(max(0.0, max(seconds, victim.least) - (time.monotonic() - since)))
        victim.back(site)
        gone = time.monotonic() - since
        time.sleep(1)
    with Watcher(site) as after:
        caught_up = site.agree(max(90, 3 * gone))
    assert watcher.looks + after.looks
    assert (watcher.ended, after.ended) == ([], [])
    firing = site.firing()
    assert {tool: set(STANDING) - firing[tool] for tool in TOOLS} == {tool: set() for tool in TOOLS}
    tell(
        killed=name, changes=load.changes - before, falsely_ended=0,
        missed=sum(len(site.true()[tool] ^ firing[tool]) for tool in TOOLS),
        **{"gone, s": round(gone, 1), "caught up after, s": round(caught_up, 1)},
    )  # fmt: skip


@pytest.mark.parametrize("name", VICTIMS)
async def test_what_is_killed_under_load_ends_nothing_and_is_caught_up_with(
    site: tuple[Site, Load], name: str, figures: Tell
) -> None:
    await asyncio.to_thread(outlived, *site, name, 4, figures)


@pytest.mark.soak
@pytest.mark.parametrize("name", VICTIMS)
async def test_what_is_killed_for_a_minute_under_load_ends_nothing_and_is_caught_up_with(
    site: tuple[Site, Load], name: str, figures: Tell
) -> None:
    await asyncio.to_thread(outlived, *site, name, 60, figures)
