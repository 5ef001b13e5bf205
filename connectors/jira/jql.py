"""Writing JQL: words quoted, clauses kept apart, and instants so that nothing is left out. Pure.

A date in JQL has minutes only and is read in the time zone of who searches. So it goes back further
than wanted, never less far: twice the same record costs little, a record that is lost is lost.
Source: Atlassian, "Advanced search reference: JQL fields", dates.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

EVERYTHING: Final = 'updated >= "1970-01-02"'
"""Restricts nothing; a Cloud refuses a query without a restriction."""
_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}", re.ASCII)
_ORDER: Final = re.compile(r"\border\s+by\b", re.IGNORECASE)
_STEP: Final = timedelta(minutes=15)
_LONGEST_FOLD: Final = timedelta(days=2)
_FAR: Final = timedelta(hours=24)
"""How far a zone that nobody knows may be away from UTC, and some."""


def is_project_key(text: str) -> bool:
    """Tell whether a text can be the key of a project."""
    return _KEY.fullmatch(text) is not None


def quoted(word: str) -> str:
    """Write a word so that JQL takes it as it is.

    Source: Atlassian, "Advanced search reference: JQL", special characters: within quotes only the
            quote and the backslash mean something, and control characters are written as escapes.
    """
    pieces = (_ESCAPES.get(c) or (f"\\u{ord(c):04x}" if ord(c) < _PRINTABLE else c) for c in word)
    return '"' + "".join(pieces) + '"'


_PRINTABLE: Final = 0x20
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def among(field: str, words: Iterable[str]) -> str:
    """Write that a field has one of some words."""
    return f"{field} in ({', '.join(map(quoted, words))})"


def both(*clauses: str) -> str:
    """Join clauses that must all hold; blank ones restrict nothing."""
    said = [clause for clause in clauses if clause.strip()]
    return " AND ".join(said)


def apart(clause: str) -> str:
    """Keep an admin's clause apart from ours, whatever it is made of."""
    return f"({clause})" if clause.strip() else ""


def fault_of_clause(text: str) -> str:
    """Say what is wrong with a clause that an admin wrote; "": nothing that can be seen here."""
    outside, depth, quote, skip = [], 0, "", False
    for c in text:
        if skip:
            skip = False
        elif quote:
            skip, quote = c == "\\", "" if c == quote else quote
        elif c in "\"'":
            quote = c
            outside.append(" ")
        else:
            depth += (c == "(") - (c == ")")
            outside.append(c)
            if depth < 0:
                return "a ) stands there without its ("
    if quote:
        return f"a quotation mark {quote} is not closed"
    if depth:
        return "a ( is not closed"
    if _ORDER.search("".join(outside)):
        return "leave ORDER BY out: the hub reads in an order of its own"
    return ""


def since_epoch(at: datetime) -> str:
    """Write that something changed at an instant or later, exactly."""
    return f"updated >= {int(at.timestamp() * 1000)}"


def since_minute(at: datetime, zone: tzinfo | None) -> str:
    """Write that something changed at an instant or later, or somewhat before it.

    Shape: `zone` is that of who searches; None: nobody knows it.
    """
    return f'updated >= "{wall(at, zone):%Y-%m-%d %H:%M}"'


def wall(at: datetime, zone: tzinfo | None) -> datetime:
    """Return what clocks showed at an instant or before it, which no clock shows twice.

    Shape: when clocks are set back, an hour is shown twice; Jira takes one of the two, and nobody
           says which.
    """
    if zone is None:
        return (at - _FAR).astimezone(UTC).replace(tzinfo=None)
    shown = at.astimezone(zone)
    earliest = at - _LONGEST_FOLD
    while shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset():
        at -= _STEP
        if at < earliest:
            break
        shown = at.astimezone(zone)
    return shown.replace(tzinfo=None, second=0, microsecond=0)
