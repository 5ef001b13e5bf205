"""Small plans for the tests, in abstract units: every minute is working time, one unit a minute."""

# ruff: noqa: DTZ001 - plan times are wall-clock times

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.model.plan import Dependency, Task
from hub.model.words import DependencyType, TaskKind, TaskStatus
from hub.plan.network import schedule
from hub.plan.timetable import Schedule

START = datetime(2026, 1, 5)


def task(ref: str, duration: int | None = None, **more: Any) -> Task:
    kind = TaskKind.WORK if duration else TaskKind.MILESTONE
    fields: dict[str, Any] = {
        "project": "p",
        "title": ref,
        "kind": kind,
        "status": TaskStatus.TODO,
        "duration_minutes": duration,
    }
    return Task(ref=ref, **(fields | more))


def link(predecessor: str, successor: str, kind: str = "FS", lag: int = 0) -> Dependency:
    return Dependency(predecessor, successor, DependencyType(kind), lag)


def network(text: str) -> tuple[list[Task], list[Dependency]]:
    """Read `A3; B2 A FS+2, C SS`: a task with its duration, then what it waits for."""
    tasks, links = [], []
    for part in text.split(";"):
        head, *waits = part.strip().replace(",", " ,").split(" ", 1)
        tasks.append(task(head[0], int(head[1:])))
        for wait in waits[0].split(",") if waits else []:
            predecessor, *how = wait.split()
            kind, lag = (how[0][:2], int(how[0][2:] or 0)) if how else ("FS", 0)
            links.append(link(predecessor, head[0], kind, lag))
    return tasks, links


def run(text: str) -> Schedule:
    return schedule(*network(text), start=START)


def units(at: datetime) -> int:
    return (at - START) // timedelta(minutes=1)


Row = tuple[int, int, int, int, int, int]


def row(plan: Schedule, ref: str) -> Row:
    """Tell (ES, EF, LS, LF, TF, FF) in units."""
    times = plan.times(ref)
    assert times is not None, plan.excluded
    dates = (times.early_start, times.early_finish, times.late_start, times.late_finish)
    es, ef, ls, lf = (units(at) for at in dates)
    return es, ef, ls, lf, times.total_float, times.free_float


def critical(plan: Schedule) -> str:
    return "".join(times.ref for times in plan.rows() if times.critical)


def floats(plan: Schedule) -> Mapping[str, tuple[int, int]]:
    return {times.ref: (times.total_float, times.free_float) for times in plan.rows()}


def table(plan: Schedule, refs: Iterable[str]) -> dict[str, Row]:
    return {ref: row(plan, ref) for ref in refs}
