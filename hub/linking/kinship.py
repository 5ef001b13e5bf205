"""How closely two alerts are related, before time is looked at: a gate first, then a measure. Pure.

Alerts that are known to be of unrelated services are no kin and never meet in one incident.
"""

from collections.abc import Callable, Iterable, Mapping
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
_LOCI: Final = 20_000
"""So many loci are no longer services but something that changes with every alert: arbitrary."""
_WEIGHED: Final = 500_000  # remembered comparisons; arbitrary, some 60 MB
UNRELATED: Final = -10.0
FORBIDDEN: Final = -20.0
"""Not even the same host makes kin of different environments."""

Locus = tuple[str | None, str | None, str | None, str | None]
"""Service, hint, system, environment."""
Told = Mapping[str, str | int | float | None]


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


class Tie(NamedTuple):
    """One thing that binds two loci; the reason to be."""

    graph: float
    code: str
    told: Told


_UNRELATED: Final = Tie(0.0, "group_unrelated", {})


class Row(dict[int, float]):
    """What a locus is worth to others, weighed when one is first asked for.

    Shape: what is below nought is no kin: `UNRELATED` or `FORBIDDEN`.
    """

    __slots__ = ("_kinship", "locus")

    def __init__(self, kinship: "Kinship", locus: int) -> None:
        super().__init__()
        self._kinship = kinship
        self.locus = locus

    def __missing__(self, other: int) -> float:
        """Weigh another locus and remember it."""
        worth = self[other] = self._kinship.worth(self.locus, other)
        self._kinship.row(other)[self.locus] = worth  # it is the same both ways
        return worth


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
        self._rows: list[Row] = []
        self._weighed = 0
        self._bonds: dict[tuple[int, int], tuple[float, Reason]] = {}

    def locus(self, kind: Kind) -> int:
        """Return the number that stands for the locus of a kind."""
        service, hint, _, system, environment, _ = kind
        key = (service, hint, system, environment)
        found = self._loci.get(key)
        return self._met(key) if found is None else found

    def _met(self, key: Locus) -> int:
        service, hint, system, environment = key
        found = self._loci[key] = len(self._kinds)
        self._kinds.append(Kind(service, hint, None, system, environment))
        self._rows.append(Row(self, found))
        return found

    @property
    def crowded(self) -> bool:
        """Tell whether so much is remembered that most of it must be of the past."""
        return len(self._kinds) > _LOCI or self._weighed > _WEIGHED

    def kind(self, locus: int) -> Kind:
        """Return the kind that stands for a locus."""
        return self._kinds[locus]

    def row(self, locus: int) -> Row:
        """Return what a locus is worth to others."""
        return self._rows[locus]

    def worth(self, locus: int, other: int) -> float:
        """Weigh what binds two loci, or return `UNRELATED` or `FORBIDDEN`, below nought."""
        one, kind, policy = self._kinds[locus], self._kinds[other], self._policy
        self._weighed += 1
        if _apart(one, kind):
            return FORBIDDEN
        graph = self._tie(one, kind).graph
        if graph == 0:
            return UNRELATED
        same = policy.label_weight / 2 if graph == SAME_SERVICE else 0.0
        return policy.graph_weight * graph + same

    def bond(self, own: int, one: Kind, locus: int, name: str, host: str | None) -> Kin:
        """Say what binds a kind of one locus to a member of a locus, for people to read."""
        graph, reason = self._bond(own, locus)
        on_host = host and host == one.host and graph <= SAME_HOST
        if on_host and not _apart(one, self._kinds[locus]):
            graph, reason = SAME_HOST, Reason("group_same_host", {"host": host})
        same = graph == SAME_SERVICE
        label = 0.5 * same + 0.5 * (name == one.name) if name and one.name else None
        return Kin(graph, label, reason)

    def _bond(self, one: int, other: int) -> tuple[float, Reason]:
        found = self._bonds.get((one, other))
        if found is None:
            if len(self._bonds) > _BONDS:
                self._bonds.clear()
            tie = self._tie(self._kinds[one], self._kinds[other])
            found = self._bonds[one, other] = (tie.graph, Reason(tie.code, tie.told))
        return found

    def _tie(self, one: Kind, other: Kind) -> Tie:
        """Find the strongest tie of two loci."""
        if _apart(one, other):
            return _UNRELATED
        if one.service is None or other.service is None:
            if one.service is other.service and one.hint and one.hint == other.hint:
                return Tie(SAME_SERVICE, "group_same_hint", {"hint": one.hint})
            return _UNRELATED
        if one.service == other.service:
            return Tie(SAME_SERVICE, "group_same_service", {"service": one.service})
        needs = self._needed(one.service, other.service)
        if needs.graph < SAME_SYSTEM and (system := self._system(one, other)) is not None:
            return Tie(SAME_SYSTEM, "group_same_system", {"system": system})
        return needs

    def _needed(self, one: str, other: str) -> Tie:
        """Tie two services by the shorter of the ways from one to the other."""
        of, on, hops = one, other, self.needs(one).get(other)
        back = self.needs(other).get(one)
        if back is not None and (hops is None or back < hops):
            of, on, hops = other, one, back
        if hops is None:
            return _UNRELATED
        return Tie(PER_HOP**hops, "group_dependency", {"service": of, "on": on, "hops": hops})

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
