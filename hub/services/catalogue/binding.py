"""Bind what the catalogue says services deliver to the milestones that the plans have.

Titles are compared without case and outer space. Two matches or none bind nothing: the entry is
an item of the unmapped work list and a fault of `milepost check`, never a silent miss.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hub.model.ops import Service
from hub.model.words import DeliveryRole


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    """What linking needs of a milestone. Units: floats in working days; None is unknown."""

    ref: str
    title: str
    project: str
    project_key: str
    due: datetime | None
    achieved: bool
    float_days: float | None
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Binding:
    """A service delivers (or serves, or is used for) a milestone."""

    service: str
    milestone: str
    role: DeliveryRole


@dataclass(frozen=True, slots=True)
class Unbound:
    """An entry that names no milestone, or several."""

    service: str
    project: str
    milestone: str
    found: tuple[str, ...]

    def fault(self) -> tuple[str, str, str]:
        """Say where it is, what is wrong and what to do."""
        place = f"services.{self.service}.delivers"
        what = f"milestone {self.milestone!r} of project {self.project!r}"
        if not self.found:
            return place, f"{what} does not exist", "import that plan, or correct the title"
        return (
            place,
            f"{what} is there {len(self.found)} times",
            f"write one of these refs instead: {', '.join(self.found)}",
        )


def bind(
    services: Iterable[Service], milestones: Iterable[MilestoneFacts]
) -> tuple[tuple[Binding, ...], tuple[Unbound, ...]]:
    """Return the edges from services to milestones, and the entries that bind nothing."""
    known = tuple(milestones)
    by_title: dict[tuple[str, str], list[str]] = defaultdict(list)
    for milestone in known:
        for project in {_fold(milestone.project), _fold(milestone.project_key)}:
            for name in {_fold(milestone.title), _fold(milestone.ref)}:
                by_title[project, name].append(milestone.ref)
    bound: list[Binding] = []
    unbound: list[Unbound] = []
    for service in services:
        for entry in service.delivers:
            found = by_title.get((_fold(entry.project), _fold(entry.milestone)), [])
            if len(found) == 1:
                bound.append(Binding(service.ref, found[0], entry.role))
            else:
                unbound.append(Unbound(service.ref, entry.project, entry.milestone, tuple(found)))
    return tuple(bound), tuple(unbound)


def _fold(text: str) -> str:
    return text.strip().casefold()
