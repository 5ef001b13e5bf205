"""Stored rows as values of the model, for what the plan floor computes. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hub.model.plan import (
    Assignment,
    Baseline,
    Calendar,
    CalendarException,
    Dependency,
    Project,
    Resource,
    Task,
)
from hub.model.words import (
    ConstraintType,
    DependencyType,
    LagKind,
    TaskKind,
    TaskStatus,
)

MINUTES_PER_DAY: Final = 480
_BEGINS: Final = ("start", "actual_start", "constraint_date")
_ENDS: Final = ("finish", "due", "deadline", "actual_finish")
_BARE_DAY: Final = len("2026-01-05")
_PLAIN: Final = (
    "percent", "physical_percent", "duration_minutes", "work_minutes", "remaining_minutes",
    "cost", "fixed_cost", "float_source_minutes", "free_float_source_minutes", "critical_source",
    "guid", "wbs", "outline_level", "parent", "bcws", "bcwp", "acwp",
)  # fmt: skip


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


def project_of(row: PlanRow, calendar_refs: Iterable[str] = ()) -> Project:
    """Make the project of its row."""
    about = row.about
    slack = about.get("critical_slack_days") or 0
    day = about.get("minutes_per_day") or MINUTES_PER_DAY
    return Project(
        ref=row.ref,
        key=str(row.body["key"]),
        title=row.title,
        start=wall(about.get("start")),
        finish=wall(about.get("finish")),
        status_date=wall(about.get("status_date")),
        currency=about.get("currency"),
        minutes_per_day=day,
        calendar=named(about.get("calendar"), calendar_refs),
        timezone=about.get("timezone"),
        critical_slack_minutes=int(slack * day),
    )


def task_of(row: PlanRow, calendar_refs: Iterable[str] = ()) -> Task:
    """Make the task of its row."""
    about = row.about
    constraint = about.get("constraint")
    values: dict[str, Any] = {name: about.get(name) for name in _PLAIN}
    values |= {name: wall(about.get(name)) for name in _BEGINS}
    values |= {name: wall_end(about.get(name)) for name in _ENDS}
    for name in ("float_source_minutes", "free_float_source_minutes"):
        values[name] = None if values[name] is None else round(values[name])
    return Task(
        ref=row.ref,
        project=row.project,
        title=row.title,
        kind=TaskKind(about["kind"]),
        status=TaskStatus(about["status"]),
        status_raw=about.get("status_raw") or "",
        order=about.get("order") or 0,
        constraint=None if constraint is None else ConstraintType(constraint),
        calendar=named(about.get("calendar"), calendar_refs),
        active=about.get("active") is not False,
        manual=about.get("manual") is True,
        baselines=tuple(map(_baseline, about.get("baselines") or ())),
        **values,
    )


def dependency_of(row: PlanRow) -> Dependency:
    """Make the dependency of its row."""
    about = row.about
    return Dependency(
        predecessor=about["predecessor"],
        successor=about["successor"],
        type=DependencyType(about["type"]),
        lag=round(about.get("lag") or 0),
        lag_kind=LagKind(about.get("lag_kind") or "working"),
        external=about.get("external"),
    )


def calendar_of(row: PlanRow, calendar_refs: Iterable[str]) -> Calendar:
    """Make the calendar of its row."""
    about = row.about
    return Calendar(
        ref=row.ref,
        title=row.title,
        week=tuple(None if day is None else tuple((a, b) for a, b in day) for day in about["week"]),
        base=named(about.get("base"), calendar_refs),
        exceptions=tuple(map(_exception, about.get("exceptions") or ())),
    )


def resource_of(row: PlanRow, calendar_refs: Iterable[str]) -> Resource:
    """Make the resource of its row."""
    about = row.about
    return Resource(
        ref=row.ref,
        project=row.project,
        title=row.title,
        kind=about.get("kind") or "work",
        max_units=about.get("max_units"),
        calendar=named(about.get("calendar"), calendar_refs),
    )


def assignment_of(row: PlanRow) -> Assignment:
    """Make the assignment of its row."""
    about = row.about
    return Assignment(
        ref=row.ref,
        project=row.project,
        task=about["task"],
        resource=about.get("resource"),
        units=about.get("units"),
        work_minutes=about.get("work_minutes"),
    )


def _exception(given: Mapping[str, Any]) -> CalendarException:
    return CalendarException(
        first=given["first"],
        last=given["last"],
        hours=tuple((a, b) for a, b in given.get("hours") or ()),
        title=given.get("title"),
    )


def _baseline(given: Mapping[str, Any]) -> Baseline:
    return Baseline(
        number=int(given.get("number") or 0),
        start=wall(given.get("start")),
        finish=wall(given.get("finish")),
    )


def named(key: object, refs: Iterable[str]) -> str | None:
    """Find the ref whose last part is a calendar's own key."""
    if key is None:
        return None
    return next((ref for ref in refs if ref.rpartition("/")[2] == str(key)), None)


def wall(text: object) -> datetime | None:
    """Read a stored wall-clock time; a bare day begins."""
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def wall_end(text: object) -> datetime | None:
    """Read a stored wall-clock time by which something is over; a bare day ends."""
    at = wall(text)
    if at is None or not isinstance(text, str) or len(text) > _BARE_DAY:
        return at
    return at.replace(hour=23, minute=59)
