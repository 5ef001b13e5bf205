"""Why the date of a milestone moved between two imports of its plan. Pure.

The way back starts at the milestone and follows, by the file's own dates, the predecessor that
drives each task, in that of both plans in which the date lies later. It ends at tasks that changed
themselves. Nothing is computed anew: what the dates do not show is not named.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from hub.model.links import Reason
from hub.model.plan import Dependency, Task
from hub.model.words import DependencyType, LagKind, TaskKind
from hub.plan.calendars import WorkTime, point

MOST_CAUSES: Final = 3
_FROM_FINISH: Final = (DependencyType.FS, DependencyType.FF)
_TO_FINISH: Final = (DependencyType.FF, DependencyType.SF)


class TooMuchToRead(Exception):
    """More tasks lie on the way than are read. Shape: `most` is how many rows are."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


@dataclass(frozen=True, slots=True)
class TaskPair:
    """A task as both plans have it; None where one of them has it not."""

    before: Task | None
    after: Task | None


class PlanPair(Protocol):
    """Both plans. Each method raises TooMuchToRead when it would have to read more than it may."""

    def task(self, ref: str) -> TaskPair:
        """Return a task of both plans."""

    def links(self, ref: str, *, after: bool) -> Collection[Dependency]:
        """Return the links into a task and into the summaries above it, in one plan."""

    def children(self, ref: str, *, after: bool) -> Sequence[str]:
        """Return the tasks right below a summary, in one plan."""


@dataclass(frozen=True, slots=True)
class MoveTerms:
    """What holds for both plans. `calendar` names a calendar that changed, if one did."""

    clock: WorkTime
    minutes_per_day: int = 480
    start_before: datetime | None = None
    start_after: datetime | None = None
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class MoveCause:
    """Why a date moved. Units: `minutes` of working time by which it moved its task's finish."""

    reason: Reason
    task: str | None = None
    minutes: int = 0


def move_causes(milestone: str, plans: PlanPair, terms: MoveTerms) -> list[MoveCause]:
    """Name what moved the date of a milestone, at most three causes, the largest first.

    Shape: never empty; a cause that cannot be found is said to be unknown.
    """
    try:
        return _causes(milestone, plans, terms)
    except TooMuchToRead as much:
        return [MoveCause(Reason("move_too_much_changed", {"count": much.most}))]


def _causes(milestone: str, plans: PlanPair, terms: MoveTerms) -> list[MoveCause]:
    pair = plans.task(milestone)
    if pair.before is None or pair.after is None:
        return [_unknown()]
    if pair.before.due is None or pair.after.due is None:
        return [_unknown()]
    if _promised(pair.before, pair.after):
        return [MoveCause(Reason("deadline_changed", {"task": pair.after.title}), milestone)]
    walk = _Walk(plans, terms, later=pair.after.due > pair.before.due)
    walk.go(milestone)
    found = sorted(walk.found, key=lambda one: (-one.minutes, one.task or "", one.reason.code))
    if not found and terms.calendar is not None:
        return [MoveCause(Reason("calendar_changed", {"calendar": terms.calendar}))]
    return found[:MOST_CAUSES] or [_unknown()]


def _promised(before: Task, after: Task) -> bool:
    """Tell whether the date is a deadline that somebody set, moved or took away."""
    if before.deadline == after.deadline:
        return False
    return any(one.deadline is not None and one.due == one.deadline for one in (before, after))


def _unknown() -> MoveCause:
    return MoveCause(Reason("move_cause_unknown"))


@dataclass(slots=True)
class _Walk:
    """One way back. Shape: `later` tells which plan is walked: the new one for a later date."""

    plans: PlanPair
    terms: MoveTerms
    later: bool
    found: list[MoveCause] = field(default_factory=list)

    def go(self, milestone: str) -> None:
        """Walk from a milestone to everything that drives it."""
        todo, seen = [(milestone, True)], set[tuple[str, bool]]()
        while todo:
            step = todo.pop()
            if step not in seen:
                seen.add(step)
                todo += self._before(*step)

    def _before(self, ref: str, at_finish: bool) -> list[tuple[str, bool]]:  # noqa: FBT001
        """Name what a task itself adds to the move; return what it hands on."""
        pair = self.plans.task(ref)
        task, other = self._sides(pair)
        if task is None:
            return []
        if other is None:
            code = "task_added" if self.later else "task_removed"
            self._name(Reason(code, {"task": task.title}), ref, self._length(task))
            return []
        if task.kind is TaskKind.SUMMARY:
            return self._inside(ref, task, at_finish)
        driving = self._driving(ref, task)
        if at_finish and not any(link.type in _TO_FINISH for link in driving):
            self._duration(ref, task, other)
        return self._start(ref, pair, driving)

    def _sides(self, pair: TaskPair) -> tuple[Task | None, Task | None]:
        return (pair.after, pair.before) if self.later else (pair.before, pair.after)

    def _inside(self, ref: str, summary: Task, at_finish: bool) -> list[tuple[str, bool]]:  # noqa: FBT001
        """Find the tasks of a summary that end, or begin, where it does."""
        edge = _edge(summary, at_finish=at_finish)
        found = []
        for child in self.plans.children(ref, after=self.later):
            task, _ = self._sides(self.plans.task(child))
            if task is not None and _edge(task, at_finish=at_finish) == edge:
                found.append((child, at_finish))
        return [step for step in found if self._moved(*step)]

    def _moved(self, ref: str, at_finish: bool) -> int:  # noqa: FBT001
        """Tell by how much one side of a task went the milestone's way; one that is new did."""
        pair = self.plans.task(ref)
        if pair.before is None or pair.after is None:
            return 1
        return max(0, self._shift(pair, at_finish=at_finish))

    def _shift(self, pair: TaskPair, *, at_finish: bool) -> int:
        """Count the working minutes from one plan's date to the other's, the milestone's way.

        Shape: never 0 for dates that differ: of work in the project's nights and weekends, by
               calendars of its own, one minute says the way.
        """
        task, other = self._sides(pair)
        here = None if task is None else _edge(task, at_finish=at_finish)
        there = None if other is None else _edge(other, at_finish=at_finish)
        if here is None or there is None:
            return 0
        return self.terms.clock.minutes_between(there, here) or (here > there) - (here < there)

    def _length(self, task: Task) -> int:
        if task.duration_minutes is not None:
            return task.duration_minutes
        if task.start is None or task.finish is None:
            return 0
        return self.terms.clock.minutes_between(task.start, task.finish)

    def _duration(self, ref: str, task: Task, other: Task) -> None:
        longer = self._length(task) - self._length(other)
        if longer <= 0:
            return
        ended = task.actual_finish is not None or other.actual_finish is not None
        if ended and task.actual_finish != other.actual_finish:
            code = "task_finished_late" if self.later else "task_finished_early"
        else:
            code = "task_longer" if self.later else "task_shorter"
        self._name(Reason(code, {"task": task.title, "days": self._days(longer)}), ref, longer)

    def _driving(self, ref: str, task: Task) -> list[Dependency]:
        """Find the links that lie latest against a task, if any lies close to it."""
        slacks = [
            (abs(slack), link)
            for link in self.plans.links(ref, after=self.later)
            if (slack := self._slack(ref, link, task)) is not None
            and abs(slack) < self.terms.minutes_per_day
        ]
        least = min((slack for slack, _ in slacks), default=0)
        return [link for slack, link in slacks if slack == least]

    def _slack(self, ref: str, link: Dependency, task: Task) -> int | None:
        """Count the working minutes between what a link asks for and where the task lies."""
        to_finish = link.type in _TO_FINISH
        if to_finish and link.successor != ref:
            return None  # of a summary: its finish is that of another task
        before, _ = self._sides(self.plans.task(link.predecessor))
        at = None if before is None else _edge(before, at_finish=link.type in _FROM_FINISH)
        here = _edge(task, at_finish=to_finish)
        if before is None or at is None or here is None:
            return None
        clock = self.terms.clock
        if link.lag_kind is LagKind.ELAPSED:
            return clock.minutes_between(at + timedelta(minutes=link.lag), here)
        lag = link.lag
        if link.lag_kind is LagKind.PERCENT:
            lag = round(self._length(before) * lag / 100)
        return clock.index(point(here)) - clock.index(point(at)) - lag

    def _start(
        self, ref: str, pair: TaskPair, driving: Sequence[Dependency]
    ) -> list[tuple[str, bool]]:
        """Say why a task begins when it does: its predecessors, or itself."""
        moved = [
            (link.predecessor, link.type in _FROM_FINISH)
            for link in driving
            if self._moved(link.predecessor, link.type in _FROM_FINISH)
        ]
        linked = [link for link in driving if self._link(ref, pair, link)]
        if not (moved or linked):
            self._itself(ref, pair)
        return moved

    def _link(self, ref: str, pair: TaskPair, link: Dependency) -> bool:
        """Name a driving link that the other plan has not, or has otherwise."""
        shift = self._shift(pair, at_finish=link.type in _TO_FINISH)
        predecessor, known = self._sides(self.plans.task(link.predecessor))
        if shift <= 0 or known is None:  # of a new task the task itself is named
            return False
        there = self.plans.links(ref, after=not self.later)
        same = [one for one in there if _ends(one) == _ends(link)]
        if any(_terms(one) == _terms(link) for one in same):
            return False
        code = "dependency_added" if self.later else "dependency_removed"
        if same:
            code = "dependency_changed"
        task, _ = self._sides(pair)
        names = {
            "task": task.title if task else ref,
            "predecessor": predecessor.title if predecessor else link.predecessor,
        }
        self._name(Reason(code, names), ref, shift)
        return True

    def _itself(self, ref: str, pair: TaskPair) -> None:
        """Name why a task that nothing drives begins elsewhere."""
        shift = self._shift(pair, at_finish=False)
        before, after = pair.before, pair.after
        if shift <= 0 or before is None or after is None:
            return
        values: dict[str, str | int | float | None] = {
            "task": after.title,
            "days": self._days(shift),
        }
        if _constrained(before) != _constrained(after):
            code = "constraint_changed"
        elif before.actual_start != after.actual_start:
            code = "task_started_late" if self.later else "task_started_early"
        elif self._with_project(before, after):
            code = "project_start_changed"
            values = {"days": self._days(shift)}
        elif after.kind is TaskKind.MILESTONE:
            code = "milestone_set"
        else:
            code = "task_start_later" if self.later else "task_start_earlier"
        self._name(Reason(code, values), ref, shift)

    def _with_project(self, before: Task, after: Task) -> bool:
        """Tell whether a task began with its project and still does, elsewhere."""
        terms = self.terms
        if terms.start_before is None or terms.start_before == terms.start_after:
            return False
        return before.start == terms.start_before and after.start == terms.start_after

    def _name(self, reason: Reason, ref: str, minutes: int) -> None:
        self.found.append(MoveCause(reason, ref, minutes))

    def _days(self, minutes: int) -> float:
        return round(minutes / self.terms.minutes_per_day, 1)


def _edge(task: Task, *, at_finish: bool) -> datetime | None:
    if task.kind is TaskKind.MILESTONE:
        return task.finish or task.start or task.due
    return task.finish if at_finish else task.start


def _ends(link: Dependency) -> tuple[str, str]:
    return link.predecessor, link.successor


def _terms(link: Dependency) -> tuple[object, ...]:
    return link.type, link.lag, link.lag_kind


def _constrained(task: Task) -> tuple[object, ...]:
    return task.constraint, task.constraint_date
