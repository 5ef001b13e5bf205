"""Which milestones an incident hurts, how much, and by which way. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from types import MappingProxyType
from typing import Final

from hub.linking.exposure import (
    BLAST_FROM,
    ROLE_WEIGHT,
    TIER_WEIGHT,
    Factors,
    days_until,
    factors,
)
from hub.linking.impact import Impact, Topology, closure
from hub.model.links import Reason
from hub.model.ops import Exposure, Hop
from hub.model.words import DeliveryRole, Hardness, Severity

UNKNOWN_TIER: Final = 3
"""As the catalogue's default."""
_EMPTY: Final[Mapping[str, Reason]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Delivers:
    """A service means something to a milestone (both as refs). Units: `confidence` 0..1."""

    service: str
    milestone: str
    role: DeliveryRole = DeliveryRole.DELIVERS
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """What has to be known of a milestone.

    Shape: a `due` without offset is wall-clock time of `zone`.
    Units: `float_days` working days of total float to this milestone.
    """

    ref: str
    title: str
    zone: tzinfo
    due: date | datetime | None = None
    float_days: float | None = None
    achieved: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """What has to be known of an incident.

    Shape: `services` gives the confidence of each service its alerts are of; `why` the reason.
    """

    ref: str
    severity: Severity
    services: Mapping[str, float]
    why: Mapping[str, Reason] = field(default_factory=lambda: _EMPTY)
    unhealthy: frozenset[str] = frozenset()
    mitigated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Route:
    service: str
    impact: Impact
    edge: Delivers
    link: float
    tier: int


def exposures(
    incident: Hit,
    topology: Topology,
    deliveries: Iterable[Delivers],
    milestones: Mapping[str, Target],
    *,
    now: datetime,
) -> tuple[Exposure, ...]:
    """Weigh every milestone that an incident reaches, the most exposed first.

    Shape: for each milestone the strongest route counts. The tier is that of the most important
           service on the route: a disk of tier 3 under a shop of tier 1 hurts as the shop does.
    """
    down = incident.unhealthy | incident.services.keys()
    reached = {service: closure(topology, service, down) for service in incident.services}
    blast = _blast(reached.values())
    best: dict[str, _Route] = {}
    for route in _routes(incident, topology, tuple(deliveries), reached):
        known = best.get(route.edge.milestone)
        if known is None or _weight(route) > _weight(known):
            best[route.edge.milestone] = route
    found = (
        _exposure(incident, topology, route, milestones[ref], blast, now)
        for ref, route in best.items()
        if ref in milestones
    )
    return tuple(sorted(found, key=lambda exposure: (-exposure.value, exposure.milestone)))


def _blast(reached: Iterable[Mapping[str, Impact]]) -> int:
    """Count the services that are hit; the failing ones are among them."""
    hit = (ref for found in reached for ref, impact in found.items() if impact.value >= BLAST_FROM)
    return len(set(hit))


def _routes(
    incident: Hit,
    topology: Topology,
    deliveries: tuple[Delivers, ...],
    reached: Mapping[str, Mapping[str, Impact]],
) -> Iterator[_Route]:
    for edge in deliveries:
        for service, sure in incident.services.items():
            impact = reached[service].get(edge.service)
            if impact is not None:
                link = sure * edge.confidence * ROLE_WEIGHT[edge.role] * impact.value
                yield _Route(service, impact, edge, link, _tier(topology, impact.path))


def _tier(topology: Topology, path: Iterable[str]) -> int:
    known = [topology.services[ref].tier for ref in path if ref in topology.services]
    return min(known, default=UNKNOWN_TIER)


def _weight(route: _Route) -> float:
    return route.link * TIER_WEIGHT[route.tier]


def _exposure(
    incident: Hit, topology: Topology, route: _Route, target: Target, blast: int, now: datetime
) -> Exposure:
    since = incident.mitigated_at
    days = None if target.due is None else days_until(target.due, now, target.zone)
    found = factors(
        link=route.link,
        severity=incident.severity,
        tier=route.tier,
        float_days=target.float_days,
        days=days,
        blast=blast,
        achieved=target.achieved,
        hours_since_mitigation=None if since is None else (now - since).total_seconds() / 3600,
    )
    compared = {"n": float(blast), "tier": float(route.tier)}
    compared |= {} if days is None else {"days": float(days)}
    return Exposure(
        milestone=target.ref,
        value=found.value,
        factors=found.as_mapping() | compared,
        float_days=target.float_days,
        reasons=tuple(_reasons(incident, route, target, found, days)),
        route=tuple(_hops(incident, topology, route)),
    )


def _reasons(
    incident: Hit, route: _Route, target: Target, found: Factors, days: int | None
) -> Iterator[Reason]:
    if target.achieved:
        yield Reason("milestone_achieved", {"milestone": target.title})
        return
    chain = " → ".join((*route.impact.path, target.title))
    yield Reason("exposure_route", {"chain": chain, "link": round(route.link, 3)})
    yield _float_reason(target)
    if days is None:
        yield Reason("due_unknown", {"milestone": target.title, "assumed": found.U})
    elif days < 0:
        yield Reason("milestone_overdue", {"milestone": target.title, "days": -days})
    else:
        yield Reason("milestone_due_in", {"milestone": target.title, "days": days})
    if incident.severity is Severity.UNKNOWN:
        yield Reason("severity_unknown", {"assumed": found.S})
    if incident.mitigated_at is not None:
        yield Reason("mitigated", {"left": round(found.A, 3)})


def _float_reason(target: Target) -> Reason:
    if target.float_days is None:
        return Reason("float_unknown", {"milestone": target.title})
    code = "float_none" if target.float_days <= 0 else "float_left"
    return Reason(code, {"milestone": target.title, "float_days": round(target.float_days, 2)})


def _hops(incident: Hit, topology: Topology, route: _Route) -> Iterator[Hop]:
    sure = incident.services[route.service]
    plain = Reason("incident_affects", {"service": route.service, "confidence": round(sure, 3)})
    why = incident.why.get(route.service, plain)
    yield Hop(incident.ref, route.service, sure, why)
    down = incident.unhealthy | incident.services.keys()
    for on, of in zip(route.impact.path, route.impact.path[1:], strict=False):
        needs = topology.dependency(of, on)
        if needs is not None:
            weight = topology.weight(of, needs, down)
            hard = needs.hardness is Hardness.HARD
            code = "depends_hard" if hard else "depends_soft"
            yield Hop(on, of, weight, Reason(code, {"service": of, "on": on, "weight": weight}))
    edge = route.edge
    sure = edge.confidence * ROLE_WEIGHT[edge.role]
    reason = Reason(f"milestone_{edge.role.value}", {"service": edge.service, "weight": sure})
    yield Hop(edge.service, edge.milestone, sure, reason)
