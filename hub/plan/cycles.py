"""The order of a network, and the cycles that stand in its way."""

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from hub.plan.graph import Graph


@dataclass(frozen=True, slots=True)
class Knot:
    """Nodes that wait for one another.

    Shape: `path` is a shortest way round, back to its first node; `followers` wait for the knot.
    """

    members: list[int]
    path: list[int]
    followers: set[int]


def put_in_order(graph: Graph) -> list[Knot]:
    """Order the nodes so that every link goes forward; cut knots out and return them."""
    graph.order, left = _peel(graph, range(len(graph.nodes)))
    knots = _untie(graph, left) if left else []
    graph.place = [0] * len(graph.nodes)
    for place, number in enumerate(graph.order):
        graph.place[number] = place
    return knots


def _untie(graph: Graph, left: Collection[int]) -> list[Knot]:
    groups = _knots(graph, left)
    knots = [Knot(group, _shortest_cycle(graph, group), _after(graph, group)) for group in groups]
    tied = {number for group in groups for number in group}
    graph.cut(tied)
    more, _ = _peel(graph, [number for number in left if number not in tied])
    graph.order += more
    return knots


def _after(graph: Graph, group: Iterable[int]) -> set[int]:
    inside = set(group)
    return {link.successor for number in inside for link in graph.outgoing[number]} - inside


def _peel(graph: Graph, numbers: Collection[int]) -> tuple[list[int], list[int]]:
    """Take away, again and again, what waits for nothing (Kahn); return it, and what is left."""
    inside = set(numbers)
    waiting = dict.fromkeys(numbers, 0)
    for number in numbers:
        incoming = graph.incoming[number]
        waiting[number] = (
            len(incoming)
            if len(inside) == len(graph.nodes)
            else sum(link.predecessor in inside for link in incoming)
        )
    order = [number for number in numbers if not waiting[number]]
    for number in order:  # grows while it is read
        for link in graph.outgoing[number]:
            successor = link.successor
            waiting[successor] -= 1
            if not waiting[successor]:
                order.append(successor)
    return order, [number for number in numbers if waiting[number] > 0]


def _knots(graph: Graph, numbers: Iterable[int]) -> list[list[int]]:
    """Find the strongly connected groups that hold a cycle (Tarjan, without recursion)."""
    found: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    knots: list[list[int]] = []
    for root in numbers:
        if root in found:
            continue
        work = [(root, iter(graph.outgoing[root]))]
        found[root] = low[root] = len(found)
        stack.append(root)
        on_stack.add(root)
        while work:
            number, links = work[-1]
            for link in links:
                successor = link.successor
                if successor not in found:
                    found[successor] = low[successor] = len(found)
                    stack.append(successor)
                    on_stack.add(successor)
                    work.append((successor, iter(graph.outgoing[successor])))
                    break
                if successor in on_stack:
                    low[number] = min(low[number], found[successor])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[number])
                if low[number] == found[number]:
                    group = [stack.pop()]
                    while group[-1] != number:
                        group.append(stack.pop())
                    on_stack.difference_update(group)
                    if len(group) > 1 or any(e.successor == number for e in graph.outgoing[number]):
                        knots.append(group)
    return knots


def _shortest_cycle(graph: Graph, knot: Iterable[int]) -> list[int]:
    """Find a shortest way round, from the knot's first task by ref back to itself."""
    inside = set(knot)
    start = min(inside, key=lambda number: (graph.nodes[number].ref, number))
    came_from: dict[int, int] = {}
    queue = deque([start])
    while queue:
        number = queue.popleft()
        near = {link.successor for link in graph.outgoing[number]} & inside
        for successor in sorted(near, key=lambda n: (graph.nodes[n].ref, n)):
            if successor == start:
                path = [number]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return [*reversed(path), start]
            if successor not in came_from:
                came_from[successor] = number
                queue.append(successor)
    raise AssertionError("unreachable: a knot holds a cycle through each of its nodes")
