"""Which records a document is for: its `when`.

    when: {type.name: [Blocks, 阻止], outward: "*"}

A record needs one of the words for each path; `*` stands for anything, and a path that leads
nowhere has no word. What is not taken is left out; it is no fault of the record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hub.mapping.paths import Path, compiled
from hub.mapping.patterns import like
from hub.mapping.problems import Problems
from hub.mapping.syntax import Node
from hub.mapping.words import written

MOST: Final = 200
"""Paths, or words of one: arbitrary; people write less than ten."""
_REMEDY: Final = "write when: {type.name: [Blocks]}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One path and its words. Shape: no words take no record."""

    path: Path
    words: tuple[str, ...]

    def takes(self, body: Mapping[str, object]) -> bool:
        """Tell whether a record has one of the words there."""
        found = self.path.read(body)
        said = found if isinstance(found, list | tuple) else (found,)
        return any(
            like(written(one), word) for one in said if one is not None for word in self.words
        )


def checked(node: Node | None, to: str, problems: Problems) -> tuple[Choice, ...]:
    """Compile `when`; what is wrong with it is noted."""
    if node is None:
        return ()
    if to == "alert":
        remedy = "remove it; every alert is shown"
        problems.add(node.line, "when", "has no meaning for alert", remedy)
        return ()
    if to == "plan_row":
        remedy = "remove it; say it in the document of the task"
        problems.add(node.line, "when", "has no meaning for a column", remedy)
        return ()
    if not isinstance(node.value, dict) or not 0 < len(node.value) <= MOST:
        problems.add(node.line, "when", "is not paths with words", _REMEDY)
        return ()
    return tuple(_choices(node.value, problems))


def _choices(paths: Mapping[str, Node], problems: Problems) -> Iterator[Choice]:
    for text, node in paths.items():
        try:
            path = compiled(text)
        except ValueError as fault:
            problems.add(node.line, f"when.{text}", str(fault), _REMEDY)
            continue
        items = node.value if isinstance(node.value, tuple) else (node,)
        words = [one.value for one in items if isinstance(one.value, str) and one.value]
        if len(words) < len(items) or len(words) > MOST:
            problems.add(node.line, f"when.{text}", "is not a list of words", _REMEDY)
            continue
        yield Choice(path, tuple(words))
