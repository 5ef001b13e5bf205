"""A scheduled plan, and the questions one may ask it. Pure; what is not asked is not computed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from hub.model.links import Reason
from hub.plan.build import Plan
from hub.plan.calendars import WorkTime, point, wall
from hub.plan.graph import Role
from hub.plan.passes import Early, Late, backward, bound, forward, latest_for


@dataclass(frozen=True, slots=True)
class TaskTimes:
    """When a task can and must be done.

    Units: floats are working minutes on the task's own calendar.
    Shape: of a summary, the outermost dates and the least floats of its leaves; of a task in
           progress, `late_start` is that of the remaining work.
    """

    ref: str
    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    total_float: int
    free_float: int
    critical: bool


class Schedule:
    """A scheduled plan.

    Shape: `excluded` says of a task why it has no dates; `notes` what is odd about one that has.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        critical_slack: int = 0,
        delays: Mapping[int, int] | None = None,
        fixed: bool = True,
    ) -> None:
        self._plan = plan
        self._critical_slack = critical_slack
        self._fixed = fixed
        self._told: dict[int, TaskTimes] = {}
        self._durations = [node.duration for node in plan.graph.nodes]
        for number, delay in (delays or {}).items():
            self._durations[number] += delay
        self.excluded: Mapping[str, Reason] = plan.excluded
        self.notes: Mapping[str, Sequence[Reason]] = plan.terms.notes
        self.calendar = plan.terms.clock

    @cached_property
    def start(self) -> datetime:
        """The first working instant of the plan."""
        return wall(self._plan.terms.start)

    @cached_property
    def finish(self) -> datetime:
        """The end of the last task."""
        return wall(self._end)

    @cached_property
    def refs(self) -> Sequence[str]:
        """Every leaf and summary that has dates."""
        outline = self._plan.outline
        return [ref for ref in outline.tasks if ref in self._plan.numbers or self._numbers(ref)]

    def times(self, ref: str) -> TaskTimes | None:
        """Tell the dates and floats of a task; None when it has none, see `excluded`."""
        numbers = self._numbers(ref)
        if not numbers:
            return None
        rows = [self._row(number) for number in numbers]
        if not self._plan.outline.is_summary(ref):
            return rows[0]
        return TaskTimes(
            ref,
            min(row.early_start for row in rows),
            max(row.early_finish for row in rows),
            min(row.late_start for row in rows),
            max(row.late_finish for row in rows),
            min(row.total_float for row in rows),
            min(row.free_float for row in rows),
            any(row.critical for row in rows),
        )

    def rows(self) -> Iterator[TaskTimes]:
        """Yield the times of every task that has them, in the order given."""
        for ref in self.refs:
            if (row := self.times(ref)) is not None:
                yield row

    def early_finish(self, ref: str) -> datetime | None:
        """Tell when a task, milestone or summary is reached; cheaper than `times`."""
        numbers = self._numbers(ref)
        return max((wall(self._finish_point(number)) for number in numbers), default=None)

    def float_to(self, milestone: str, *, by: datetime | None = None) -> dict[str, int]:
        """Tell by how many working minutes each task may slip before a milestone moves.

        Shape: holds the milestone and the leaves that it waits for and that are not done; empty
               when it has no dates. With `by`, the slip is counted to that date instead.
        """
        seeds = {}
        for number in self._numbers(milestone):
            clock = self._plan.graph.nodes[number].clock
            latest = clock.index(point(by)) if by else self._latest_of(milestone, number)
            seeds[number] = latest
        nodes = self._plan.graph.nodes
        late = latest_for(self._plan.graph, self._durations, self._early, seeds)
        return {
            nodes[number].ref: finish - self._early.finish[number]
            for number, finish in late.items()
            if nodes[number].role is Role.TASK and not nodes[number].done
        }

    def driving_path(self, ref: str) -> tuple[str, ...]:
        """Name the tasks that put a task where it is, first one first, the task itself last.

        Shape: of several that bind alike, the one that finishes last, then the first by ref.
        """
        numbers = self._numbers(ref)
        if not numbers:
            return ()
        path = [min(numbers, key=self._rank)]
        while (before := self._driver(path[-1])) is not None:
            path.append(before)
        nodes = self._plan.graph.nodes
        return tuple(nodes[n].ref for n in reversed(path) if nodes[n].role is Role.TASK)

    def critical_path(self) -> tuple[str, ...]:
        """Name the chain of tasks that puts the end of the plan where it is."""
        numbers = self._plan.numbers.values()
        last = min(numbers, key=self._rank, default=None)
        return () if last is None else self.driving_path(self._plan.graph.nodes[last].ref)

    def delayed(self, delays: Mapping[str, int]) -> "Schedule":
        """Run the plan again with more work in some tasks.

        Shape: manual dates and honoured constraints hold a task back, but a delay pushes them: a
               date that somebody wrote down does not stop an outage. Compare with `delayed({})`.
               Tasks that are done, or not in the network, lose nothing.
        Units: working minutes on each task's calendar.
        """
        numbers = self._plan.numbers
        nodes = self._plan.graph.nodes
        more = {
            numbers[ref]: minutes
            for ref, minutes in delays.items()
            if ref in numbers and not nodes[numbers[ref]].done
        }
        return self._with(more) if more else self._undisturbed

    @cached_property
    def _undisturbed(self) -> "Schedule":
        return self._with({})

    def _with(self, delays: Mapping[int, int]) -> "Schedule":
        slack = self._critical_slack
        return Schedule(self._plan, critical_slack=slack, delays=delays, fixed=False)

    def calendar_of(self, ref: str) -> WorkTime:
        """Tell the calendar that a task is worked on; the project's for what has no node."""
        number = self._plan.numbers.get(ref)
        return self.calendar if number is None else self._plan.graph.nodes[number].clock

    @cached_property
    def _forward(self) -> Early:
        return forward(self._plan.graph, self._durations, fixed=self._fixed)

    @cached_property
    def _end(self) -> int:
        """The end of the project, before tasks are moved late: those never move it."""
        nodes, finish = self._plan.graph.nodes, self._forward.finish
        last: dict[int, tuple[WorkTime, int]] = {}
        for number in self._plan.numbers.values():
            clock = nodes[number].clock
            _, known = last.get(id(clock), (clock, finish[number]))
            last[id(clock)] = (clock, max(known, finish[number]))
        ends = (clock.finish_at(index) for clock, index in last.values())
        return max(self._plan.terms.start, *ends, self._plan.terms.start)

    @cached_property
    def _late(self) -> Late:
        nodes = self._plan.graph.nodes
        clocks = {id(node.clock): node.clock for node in nodes}
        ends = {key: clock.index(self._end) for key, clock in clocks.items()}
        return backward(self._plan.graph, self._durations, self._forward, ends)

    @cached_property
    def _early(self) -> Early:
        if any(node.as_late_as_possible for node in self._plan.graph.nodes):
            _ = self._late  # moves them
        return self._forward

    def _numbers(self, ref: str) -> list[int]:
        numbers = self._plan.numbers
        if ref in numbers:
            return [numbers[ref]]
        if not self._plan.outline.is_summary(ref):
            return []
        return [numbers[leaf] for leaf in self._plan.outline.leaves(ref) if leaf in numbers]

    def _row(self, number: int) -> TaskTimes:
        """Tell the times of one node; summaries of every level ask for the same leaves."""
        if number not in self._told:
            self._told[number] = self._times(number)
        return self._told[number]

    def _times(self, number: int) -> TaskTimes:
        node = self._plan.graph.nodes[number]
        late, early, clock = self._late, self._forward, node.clock
        total = late.finish[number] - early.finish[number]
        start, finish = self._start_point(number), self._finish_point(number)
        if node.done:
            at, to = wall(start), wall(finish)
            return TaskTimes(node.ref, at, to, at, to, 0, 0, critical=False)
        duration = self._durations[number]
        shift_end = bool(duration) or number in early.shift_ends
        late_finish = (clock.finish_at if shift_end else clock.start_at)(late.finish[number])
        late_start = clock.start_at(late.finish[number] - duration) if duration else late_finish
        return TaskTimes(
            node.ref,
            wall(start),
            wall(finish),
            wall(late_start),
            wall(late_finish),
            total,
            self._late.free[number],
            total <= self._critical_slack,
        )

    def _start_point(self, number: int) -> int:
        """Find the start; what was stated on non-working time stays as it was stated."""
        node = self._plan.graph.nodes[number]
        task = self._plan.outline.tasks[node.ref]
        stated = task.actual_start or (task.start if node.pinned else None)
        index = self._early.begun[number]
        if stated is not None and node.clock.index(point(stated)) == index:
            return point(stated)
        if not self._durations[number]:
            return self._finish_point(number)
        return node.clock.start_at(index)

    def _finish_point(self, number: int) -> int:
        node = self._plan.graph.nodes[number]
        task = self._plan.outline.tasks[node.ref]
        stated = task.actual_finish or (task.finish if node.pinned else None)
        index = self._early.finish[number]
        if stated is not None and node.clock.index(point(stated)) == index:
            return point(stated)
        if not self._durations[number] and number not in self._early.shift_ends:
            return node.clock.start_at(index)
        return node.clock.finish_at(index)

    def _latest_of(self, milestone: str, number: int) -> int:
        if not self._plan.outline.is_summary(milestone):
            return self._early.finish[number]
        finish = max(self._finish_point(other) for other in self._numbers(milestone))
        return self._plan.graph.nodes[number].clock.index(finish)

    def _rank(self, number: int) -> tuple[int, str]:
        """Put the task that finishes last first, then by ref."""
        node = self._plan.graph.nodes[number]
        return -node.clock.finish_at(self._early.finish[number]), node.ref

    def _driver(self, number: int) -> int | None:
        graph, early = self._plan.graph, self._early
        node = graph.nodes[number]
        if node.pinned and (self._fixed or node.done):
            return None
        start, finish = early.start[number], early.finish[number]
        drivers = [
            link.predecessor
            for link in graph.incoming[number]
            if bound(link, early) == (finish if link.to_finish else start)
        ]
        return min(drivers, key=self._rank, default=None)
