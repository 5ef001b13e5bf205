"""Keyset pages: a cursor says after which value and key to go on. Pure."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from hub.services.board import Listing, ListQuery
from hub.services.refusals import Fault, Refusal, Why

Row = Mapping[str, Any]


def cursor_of(sort: str, value: object, key: str) -> str:
    """Encode where a page ended."""
    return base64.urlsafe_b64encode(orjson.dumps([sort, value, key])).decode().rstrip("=")


def position(query: ListQuery, sort: str) -> tuple[Any, str] | Refusal | None:
    """Decode a cursor; a foreign one, or one of another sort order, is refused."""
    if query.cursor is None:
        return None
    try:
        padded = query.cursor + "=" * (-len(query.cursor) % 4)
        made_for, value, key = orjson.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError, TypeError):
        return refused("cursor", "invalid", "this is no cursor of ours; begin without one")
    if made_for != sort:
        return refused("cursor", "invalid", "the cursor belongs to another sort order")
    if not isinstance(key, str) or not isinstance(value, str | int | float | None):
        return refused("cursor", "invalid", "this is no cursor of ours; begin without one")
    return value, key


def refused(loc: str, type_: str, msg: str) -> Refusal:
    """Refuse a list request, naming the parameter."""
    return Refusal(Why.INVALID, f"{loc}: {msg}", (Fault(loc, type_, msg),))


def unknown_sort(sort: str, known: Iterable[str]) -> Refusal:
    """Refuse a sort field that the list does not have."""
    return refused("sort", "unknown", f"{sort!r} is no sort field; use {', '.join(sorted(known))}")


def page_of(
    rows: Sequence[Row],
    query: ListQuery,
    *,
    as_of: datetime,
    default_sort: str,
    sorts: Mapping[str, Callable[[Row], Any]],
    filters: Mapping[str, Callable[[Row], Any]],
    text: Callable[[Row], str],
    key: str = "ref",
) -> Listing | Refusal:
    """Filter, sort and cut a small list that is at hand as a whole.

    Shape: a filter function returns a value or a collection of values; one in common is enough.
    """
    sort = query.sort or default_sort
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name not in sorts:
        return unknown_sort(name, sorts)
    start = position(query, sort)
    if isinstance(start, Refusal):
        return start
    for field in query.filters:
        if field not in filters:
            return refused(field, "unknown", "this list has no such filter")
    found = [row for row in rows if _matches(row, query, filters, text)]
    found.sort(key=lambda row: (_sortable(sorts[name](row)), str(row[key])), reverse=down)
    total = len(found) if query.count else None
    if start is not None:
        after = (_sortable(start[0]), start[1])
        found = [r for r in found if _beyond((_sortable(sorts[name](r)), str(r[key])), after, down)]
    page = found[: query.limit]
    more = len(found) > len(page)
    following = cursor_of(sort, sorts[name](page[-1]), str(page[-1][key])) if more else None
    return Listing([orjson.dumps(row, default=str) for row in page], following, total, as_of)


def _beyond(at: tuple[Any, str], after: tuple[Any, str], down: bool) -> bool:  # noqa: FBT001
    return at < after if down else at > after


def _matches(
    row: Row,
    query: ListQuery,
    filters: Mapping[str, Callable[[Row], Any]],
    text: Callable[[Row], str],
) -> bool:
    if query.q and query.q.casefold() not in text(row).casefold():
        return False
    for field, wanted in query.filters.items():
        value = filters[field](row)
        have = value if isinstance(value, list | tuple | set) else (value,)
        if not any(_word(one) in wanted for one in have):
            return False
    return True


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _sortable(value: object) -> tuple[int, Any]:
    """Make values comparable: nothing comes first, numbers before text."""
    if value is None:
        return (0, 0)
    if isinstance(value, bool | int | float):
        return (1, float(value))
    # As a cursor has it, so that both compare alike.
    return (2, value.isoformat() if isinstance(value, datetime) else str(value))
