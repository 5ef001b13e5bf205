"""From a plan to its network: leaves become nodes, dependencies become links."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hub.model.links import Reason
from hub.model.plan import Dependency, Task
from hub.model.words import DependencyType, LagKind, TaskStatus
from hub.plan.calendars import CONTINUOUS, WorkTime
from hub.plan.cycles import put_in_order
from hub.plan.graph import Graph, Node, Role
from hub.plan.links import Crossing, Link
from hub.plan.outline import Outline
from hub.plan.reading import Terms, hand_down, node

# Helpers stand on the clock where every minute counts, so that they lose nothing between calendars.
_EVERY_MINUTE = WorkTime.of(CONTINUOUS)

# A cycle of more tasks than this is shortened in its reason; the number is arbitrary.
_SHOWN = 12


@dataclass(slots=True)
class Plan:
    """A network and what stands in it.

    Shape: `numbers` leads from a leaf's ref to its node; `excluded` says why a leaf has none.
    """

    outline: Outline
    terms: Terms
    graph: Graph = field(default_factory=Graph)
    numbers: dict[str, int] = field(default_factory=dict)
    excluded: dict[str, Reason] = field(default_factory=dict)
    _helpers: dict[tuple[str, str], int] = field(default_factory=dict)
    _crossings: dict[tuple[int, int, int], Crossing] = field(default_factory=dict)

    @classmethod
    def of(cls, tasks: Iterable[Task], dependencies: Iterable[Dependency], terms: Terms) -> "Plan":
        """Build the network; what does not fit is noted or excluded, never fatal."""
        plan = cls(Outline.of(tasks), terms)
        for ref in plan.outline.loops:
            terms.note(ref, "outline_loop")
        plan._add_leaves()
        for dependency in dependencies:
            plan._link(dependency)
        plan._exclude_cycles()
        return plan

    def _add_leaves(self) -> None:
        handing_down = {
            ref
            for ref in self.outline.children
            if (task := self.outline.tasks[ref]).deadline or task.constraint_date
        }
        for ref, task in self.outline.tasks.items():
            if self.outline.is_summary(ref):
                continue
            if not task.active or task.status is TaskStatus.CANCELLED:
                self.excluded[ref] = Reason("task_inactive")
                continue
            found = node(task, self.terms)
            if handing_down:
                for summary in handing_down.intersection(self.outline.above(ref)):
                    hand_down(found, self.outline.tasks[summary], self.terms)
            self.numbers[ref] = self.graph.add(found)

    def _link(self, link: Dependency) -> None:
        before, after = link.predecessor, link.successor
        tasks = self.outline.tasks
        source, target = self.numbers.get(before), self.numbers.get(after)
        known = source is not None and target is not None
        if not known and (self._refused(link) or not self._is_live(before, after)):
            return
        from_finish = link.type is DependencyType.FS or link.type is DependencyType.FF
        to_finish = link.type is DependencyType.FF or link.type is DependencyType.SF
        if source is None:
            source = self._source(before, from_finish=from_finish)
        if target is None:
            target = self._target(after, to_finish=to_finish)
            # The helper starts when the link allows; only its leaves may have to finish by it.
            to_finish = False
        lag_on = self.graph.nodes[target].clock
        if lag_on is _EVERY_MINUTE:
            lag_on = self.terms.clock_of(tasks[after])
        self._join(source, target, link, (from_finish, to_finish), lag_on)

    def _is_live(self, *refs: str) -> bool:
        return not any(ref in self.excluded for ref in refs)

    def _refused(self, link: Dependency) -> bool:
        """Note a link that leads out of the plan, or from a summary to what it contains."""
        before, after = link.predecessor, link.successor
        outline = self.outline
        for here, other in ((after, before), (before, after)):
            if other not in outline.tasks:
                code = "link_external" if link.external else "link_unknown_task"
                self.terms.note(here, code, {"other": link.external or other})
                return True
        inside = before in outline.above(after) or after in outline.above(before)
        if inside or before == after:
            self.terms.note(after, "link_to_own_summary", {"other": outline.tasks[before].title})
            return True
        return False

    def _join(
        self, source: int, target: int, link: Dependency, ends: tuple[bool, bool], lag_on: WorkTime
    ) -> None:
        """Join two nodes. A working lag counts on the successor's calendar, as MS Project does."""
        nodes = self.graph.nodes
        before, after = nodes[source], nodes[target]
        from_finish, to_finish = ends
        lag = link.lag
        if link.lag_kind is LagKind.PERCENT:
            lag = round(self._whole(link.predecessor, before) * lag / 100)
        elapsed = link.lag_kind is LagKind.ELAPSED and lag != 0
        crossing = None
        if elapsed or not (before.clock is after.clock and (not lag or lag_on is after.clock)):
            crossing = self._crossing(before.clock, after.clock, None if elapsed else lag_on)
        self.graph.join(Link(source, target, from_finish, to_finish, lag, crossing))

    def _whole(self, ref: str, before: Node) -> int:
        known = self.outline.tasks[ref].duration_minutes
        return before.duration if known is None else known

    def _crossing(self, before: WorkTime, after: WorkTime, lag: WorkTime | None) -> Crossing:
        key = (id(before), id(after), id(lag))
        if key not in self._crossings:
            self._crossings[key] = Crossing(before, after, lag)
        return self._crossings[key]

    def _source(self, ref: str, *, from_finish: bool) -> int:
        """Find the node to wait for: of a summary, the last finish or the first start."""
        key = (ref, "finish" if from_finish else "start")
        if key not in self._helpers:
            role = Role.ALL if from_finish else Role.FIRST
            helper = self._helper(key, role)
            for leaf in self._live(ref):
                self._cross(leaf, helper, from_finish=from_finish, to_finish=False)
        return self._helpers[key]

    def _target(self, ref: str, *, to_finish: bool) -> int:
        """Find the node that waits; what a summary waits for, all its leaves wait for."""
        key = (ref, "leaves finish" if to_finish else "leaves start")
        if key not in self._helpers:
            helper = self._helper(key, Role.ALL)
            for leaf in self._live(ref):
                self._cross(helper, leaf, from_finish=True, to_finish=to_finish)
        return self._helpers[key]

    def _helper(self, key: tuple[str, str], role: Role) -> int:
        start = _EVERY_MINUTE.index(self.terms.start)
        number = self.graph.add(Node(key[0], _EVERY_MINUTE, earliest=start, role=role))
        self._helpers[key] = number
        return number

    def _cross(self, source: int, target: int, *, from_finish: bool, to_finish: bool) -> None:
        before, after = (self.graph.nodes[number].clock for number in (source, target))
        crossing = None if before is after else self._crossing(before, after, after)
        self.graph.join(Link(source, target, from_finish, to_finish, 0, crossing))

    def _live(self, ref: str) -> list[int]:
        return [self.numbers[leaf] for leaf in self.outline.leaves(ref) if leaf in self.numbers]

    def _exclude_cycles(self) -> None:
        for knot in put_in_order(self.graph):
            path = [self._title(number) for number in knot.path]
            shown = path if len(path) <= _SHOWN else [*path[: _SHOWN - 1], "…", path[-1]]
            members = {self.graph.nodes[number].ref for number in knot.members}
            reason = Reason("in_cycle", {"path": " -> ".join(shown), "count": len(members)})
            for number in knot.members:
                if self.graph.nodes[number].role is Role.TASK:
                    self.excluded[self.graph.nodes[number].ref] = reason
                    del self.numbers[self.graph.nodes[number].ref]
            for number in sorted(knot.followers):
                if self.graph.nodes[number].role is Role.TASK:
                    self.terms.note(self.graph.nodes[number].ref, "follows_cycle", reason.values)

    def _title(self, number: int) -> str:
        ref = self.graph.nodes[number].ref
        return self.outline.tasks[ref].title or ref
