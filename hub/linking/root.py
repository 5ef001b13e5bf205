"""Where a fault probably began: candidates with their reasons, never a verdict. Pure.

The weights are a prior that nobody has validated yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.linking.impact import Topology
from hub.model.links import Reason

UPSTREAM_QUIET: Final = 0.5
EARLINESS: Final = 0.3
CHANGED: Final = 0.2
_HOPS: Final = 3


@dataclass(frozen=True, slots=True)
class RootCandidate:
    """A service where the fault may have begun. Units: `score` 0..1."""

    service: str
    score: float
    reasons: tuple[Reason, ...]


def root_candidates(
    onsets: Mapping[str, float],
    topology: Topology,
    changed: Mapping[str, bool] | None = None,
) -> tuple[RootCandidate, ...]:
    """Rank the services of an incident by how likely the fault began there, best first.

    Shape: `changed` tells of each service whether it was changed shortly before; None, or a
           service that is left out, is unknown, and the other weights are scaled up.
    Units: `onsets` are epoch seconds, the earliest of each service.
    """
    found = (_candidate(service, onsets, topology, changed) for service in onsets)
    return tuple(sorted(found, key=lambda c: (-c.score, onsets[c.service], c.service)))


def _candidate(
    service: str,
    onsets: Mapping[str, float],
    topology: Topology,
    changed: Mapping[str, bool] | None,
) -> RootCandidate:
    needed = _needed(service, topology) - {service}
    alerting = sorted(needed & onsets.keys())
    others = [onset for other, onset in onsets.items() if other != service]
    later = sum(onset >= onsets[service] for onset in others)
    early = later / len(others) if others else 1.0
    score, mass = UPSTREAM_QUIET * (not alerting) + EARLINESS * early, UPSTREAM_QUIET + EARLINESS
    told: dict[str, str | int | float | None] = {"service": service}
    upstream = Reason("root_upstream_alerts", told | {"on": ", ".join(alerting)})
    quiet = Reason("root_upstream_quiet", told)
    lead = Reason("root_earliness", told | {"earlier_than": later, "of": len(others)})
    reasons = [upstream if alerting else quiet, lead]
    recent = None if changed is None else changed.get(service)
    if recent is not None:
        score, mass = score + CHANGED * recent, mass + CHANGED
        reasons.append(Reason("root_changed" if recent else "root_unchanged", told))
    return RootCandidate(service, score / mass, tuple(reasons))


def _needed(service: str, topology: Topology) -> set[str]:
    """Collect what a service needs, up to three steps away."""
    found, edge = {service}, {service}
    for _ in range(_HOPS):
        edge = {other for ref in edge for other in topology.needs(ref)} - found
        found |= edge
    return found
