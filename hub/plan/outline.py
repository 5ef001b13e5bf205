"""Who contains whom: leaves, summaries, and what a summary hands down to its leaves."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from hub.model.plan import Task


@dataclass(slots=True)
class Outline:
    """The tree of a plan. Structure decides: a row with rows below it is a summary."""

    tasks: Mapping[str, Task]
    children: dict[str, list[str]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    loops: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> "Outline":
        """Read the tree; a row that contains itself is taken out to the top and listed."""
        by_ref = {task.ref: task for task in tasks}
        outline = cls(by_ref)
        parents = outline.parents
        for ref, task in by_ref.items():
            if task.parent is not None and task.parent in by_ref:
                parents[ref] = task.parent
        outline.loops = sorted(_circular(parents))
        for ref in outline.loops:
            del parents[ref]
        for ref, parent in parents.items():
            outline.children.setdefault(parent, []).append(ref)
        return outline

    def is_summary(self, ref: str) -> bool:
        """Say whether rows stand below this one."""
        return ref in self.children

    def above(self, ref: str) -> Iterator[str]:
        """Yield the summaries that contain a row, the nearest first."""
        while (parent := self.parents.get(ref)) is not None:
            yield parent
            ref = parent

    def leaves(self, ref: str) -> Iterator[str]:
        """Yield the leaves below a row; a leaf yields itself."""
        waiting = [ref]
        while waiting:
            row = waiting.pop()
            if below := self.children.get(row):
                waiting.extend(below)
            else:
                yield row


def _circular(parents: Mapping[str, str]) -> set[str]:
    """Find the rows that contain themselves."""
    settled: set[str] = set()
    circular: set[str] = set()
    for ref in parents:
        path: dict[str, int] = {}
        row: str | None = ref
        while row is not None and row not in settled and row not in path:
            path[row] = len(path)
            row = parents.get(row)
        if row is not None and row in path:
            circular.update(name for name, place in path.items() if place >= path[row])
        settled.update(path)
    return circular
