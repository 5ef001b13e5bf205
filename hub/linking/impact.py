"""How far a failing service reaches: impact travels against the dependencies. Pure."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from hub.model.ops import Service, ServiceDependency
from hub.model.words import Hardness

WEIGHT: Final = {Hardness.HARD: 0.9, Hardness.SOFT: 0.4}
SPARED: Final = 0.2
"""What is left of an impact while enough members of the group are healthy (k of n)."""
CUT: Final = 0.10
DEPTH: Final = 4
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Impact:
    """How much of a failure arrives, 0..1, and by which path, from the failure on."""

    value: float
    path: tuple[str, ...]


class Topology:
    """Who needs whom, readable from both ends."""

    def __init__(self, services: Iterable[Service]) -> None:
        self.services: Mapping[str, Service] = {service.ref: service for service in services}
        self.needed_by: dict[str, list[tuple[str, ServiceDependency]]] = {}
        self._groups: dict[tuple[str, str], frozenset[str]] = {}
        for service in self.services.values():
            for needs in service.depends_on:
                self.needed_by.setdefault(needs.service, []).append((service.ref, needs))
                if needs.group is not None:
                    key = (service.ref, needs.group)
                    self._groups[key] = self._groups.get(key, frozenset()) | {needs.service}

    def weight(self, of: str, needs: ServiceDependency, unhealthy: AbstractSet[str]) -> float:
        """Weigh a dependency of a service, given who is down."""
        weight = WEIGHT[needs.hardness]
        if needs.group is None or needs.needed is None:
            return weight
        healthy = len(self._groups[of, needs.group] - unhealthy)
        return weight * SPARED if healthy >= needs.needed else weight

    def needs(self, service: str) -> tuple[str, ...]:
        """Return what a service needs directly."""
        known = self.services.get(service)
        return () if known is None else tuple(needs.service for needs in known.depends_on)

    def dependents(self, service: str) -> tuple[str, ...]:
        """Return by what a service is needed directly."""
        return tuple(ref for ref, _ in self.needed_by.get(service, ()))

    def dependency(self, of: str, on: str) -> ServiceDependency | None:
        """Return how a service needs another one, if it does."""
        service = self.services.get(of)
        found = (d for d in service.depends_on if d.service == on) if service else iter(())
        return next(found, None)


def closure(
    topology: Topology, service: str, unhealthy: AbstractSet[str] = frozenset()
) -> dict[str, Impact]:
    """Find all that a failing service reaches, itself included, with the strongest path to each.

    Shape: paths have at most four steps; impacts below 0.10 are left out; cycles do no harm.
           `unhealthy` are other services known to be down; the failing one always counts.
    """
    down = unhealthy | {service}
    found: dict[str, Impact] = {}
    shallowest: dict[str, int] = {}
    queue: list[tuple[float, int, tuple[str, ...]]] = [(-1.0, 0, (service,))]
    while queue:
        minus, depth, path = heappop(queue)
        here = path[-1]
        # A weaker path may still lead farther than the strongest one, if it has fewer steps.
        if shallowest.get(here, DEPTH + 1) <= depth:
            continue
        shallowest[here] = depth
        found.setdefault(here, Impact(-minus, path))
        if depth == DEPTH:
            continue
        for above, needs in topology.needed_by.get(here, ()):
            value = -minus * topology.weight(above, needs, down)
            if value >= CUT - _ROUNDING and above not in path:
                heappush(queue, (-value, depth + 1, (*path, above)))
    return found
