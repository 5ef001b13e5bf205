"""Deterministic Alertmanager traffic whose end state is known, whatever order it is handled in.

Each sender owns its alerts, so only the order within one connection matters, and that is kept.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

import orjson

SERVICES: Final = (
    "checkout", "search", "billing", "auth", "catalog",
    "gateway", "payments", "ledger", "mailer", "reports",
)  # fmt: skip
NAMES: Final = (
    "CpuBusy", "DiskFilling", "TargetMissing", "SlowAnswers", "BudgetBurning",
    "PodRestarting", "NodeUnready", "CertificateEnding", "ReplicaBehind", "QueueGrowing",
)  # fmt: skip
_SEVERITIES: Final = ("critical", "major", "warning")
_BEGIN: Final = datetime(2026, 1, 5, 10, tzinfo=UTC)
_OPEN: Final = "0001-01-01T00:00:00Z"
_ODD: Final = 0x9E3779B97F4A7C15  # an odd factor spreads consecutive numbers over 64 bits
_REPEATS, _NEWS = 0.7, 0.2
_FEWEST_OPEN: Final = 20

Key = tuple[str, str]
"""What tells one alert from all others here: alertname and instance."""


def key(number: int) -> Key:
    """Name the alert of a number."""
    return NAMES[number % 10], f"node-{number // 10:07d}.example.net:9100"


def alert(number: int, *, episode: int = 0, resolved: bool = False, sample: int = 0) -> Any:
    """Make one element of a webhook, about 650 bytes with 8 to 12 labels.

    Shape: a later episode begins an hour after the one before.
    """
    name, instance = key(number)
    service = SERVICES[(number // 10) % 10]
    more = {
        "pod": f"{service}-{number % 9973:05x}",
        "region": "eu-west-1",
        "team": f"squad-{number % 23}",
        "train": f"2026-{number % 12:02d}",
    }
    labels = {
        "alertname": name,
        "severity": _SEVERITIES[number % 3],
        "instance": instance,
        "job": "node-exporter",
        "service": service,
        "environment": "Production",
        "cluster": f"prod-{number % 4}",
        "namespace": f"team-{number % 17}",
        **dict(islice(more.items(), number % 5)),
    }
    begin = _BEGIN + timedelta(hours=episode)
    return {
        "status": "resolved" if resolved else "firing",
        "labels": labels,
        "annotations": {
            "summary": f"{name} on {instance}",
            "description": f"{name} of {service} in {labels['cluster']} is above its threshold "
            f"for ten minutes now (sample {sample}).",
            "runbook_url": f"https://runbooks.example.net/{name}",
        },
        "startsAt": _instant(begin),
        "endsAt": _instant(begin + timedelta(minutes=30)) if resolved else _OPEN,
        "generatorURL": f"http://prometheus.example.net/graph?g0.expr=up%7Bn%3D%22{number}%22%7D",
        "fingerprint": f"{number * _ODD % 2**64:016x}",
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def webhook(alerts: list[Any]) -> bytes:
    """Wrap alerts as Alertmanager's webhook of version 4."""
    name = alerts[0]["labels"]["alertname"]
    return orjson.dumps(
        {
            "version": "4",
            "groupKey": f'{{}}:{{alertname="{name}"}}',
            "truncatedAlerts": 0,
            "status": "firing",
            "receiver": "hub",
            "groupLabels": {"alertname": name},
            "commonLabels": {"environment": "Production"},
            "commonAnnotations": {},
            "externalURL": "http://alertmanager.example.net:9093",
            "alerts": alerts,
        }
    )


@dataclass
class Sender:
    """The traffic of one connection: 70% repeats, 20% new or fired again, 10% resolved.

    Shape: `open` is what fires after all that was made so far.
    """

    unseen: Iterator[int]
    luck: random.Random
    open: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    episodes: dict[int, int] = field(default_factory=dict)
    sample: int = 0

    @classmethod
    def of(cls, place: int, senders: int, *, first: int, pool: int = 10_000) -> "Sender":
        """Make one of several senders that share `pool` numbers from `first` on."""
        numbers = iter(range(first + place, first + pool, senders))
        return cls(numbers, random.Random(7000 + place))  # noqa: S311 - no secret

    def body(self, size: int) -> tuple[bytes, dict[int, bool]]:
        """Make one webhook of distinct alerts, as Alertmanager sends them.

        Shape: the second value tells for each alert's number whether it fires from now on.
        """
        made: dict[int, Any] = {}
        for _ in range(size * 4):
            number, one = self._next()
            made.pop(number, None)  # a later event of an alert takes the place of the first
            made[number] = one
            if len(made) == size:
                break
        firing = {number: one["status"] == "firing" for number, one in made.items()}
        return webhook(list(made.values())), firing

    def fresh(self, size: int) -> list[Any]:
        """Make alerts that were never seen."""
        return [self._begin(number) for number in islice(self.unseen, size)]

    def _next(self) -> tuple[int, Any]:
        draw = self.luck.random()
        self.sample += 1
        if draw >= _REPEATS + _NEWS and len(self.open) > _FEWEST_OPEN:
            return self._end()
        if draw >= _REPEATS or not self.open:
            number = next(self.unseen, None)
            if number is None and self.closed:
                number = _taken(self.closed, self.luck)
            if number is not None:
                return number, self._begin(number)
        number = self.luck.choice(self.open)
        return number, alert(number, episode=self.episodes[number], sample=self.sample)

    def _begin(self, number: int) -> Any:
        self.open.append(number)
        self.episodes[number] = self.episodes.get(number, -1) + 1
        return alert(number, episode=self.episodes[number], sample=self.sample)

    def _end(self) -> tuple[int, Any]:
        number = _taken(self.open, self.luck)
        self.closed.append(number)
        one = alert(number, episode=self.episodes[number], resolved=True, sample=self.sample)
        return number, one


def _taken(numbers: list[int], luck: random.Random) -> int:
    """Take any number out; the last one takes its place."""
    place = luck.randrange(len(numbers))
    numbers[place], numbers[-1] = numbers[-1], numbers[place]
    return numbers.pop()
