"""Sprints of an issue, in both ways in which Jira writes them, as one. Pure.

A Cloud writes objects, an older Data Center the text that its code prints of an object; there, a
name or a goal may hold what parts the others.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

Sprint = dict[str, Any]

_DAY: Final = r"(?:<null>|\d{4}-[^,\]]*)"
_NUMBER: Final = r"(?:-?\d+|<null>)"
_MORE: Final = rf"(?P<more>(?:,[A-Za-z]\w*=(?:true|false|{_NUMBER}))*)"
_HEAD: Final = rf"id=(?P<id>\d+),rapidViewId=(?P<boardId>{_NUMBER}),state=(?P<state>\w+),name="
_DAYS: Final = (
    rf",startDate=(?P<startDate>{_DAY}),endDate=(?P<endDate>{_DAY})"
    rf",completeDate=(?P<completeDate>{_DAY})(?:,activatedDate=(?P<activatedDate>{_DAY}))?"
    rf",sequence=(?P<sequence>{_NUMBER})"
)
_LAYOUTS: Final = tuple(
    re.compile(text, re.DOTALL)
    for text in (
        rf"{_HEAD}(?P<name>.*?){_DAYS}(?:,goal=(?P<goal>.*?))?{_MORE}",
        rf"{_HEAD}(?P<name>.*?),goal=(?P<goal>.*?){_DAYS}{_MORE}",
    )
)
_PART: Final = re.compile(r"(?:\A|,)([A-Za-z]\w*)=")
_PRINTED: Final = re.compile(r"[^\[]*\[(.*)\]\s*", re.DOTALL)
_NUMBERS: Final = frozenset({"id", "boardId", "sequence"})
_NULL: Final = "<null>"
_RANKS: Final = {"active": 2, "future": 1}


def sprints(value: object) -> list[Sprint]:
    """Read the sprints of an issue, in the order in which they stand there; odd ones are left out.

    Shape: {id, name, state in lower case, …} with whatever else Jira wrote, in its words.
    """
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    found = (_object(one) if isinstance(one, Mapping) else printed(one) for one in value)
    return [one for one in found if one is not None]


def _object(one: Mapping[str, Any]) -> Sprint | None:
    if not isinstance(one.get("id"), int | str):
        return None
    return {**one, "state": str(one.get("state") or "").lower()}


def printed(text: object) -> Sprint | None:
    """Read a sprint as an older Data Center prints it; None where it is none.

    Shape: `rapidViewId` is called `boardId`, as on a Cloud. What is `<null>` is left out.
    """
    whole = _PRINTED.fullmatch(text) if isinstance(text, str) else None
    if whole is None:
        return None
    for layout in _LAYOUTS:
        if found := layout.fullmatch(whole[1]):
            parts = {name: said for name, said in found.groupdict().items() if name != "more"}
            return _made({**parts, **_parts(found["more"])})
    return _made(_parts(whole[1]))


def _parts(text: str) -> dict[str, str]:
    """Part a text at its keys, whichever they are; of a key that comes twice the first counts."""
    marks = list(_PART.finditer(text))
    found: dict[str, str] = {}
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        name = "boardId" if mark[1] == "rapidViewId" else mark[1]
        found.setdefault(name, text[mark.end() : following.start() if following else None])
    return found


def _made(parts: Mapping[str, str | None]) -> Sprint | None:
    made: Sprint = {
        name: said for name, said in parts.items() if said is not None and said != _NULL
    }
    for name in _NUMBERS & made.keys():
        digits = made[name].lstrip("-")
        if digits.isdecimal() and len(digits) < 19:  # noqa: PLR2004 - what 64 bits hold
            made[name] = int(made[name])
    if not isinstance(made.get("id"), int):
        return None
    return {**made, "state": str(made.get("state") or "").lower()}


def current(found: Sequence[Sprint]) -> Sprint | None:
    """Return the sprint that an issue is in: the active one, else the newest."""
    if len(found) < 2:  # noqa: PLR2004 - nothing to choose
        return found[0] if found else None
    return max(found, key=_rank)


def _rank(one: Sprint) -> tuple[int, str, int]:
    began = str(one.get("completeDate") or one.get("startDate") or "")
    number = str(one["id"])
    return _RANKS.get(one["state"], 0), began, int(number) if number.isdecimal() else 0
