"""The plan side: projects, milestones, tasks and what binds them.

Plan dates are wall-clock times of the project's zone, without an offset, as the file has them.
Durations, lags and slack are whole minutes; money is in currency units. None means unknown.
"""

from dataclasses import dataclass, field
from datetime import datetime

from hub.model.words import ConstraintType, DependencyType, LagKind, TaskKind, TaskStatus


@dataclass(frozen=True, slots=True)
class Project:
    """One plan. `status_date` is the cut-off of earned value; None is shown, not guessed."""

    ref: str
    key: str
    title: str
    start: datetime | None = None
    finish: datetime | None = None
    status_date: datetime | None = None
    currency: str | None = None
    minutes_per_day: int = 480
    calendar: str | None = None
    timezone: str | None = None
    critical_slack_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was promised. Number 0 to 10; immutable."""

    number: int
    start: datetime | None = None
    finish: datetime | None = None
    work_minutes: int | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A row of a plan or of a board; a milestone is a task of kind `milestone`.

    Units: `*_minutes` are working minutes; `percent` and `physical_percent` are 0..100;
           `float_source_minutes` and `critical_source` are what the tool itself computed.
    """

    ref: str
    project: str
    title: str
    kind: TaskKind
    status: TaskStatus
    status_raw: str = ""
    parent: str | None = None
    order: int = 0
    outline_level: int | None = None
    wbs: str | None = None
    guid: str | None = None
    start: datetime | None = None
    finish: datetime | None = None
    due: datetime | None = None
    deadline: datetime | None = None
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    percent: float | None = None
    physical_percent: float | None = None
    duration_minutes: int | None = None
    work_minutes: int | None = None
    remaining_minutes: int | None = None
    cost: float | None = None
    fixed_cost: float | None = None
    float_source_minutes: int | None = None
    free_float_source_minutes: int | None = None
    critical_source: bool | None = None
    constraint: ConstraintType | None = None
    constraint_date: datetime | None = None
    calendar: str | None = None
    active: bool = True
    manual: bool = False
    priority: int | None = None
    bcws: float | None = None
    bcwp: float | None = None
    acwp: float | None = None
    notes: str | None = None
    url: str | None = None
    assignees: tuple[str, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    custom: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dependency:
    """A precedence link.

    Units: `lag` is minutes, or per cent of the predecessor's duration when `lag_kind` says so;
           a negative lag is a lead. `external` names the other project of a cross-project link.
    """

    predecessor: str
    successor: str
    type: DependencyType
    lag: int = 0
    lag_kind: LagKind = LagKind.WORKING
    external: str | None = None


@dataclass(frozen=True, slots=True)
class CalendarException:
    """Days that differ from the week: a holiday (no hours) or a swap working day (hours)."""

    first: str
    last: str
    hours: tuple[tuple[int, int], ...] = ()
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working time.

    Shape: `week` has seven entries, Monday first; each is a tuple of (from, to) in minutes since
           midnight, 1440 being the day's end; None in a derived calendar means "as the base".
           `first` and `last` of an exception are ISO days, both included.
    """

    ref: str
    title: str
    week: tuple[tuple[tuple[int, int], ...] | None, ...]
    base: str | None = None
    exceptions: tuple[CalendarException, ...] = ()
    losses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """Who or what does the work. Units: `max_units` 1.0 is one full-time person."""

    ref: str
    project: str
    title: str
    kind: str = "work"
    email: str | None = None
    group: str | None = None
    max_units: float | None = None
    standard_rate: float | None = None
    calendar: str | None = None
    guid: str | None = None
    custom: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who does how much of a task. Units: `units` 1.0 is full time; work in minutes."""

    ref: str
    project: str
    task: str
    resource: str | None
    units: float | None = None
    work_minutes: int | None = None
    actual_work_minutes: int | None = None
    remaining_work_minutes: int | None = None
    cost: float | None = None
    start: datetime | None = None
    finish: datetime | None = None
