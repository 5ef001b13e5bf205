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
_BONDS: Final = 10_000  # remembered reasons; arbitrary, a few MB
UNRELATED: Final = -10.0
FORBIDDEN: Final = -20.0
"""Not even the same host makes kin of different environments."""

Locus = tuple[str | None, str | None, str | None, str | None]
"""Service, hint, system, environment."""


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
    """What binds two kinds: the parts G and L of the score, and the strongest tie."""

    graph: float
    label: float | None
    reason: Reason


class Kinship:
    """Compares kinds over a topology, and remembers the answers for their loci.

    A locus is a kind without its host and its name, which differ from alert to alert: there are
    few loci, so that a storm of new hosts finds its comparisons made.
    """

    def __init__(self, topology: Topology, policy: Policy) -> None:
        self._topology = topology
        self._policy = policy
        self._distances: dict[str, dict[str, int]] = {}
        self._reach: dict[str, frozenset[str]] = {}
        self._loci: dict[Locus, int] = {}
        self._kinds: list[Kind] = []
        self._rows: dict[int, dict[int, float]] = {}
        self._bonds: dict[tuple[int, int], tuple[float, Reason]] = {}

    def locus(self, kind: Kind) -> int:
        """Return the number that stands for the locus of a kind."""
        found = self._loci.setdefault((kind[0], kind[1], kind[3], kind[4]), len(self._kinds))
        if found == len(self._kinds):
            self._kinds.append(kind._replace(host=None, name=""))
        return found

    def __len__(self) -> int:
        """Count the loci met so far."""
        return len(self._kinds)

    def kind(self, locus: int) -> Kind:
        """Return the kind that stands for a locus."""
        return self._kinds[locus]

    def row(self, locus: int) -> dict[int, float]:
        """Return what is known of a locus: its worth to others, as far as they were met."""
        return self._rows.setdefault(locus, {})

    def met(self, locus: int, others: Iterable[int]) -> dict[int, float]:
        """Return the row of a locus after it has met others."""
        row, kind = self.row(locus), self._kinds[locus]
        for other in others:
            if other not in row:
                row[other] = self.worth(kind, other)
        return row

    def worth(self, one: Kind, other: int) -> float:
        """Weigh what binds two loci, or return `UNRELATED` or `FORBIDDEN`, below nought."""
        kind, policy = self._kinds[other], self._policy
        if _apart(one, kind):
            return FORBIDDEN
        graph = self._graph(one, kind)[0]
        if graph == 0:
            return UNRELATED
        same = policy.label_weight / 2 if graph == SAME_SERVICE else 0.0
        return policy.graph_weight * graph + same

    def bond(self, one: Kind, locus: int, name: str, host: str | None) -> Kin:
        """Say what binds a kind to a member of a locus, for people to read."""
        other = self._kinds[locus]
        if host is not None and host == one.host:
            graph, reason = self._graph(one, other._replace(host=host))
        else:
            pair = (self.locus(one), locus)
            if len(self._bonds) > _BONDS:
                self._bonds.clear()
            if pair not in self._bonds:
                self._bonds[pair] = self._graph(one, other)
            graph, reason = self._bonds[pair]
        same = graph == SAME_SERVICE
        label = 0.5 * same + 0.5 * (name == one.name) if name and one.name else None
        return Kin(graph, label, reason)

    def _graph(self, one: Kind, other: Kind) -> tuple[float, Reason]:
        if _apart(one, other):
            return 0.0, Reason("group_unrelated")
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
            system = self._system(one, other)
            if system is not None:
                ties.append((SAME_SYSTEM, Reason("group_same_system", {"system": system})))
        return max(ties, key=lambda tie: tie[0])

    def _between(self, one: str, other: str) -> list[tuple[float, Reason]]:
        ties = []
        for of, on in ((one, other), (other, one)):
            hops = self.needs(of).get(on)
            if hops is not None:
                told: dict[str, str | int | float | None] = {"service": of, "on": on, "hops": hops}
                ties.append((PER_HOP**hops, Reason("group_dependency", told)))
        return ties

    def _system(self, one: Kind, other: Kind) -> str | None:
        """Name the system of both. Where none is told, what one service needs is its system."""
        if one.system and other.system:
            return one.system if one.system == other.system else None
        shared = self._above(one.service) & self._above(other.service)
        return min(shared, default=None)

    def _above(self, service: str | None) -> set[str]:
        return set() if service is None else set(self._topology.dependents(service))

    def needs(self, service: str) -> dict[str, int]:
        """Return the services that one needs, with the number of steps, up to three."""
        known = self._distances.get(service)
        if known is None:
            known = self._distances[service] = _steps(service, self._topology.needs)
        return known

    def reach(self, service: str) -> frozenset[str]:
        """Return the services that may be kin by topology, itself included."""
        known = self._reach.get(service)
        if known is None:
            above = _steps(service, self._topology.dependents)
            beside = {on for of in self._above(service) for on in self._topology.needs(of)}
            found = {service, *self.needs(service), *above, *beside}
            known = self._reach[service] = frozenset(found)
        return known


def _apart(one: Kind, other: Kind) -> bool:
    return bool(one.environment and other.environment and one.environment != other.environment)


def _steps(service: str, neighbours: Callable[[str], Iterable[str]]) -> dict[str, int]:
    steps, edge = dict[str, int](), {service}
    for hops in range(1, HOPS + 1):
        edge = {other for one in edge for other in neighbours(one)}
        edge -= steps.keys() | {service}
        steps |= dict.fromkeys(edge, hops)
    return steps
