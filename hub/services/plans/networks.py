"""The computed side of each plan: floats, working time, and which tasks an outage blocks.

Computed once per version of a project and kept; a plan that is too large for that says so.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from hub.model.plan import Task
from hub.model.words import TaskStatus
from hub.plan import STANDARD, Blocked, Schedule, WorkTime
from hub.services.plans.models import PlanRow
from hub.services.plans.schedules import network

_LONG_AGO: Final = datetime(1900, 1, 1, tzinfo=UTC)  # in year 1 not every zone has an instant
LARGEST: Final = 20_000
"""Arbitrary: the network of so many tasks takes some seconds and 100 MB; beyond it the tool's own
floats have to do, and the schedule is computed when somebody asks for it."""


class PlanRows(Protocol):
    """What this needs of a store."""

    async def plan(self, kind: str, of: str | None = None) -> list[PlanRow]:
        """Return projects, or the milestones (of a project)."""

    async def items(self, of: str) -> dict[str, list[PlanRow]]:
        """Return everything that a project consists of, by kind."""


@dataclass(slots=True)
class Network:
    """One project, computed. `made` is None when it could not be. Units: floats in minutes."""

    zone: ZoneInfo
    minutes_per_day: int
    made: Schedule | None = None
    tasks: Mapping[str, Task] = field(default_factory=dict)
    _floats: dict[str, int | None] = field(default_factory=dict)
    _waits: dict[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def worktime(self) -> WorkTime:
        """The working time of the project; the standard calendar where none is known."""
        return WorkTime.of(STANDARD) if self.made is None else self.made.calendar

    def float_minutes(self, milestone: str) -> int | None:
        """Return the computed total float of a milestone; None when it has none."""
        if milestone not in self._floats:
            times = None if self.made is None else self.made.times(milestone)
            self._floats[milestone] = None if times is None else times.total_float
        return self._floats[milestone]

    def blocked(self, milestone: str, since: datetime) -> list[Blocked]:
        """Return the tasks in progress that a milestone waits for, as blocked since an instant.

        Shape: nothing is blocked before it began, whenever an alert says that it did.
        """
        if self.made is None:
            return []
        if milestone not in self._waits:
            self._waits[milestone] = self.made.float_to(milestone)
        wall = max(since, _LONG_AGO).astimezone(self.zone).replace(tzinfo=None)
        return [
            Blocked(ref, minutes, max(wall, begun or wall), self.made.calendar_of(ref))
            for ref, minutes in self._waits[milestone].items()
            if self.tasks[ref].status is TaskStatus.IN_PROGRESS
            for begun in (self.tasks[ref].actual_start or self.tasks[ref].start,)
        ]


class Networks:
    """The networks of all projects, kept as long as their version holds."""

    def __init__(self, rows: PlanRows) -> None:
        self._rows = rows
        self._kept: dict[str, tuple[int, Network]] = {}

    async def current(self) -> dict[str, Network]:
        """Return the network of every project, computing what is new."""
        found: dict[str, tuple[int, Network]] = {}
        for row in await self._rows.plan("project"):
            kept = self._kept.get(row.ref)
            if kept is not None and kept[0] == row.version:
                found[row.ref] = kept
            else:
                found[row.ref] = (row.version, await self._compute(row))
        self._kept = found
        return {ref: made for ref, (_, made) in found.items()}

    async def _compute(self, row: PlanRow) -> Network:
        zone = ZoneInfo(row.about.get("timezone") or "UTC")
        day = row.about.get("minutes_per_day") or 480
        size = (row.about.get("summary") or {}).get("tasks") or 0
        if size > LARGEST:
            return Network(zone, day)
        items = await self._rows.items(row.ref)
        _, tasks, made = await asyncio.to_thread(network, row, items)
        return Network(zone, day, made, {task.ref: task for task in tasks})
