"""The YAML of a mapping document as plain nodes that know their line.

Every scalar is kept as it is written: `no`, `1` and `2024-01-05` stay text, so that a table needs
no knowledge of YAML's own words. Refuses what a mapping never needs and an attacker likes: aliases,
tags, deep nesting, big files, the same key twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from hub.mapping.problems import Problems

MAX_CHARACTERS = 512 * 1024
"""Arbitrary; the longest document we know has 6,000 characters."""

MAX_DEPTH = 16

# In quotes: where PyYAML was built without libyaml, there is no CSafeLoader.
_Loader: "type[yaml.SafeLoader | yaml.CSafeLoader]" = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar (text), a list of nodes, or named nodes; `line` counts from 1.

    Shape: an empty scalar (`key:` or `key: null`) is None.
    """

    line: int
    value: "str | tuple[Node, ...] | dict[str, Node] | None"

    def plain(self) -> object:
        """Return the node without its lines; scalars are text."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, tuple):
            return [node.plain() for node in self.value]
        return self.value


def parse(
    text: str, problems: Problems, *, least: str = "mapping, to, version and fields"
) -> Node | None:
    """Read one YAML document; None, with problems noted, when it cannot be read at all."""
    if len(text) > MAX_CHARACTERS:
        problems.add(
            1, "document", f"is longer than {MAX_CHARACTERS} characters", "split it by kind"
        )
        return None
    try:
        if not _harmless(text, problems):
            return None
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.add(
            mark.line + 1 if mark else 1,
            "document",
            f"is not YAML: {error.problem or error.context}",
            "check indentation, quotes and brackets near this line",
        )
        return None
    except (yaml.YAMLError, UnicodeError) as error:
        problems.add(1, "document", f"is not YAML: {_first_line(error)}", "save it as UTF-8 text")
        return None
    if root is None:
        problems.add(1, "document", "is empty", f"write at least {least}")
        return None
    return _node(root, "", problems)


def _harmless(text: str, problems: Problems) -> bool:
    """Look at the events only: nothing is built before this says yes."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        fault = _fault(event)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            fault = (f"is nested deeper than {MAX_DEPTH}", "flatten it")
        if fault:
            line = event.start_mark.line + 1 if event.start_mark else 1
            problems.add(line, "document", *fault)
            return False
    return True


def _fault(event: yaml.Event) -> tuple[str, str] | None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "uses an anchor or alias (& or *)", "quote the text, or write it out twice"
    if tag := getattr(event, "tag", None):
        return f"uses the tag {tag}", "remove the tag; every value is text as written"
    return None


def _node(node: yaml.Node, place: str, problems: Problems) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return Node(line, dict(_entries(node, place, problems)))
    if isinstance(node, yaml.SequenceNode):
        return Node(line, tuple(_node(item, place, problems) for item in node.value))
    if node.tag == "tag:yaml.org,2002:null":
        return Node(line, None)
    return Node(line, str(node.value))


def _entries(node: yaml.MappingNode, place: str, problems: Problems) -> Iterator[tuple[str, Node]]:
    first: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            problems.add(line, place or "document", "has a key that is not text", "write a name")
            continue
        name = str(key.value)
        inner = f"{place}.{name}" if place else name
        if name in first:
            problems.add(
                line, inner, f"stands already on line {first[name]}", "keep one of the two"
            )
            continue
        first[name] = line
        yield name, Node(line, _node(value, inner, problems).value)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
