"""Calendars unfolded: stretches of days, each with one weekly pattern of shifts."""

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import accumulate
from typing import Final

from hub.errors import Misconfigured
from hub.model.plan import Calendar, CalendarException

DAY: Final = 1440
_FOREVER: Final = date.max.toordinal() + 1

Shift = tuple[int, int]
Shifts = tuple[Shift, ...]


class Week:
    """Seven days of shifts, in the order of day number modulo 7 (Sunday first)."""

    __slots__ = ("_before", "days", "total")

    def __init__(self, days: tuple[Shifts, ...]) -> None:
        self.days = days
        sums = [sum(to - start for start, to in shifts) for shifts in days]
        *self._before, self.total = accumulate(sums, initial=0)

    def before(self, day: int) -> int:
        """Count the minutes of the pattern from day 0 to the beginning of a day."""
        return day // 7 * self.total + self._before[day % 7]

    def worked(self, day: int, minute: int) -> int:
        """Count the working minutes of one day of the week before a minute of it."""
        done = 0
        for start, to in self.days[day]:
            if minute <= start:
                break
            done += min(minute, to) - start
        return done

    def find(self, index: int) -> int:
        """Find the point at which the working minute `index` of the pattern begins."""
        weeks, rest = divmod(index, self.total)
        day = bisect_right(self._before, rest) - 1
        rest -= self._before[day]
        at = (weeks * 7 + day) * DAY
        for start, to in self.days[day]:
            if rest < to - start:
                return at + start + rest
            rest -= to - start
        raise AssertionError("unreachable: the day holds the minute")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A weekly pattern that holds from the day `first` until the next stretch."""

    first: int
    week: Week


@dataclass(frozen=True, slots=True, order=True)
class _Rule:
    """An exception in the order in which exceptions win.

    A calendar's own exception beats its base's; the narrower beats the wider, so that a swap
    working day may stand inside a long holiday; of two alike the later listed wins.
    """

    depth: int
    length: int
    listed: int
    first: int
    last: int
    shifts: Shifts


def stretches(calendar: Calendar, bases: Mapping[str, Calendar]) -> tuple[Stretch, ...]:
    """Unfold a calendar and its bases. Raises: Misconfigured."""
    family = tuple(_family(calendar, bases))
    usual = Week(_usual(family))
    rules = [
        _rule(member, depth, -number, exception)
        for depth, member in enumerate(family)
        for number, exception in enumerate(member.exceptions)
    ]
    found = [Stretch(0, usual)]
    for first, rule in _winners(rules):
        week = usual if rule is None else Week((rule.shifts,) * 7)
        if found[-1].first == first:
            found.pop()
        found.append(Stretch(first, week))
    return tuple(found)


def any_of(many: Sequence[Sequence[Stretch]]) -> tuple[Stretch, ...]:
    """Work whenever one of several calendars works."""
    return _combined(many, lambda days: _joined(shift for shifts in days for shift in shifts))


def all_of(many: Sequence[Sequence[Stretch]]) -> tuple[Stretch, ...]:
    """Work only when each of several calendars works."""
    return _combined(many, lambda days: reduce(_common, days))


def _combined(
    many: Sequence[Sequence[Stretch]], combine: Callable[[list[Shifts]], Shifts]
) -> tuple[Stretch, ...]:
    found = []
    for first in sorted({part.first for parts in many for part in parts}):
        weeks = [max((p for p in parts if p.first <= first), key=_first).week for parts in many]
        days = tuple(combine([week.days[number] for week in weeks]) for number in range(7))
        found.append(Stretch(first, Week(days)))
    return tuple(found)


def _first(part: Stretch) -> int:
    return part.first


def _common(one: Shifts, other: Shifts) -> Shifts:
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple(sorted((start, to) for start, to in pairs if start < to))


def _family(calendar: Calendar, bases: Mapping[str, Calendar]) -> Iterator[Calendar]:
    seen: set[str] = set()
    member = calendar
    while True:
        seen.add(member.ref)
        yield member
        if member.base is None:
            return
        if member.base in seen:
            raise Misconfigured(f"calendar {calendar.title!r}: its base calendars go in a circle")
        if member.base not in bases:
            raise Misconfigured(
                f"calendar {calendar.title!r}: its base calendar {member.base} is missing"
            )
        member = bases[member.base]


def _usual(family: tuple[Calendar, ...]) -> tuple[Shifts, ...]:
    """Resolve the week day by day; a day that no member of the family states is not worked."""
    for member in family:
        if len(member.week) != 7:  # noqa: PLR2004 - a week
            raise Misconfigured(f"calendar {member.title!r}: a week has seven days, Monday first")
    monday_first = []
    for number in range(7):
        stated = (m for m in family if m.week[number] is not None)
        owner = next(stated, None)
        shifts = None if owner is None else owner.week[number]
        where = f"calendar {family[0].title!r}, day {number + 1} of the week"
        monday_first.append(() if shifts is None else _shifts(shifts, where))
    return (monday_first[6], *monday_first[:6])


def _rule(calendar: Calendar, depth: int, listed: int, exception: CalendarException) -> _Rule:
    where = f"calendar {calendar.title!r}, exception {exception.title or exception.first!r}"
    try:
        first = date.fromisoformat(exception.first).toordinal()
        last = date.fromisoformat(exception.last).toordinal()
    except ValueError as error:
        raise Misconfigured(f"{where}: {error}; days are written YYYY-MM-DD") from error
    if last < first:
        raise Misconfigured(f"{where}: ends {exception.last}, before it begins")
    return _Rule(depth, last - first, listed, first, last, _shifts(exception.hours, where))


def _shifts(hours: Shifts, where: str) -> Shifts:
    """Order shifts and join those that touch or overlap."""
    for start, to in hours:
        if not 0 <= start < to <= DAY:
            raise Misconfigured(f"{where}: {start}-{to} is no span of minutes within 0-{DAY}")
    return _joined(hours)


def _joined(hours: Iterable[Shift]) -> Shifts:
    joined: list[Shift] = []
    for start, to in sorted(hours):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(to, joined[-1][1]))
        else:
            joined.append((start, to))
    return tuple(joined)


def _winners(rules: list[_Rule]) -> Iterator[tuple[int, _Rule | None]]:
    """Yield each day on which another exception begins to hold; None is the usual week."""
    waiting = sorted(rules, key=lambda rule: rule.first, reverse=True)
    holding: list[_Rule] = []
    current: _Rule | None = None
    for day in sorted({rule.first for rule in rules} | {rule.last + 1 for rule in rules}):
        while waiting and waiting[-1].first <= day:
            heapq.heappush(holding, waiting.pop())
        while holding and holding[0].last < day:
            heapq.heappop(holding)
        best = holding[0] if holding else None
        if best is not current and day < _FOREVER:
            current = best
            yield day, best
