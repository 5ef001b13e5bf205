"""Our dates and floats beside those that MS Project stored in its own exports."""

from pathlib import Path

import pytest

from hub.model.plan import Task
from hub.plan.calendars import worktimes
from hub.plan.network import schedule
from hub.plan.timetable import Schedule
from tests.unit.plan import mspdi

pytestmark = pytest.mark.needs_reference

# From 2016 on MS Project leaves the backward pass of a start-constraining link unbounded.
UNBOUNDED_IN_2019 = {"11": 10 * 480, "13": 9 * 480}


def scheduled(file: mspdi.File) -> Schedule:
    clocks = worktimes(file.calendars)
    return schedule(
        file.tasks,
        file.links,
        clocks[file.calendar],
        start=file.start,
        calendars=clocks,
        assigned=file.assigned,
    )


@pytest.mark.parametrize(
    ("name", "differing"),
    [
        ("41_joniles_task-links-project2003-mspdi.xml", {}),
        ("40_joniles_task-links-project2019-mspdi.xml", UNBOUNDED_IN_2019),
    ],
)
def test_floats_equal_those_of_ms_project(
    reference: Path, name: str, differing: dict[str, int]
) -> None:
    file = mspdi.read(reference / "data/msproject" / name)
    plan = scheduled(file)
    assert plan.calendar.minutes_between(plan.start, plan.finish) == 12 * 480
    assert len(file.tasks) == 16
    for task in file.tasks:
        times = plan.times(task.ref)
        assert times is not None
        total = differing.get(task.ref, task.float_source_minutes)
        assert times.total_float == total, task.ref
        assert times.free_float == task.free_float_source_minutes, task.ref
        assert times.critical is task.critical_source, task.ref
        assert (times.early_start, times.early_finish) == (task.start, task.finish), task.ref
    for ref in differing:
        assert {t.ref: t.float_source_minutes for t in file.tasks}[ref] == 11 * 480


@pytest.mark.parametrize(
    "name", ["43_joniles_sample1.xml", "44_joniles_sample.xml", "46_joniles_mspdiresource.xml"]
)
def test_leaves_stand_where_ms_project_put_them(reference: Path, name: str) -> None:
    file = mspdi.read(reference / "data/msproject" / name)
    plan = scheduled(file)
    for task in leaves(file):
        times, clock = plan.times(task.ref), plan.calendar_of(task.ref)
        assert times is not None
        assert task.start is not None
        assert task.finish is not None
        assert clock.minutes_between(times.early_start, task.start) == 0, task.ref
        assert clock.minutes_between(times.early_finish, task.finish) == 0, task.ref


def test_floats_of_a_task_that_two_shifts_share_equal_those_of_ms_project(reference: Path) -> None:
    file = mspdi.read(reference / "data/msproject/44_joniles_sample.xml")
    plan = scheduled(file)
    assert file.assigned["2"] == {"3", "4"}, "one works by day, one by night"
    for task in leaves(file):
        times = plan.times(task.ref)
        assert times is not None
        assert times.total_float == task.float_source_minutes, task.ref
        assert times.free_float == task.free_float_source_minutes, task.ref
        assert times.critical is task.critical_source, task.ref


def leaves(file: mspdi.File) -> list[Task]:
    parents = {task.parent for task in file.tasks}
    return [task for task in file.tasks if task.ref not in parents]
