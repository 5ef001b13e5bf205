"""Rich text as plain text: documents of version 3 of the API; a string of version 2 stays. Pure.

Source: Atlassian, "Atlassian Document Format"; a node of a kind that is not known here is told by
the text within it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

MOST_LEVELS: Final = 60
"""Deeper than anybody writes; arbitrary, below what a stack holds."""
_BLOCKS: Final = frozenset(
    {"paragraph", "heading", "codeBlock", "rule", "mediaSingle", "mediaGroup", "blockCard"}
)
_ROWS: Final = frozenset({"tableRow"})
_MARKS: Final = {"listItem": "- ", "taskItem": "- ", "decisionItem": "- "}


def plain(value: object) -> str:
    """Return what a person reads of a text, a paragraph a line."""
    if isinstance(value, str):
        return value
    lines: list[str] = []
    _walk(value, lines, "", 0)
    return "\n".join(lines).strip("\n")


def _walk(node: object, lines: list[str], lead: str, level: int) -> None:
    """Add the lines of a node; `lead` stands before the first of them."""
    if not isinstance(node, Mapping) or level > MOST_LEVELS:
        return
    kind = _kind(node)
    if kind in _BLOCKS:
        lines += (lead + _inline(node, level)).split("\n")
    elif kind in _ROWS:
        lines.append(" | ".join(_cell(one, level + 1) for one in _content(node)))
    elif _is_inline(node):
        lines.append(lead + _inline({"content": [node]}, level))
    else:
        for number, one in enumerate(_content(node)):
            mark = _MARKS.get(_kind(one), "")
            begin = (lead if not number else " " * len(lead)) + mark
            _walk(one, lines, begin, level + 1)


def _cell(node: object, level: int) -> str:
    lines: list[str] = []
    _walk(node, lines, "", level)
    return " ".join(lines)


def _inline(node: Mapping[str, Any], level: int) -> str:
    if level > MOST_LEVELS:
        return ""
    return "".join(_word(one, level) for one in _content(node))


def _word(node: object, level: int) -> str:
    if not isinstance(node, Mapping):
        return ""
    raw = node.get("attrs")
    about: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
    match node.get("type"):
        case "text":
            return str(node.get("text", ""))
        case "hardBreak":
            return "\n"
        case "mention" | "status":
            return str(about.get("text", ""))
        case "emoji":
            return str(about.get("text") or about.get("shortName") or "")
        case "inlineCard":
            return str(about.get("url", ""))
        case "date":
            return str(about.get("timestamp", ""))
        case _:
            return _inline(node, level + 1)


def _content(node: Mapping[str, Any]) -> Sequence[Any]:
    held = node.get("content")
    return held if isinstance(held, Sequence) and not isinstance(held, str) else ()


def _kind(node: object) -> str:
    return str(node.get("type")) if isinstance(node, Mapping) else ""


def _is_inline(node: Mapping[str, Any]) -> bool:
    return _kind(node) in {"text", "hardBreak", "mention", "emoji", "inlineCard", "status"}
