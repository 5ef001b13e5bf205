"""The network as numbers: one node per task that is really worked on, and the links between them.

Times are indices of working minutes on the node's own clock. Summaries are no nodes: a link on a
summary goes through a helper node of no duration to its leaves, so that it costs one link per leaf
and not one per pair.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

from hub.plan.calendars import WorkTime
from hub.plan.links import Link


class Role(Enum):
    """What a node stands for."""

    TASK = auto()
    ALL = auto()
    """A helper that waits for all its predecessors, as a task does."""
    FIRST = auto()
    """A helper that waits for the first of its predecessors: the start of a summary."""


@dataclass(slots=True)
class Node:
    """A task as the two passes see it.

    Units: indices of working minutes on `clock`; `duration` is what remains.
    Shape: `earliest` is the least index at which the remaining work may begin;
           `begun` is the actual start, None before it; `pinned` nodes stay where they are;
           `latest_finish` is the cap of constraints and deadlines, None without;
           `latest_start` caps the forward pass too, where constraints are honoured.
    """

    ref: str
    clock: WorkTime
    duration: int = 0
    earliest: int = 0
    role: Role = Role.TASK
    begun: int | None = None
    pinned: bool = False
    done: bool = False
    latest_finish: int | None = None
    latest_start: int | None = None
    as_late_as_possible: bool = False


@dataclass(slots=True)
class Graph:
    """Nodes, their links and an order in which every link goes forward.

    Shape: `place` is the position of each node in `order`; of a node in a cycle it means nothing.
    """

    nodes: list[Node] = field(default_factory=list)
    incoming: list[list[Link]] = field(default_factory=list)
    outgoing: list[list[Link]] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    place: list[int] = field(default_factory=list)

    def add(self, node: Node) -> int:
        """Add a node; return its number."""
        self.nodes.append(node)
        self.incoming.append([])
        self.outgoing.append([])
        return len(self.nodes) - 1

    def join(self, link: Link) -> None:
        """Add a link."""
        self.outgoing[link.predecessor].append(link)
        self.incoming[link.successor].append(link)

    def cut(self, numbers: set[int]) -> None:
        """Take all links of some nodes away."""
        around: set[int] = set()
        for number in numbers:
            around.update(link.successor for link in self.outgoing[number])
            around.update(link.predecessor for link in self.incoming[number])
        for other in around:
            before, after = self.incoming[other], self.outgoing[other]
            self.incoming[other] = [e for e in before if not {e.predecessor, other} & numbers]
            self.outgoing[other] = [e for e in after if not {e.successor, other} & numbers]
