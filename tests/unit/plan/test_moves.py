"""Why a date moved: only tasks that changed themselves are named, and what drives the date."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from hub.model.plan import Dependency, Task
from hub.model.words import ConstraintType, TaskKind, TaskStatus
from hub.plan import (
    CONTINUOUS,
    STANDARD,
    MoveCause,
    MoveTerms,
    TaskPair,
    TooMuchToRead,
    WorkTime,
    move_causes,
)
from hub.plan.network import schedule
from tests.unit.plan.plans import START, network

TERMS = MoveTerms(WorkTime.of(CONTINUOUS), minutes_per_day=1)


@dataclass
class Side:
    """One plan, with the dates that its tool would write."""

    tasks: dict[str, Task]
    links: list[Dependency]


@dataclass
class Both:
    """The port `PlanPair` on two plans."""

    old: Side
    new: Side

    def task(self, ref: str) -> TaskPair:
        return TaskPair(self.old.tasks.get(ref), self.new.tasks.get(ref))

    def links(self, ref: str, *, after: bool) -> Collection[Dependency]:
        side = self.new if after else self.old
        above = {ref}
        while (parent := side.tasks[ref].parent if ref in side.tasks else None) is not None:
            ref = parent
            above.add(ref)
        return [link for link in side.links if link.successor in above]

    def children(self, ref: str, *, after: bool) -> Sequence[str]:
        side = self.new if after else self.old
        return [task.ref for task in side.tasks.values() if task.parent == ref]


def plan(text: str, **changed: dict[str, Any]) -> Side:
    """Schedule a network; milestones are due when they are reached. `changed` fields come last."""
    tasks, links = network(text)
    made = schedule(tasks, links, start=START)
    dated = {}
    for task in tasks:
        times = made.times(task.ref)
        assert times is not None
        start, finish = times.early_start, times.early_finish
        due = finish if task.kind is TaskKind.MILESTONE else None
        dates = {"start": start, "finish": finish, "due": due}
        dated[task.ref] = replace(task, **(dates | changed.get(task.ref, {})))
    return Side(dated, links)


def causes(old: Side, new: Side, terms: MoveTerms = TERMS) -> list[MoveCause]:
    return move_causes("Z", Both(old, new), terms)


def said(old: Side, new: Side, terms: MoveTerms = TERMS) -> list[tuple[str, str | None]]:
    return [(one.reason.code, one.task) for one in causes(old, new, terms)]


def at(unit: int) -> datetime:
    return START + timedelta(minutes=unit)


def test_a_task_that_takes_longer_is_named_and_those_it_only_shifted_are_not() -> None:
    old, new = plan("A3; B2 A; C4 B; Z0 C"), plan("A5; B2 A; C4 B; Z0 C")
    assert said(old, new) == [("task_longer", "A")]
    assert causes(old, new)[0].reason.values == {"task": "A", "days": 2}


def test_a_longer_task_that_drives_nothing_is_not_named() -> None:
    old, new = plan("A3; B2 A; C1; Z0 B, C"), plan("A4; B2 A; C4; Z0 B, C")
    assert said(old, new) == [("task_longer", "A")]


def test_an_earlier_date_is_explained_by_what_drove_it_before() -> None:
    old, new = plan("A9; B5; Z0 A, B"), plan("A2; B5; Z0 A, B")
    assert said(old, new) == [("task_shorter", "A")]


def test_the_largest_of_several_causes_comes_first_and_three_are_enough() -> None:
    old = plan("A3; B2 A; C4 B; D1 C; Z0 D")
    new = plan("A4; B5 A; C6 B; D5 C; Z0 D")
    assert said(old, new) == [("task_longer", task) for task in ("D", "B", "C")]


def test_a_link_with_lag_drives_when_it_lies_latest() -> None:
    old, new = plan("A3; B9; Z0 A FS+8, B"), plan("A4; B9; Z0 A FS+8, B")
    assert said(old, new) == [("task_longer", "A")]


def test_a_new_task_a_new_link_and_another_lag_are_named() -> None:
    assert said(plan("A3; Z0 A"), plan("A3; B2 A; Z0 B")) == [("task_added", "B")]
    assert said(plan("A3; B5; C2 A; Z0 C"), plan("A3; B5; C2 A, B; Z0 C")) == [
        ("dependency_added", "C")
    ]
    assert said(plan("A3; C2 A; Z0 C"), plan("A3; C2 A FS+4; Z0 C")) == [
        ("dependency_changed", "C")
    ]
    assert said(plan("A3; B5; C2 A, B; Z0 C"), plan("A3; B5; C2 A; Z0 C")) == [
        ("dependency_removed", "C")
    ]


def shifted(side: Side, ref: str, by: int, **more: Any) -> Side:
    """Shift a task and all that follow; they stand in the order of the file."""
    names = list(side.tasks)
    moved = dict(side.tasks)
    for name in names[names.index(ref) :]:
        task = moved[name]
        dates = {
            field: getattr(task, field) + timedelta(minutes=by)
            for field in ("start", "finish", "due")
            if getattr(task, field) is not None
        }
        moved[name] = replace(task, **dates)
    moved[ref] = replace(moved[ref], **more)
    return Side(moved, side.links)


def test_what_nothing_drives_is_named_by_what_holds_it() -> None:
    old = plan("A3; B2 A; Z0 B")
    held = {"constraint": ConstraintType.SNET, "constraint_date": at(9)}
    assert said(old, shifted(old, "B", 6, **held)) == [("constraint_changed", "B")]
    begun = {"actual_start": at(9), "status": TaskStatus.IN_PROGRESS}
    assert said(old, shifted(old, "B", 6, **begun)) == [("task_started_late", "B")]
    assert said(old, shifted(old, "B", 6)) == [("task_start_later", "B")]
    assert causes(old, shifted(old, "B", 6))[0].minutes == 6


def test_a_task_that_is_late_only_because_its_predecessor_is_has_not_started_late() -> None:
    old = plan("A3; B2 A; Z0 B")
    begun = {"actual_start": at(5), "status": TaskStatus.IN_PROGRESS}
    assert said(old, plan("A5; B2 A; Z0 B", B=begun)) == [("task_longer", "A")]


def test_a_task_that_is_done_later_than_planned_finished_late() -> None:
    done = {"actual_finish": at(5), "status": TaskStatus.DONE}
    assert said(plan("A3; Z0 A"), plan("A5; Z0 A", A=done)) == [("task_finished_late", "A")]


def test_a_deadline_that_somebody_moved_is_its_own_cause() -> None:
    old = plan("A3; Z0 A", Z={"deadline": at(9), "due": at(9)})
    new = plan("A5; Z0 A", Z={"deadline": at(12), "due": at(12)})
    assert said(old, new) == [("deadline_changed", "Z")]


def test_the_way_leads_through_summaries_in_both_directions() -> None:
    def nested(length: int) -> Side:
        side = plan(f"A{length}; B2 A; Z0 B")
        first, last = side.tasks["A"].start, side.tasks["B"].finish
        summary = replace(
            side.tasks["A"], ref="S", title="S", kind=TaskKind.SUMMARY, start=first, finish=last,
            duration_minutes=None,
        )  # fmt: skip
        inside = {name: replace(side.tasks[name], parent="S") for name in "AB"}
        links = [link for link in side.links if link.successor == "B"]
        through = [replace(link, predecessor="S") for link in side.links if link.successor == "Z"]
        return Side({**side.tasks, **inside, "S": summary}, links + through)

    assert said(nested(3), nested(7)) == [("task_longer", "A")]


def test_work_at_the_weekend_moves_what_waits_for_it() -> None:
    clock = WorkTime.of(STANDARD)
    terms = MoveTerms(clock, minutes_per_day=480)

    def weekend(days: int) -> Side:
        saturday = datetime.fromisoformat("2026-03-07T08:00:00")
        finish = saturday + timedelta(days=days - 1, hours=9)
        side = plan("A1; Z0 A")
        work = replace(side.tasks["A"], start=saturday, finish=finish, duration_minutes=480 * days)
        end = replace(side.tasks["Z"], start=finish, finish=finish, due=finish)
        return Side({"A": work, "Z": end}, side.links)

    assert said(weekend(1), weekend(2), terms) == [("task_longer", "A")]
    assert said(weekend(2), weekend(1), terms) == [("task_shorter", "A")]


def test_a_project_that_begins_later_is_one_cause() -> None:
    old = plan("A3; B2 A; Z0 B")
    terms = replace(TERMS, start_before=at(0), start_after=at(4))
    assert said(old, shifted(old, "A", 4), terms) == [("project_start_changed", "A")]


def test_a_date_that_nothing_explains_has_an_unknown_cause() -> None:
    old = plan("A3; Z0 A", A={"manual": True})
    new = Side({**old.tasks, "Z": replace(old.tasks["Z"], due=at(9))}, old.links)
    assert said(old, new) == [("move_cause_unknown", None)]
    other = replace(TERMS, calendar="Standard")
    assert said(old, new, other) == [("calendar_changed", None)]


def test_what_would_have_to_read_too_much_says_so() -> None:
    class Much(Both):
        def links(self, ref: str, *, after: bool) -> Collection[Dependency]:
            del ref, after
            raise TooMuchToRead(7)

    old, new = plan("A3; Z0 A"), plan("A5; Z0 A")
    [cause] = move_causes("Z", Much(old, new), TERMS)
    assert (cause.reason.code, cause.reason.values) == ("move_too_much_changed", {"count": 7})


NAMES = "ABCDEFGH"


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[int], list[str]]:
    """Draw durations and, for each task, what it waits for; the milestone waits for all."""
    waits = []
    for n, _ in enumerate(NAMES):
        chosen = draw(st.lists(st.sampled_from(NAMES[:n]), unique=True, max_size=3)) if n else []
        waits.append(", ".join(f"{one} FS+{draw(st.integers(0, 3))}" for one in chosen))
    durations = draw(st.lists(st.integers(1, 9), min_size=len(NAMES), max_size=len(NAMES)))
    return durations, waits


def written(durations: Sequence[int], waits: Sequence[str]) -> str:
    rows = zip(NAMES, durations, waits, strict=True)
    parts = [f"{name}{days} {wait}".strip() for name, days, wait in rows]
    return "; ".join([*parts, "Z0 " + ", ".join(NAMES)])


@given(networks(), st.dictionaries(st.integers(0, 7), st.integers(1, 12), min_size=1, max_size=8))
def test_no_cause_is_invented_and_one_is_found(
    drawn: tuple[list[int], list[str]], changed: dict[int, int]
) -> None:
    durations, waits = drawn
    now = [changed.get(n, days) for n, days in enumerate(durations)]
    old, new = plan(written(durations, waits)), plan(written(now, waits))
    days = old.tasks["Z"].due, new.tasks["Z"].due
    assert days[0] is not None
    assert days[1] is not None
    assume(days[0] != days[1])
    later = days[1] > days[0]
    grown = {
        name
        for name, before, after in zip(NAMES, durations, now, strict=True)
        if (after > before if later else after < before)
    }
    found = causes(old, new)
    assert {one.reason.code for one in found} == {"task_longer" if later else "task_shorter"}
    assert {one.task for one in found} <= grown
