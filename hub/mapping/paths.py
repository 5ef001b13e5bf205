"""Paths into a record: our own reader for dotted names, JMESPath for everything else.

Both give None where a path leads nowhere; JMESPath cannot tell that from a JSON null, and neither
do we. Source: jmespath.org/specification.html, identifiers and sub-expressions.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions

from hub.mapping.refused import Refused
from hub.mapping.texts import step

Read = Callable[[Mapping[str, object]], object]
Trail = tuple[str, ...]
"""Where a value stands: names from the top; EACH for any element, ANY for any name."""

EACH: Final = "[]"
ANY: Final = "*"

MAX_CHARACTERS = 500

_NAME = r'(?:[A-Za-z_][A-Za-z0-9_]*|"[^"\\]+")'
_DOTTED = re.compile(rf"{_NAME}(?:\.{_NAME})*")
_NAMES = re.compile(_NAME)


@dataclass(frozen=True, slots=True)
class Path:
    """One compiled path.

    Shape: `touches` lists every place of a record that it may look at; a list and its elements are
           one place there.
    """

    text: str
    read: Read
    touches: frozenset[Trail]


def compiled(text: str) -> Path:
    """Compile a path once.

    Raises: ValueError, saying what is wrong with it.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"is longer than {MAX_CHARACTERS} characters")
    if _DOTTED.fullmatch(text):
        names = tuple(name.strip('"') for name in _NAMES.findall(text))
        return Path(text, _dotted(names), frozenset([names]))
    return _expression(text)


def join(trail: Trail) -> str:
    """Write a trail as a path: `labels."service.name"`, `tags[].value`."""
    text = ""
    for name in trail:
        if name == EACH:
            text += EACH
        else:
            word = name if name == ANY else step(name)
            text += f".{word}" if text else word
    return text


def _dotted(names: tuple[str, ...]) -> Read:
    # One and two names are nearly all paths there are; each has its own closure for speed.
    if len(names) == 1:
        return _one(names[0])
    if len(names) == 2:  # noqa: PLR2004
        return _two(*names)
    return _many(names)


def _one(name: str) -> Read:
    def read(body: Mapping[str, object]) -> object:
        return body.get(name)

    return read


def _two(first: str, second: str) -> Read:
    def read(body: Mapping[str, object]) -> object:
        inner = body.get(first)
        if isinstance(inner, dict):
            return inner.get(second)
        return inner.get(second) if isinstance(inner, Mapping) else None

    return read


def _many(names: tuple[str, ...]) -> Read:
    def read(body: Mapping[str, object]) -> object:
        at: object = body
        for name in names:
            if not isinstance(at, Mapping):
                return None
            at = at.get(name)
        return at

    return read


def _expression(text: str) -> Path:
    try:
        expression = jmespath.compile(text)
        trails = frozenset(_touched(expression.parsed))
    except (ValueError, RecursionError) as error:  # JMESPathError is a ValueError
        raise ValueError(f"is no JMESPath: {_why(error)}") from None

    def read(body: Mapping[str, object]) -> object:
        try:
            found: object = expression.search(body)
        except (ValueError, TypeError) as error:
            raise Refused(f"cannot be read by {text}: {_why(error)}", "mend the path") from None
        return found

    return Path(text, read, trails)


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error).split("\n", 1)[0].strip(" :.") or type(error).__name__


def _touched(node: Any) -> Iterator[Trail]:
    """Walk a syntax tree and yield every place it may look at.

    Raises: JMESPathError, for a function that does not exist (the library says so only later).
    """
    seen: set[Trail] = set()
    seen.update(_reach(node, ((),), seen))
    yield from seen


def _reach(node: Any, at: tuple[Trail, ...], seen: set[Trail]) -> tuple[Trail, ...]:
    """Return where `node` leads from `at`, and note on the way what only conditions look at."""
    kind, children = node["type"], node.get("children", [])
    match kind:
        case "field":
            return tuple((*trail, node["value"]) for trail in at)
        case "subexpression" | "index_expression" | "pipe" | "flatten" | "key_val_pair":
            for child in children:
                at = _reach(child, at, seen)
            return at
        case "projection" | "filter_projection":
            at = _reach(children[0], at, seen)
            for condition in children[2:]:
                seen.update(_reach(condition, at, seen))
            return _reach(children[1], at, seen)
        case "value_projection":
            left = _reach(children[0], at, seen)
            return _reach(children[1], tuple((*trail, ANY) for trail in left), seen)
        case "identity" | "current" | "index" | "slice":
            return at
        case "literal":
            return ()
        case "function_expression":
            return _call(node, at, seen)
        case _:
            return tuple(trail for child in children for trail in _reach(child, at, seen))


def _call(node: Any, at: tuple[Trail, ...], seen: set[Trail]) -> tuple[Trail, ...]:
    if node["value"] not in Functions.FUNCTION_TABLE:
        raise JMESPathError(f"there is no function {node['value']}()")
    reached: tuple[Trail, ...] = ()
    for child in node["children"]:
        if child["type"] == "expref":  # &name is read on each element of the argument before it
            seen.update(_reach(child, reached, seen))
        else:
            reached += _reach(child, at, seen)
    return reached
