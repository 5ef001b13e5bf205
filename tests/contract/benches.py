"""For each connector that polls: a tool that the contract suite can begin, end, and break.

A new connector that polls adds its bench here; the suite fails for one that has none. A bench is
used with `async with`. It has `settings()` and `wrong()` (with a secret that the tool does not
know), `begin(number)` (something happens; numbers rise), and `fault`: while it is set, every
question is answered with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from tests.simulators.alertmanager import SimulatedAlertmanager
from tests.simulators.zabbix import SimulatedZabbix


@dataclass
class ZabbixBench(SimulatedZabbix):
    """A Zabbix 7.2."""

    fault: Callable[[], web.Response] | None = field(default=None)

    def settings(self) -> Mapping[str, Any]:
        return {"url": self.frontend, "token": self.token}

    def wrong(self) -> Mapping[str, Any]:
        return {"url": self.frontend, "token": "wrong"}

    def begin(self, number: int) -> None:
        self.problem(number, trigger=str(number))

    async def answer(self, request: web.Request) -> web.Response:
        return self.fault() if self.fault else await super().answer(request)


@dataclass
class PrometheusBench(SimulatedAlertmanager):
    """One Alertmanager."""

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

    async def answer(self, request: web.Request) -> web.Response:
        return self.fault() if self.fault else await super().answer(request)


Bench = PrometheusBench | ZabbixBench

BENCHES: Final[Mapping[str, Callable[[], Bench]]] = {
    "prometheus": PrometheusBench,
    "zabbix": ZabbixBench,
}
