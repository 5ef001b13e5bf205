"""What a task says about its own dates, read into a node."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.model.links import Reason
from hub.model.plan import Task
from hub.model.words import ConstraintType, TaskKind, TaskStatus
from hub.plan.calendars import WorkTime, point
from hub.plan.graph import Node

_NO_EARLIER = frozenset({ConstraintType.SNET, ConstraintType.MSO})
_FINISH_NO_EARLIER = frozenset({ConstraintType.FNET, ConstraintType.MFO})
_NO_LATER = frozenset({ConstraintType.SNLT, ConstraintType.MSO})
_FINISH_NO_LATER = frozenset({ConstraintType.FNLT, ConstraintType.MFO})


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the whole plan.

    Shape: `clock` is the project's, `clocks` those that tasks name; `status` is the data date:
           with one, work that is not done lies on or after it.
           `honour`: a constraint wins over links in the forward pass too. `assigned` gives by
           task the calendars of those who work on it.
    """

    clock: WorkTime
    clocks: Mapping[str, WorkTime]
    start: int
    status: int | None
    honour: bool
    assigned: Mapping[str, Collection[str]]
    notes: dict[str, list[Reason]] = field(default_factory=dict)
    _starts: dict[int, tuple[int, int]] = field(default_factory=dict)
    _effective: dict[tuple[WorkTime | None, frozenset[str]], WorkTime] = field(default_factory=dict)
    _interned: dict[Hashable, WorkTime] = field(default_factory=dict)

    def starts(self, clock: WorkTime) -> tuple[int, int]:
        """Tell the least index on a clock of work at all, and of work that has not begun."""
        found = self._starts.get(id(clock))
        if found is None:
            start = clock.index(self.start)
            unbegun = start if self.status is None else max(start, clock.index(self.status))
            found = self._starts[id(clock)] = start, unbegun
        return found

    def note(
        self, ref: str, code: str, values: Mapping[str, str | int | float | None] | None = None
    ) -> None:
        """Keep a remark on a task."""
        self.notes.setdefault(ref, []).append(Reason(code, values or {}))

    def clock_of(self, task: Task) -> WorkTime:
        """Find the calendar that a task is worked on; one that cannot serve is noted.

        Shape: the task's own, cut down to the hours of those who work on it; else their hours,
               whoever of them works; else the project's. Source: MS Project, resource calendars.
        """
        people = frozenset(self.assigned.get(task.ref, ()))
        if task.calendar is None and not people:
            return self.clock
        own = None if task.calendar is None else self._known(task.ref, task.calendar)
        key = own, people
        if key not in self._effective:
            theirs = {found for ref in people if (found := self._known(task.ref, ref))}
            self._effective[key] = self._intern(_effective(self.clock, own, theirs))
        return self._effective[key]

    def _known(self, task: str, calendar: str) -> WorkTime | None:
        clock = self.clocks.get(calendar)
        if clock is None:
            self.note(task, "calendar_unknown", {"calendar": calendar})
        elif not clock.recurs:
            self.note(task, "calendar_without_work", {"calendar": clock.title})
        else:
            return clock
        return None

    def _intern(self, clock: WorkTime) -> WorkTime:
        """Take one clock for the same hours: links between such tasks are mere additions."""
        self._interned.setdefault(self.clock.hours, self.clock)
        return self._interned.setdefault(clock.hours, clock)


def _effective(project: WorkTime, own: WorkTime | None, people: Collection[WorkTime]) -> WorkTime:
    if not people:
        return own or project
    theirs = WorkTime.any_of(sorted(people, key=lambda clock: clock.title))
    if own is None:
        return theirs
    both = WorkTime.all_of([own, theirs])
    return both if both.recurs else own


def node(task: Task, terms: Terms) -> Node:
    """Read one leaf into a node."""
    clock = terms.clock_of(task)
    start, unbegun = terms.starts(clock)
    found = Node(task.ref, clock, 0, start)
    if task.status is TaskStatus.DONE or task.actual_finish is not None:
        return _done(found, task, terms)
    if task.deadline is not None:
        found.latest_finish = clock.index(point(task.deadline))
    found.duration = _duration(task, clock, terms)
    if task.manual and task.start is not None:
        found.pinned = True
        found.earliest = clock.index(point(task.start))
        if task.finish is not None:
            found.duration = max(clock.index(point(task.finish)) - found.earliest, 0)
    elif begun := _begun(task):
        _in_progress(found, task, clock.index(point(begun)), terms)
    else:
        found.earliest = unbegun
        _constrain(found, task, terms)
    return found


def hand_down(found: Node, summary: Task, terms: Terms) -> None:
    """Put the constraint and the deadline of a summary on one of its leaves."""
    if found.done:
        return
    if summary.deadline is not None:
        _cap(found, found.clock.index(point(summary.deadline)))
    if not (found.pinned or found.begun is not None) and summary.constraint is not None:
        _constrain(found, summary, terms)


def _done(found: Node, task: Task, terms: Terms) -> Node:
    """Keep a finished task where it was; one without any date holds nobody up."""
    clock = found.clock
    finish = task.actual_finish or task.finish or task.actual_start or task.start
    start = task.actual_start or task.start or finish
    if finish is not None and start is not None:
        found.earliest = clock.index(point(start))
        found.duration = max(clock.index(point(finish)) - found.earliest, 0)
    else:
        terms.note(task.ref, "done_without_date")
    found.done = found.pinned = True
    found.begun = found.earliest
    return found


def _begun(task: Task) -> datetime | None:
    if task.actual_start is not None:
        return task.actual_start
    return task.start if task.status is TaskStatus.IN_PROGRESS else None


def _in_progress(found: Node, task: Task, begun: int, terms: Terms) -> None:
    """Retained logic: the rest waits for the data date and for the predecessors."""
    whole = found.duration
    if task.remaining_minutes is not None:
        found.duration = task.remaining_minutes
    elif task.percent is not None:
        found.duration = round(whole * (1 - min(max(task.percent, 0), 100) / 100))
    found.begun = begun
    if terms.status is None:
        found.earliest = begun + max(whole - found.duration, 0)
    else:
        found.earliest = max(begun, found.clock.index(terms.status))


def _duration(task: Task, clock: WorkTime, terms: Terms) -> int:
    if task.duration_minutes is not None:
        return max(task.duration_minutes, 0)
    if task.kind is TaskKind.MILESTONE:
        return 0
    finish = task.finish or task.due
    if task.start is not None and finish is not None:
        return max(clock.minutes_between(task.start, finish), 0)
    if task.remaining_minutes is None:
        terms.note(task.ref, "duration_unknown")
    return task.remaining_minutes or 0


def _constrain(found: Node, task: Task, terms: Terms) -> None:
    kind, date = task.constraint, task.constraint_date
    if kind is None and task.start is not None:
        # A tool without constraints states a start instead: people mean "not before".
        kind, date = ConstraintType.SNET, task.start
    found.as_late_as_possible |= kind is ConstraintType.ALAP
    if kind is None or date is None:
        return
    at = found.clock.index(point(date))
    before = at - found.duration
    if kind in _NO_EARLIER:
        found.earliest = max(found.earliest, at)
    elif kind in _FINISH_NO_EARLIER:
        found.earliest = max(found.earliest, before)
    if kind in _NO_LATER:
        _cap(found, at + found.duration)
        _honour(found, at, terms)
    elif kind in _FINISH_NO_LATER:
        _cap(found, at)
        _honour(found, before, terms)


def _cap(found: Node, finish: int) -> None:
    known = found.latest_finish
    found.latest_finish = finish if known is None else min(known, finish)


def _honour(found: Node, start: int, terms: Terms) -> None:
    if terms.honour:
        known = found.latest_start
        found.latest_start = start if known is None else min(known, start)
