"""The days on which a recurring calendar exception falls. Pure date arithmetic."""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Final

from connectors.msproject.parse.words import Words, number

DAILY: Final = frozenset({1, 7})
YEARLY, YEARLY_BY_POSITION, MONTHLY, MONTHLY_BY_POSITION, WEEKLY = 2, 3, 4, 5, 6
"""Exception/Type. Source: Microsoft, Project XML Data Interchange, Exception element."""

_FIRST_WEEKDAY_ITEM: Final = 3
_LAST_WEEKDAY_ITEM: Final = 9
_LAST_POSITION: Final = 4
_MONTHS: Final = 12
_WEEK: Final = 7


class Unsupported(Exception):
    """A pattern that we do not expand ("the second weekend day"); it becomes a loss."""


def days(exception: Words, first: date, last: date) -> Iterator[date]:
    """Yield the days of a recurring exception between `first` and `last`, both included.

    Raises: Unsupported.
    """
    kind = int(number(exception, "Type") or 1)
    period = max(1, int(number(exception, "Period") or 1))
    if kind in DAILY:
        found = _every(first, timedelta(days=period))
    elif kind == WEEKLY:
        found = _weekly(first, period, int(number(exception, "DaysOfWeek") or 0))
    elif kind in {YEARLY, YEARLY_BY_POSITION}:
        month = int(number(exception, "Month") or 0) + 1
        start = first.replace(day=1, month=min(max(month, 1), _MONTHS))
        found = _in_months(exception, start, _MONTHS, by_position=kind == YEARLY_BY_POSITION)
    elif kind in {MONTHLY, MONTHLY_BY_POSITION}:
        start = first.replace(day=1)
        found = _in_months(exception, start, period, by_position=kind == MONTHLY_BY_POSITION)
    else:
        raise Unsupported(f"Type {kind}")
    for day in found:
        if day > last:
            return
        if day >= first:
            yield day


def _every(first: date, step: timedelta) -> Iterator[date]:
    for n in count():
        yield first + n * step


def _weekly(first: date, period: int, mask: int) -> Iterator[date]:
    # Bit 1 is Sunday, bit 64 Saturday; the weeks that are skipped begin on Sunday.
    wanted = [offset for offset in range(_WEEK) if mask & (1 << offset)]
    if not wanted:
        raise Unsupported(f"DaysOfWeek {mask}")
    sunday = first - timedelta(days=(first.weekday() + 1) % _WEEK)
    for n in count():
        for offset in wanted:
            yield sunday + timedelta(days=_WEEK * period * n + offset)


def _in_months(exception: Words, start: date, step: int, *, by_position: bool) -> Iterator[date]:
    for n in count():
        month = start.month - 1 + step * n
        year, month = start.year + month // _MONTHS, month % _MONTHS + 1
        if by_position:
            yield _position(exception, year, month)
        else:
            wanted = int(number(exception, "MonthDay") or 1)
            yield date(year, month, max(1, min(wanted, calendar.monthrange(year, month)[1])))


def _position(exception: Words, year: int, month: int) -> date:
    item = int(number(exception, "MonthItem") or 0)
    position = int(number(exception, "MonthPosition") or 0)
    if not _FIRST_WEEKDAY_ITEM <= item <= _LAST_WEEKDAY_ITEM:
        raise Unsupported(f"MonthItem {item}")
    weekday = (item - _FIRST_WEEKDAY_ITEM - 1) % _WEEK  # item 3 is Sunday, Python's 0 is Monday
    length = calendar.monthrange(year, month)[1]
    found = [d for d in range(1, length + 1) if date(year, month, d).weekday() == weekday]
    return date(year, month, found[-1 if position >= _LAST_POSITION else position])
