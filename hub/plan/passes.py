"""The two passes of the critical path method, on numbers. Source: PMBOK Guide, 6.5.2.2.

Each pass costs one step per link. Indices are working minutes on each node's own clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hub.plan.graph import Graph, Role
from hub.plan.links import Link

_NEVER: Final = 1 << 62


@dataclass(slots=True)
class Early:
    """How early things can be, by node: `begun` is what links from a start see.

    Shape: `shift_ends` holds what has no duration and stands at the end of a shift: only finishes
           put it there. A start, or a date of its own, would put it where work goes on: at the
           same working minute, but in the next shift.
    """

    begun: list[int]
    start: list[int]
    finish: list[int]
    shift_ends: set[int] = field(default_factory=set)

    def from_finish(self, link: Link, duration: int) -> bool:
        """Say whether a link leaves from where its predecessor's last working minute ends."""
        return link.from_finish if duration else link.predecessor in self.shift_ends


@dataclass(frozen=True, slots=True)
class Late:
    """How late the finish may be, and by how much it may slip without moving a successor."""

    finish: list[int]
    free: list[int]


def bound(link: Link, early: Early) -> int:
    """Find the least index at which one link lets its successor start (or finish)."""
    begun, finish = early.begun[link.predecessor], early.finish[link.predecessor]
    index = finish if link.from_finish else begun
    if link.crossing is None:
        return index + link.lag
    from_finish = early.from_finish(link, finish - begun)
    return link.crossing.forward(index, link.lag, from_finish=from_finish)


def forward(graph: Graph, durations: Sequence[int], *, fixed: bool) -> Early:
    """Find the earliest dates.

    Units: `durations` are those of the nodes, with delays added.
    Shape: `fixed` keeps pinned nodes and honoured constraints where they are; without it they
           only hold nodes back, so that a delay can push them.
    """
    nodes = graph.nodes
    begun, start, finish = ([0] * len(nodes) for _ in range(3))
    early = Early(begun, start, finish)
    incoming = graph.incoming
    for number in graph.order:
        node = nodes[number]
        at = node.earliest
        duration = durations[number]
        if node.role is Role.FIRST:
            at = min((bound(link, early) for link in incoming[number]), default=at)
        elif not (node.pinned and (fixed or node.done)):
            for link in incoming[number]:
                predecessor, _, from_finish, to_finish, lag, crossing = link
                if crossing is None:
                    least = (finish if from_finish else begun)[predecessor] + lag
                else:
                    least = bound(link, early)
                if to_finish:
                    # A delay makes the finish later; it does not let the work begin earlier.
                    least -= node.duration
                if least > at:  # noqa: PLR1730 - max() costs a third of the pass here
                    at = least
            if fixed and node.latest_start is not None and node.latest_start < at:
                at = node.latest_start
        start[number] = at
        begun[number] = at if node.begun is None else node.begun
        finish[number] = at + duration
        if not duration and at > node.earliest and _ends_a_shift(incoming[number], at, early):
            early.shift_ends.add(number)
    return early


def _ends_a_shift(links: Iterable[Link], at: int, early: Early) -> bool:
    return all(
        early.from_finish(link, early.finish[link.predecessor] - early.begun[link.predecessor])
        for link in links
        if bound(link, early) == at
    )


def backward(graph: Graph, durations: Sequence[int], early: Early, ends: Mapping[int, int]) -> Late:
    """Find the latest finishes and the free float, and move late what shall be late.

    Shape: `ends` gives the end of the project by the `id` of a node's clock. Tasks "as late as
           possible" consume their free float: `early` is changed in place.
    """
    nodes = graph.nodes
    late = [_NEVER] * len(nodes)
    free = [0] * len(nodes)
    odd = {n for n, node in enumerate(nodes) if node.begun is not None or node.role is Role.FIRST}
    for number in reversed(graph.order):
        node = nodes[number]
        end = ends[id(node.clock)]
        cap = node.latest_finish
        latest = end if cap is None or cap > end else cap
        soonest = end
        duration = durations[number]
        for link in graph.outgoing[number]:
            _, successor, from_finish, to_finish, lag, crossing = link
            if odd and (successor in odd or number in odd) and _is_moot(graph, link, early):
                continue
            by_late, by_early = late[successor] - durations[successor], early.start[successor]
            if to_finish:
                by_late += nodes[successor].duration
                by_early += nodes[successor].duration
            add = 0 if from_finish else duration
            if crossing is None:
                by_late += add - lag
                by_early += add - lag
            else:
                by_late = _back(link, by_late, early) + add
                by_early = _back(link, by_early, early) + add
            if by_late < latest:  # noqa: PLR1730 - as above
                latest = by_late
            if by_early < soonest:  # noqa: PLR1730 - as above
                soonest = by_early
        late[number] = latest
        slack = soonest - early.finish[number]
        if node.as_late_as_possible and slack > 0:
            early.start[number] += slack
            early.begun[number] += slack
            early.finish[number] += slack
            slack = 0
        free[number] = slack
    return Late(late, free)


def latest_for(
    graph: Graph, durations: Sequence[int], early: Early, seeds: Mapping[int, int]
) -> dict[int, int]:
    """Find the latest finishes that leave some nodes where `seeds` puts them.

    Shape: answers for the seeds and for everything that they wait for; constraints and deadlines
           on the way do not count.
    """
    late = dict(seeds)
    for number in _ancestors_last_first(graph, seeds):
        latest = late.get(number, _NEVER)
        for link in graph.outgoing[number]:
            successor = link.successor
            if successor not in late or _is_moot(graph, link, early):
                continue
            limit = late[successor] - durations[successor]
            if link.to_finish:
                limit += graph.nodes[successor].duration
            limit = limit - link.lag if link.crossing is None else _back(link, limit, early)
            if not link.from_finish:
                limit += durations[number]
            latest = min(latest, limit)
        if latest < _NEVER:
            late[number] = latest
    return late


def _back(link: Link, index: int, early: Early) -> int:
    number, crossing = link.predecessor, link.crossing
    assert crossing is not None  # noqa: S101 - the callers ask first
    from_finish = early.from_finish(link, early.finish[number] - early.begun[number])
    return crossing.backward(index, link.lag, from_finish=from_finish)


def _is_moot(graph: Graph, link: Link, early: Early) -> bool:
    """Say whether a link binds its predecessor no more, or never did.

    A finished successor waits for nobody, a start that has happened cannot be late, and the start
    of a summary waits only for the leaf that starts first.
    """
    successor = graph.nodes[link.successor]
    if successor.done:
        return True
    if not link.from_finish and graph.nodes[link.predecessor].begun is not None:
        return True
    return successor.role is Role.FIRST and bound(link, early) > early.start[link.successor]


def _ancestors_last_first(graph: Graph, seeds: Iterable[int]) -> list[int]:
    found = set(seeds)
    waiting = list(found)
    while waiting:
        for link in graph.incoming[waiting.pop()]:
            if link.predecessor not in found:
                found.add(link.predecessor)
                waiting.append(link.predecessor)
    return sorted(found, key=graph.place.__getitem__, reverse=True)
