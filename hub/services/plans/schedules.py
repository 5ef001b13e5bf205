"""What is computed of a project on demand: schedule, earned value, forecast."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from hub.model.links import Reason
from hub.model.plan import Project, Task
from hub.plan import NoWorkingTime, Schedule, schedule_project
from hub.plan import earned_value as indices
from hub.services.plans.models import (
    PlanRow,
    assignment_of,
    calendar_of,
    dependency_of,
    project_of,
    resource_of,
    task_of,
)
from hub.services.reasons import reason_json

Items = Mapping[str, list[PlanRow]]
NO_DATES: Final = Reason("schedule_no_dates", {})
REASON_CODES: Final = frozenset(
    {
        "earned_value_no_baseline",
        "earned_value_no_status_date",
        "forecast_not_computed",
        "schedule_no_dates",
    }
)
"""The codes of this room; the words are in `hub/i18n`."""


def network(row: PlanRow, items: Items) -> tuple[Project, list[Task], Schedule | None]:
    """Put a stored project into the network.

    Shape: summaries come with their leaves; the order is the file's.
    """
    refs = [calendar.ref for calendar in items["calendar"]]
    project = project_of(row, refs)
    rows = sorted((*items["task"], *items["milestone"]), key=lambda r: r.about.get("order") or 0)
    tasks = [task_of(one, refs) for one in rows]
    calendars = [calendar_of(one, refs) for one in items["calendar"]]
    dependencies = [dependency_of(one) for one in items["dependency"]]
    # Without the data date: the tool's own dates are compared, and it does not push undone work
    # behind it. A forecast will.
    made = schedule_project(
        project,
        tasks,
        dependencies,
        calendars,
        assignments=map(assignment_of, items["assignment"]),
        resources=[resource_of(one, refs) for one in items["resource"]],
    )
    return project, tasks, made if made is None or _ends(made) else None


def _ends(made: Schedule) -> bool:
    """Tell whether a network can be computed: spans may add up to more than a calendar has."""
    try:
        _ = made.finish
        for _ in made.rows():
            pass
    except NoWorkingTime:
        return False
    return True


def schedule(row: PlanRow, items: Items, now: datetime) -> dict[str, Any]:
    """Return computed dates and both floats of a project's tasks."""
    project, tasks, made = network(row, items)
    zone = ZoneInfo(project.timezone or "UTC")
    day = project.minutes_per_day
    notes = [] if made is not None else [NO_DATES]
    if made is not None:
        seen = dict.fromkeys(map(_frozen, made.excluded.values()))
        notes = [Reason(code, dict(values)) for code, values in seen]
    return {
        "project": row.ref,
        "as_of": now,
        "start": _at(made.start if made else project.start, zone),
        "finish": _at(made.finish if made else project.finish, zone),
        "tasks": [_computed(task, made, zone, day) for task in tasks],
        "dependencies": [
            {
                "predecessor": one.about["predecessor"],
                "successor": one.about["successor"],
                "type": one.about["type"],
                "lag": one.about.get("lag") or 0,
                "lag_kind": one.about.get("lag_kind") or "working",
            }
            for one in items["dependency"]
        ],
        "reasons": [reason_json(reason) for reason in notes],
    }


def _frozen(reason: Reason) -> tuple[str, tuple[tuple[str, str | int | float | None], ...]]:
    return reason.code, tuple(sorted(reason.values.items()))


def _computed(task: Task, made: Schedule | None, zone: ZoneInfo, day: int) -> dict[str, Any]:
    times = made.times(task.ref) if made is not None else None
    excluded = made.excluded.get(task.ref) if made is not None else None
    promised = next((one for one in task.baselines if one.number == 0), None)
    return {
        "ref": task.ref,
        "title": task.title,
        "kind": task.kind.value,
        "status": task.status.value,
        "parent": task.parent,
        "percent": task.percent,
        "start": _at(task.start, zone),
        "finish": _at(task.finish, zone),
        "due": _at(task.due, zone),
        "baseline_start": _at(promised.start if promised else None, zone),
        "baseline_finish": _at(promised.finish if promised else None, zone),
        "early_start": _at(times.early_start if times else None, zone),
        "early_finish": _at(times.early_finish if times else None, zone),
        "late_start": _at(times.late_start if times else None, zone),
        "late_finish": _at(times.late_finish if times else None, zone),
        "float_days": None if times is None else round(times.total_float / day, 4),
        "free_float_days": None if times is None else round(times.free_float / day, 4),
        "float_source_days": _days(task.float_source_minutes, day),
        "free_float_source_days": _days(task.free_float_source_minutes, day),
        "critical": None if times is None else times.critical,
        "critical_source": task.critical_source,
        "reasons": [] if excluded is None else [reason_json(excluded)],
    }


def earned_value(row: PlanRow, items: Items, now: datetime) -> dict[str, Any]:  # noqa: ARG001
    """Return the earned value of a project at its status date, from what the tool stored."""
    project = project_of(row)
    leaves = [
        one.about
        for one in (*items["task"], *items["milestone"])
        if one.about["kind"] != "summary" and one.about.get("active") is not False
    ]
    budget, notes = _budget(leaves)
    planned, earned, actual = (_sum(leaves, name) for name in ("bcws", "bcwp", "acwp"))
    found = indices(budget=budget, planned=planned, earned=earned, actual=actual)
    if project.status_date is None:
        notes.append(Reason("earned_value_no_status_date", {}))
    return {
        "project": row.ref,
        "status_date": _at(project.status_date, ZoneInfo(project.timezone or "UTC")),
        "currency": project.currency,
        "bac": _money(found.budget),
        "pv": _money(found.planned),
        "ev": _money(found.earned),
        "ac": _money(found.actual),
        "cv": _money(found.cost_variance),
        "sv": _money(found.schedule_variance),
        "cpi": _index(found.cpi),
        "spi": _index(found.spi),
        "eac": _money(found.eac_typical),
        "eac_atypical": _money(found.eac_atypical),
        "eac_both": _money(found.eac_both),
        "etc": _money(found.etc),
        "vac": _money(found.vac),
        "tcpi_bac": _index(found.tcpi_budget),
        "tcpi_eac": _index(found.tcpi(found.eac_typical)),
        "reasons": [reason_json(reason) for reason in (*notes, *found.reasons)],
    }


def _budget(leaves: list[Mapping[str, Any]]) -> tuple[float | None, list[Reason]]:
    """Return the budget at completion: baseline 0, else today's cost, and then say so."""
    promised = [
        float(baseline["cost"])
        for about in leaves
        for baseline in about.get("baselines") or ()
        if int(baseline.get("number") or 0) == 0 and baseline.get("cost") is not None
    ]
    if promised:
        return sum(promised), []
    return _sum(leaves, "cost"), [Reason("earned_value_no_baseline", {})]


def _sum(leaves: list[Mapping[str, Any]], name: str) -> float | None:
    values = [about[name] for about in leaves if about.get(name) is not None]
    return sum(values) if values else None


def _money(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _index(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def forecast(row: PlanRow, items: Items, now: datetime) -> dict[str, Any]:
    """Say that there is no forecast yet, and why; unknown is not a date."""
    why = [reason_json(Reason("forecast_not_computed", {}))]
    return {
        "project": row.ref,
        "as_of": now,
        "method": None,
        "p50": None,
        "p80": None,
        "milestones": [
            {"ref": one.ref, "p50": None, "p80": None, "reasons": why} for one in items["milestone"]
        ],
        "reasons": why,
    }


def _at(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else at.replace(tzinfo=zone).isoformat()


def _days(minutes: int | None, day: int) -> float | None:
    return None if minutes is None else round(minutes / day, 4)
