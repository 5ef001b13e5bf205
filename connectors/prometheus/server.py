"""The I/O to one Prometheus: its alerts, its rules, and under which labels it tells of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec
import yaml

from connectors.prometheus import parse
from connectors.prometheus.answers import Far, clock
from hub.contract import Wire

T = TypeVar("T")
# The two sections that say it. The rest may be ten thousand lines long, seconds for the reader.
_SECTIONS: Final = re.compile(r"^(?:global|alerting):.*(?:\n[ \t].*)*", re.MULTILINE)

_PART: Final = re.compile(r"(\d{1,6})(ms|[wdhms])")
_SPAN: Final = re.compile(r"(?:\d{1,6}(?:ms|[wdhms]))+", re.ASCII)
_UNITS: Final = {
    "w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds", "ms": "milliseconds",
}  # fmt: skip


class Active(msgspec.Struct, frozen=True):
    """An alert as Prometheus has it: `active_at` is when its condition began to hold."""

    labels: dict[str, str]
    state: str
    active_at: str = msgspec.field(name="activeAt")
    annotations: dict[str, str] = msgspec.field(default_factory=dict)


class _Active(msgspec.Struct):
    alerts: list[Active]


class _Rule(msgspec.Struct):
    name: str
    health: str = "unknown"
    type: str = "alerting"


class _Group(msgspec.Struct):
    rules: list[_Rule]
    interval: float = 60
    last: str = msgspec.field(default="", name="lastEvaluation")


class _Groups(msgspec.Struct):
    groups: list[_Group]


class _Version(msgspec.Struct):
    version: str


class _Runtime(msgspec.Struct):
    began: str = msgspec.field(name="startTime")


class _Config(msgspec.Struct):
    yaml: str


@dataclass(frozen=True, slots=True)
class Rule:
    """An alerting rule. Shape: `age` None: never evaluated."""

    name: str
    healthy: bool
    interval: timedelta
    age: timedelta | None

    @property
    def is_watched(self) -> bool:
        """Tell whether its silence means something: it is evaluated, in time and without error."""
        # Three turns: a slow one is no dead one. The floor is for groups of a second.
        late = max(3 * self.interval, timedelta(seconds=5))
        return self.healthy and self.age is not None and self.age <= late


@dataclass(frozen=True, slots=True)
class Naming:
    """Under which labels a Prometheus tells Alertmanager of its alerts.

    Shape: `external` None: they are changed on the way, and nobody can say what they are there.
    """

    external: Mapping[str, str] | None


class Server:
    """One Prometheus. Every method raises Transient, Misconfigured, Anomalous."""

    def __init__(self, wire: Wire, url: str) -> None:
        self._far = Far(wire, url, "Prometheus")
        self.url = self._far.url

    async def alerts(self) -> list[Active]:
        """List what is pending or firing."""
        return (await self._data("/api/v1/alerts", _Active))[0].alerts

    async def rules(self) -> list[Rule]:
        """List the alerting rules and when they were evaluated, by the server's own clock."""
        said, at = await self._data("/api/v1/rules", _Groups, {"type": "alert"})
        return [_rule(rule, group, at) for group in said.groups for rule in group.rules]

    async def naming(self) -> Naming:
        """Ask for its external labels, and whether it renames alerts on their way."""
        said, _ = await self._data("/api/v1/status/config", _Config)
        return naming(said.yaml)

    async def began(self) -> tuple[datetime, datetime]:
        """Ask since when it runs, and what time it is there."""
        said, at = await self._data("/api/v1/status/runtimeinfo", _Runtime)
        began = parse.instant(said.began)
        return at if began is None else datetime.fromisoformat(began), at

    async def resend_delay(self) -> timedelta:
        """Ask after how long it tells Alertmanager anew of an alert that fires; nought: unknown."""
        said, _ = await self._data("/api/v1/status/flags", dict[str, str])
        return min(span(said.get("rules.alert.resend-delay", "")), timedelta(days=1))

    async def version(self) -> tuple[str, datetime]:
        """Ask for its version; return its clock too."""
        said, at = await self._data("/api/v1/status/buildinfo", _Version)
        return said.version, at

    async def _data(
        self, path: str, shape: type[T], params: Mapping[str, str] | tuple[()] = ()
    ) -> tuple[T, datetime]:
        answer = await self._far.get(path, params)
        try:
            said = msgspec.json.decode(answer.body, type=dict[str, msgspec.Raw])
            return msgspec.json.decode(said["data"], type=shape), clock(answer)
        except (KeyError, *parse.UNREADABLE) as fault:
            raise self._far.odd(answer, fault) from fault


def _rule(rule: _Rule, group: _Group, at: datetime) -> Rule:
    last = parse.instant(group.last)
    age = None if last is None else max(at - datetime.fromisoformat(last), timedelta(0))
    return Rule(rule.name, rule.health == "ok", timedelta(seconds=group.interval), age)


def span(text: str) -> timedelta:
    """Read a span as Prometheus writes it, like 1m30s; nought where it is none. Pure."""
    if not _SPAN.fullmatch(text):
        return timedelta(0)
    parts = (timedelta(**{_UNITS[unit]: int(count)}) for count, unit in _PART.findall(text))
    return sum(parts, timedelta(0))


def naming(text: str) -> Naming:
    """Read the configuration that a Prometheus shows of itself. Pure."""
    document: Any = yaml.safe_load("\n".join(_SECTIONS.findall(text))) or {}
    alerting = document.get("alerting") or {}
    managers = alerting.get("alertmanagers") or []
    if any(part.get("alert_relabel_configs") for part in (alerting, *managers)):
        return Naming(None)
    external = (document.get("global") or {}).get("external_labels") or {}
    return Naming({str(name): str(value) for name, value in external.items()})
