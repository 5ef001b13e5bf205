"""How closely two alerts are related, before time is looked at: a gate first, then a measure. Pure.

Alerts that are known to be of unrelated services are no kin and never meet in one incident.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from hub.linking.impact import Topology
from hub.model.links import Reason

HOPS: Final = 3
PER_HOP: Final = 0.6
SAME_SERVICE: Final = 1.0
SAME_HOST: Final = 0.8
SAME_SYSTEM: Final = 0.4
_REMEMBERED: Final = 200_000  # pairs; arbitrary, some 20 MB


@dataclass(frozen=True, slots=True)
class Policy:
    """The constants of grouping, and what each stands for (see ADR 0009).

    Units: `tau`, `quiet`, `cap`, `jitter` are seconds; weights and scores 0..1.
    """

    tau: float = 120.0
    quiet: float = 180.0
    cap: float = 900.0
    jitter: float = 30.0
    join: float = 0.25
    near: float = 0.05
    nearest: int = 3
    recent: int = 20
    time_weight: float = 0.5
    graph_weight: float = 0.4
    label_weight: float = 0.1


class Kind(NamedTuple):
    """All of an alert that decides to whom it is related.

    Shape: `service` is a ref of the catalogue or None; `hint` is the raw service label, which
           counts only when the service is unknown; `name` is that of the alert's rule, "" unknown.
    """

    service: str | None = None
    hint: str | None = None
    host: str | None = None
    system: str | None = None
    environment: str | None = None
    name: str = ""


class Kin(NamedTuple):
    """What binds two kinds. `by` and `reason` name the strongest tie."""

    graph: float
    label: float | None
    reason: Reason


class Kinship:
    """Compares kinds over a topology, and remembers the answers."""

    def __init__(self, topology: Topology, policy: Policy) -> None:
        self._topology = topology
        self._policy = policy
        self._distances: dict[str, dict[str, int]] = {}
        self._reach: dict[str, frozenset[str]] = {}
        self._terms: dict[Kind, dict[Kind, tuple[float, float] | None]] = {}
        self._size = 0

    def terms(self, kind: Kind) -> dict[Kind, tuple[float, float] | None]:
        """Return the remembered terms of one kind, to be read before `term` is asked."""
        return self._terms.setdefault(kind, {})

    def term(self, one: Kind, other: Kind) -> tuple[float, float] | None:
        """Return (weight of time, the rest of the score) for a pair; None is no kin."""
        kin = self.compare(one, other)
        term = None if kin is None else self._weighed(kin)
        if self._size > _REMEMBERED:
            self._terms.clear()
            self._size = 0
        self._terms.setdefault(one, {})[other] = term
        self._size += 1
        return term

    def _weighed(self, kin: Kin) -> tuple[float, float]:
        policy = self._policy
        rest = policy.graph_weight * kin.graph
        if kin.label is not None:
            return policy.time_weight, rest + policy.label_weight * kin.label
        # A missing component leaves; the others share its weight in proportion.
        mass = policy.time_weight + policy.graph_weight
        return policy.time_weight / mass, rest / mass

    def compare(self, one: Kind, other: Kind) -> Kin | None:
        """Find what binds two kinds, or None."""
        if one.environment and other.environment and one.environment != other.environment:
            return None
        graph, reason = self._graph(one, other)
        return None if graph == 0 else Kin(graph, _label(one, other), reason)

    def _graph(self, one: Kind, other: Kind) -> tuple[float, Reason]:
        ties = [(0.0, Reason("group_unrelated"))]
        if one.host and one.host == other.host:
            ties.append((SAME_HOST, Reason("group_same_host", {"host": one.host})))
        if one.service is None or other.service is None:
            if one.service is other.service and one.hint and one.hint == other.hint:
                ties.append((SAME_SERVICE, Reason("group_same_hint", {"hint": one.hint})))
        elif one.service == other.service:
            ties.append((SAME_SERVICE, Reason("group_same_service", {"service": one.service})))
        else:
            ties += self._between(one.service, other.service)
            if one.system and one.system == other.system:
                ties.append((SAME_SYSTEM, Reason("group_same_system", {"system": one.system})))
        return max(ties, key=lambda tie: tie[0])

    def _between(self, one: str, other: str) -> list[tuple[float, Reason]]:
        ties = []
        for of, on in ((one, other), (other, one)):
            hops = self.needs(of).get(on)
            if hops is not None:
                told: dict[str, str | int | float | None] = {"service": of, "on": on, "hops": hops}
                ties.append((PER_HOP**hops, Reason("group_dependency", told)))
        return ties

    def needs(self, service: str) -> dict[str, int]:
        """Return the services that one needs, with the number of steps, up to three."""
        known = self._distances.get(service)
        if known is None:
            known = self._distances[service] = _steps(service, self._topology.needs)
        return known

    def reach(self, service: str) -> frozenset[str]:
        """Return the services that are up to three directed steps away, itself included."""
        known = self._reach.get(service)
        if known is None:
            above = _steps(service, self._topology.dependents)
            known = self._reach[service] = frozenset({service, *self.needs(service), *above})
        return known


def _label(one: Kind, other: Kind) -> float | None:
    """Compare the names of the rules; same service and same name each make up half."""
    if not one.name or not other.name:
        return None
    same = one.service is not None and one.service == other.service
    return 0.5 * same + 0.5 * (one.name == other.name)


def _steps(service: str, neighbours: Callable[[str], Iterable[str]]) -> dict[str, int]:
    steps, edge = dict[str, int](), {service}
    for hops in range(1, HOPS + 1):
        edge = {other for one in edge for other in neighbours(one)}
        edge -= steps.keys() | {service}
        steps |= dict.fromkeys(edge, hops)
    return steps
