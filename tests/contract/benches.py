"""For each connector that polls: a tool that the contract suite can begin, end, and break.

A new connector that polls adds its bench here; the suite fails for one that has none. A bench is
used with `async with`. It has `settings()` and `wrong()` (with a secret that the tool does not
know), `begin(number)` (something happens; numbers rise), `over(number)` (it ends), and `fault`:
while it is set, every question is answered with it. `ordered` tells whether what is new can be read
in an order, or the census says it all, `overlaps` whether a little of what was read is read again,
`ends` what becomes of what `over` ends, and `beside` the kinds that are told of beside what begins.
A tool that is written to also has `writes` (values for each
write that can be tried here), `elsewhere` (those that the live tests try) and `written()` (how many
writes stand in it).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from aiohttp import web

from connectors.prometheus.identity import fingerprint
from tests.simulators.alertmanager import SimulatedAlertmanager
from tests.simulators.jira import Issue, SimulatedJira, Site
from tests.simulators.jira.server import EMAIL, TOKEN, Handler
from tests.simulators.zabbix import SimulatedZabbix


@dataclass
class ZabbixBench(SimulatedZabbix):
    """A Zabbix 7.2."""

    ordered = True
    overlaps = False
    ends = "ended"
    beside = frozenset[str]()
    # They need a server behind the frontend: the live tests have one.
    elsewhere = frozenset({"suppress", "unsuppress", "close"})
    writes: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "acknowledge": {"message": "on it", "by": "Li"},
        "comment": {"message": "disk", "by": "Li"},
        "severity": {"severity_raw": "5"},
    }
    fault: Callable[[], web.Response] | None = field(default=None)

    def settings(self) -> Mapping[str, Any]:
        return {"url": self.frontend, "token": self.token}

    def wrong(self) -> Mapping[str, Any]:
        return {"url": self.frontend, "token": "wrong"}

    def begin(self, number: int) -> None:
        self.problem(number, trigger=str(number))

    def over(self, number: int) -> None:
        self.end(number, by=max(self.events) + 1)

    def written(self) -> int:
        return sum(len(one["acknowledges"]) for one in self.events.values())

    async def answer(self, request: web.Request) -> web.Response:
        return self.fault() if self.fault else await super().answer(request)


@dataclass
class PrometheusBench(SimulatedAlertmanager):
    """One Alertmanager, and the heartbeat that proves an end which it does not tell."""

    ordered = False
    overlaps = False
    ends = "ended"
    beside = frozenset[str]()
    elsewhere = frozenset[str]()
    writes: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "suppress": {"until": "2099-01-01T00:00:00+00:00", "message": "change 42", "by": "Li"},
        "unsuppress": {},
    }
    beats: bool = True
    fault: Callable[[], web.Response] | None = field(default=None)

    def settings(self) -> Mapping[str, Any]:
        return {
            "alertmanager_urls": [self.base],
            "headers": {"Authorization": f"Bearer {self.token}"},
        }

    def wrong(self) -> Mapping[str, Any]:
        return {
            "alertmanager_urls": [self.base],
            "headers": {"Authorization": "Bearer wrong"},
        }

    def begin(self, number: int) -> None:
        self.alert(number)
        self.alerts[number]["fingerprint"] = fingerprint(self.alerts[number]["labels"])

    def over(self, number: int) -> None:
        self.end(number)

    def written(self) -> int:
        return len(self.silences)

    async def answer(self, request: web.Request) -> web.Response:
        return self.fault() if self.fault else await super().answer(request)


def _with_a_project() -> Site:
    site = Site("cloud")
    site.project("ERP", "ERP renewal")
    return site


@dataclass
class JiraBench(SimulatedJira):
    """A Jira Cloud with one project; issues begin when they are created and end when deleted."""

    site: Site = field(default_factory=_with_a_project)
    ordered = True
    overlaps = True
    ends = "deleted"
    beside = frozenset({"project", "user", "version"})
    elsewhere = frozenset[str]()
    writes: ClassVar[Mapping[str, Mapping[str, object]]] = {}
    issues: dict[int, Issue] = field(default_factory=dict)
    fault: Callable[[], web.Response] | None = field(default=None)

    def settings(self) -> Mapping[str, Any]:
        return {"url": self.url, "email": EMAIL, "token": TOKEN}

    def wrong(self) -> Mapping[str, Any]:
        return {"url": self.url, "email": EMAIL, "token": "wrong"}

    def begin(self, number: int) -> None:
        self.site.advance(3600)
        (project,) = self.site.projects.values()
        self.issues[number] = self.site.issue(project, f"Task {number}")

    def over(self, number: int) -> None:
        self.site.delete(self.issues.pop(number))

    def written(self) -> int:
        return 0

    @web.middleware
    async def before(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return self.fault() if self.fault else await super().before(request, handler)


Bench = JiraBench | PrometheusBench | ZabbixBench

BENCHES: Final[Mapping[str, Callable[[], Bench]]] = {
    "jira": JiraBench,
    "prometheus": PrometheusBench,
    "zabbix": ZabbixBench,
}
