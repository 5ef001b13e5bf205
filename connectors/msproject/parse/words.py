"""An element as plain values in the tool's own words, and lenient reading of them for counting."""

import hashlib
import re
from datetime import date, datetime
from functools import lru_cache
from math import isfinite
from typing import Final

import orjson
from lxml.etree import _Element

from hub.contract import Rejected

Words = dict[str, object]

LISTS: Final = frozenset(
    {
        "AvailabilityPeriod",
        "Baseline",
        "Exception",
        "ExtendedAttribute",
        "OutlineCode",
        "PredecessorLink",
        "Rate",
        "WeekDay",
        "WorkWeek",
        "WorkingTime",
    }
)
"""Children that may repeat: always a list, so that a path means the same for one and for many."""

FIRST_YEAR, LAST_YEAR = 1984, 2149
"""What MS Project can hold as a date; outside of it are placeholders."""

_SPAN = re.compile(
    r"(-?)P(?:0+D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.\d+)?S)?)?", re.ASCII
)


@lru_cache(maxsize=1024)
def local(tag: str) -> str:
    """Return the name of a tag without its namespace."""
    return tag.rpartition("}")[2]


def words(element: _Element, skip: frozenset[str] = frozenset()) -> Words:
    """Read the children of an element: text as text, nested ones as a dict, repeated ones as lists.

    Shape: an empty element is the same as an absent one.
    """
    found: Words = {}
    for child in element:
        name = local(child.tag)
        if name in skip:
            continue
        value = words(child) if len(child) else child.text
        if not value or (isinstance(value, str) and value.isspace()):
            continue
        if name in LISTS:
            many = found.setdefault(name, [])
            if isinstance(many, list):
                many.append(value)
        elif name in found:
            _repeat(found, name, value)
        else:
            found[name] = value
    return found


def _repeat(found: Words, name: str, value: object) -> None:
    before = found[name]
    if isinstance(before, list):
        before.append(value)
    else:
        found[name] = [before, value]


def text(found: Words, name: str) -> str | None:
    """Return a child's text without surrounding blanks, or None."""
    value = found.get(name)
    return value.strip() if isinstance(value, str) else None


def flag(found: Words, name: str) -> bool:
    """Tell whether a child says 1 or true; absent is no."""
    return text(found, name) in {"1", "true"}


def number(found: Words, name: str) -> float | None:
    """Return a child as a finite number; None when absent or none."""
    try:
        value = float(text(found, name) or "")
    except ValueError:
        return None
    return value if isfinite(value) else None


def many(found: Words, *names: str) -> list[Words]:
    """Return the dicts at the end of a path of names; what is not there is empty."""
    value: object = found
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def child(found: Words, name: str) -> Words:
    """Return a nested element, or an empty one."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


# Tasks begin and end at few distinct times; the size is arbitrary and bounds the memory.
@lru_cache(maxsize=4096)
def wall(value: str | None) -> datetime | None:
    """Read a plan date for counting; None when there is none or it is out of MS Project's range.

    Shape: an offset, which some exporters append, is cut off: plan dates are wall-clock times.
    """
    try:
        found = datetime.fromisoformat((value or "").strip()).replace(tzinfo=None)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def day(value: str | None) -> date | None:
    """Read the day of a plan date."""
    found = wall(value)
    return found.date() if found else None


@lru_cache(maxsize=4096)
def minutes(value: str | None) -> int | None:
    """Read a working time such as PT8H0M0S as whole minutes; None when it is not one."""
    match = _SPAN.fullmatch((value or "").strip())
    if match is None:
        return None
    hours, mins, seconds = (int(part or 0) for part in match.groups()[1:])
    total = (hours * 3600 + mins * 60 + seconds + 30) // 60
    return -total if match[1] else total


def rejected(kind: str, element: _Element, message: str) -> Rejected:
    """Put aside an element that cannot be told apart from others; it goes to quarantine."""
    return Rejected(kind=kind, path=f"line {element.sourceline}", message=message)


def digest(body: Words) -> str:
    """Return a short digest of what an element says: the same element again has the same."""
    return hashlib.blake2b(orjson.dumps(body), digest_size=12).hexdigest()
