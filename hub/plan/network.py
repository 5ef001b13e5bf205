"""The schedule of a plan: early and late dates, both floats, the critical path. Pure.

A plan that is not sound is still scheduled as far as it is: what stands in a cycle is left out and
named, what cannot be read is noted. What the tool itself computed is never overwritten here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from hub.model.plan import Assignment, Calendar, Dependency, Project, Resource, Task
from hub.plan.build import Plan
from hub.plan.calendars import CONTINUOUS, STANDARD, WorkTime, point, worktimes
from hub.plan.reading import Terms
from hub.plan.timetable import Schedule


def schedule(
    tasks: Iterable[Task],
    dependencies: Iterable[Dependency],
    calendar: WorkTime | None = None,
    *,
    start: datetime,
    status_date: datetime | None = None,
    calendars: Mapping[str, WorkTime] | None = None,
    assigned: Mapping[str, Collection[str]] | None = None,
    critical_slack: int = 0,
    honour_constraints: bool = False,
) -> Schedule:
    """Schedule a plan forward from its start and backward from its end.

    Shape: `calendar` is the project's, None counts every minute; `calendars` are those that tasks
           name; `assigned` names by task the calendars of those who work on it.
           With a `status_date`, work that is not done lies on or after it (retained logic).
           `honour_constraints` lets a "must" date win over links, as MS Project does by default;
           without it the links win and the float turns negative.
    Units: `critical_slack` in working minutes: a task with no more float is critical.
    Raises: NoWorkingTime, when the project's calendar has no working hours.
    """
    clock = calendar or WorkTime.of(CONTINUOUS)
    terms = Terms(
        clock,
        calendars or {},
        clock.start_at(clock.index(point(start))),
        None if status_date is None else point(status_date),
        honour_constraints,
        assigned or {},
    )
    return Schedule(Plan.of(tasks, dependencies, terms), critical_slack=critical_slack)


def schedule_project(
    project: Project,
    tasks: Sequence[Task],
    dependencies: Iterable[Dependency],
    calendars: Iterable[Calendar] = (),
    *,
    assignments: Iterable[Assignment] = (),
    resources: Iterable[Resource] = (),
    status_date: datetime | None = None,
) -> Schedule | None:
    """Schedule a project by what it says about itself; None when nothing in it has a date.

    Shape: a project without a calendar is counted on the standard one.
    """
    clocks = worktimes(calendars)
    starts = (task.actual_start or task.start for task in tasks)
    start = project.start or min((at for at in starts if at is not None), default=None)
    if start is None:
        return None
    clock = clocks.get(project.calendar or "")
    if clock is None or not clock.recurs:
        clock = WorkTime.of(STANDARD)
    return schedule(
        tasks,
        dependencies,
        clock,
        start=start,
        status_date=status_date,
        calendars=clocks,
        assigned=_assigned(assignments, resources, project.calendar),
        critical_slack=project.critical_slack_minutes,
    )


def _assigned(
    assignments: Iterable[Assignment], resources: Iterable[Resource], usual: str | None
) -> dict[str, set[str]]:
    """Tell by task the calendars of those who work on it; material and money have no hours."""
    hours = {who.ref: who.calendar or usual for who in resources if who.kind == "work"}
    found: dict[str, set[str]] = {}
    for assignment in assignments:
        if calendar := hours.get(assignment.resource or ""):
            found.setdefault(assignment.task, set()).add(calendar)
    return found
