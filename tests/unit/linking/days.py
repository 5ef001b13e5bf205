"""Days of labelled alerts, real and made, and how well a grouping finds their faults."""

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from hub.linking.grouping import Window
from hub.linking.impact import Topology
from hub.linking.kinship import Kind
from hub.linking.signals import Signal, fixed_window
from hub.model.ops import Service, ServiceDependency

METRICS = ("cpu", "memory", "latency_p95", "latency_p99", "errors", "workload")


@dataclass(frozen=True, slots=True)
class Day:
    """Signals in order of arrival, the services behind them, and which fault each is of."""

    signals: tuple[Signal, ...]
    services: tuple[Service, ...]
    fault: dict[str, int | None]


def real_day(reference: Path, file: str = "onlineboutique-2022-08-22.json") -> Day:
    told = json.loads((reference / "data" / "grouping" / file).read_text())
    needs = told["depends_on"]
    names = needs.keys() | {on for found in needs.values() for on in found}
    return Day(
        tuple(
            Signal(
                str(i), alert["t"], Kind(alert["service"], system="boutique", name=alert["metric"])
            )
            for i, alert in enumerate(told["alerts"])
        ),
        tuple(
            Service(name, name, depends_on=tuple(map(ServiceDependency, needs.get(name, ()))))
            for name in sorted(names)
        ),
        {str(i): alert["label"] for i, alert in enumerate(told["alerts"])},
    )


def made_day(seed: int, *, gap_minutes: tuple[float, float] = (7, 40)) -> Day:
    """Make a day: a random topology, faults that travel up it at random gaps, and noise."""
    chance = random.Random(seed)  # noqa: S311 - a made day, not a secret
    names = [f"service-{i}" for i in range(chance.randint(8, 16))]
    needs = {
        name: chance.sample(names[:i], min(i, chance.randint(1, 3))) for i, name in enumerate(names)
    }
    found: list[tuple[float, str, str, int | None]] = []
    at = 0.0
    for fault in range(24):
        at += 60 * chance.uniform(*gap_minutes)
        found += [(*alert, fault) for alert in _outbreak(chance, at, needs)]
    for _ in range(int(at / 600)):
        found.append((chance.uniform(0, at), chance.choice(names), chance.choice(METRICS), None))
    found.sort()
    return Day(
        tuple(
            Signal(str(i), onset, Kind(service, system="made", name=metric))
            for i, (onset, service, metric, _) in enumerate(found)
        ),
        tuple(
            Service(name, name, depends_on=tuple(map(ServiceDependency, needs[name])))
            for name in names
        ),
        {str(i): alert[3] for i, alert in enumerate(found)},
    )


def _outbreak(
    chance: random.Random, at: float, needs: dict[str, list[str]]
) -> Iterable[tuple[float, str, str]]:
    """Let one service fail: those that need it follow within a minute a step, each for a while."""
    lasting = 60 * chance.uniform(2, 7)
    delays = {chance.choice(list(needs)): 0.0}
    for name, on in needs.items():  # written so that what is needed comes first
        if reached := [delays[other] for other in on if other in delays]:
            delays.setdefault(name, min(reached) + chance.uniform(5, 60))
    for name, delay in delays.items():
        for _ in range(chance.randint(1, 5)):
            onset = at + delay + chance.triangular(0, lasting, 0)
            # Rules are evaluated on a grid; two groups of rules are a second apart.
            yield onset // 30 * 30 + chance.randint(0, 1), name, chance.choice(METRICS)


def overlaid(day: Day, seconds: float) -> Day:
    """Lay a copy of a day over itself, later, as another system in another namespace."""

    def other(name: str) -> str:
        return f"{name}@other"

    copies = tuple(
        Signal(
            other(signal.alert),
            signal.onset + seconds,
            signal.kind._replace(service=other(str(signal.kind.service)), system="other"),
        )
        for signal in day.signals
    )
    services = tuple(
        Service(
            other(service.ref),
            service.name,
            depends_on=tuple(ServiceDependency(other(d.service)) for d in service.depends_on),
        )
        for service in day.services
    )
    faults = {other(alert): None if n is None else n + 1000 for alert, n in day.fault.items()}
    return Day(
        tuple(sorted((*day.signals, *copies), key=lambda signal: signal.onset)),
        (*day.services, *services),
        day.fault | faults,
    )


def without_systems(day: Day) -> Day:
    """Take away what the catalogue says of systems; the dependencies stay."""
    signals = tuple(s._replace(kind=s.kind._replace(system=None)) for s in day.signals)
    return Day(signals, day.services, day.fault)


def delayed(day: Day, seed: int, *, by: tuple[float, float] = (60, 900)) -> Day:
    """Let each alert arrive late, its onset uncertain by that."""
    chance = random.Random(seed)  # noqa: S311 - a made day, not a secret
    late = [(signal, chance.uniform(*by)) for signal in day.signals]
    late.sort(key=lambda pair: pair[0].onset + pair[1])
    signals = tuple(signal._replace(uncertainty=delay) for signal, delay in late)
    return Day(signals, day.services, day.fault)


def grouped(day: Day, *, regroup: bool = True, every: int = 1) -> list[int]:
    """Group a day as it arrives; return the incident of each signal in the end."""
    window, numbers = Window(Topology(day.services)), count(1)
    incident: dict[str, int] = {}

    def settle() -> None:
        for move in window.regroup(lambda: next(numbers)).moves:
            incident[move.signal.alert] = move.target

    for i, signal in enumerate(day.signals, 1):
        placed = window.place(signal).incident
        number = next(numbers) if placed is None else placed
        window.add(number, signal)
        incident[signal.alert] = number
        if regroup and window.disturbed and i % every == 0:
            settle()
    if regroup and window.disturbed:
        settle()
    return [incident[signal.alert] for signal in day.signals]


def bcubed(groups: Sequence[int], faults: Sequence[int | None]) -> float:
    """Compute B-cubed F1 over the labelled items (Bagga and Baldwin, 1998)."""
    pairs = [
        (group, fault) for group, fault in zip(groups, faults, strict=True) if fault is not None
    ]
    both, by_group = Counter(pairs), Counter(group for group, _ in pairs)
    by_fault = Counter(fault for _, fault in pairs)
    precision = sum(n * n / by_group[group] for (group, _), n in both.items()) / len(pairs)
    recall = sum(n * n / by_fault[fault] for (_, fault), n in both.items()) / len(pairs)
    return 2 * precision * recall / (precision + recall)


def f1(day: Day, groups: Sequence[int]) -> float:
    return bcubed(groups, [day.fault[signal.alert] for signal in day.signals])


def best_fixed_window(day: Day) -> float:
    return max(f1(day, fixed_window(day.signals, minutes)) for minutes in range(1, 21))
