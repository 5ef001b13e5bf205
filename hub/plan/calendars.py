"""Working time on the wall clock. Pure; wall-clock times carry no offset.

A calendar is read once into an index of working minutes, so that counting and adding cost a few
binary searches, however far apart the times are. A point is whole minutes since day 0 of the
proleptic calendar; an index is the number of working minutes before a point. Seconds are cut off.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Final

from hub.errors import Misconfigured
from hub.model.plan import Calendar
from hub.plan.stretches import DAY, Stretch, Week, all_of, any_of, stretches

_LAST: Final = date.max.toordinal() * DAY + DAY - 1

STANDARD: Final = Calendar(
    ref="hub:calendar:standard",
    title="Standard",
    week=(((480, 720), (780, 1020)),) * 5 + ((), ()),
)
"""Monday to Friday, 8 to 12 and 13 to 17: what a plan without a calendar is counted on."""

CONTINUOUS: Final = Calendar(
    ref="hub:calendar:continuous", title="Continuous", week=(((0, DAY),),) * 7
)
"""Every minute is working time."""


class NoWorkingTime(Misconfigured):
    """The calendar ends before the asked working minute; somebody must give it hours."""


def point(at: datetime) -> int:
    """Turn a wall-clock time into whole minutes since day 0.

    Raises: ValueError, when the time carries an offset.
    """
    if at.tzinfo is not None:
        raise ValueError(f"{at.isoformat()} has an offset; plan times are wall-clock times")
    return at.toordinal() * DAY + at.hour * 60 + at.minute


def wall(minutes: int) -> datetime:
    """Turn whole minutes since day 0 into a wall-clock time."""
    day, minute = divmod(minutes, DAY)
    return datetime.fromordinal(day).replace(hour=minute // 60, minute=minute % 60)


class WorkTime:
    """The working minutes of one calendar, derived ones resolved."""

    __slots__ = ("_bases", "_firsts", "_offsets", "_weeks", "parts", "recurs", "title")

    def __init__(self, title: str, parts: Sequence[Stretch]) -> None:
        self.title = title
        self.parts = parts
        self._firsts = [part.first for part in parts]
        self._weeks: list[Week] = [part.week for part in parts]
        self._bases: list[int] = []
        self._offsets: list[int] = []
        base = 0
        for number, part in enumerate(parts):
            self._bases.append(base)
            self._offsets.append(base - part.week.before(part.first))
            if number + 1 < len(parts):
                base = self._offsets[-1] + part.week.before(parts[number + 1].first)
        self.recurs = self._weeks[-1].total > 0

    @classmethod
    def of(cls, calendar: Calendar, bases: Iterable[Calendar] = ()) -> "WorkTime":
        """Read a calendar; `bases` holds those from which it may be derived.

        Raises: Misconfigured, when its base is missing or goes in a circle, or when hours or days
                cannot be read; it names the calendar and the entry.
        """
        return cls(calendar.title, stretches(calendar, {base.ref: base for base in bases}))

    @classmethod
    def any_of(cls, clocks: Sequence["WorkTime"]) -> "WorkTime":
        """Work whenever one of several calendars works: people who share a task."""
        return cls(" | ".join(c.title for c in clocks), any_of([c.parts for c in clocks]))

    @classmethod
    def all_of(cls, clocks: Sequence["WorkTime"]) -> "WorkTime":
        """Work only when each of several calendars works: a task's hours and those of people."""
        return cls(" & ".join(c.title for c in clocks), all_of([c.parts for c in clocks]))

    @property
    def hours(self) -> Hashable:
        """Two calendars of the same hours work at the same times."""
        return tuple((part.first, part.week.days) for part in self.parts)

    def minutes_between(self, start: datetime, finish: datetime) -> int:
        """Count working minutes; negative when `finish` lies before `start`."""
        return self.index(point(finish)) - self.index(point(start))

    def days_between(self, start: datetime, finish: datetime, minutes_per_day: int) -> float:
        """Count working days of `minutes_per_day` working minutes each."""
        return self.minutes_between(start, finish) / minutes_per_day

    def add(self, at: datetime, minutes: int) -> datetime:
        """Find when `minutes` of work that begin at `at` are done; a negative number goes back.

        Shape: forward the answer may be the end of a shift, backward the beginning of one.
        Raises: NoWorkingTime.
        """
        target = self.index(point(at)) + minutes
        if minutes == 0:
            return self.next_working(at)
        return wall(self.finish_at(target) if minutes > 0 else self.start_at(target))

    def subtract(self, at: datetime, minutes: int) -> datetime:
        """Find when work of `minutes` must begin to be done at `at`. Raises: NoWorkingTime."""
        return self.add(at, -minutes)

    def next_working(self, at: datetime) -> datetime:
        """Find the first instant not before `at` at which work goes on. Raises: NoWorkingTime."""
        return wall(self.start_at(self.index(point(at))))

    def index(self, at: int) -> int:
        """Count the working minutes before a point."""
        day, minute = divmod(at, DAY)
        here = bisect_right(self._firsts, day) - 1
        week = self._weeks[here]
        return self._offsets[here] + week.before(day) + week.worked(day % 7, minute)

    def start_at(self, index: int) -> int:
        """Find the latest point with this index: where the next working minute begins.

        Raises: NoWorkingTime, when there is none up to the year 9999.
        """
        here = bisect_right(self._bases, index) - 1
        week = self._weeks[here]
        if here < 0 or not week.total:
            raise self._ended()
        found = week.find(index - self._offsets[here])
        if found > _LAST:
            raise self._ended()
        return found

    def finish_at(self, index: int) -> int:
        """Find the earliest point with this index: where the last working minute has ended."""
        return self.start_at(index - 1) + 1

    def _ended(self) -> NoWorkingTime:
        return NoWorkingTime(
            f"the calendar {self.title!r} has no working time left; give it working hours"
        )


def worktimes(calendars: Iterable[Calendar]) -> Mapping[str, WorkTime]:
    """Read calendars that may be derived from one another, by ref. Raises: Misconfigured."""
    known = tuple(calendars)
    read = partial(WorkTime.of, bases=known)
    return {calendar.ref: read(calendar) for calendar in known}
