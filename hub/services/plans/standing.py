"""How each milestone, project and service stands now: stored facts and open incidents. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import exp
from typing import Any


@dataclass(frozen=True, slots=True)
class PlanRow:
    """An element of a plan as the store has it; `about` is the decoded detail."""

    ref: str
    project: str
    kind: str
    title: str
    version: int
    about: Mapping[str, Any]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """What an incident says of milestones and services."""

    ref: str
    title: str
    status: str
    severity: int
    resolved_at: datetime | None
    services: tuple[str, ...]
    milestones: tuple[Mapping[str, Any], ...]
    firing: int


def hurts(
    incidents: Iterable[OpenIncident], now: datetime
) -> dict[str, list[tuple[OpenIncident, float]]]:
    """Return for each milestone the incidents that hurt it and by how much, now.

    Units: exposure 0..100; after the incident is resolved it fades by exp(−hours/24).
    """
    found: dict[str, list[tuple[OpenIncident, float]]] = defaultdict(list)
    for incident in incidents:
        left = 1.0
        if incident.resolved_at is not None:
            left = exp(-max(0.0, (now - incident.resolved_at).total_seconds()) / 86_400)
        for hit in incident.milestones:
            found[hit["ref"]].append((incident, hit["exposure"] * left))
    for hits in found.values():
        hits.sort(key=lambda hit: -hit[1])
    return found
