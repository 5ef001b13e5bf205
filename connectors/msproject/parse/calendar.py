"""Calendars: the week, and the days that differ from it, in the shape of the hub's calendar.

Minutes count from midnight, 1440 being the day's end; weeks begin on Monday.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice, pairwise
from typing import Final

from lxml.etree import _Element

from connectors.msproject.parse.recurrence import DAILY, Unsupported, days
from connectors.msproject.parse.tally import Tally
from connectors.msproject.parse.words import (
    Words,
    child,
    day,
    digest,
    flag,
    many,
    number,
    rejected,
    text,
    words,
)
from hub.contract import Record, Rejected

Hours = list[list[int]]
Week = list[Hours | None]

STANDARD_KEY: Final = "standard"
_STANDARD_HOURS: Final = ((480, 720), (780, 1020))
_DAY_MINUTES: Final = 1440
_NO_CALENDAR: Final = "-1"
_MAX_DAYS: Final = 2000
"""Arbitrary bound of one recurring exception or work week: five years of days."""


def standard_hours() -> Hours:
    """Return 08:00 to 12:00 and 13:00 to 17:00: a working day that has no hours of its own."""
    return [list(span) for span in _STANDARD_HOURS]


def standard() -> Record:
    """Return the calendar that a plan without one gets, as Microsoft Project itself would."""
    week: Week = [standard_hours() if weekday < 5 else [] for weekday in range(7)]  # noqa: PLR2004
    derived: Words = {"week": week, "exceptions": [], "losses": [MARK]}
    body: Words = {"UID": STANDARD_KEY, "Name": "Standard", "derived": derived}
    return Record(kind="calendar", key=STANDARD_KEY, body=body, version=digest(body))


MARK: Final = "standard_calendar_assumed"


class Calendars:
    """The calendars of one file. Shape: `known` holds their UIDs, `names` what they are called.

    Source: Microsoft, Project XML Data Interchange, Calendar element and its children.
    """

    def __init__(self, tally: Tally) -> None:
        self.known: set[str] = set()
        self.names: dict[str, str] = {}
        self._tally = tally

    def record(self, element: _Element) -> Record | Rejected:
        """Read one calendar."""
        body = words(element)
        uid = text(body, "UID")
        name = text(body, "Name") or ""
        if uid is None:
            self._tally.note("record_without_uid", f"calendar {name}")
            return rejected("calendar", element, f"the calendar {name!r} has no UID")
        self.known.add(uid)
        self.names.setdefault(name, uid)
        self._tally.count["calendars"] += 1
        body["derived"] = _Reading(body, f"calendar {uid} {name}".strip(), self._tally).derived()
        return Record(kind="calendar", key=uid, body=body, version=digest(body))

    def used(self, body: Words) -> str | None:
        """Return the calendar that a row or resource names, if it is in the file."""
        uid = text(body, "CalendarUID")
        return uid if uid in self.known else None


class _Reading:
    """One calendar while it is read; what is lost is noted here and in the tally."""

    def __init__(self, body: Words, place: str, tally: Tally) -> None:
        self._body = body
        self._place = place
        self._tally = tally
        self._losses: list[str] = []

    def derived(self) -> Words:
        base = self._base()
        exceptions = self._exceptions()
        weeks = list(self._work_weeks(exceptions))
        found: Words = {
            "week": self._week(has_base=base is not None),
            "exceptions": exceptions + weeks,
            "losses": self._losses,
        }
        if base is not None:
            found["base"] = base
        return found

    def _base(self) -> str | None:
        base = text(self._body, "BaseCalendarUID")
        if base in {None, _NO_CALENDAR, text(self._body, "UID")}:
            return None
        # Some exporters write 0 for "none" on calendars that say to be base calendars.
        return None if base == "0" and flag(self._body, "IsBaseCalendar") else base

    def _week(self, *, has_base: bool) -> Week:
        week: Week = [None] * 7
        said = many(child(self._body, "WeekDays"), "WeekDay")
        for one in said:
            weekday = int(number(one, "DayType") or 0)
            if 1 <= weekday <= 7:  # noqa: PLR2004
                week[(weekday + 5) % 7] = self._hours(one)
        if has_base:
            return week
        if not said:
            self._lose("working_hours_missing", "no week at all")
            return [standard_hours() if weekday < 5 else [] for weekday in range(7)]  # noqa: PLR2004
        if None in week:
            self._lose("weekday_missing", "")
        return [[] if hours is None else hours for hours in week]

    def _hours(self, one: Words) -> Hours:
        spans = [span for span in map(self._span, many(one, "WorkingTimes", "WorkingTime")) if span]
        if spans or not flag(one, "DayWorking"):
            return sorted(spans)
        self._lose("working_hours_missing", f"DayType {text(one, 'DayType')}")
        return standard_hours()

    def _span(self, one: Words) -> list[int] | None:
        first, last = _minute(text(one, "FromTime")), _minute(text(one, "ToTime"))
        if first is not None and last == 0:
            last = _DAY_MINUTES
        if first is None or last is None or last <= first:
            if one:
                self._lose("working_hours_unreadable", f"{one}")
            return None
        return [first, last]

    def _exceptions(self) -> list[Words]:
        said = many(child(self._body, "Exceptions"), "Exception")
        # Files since 2007 repeat their simple exceptions in the old form, as days of type 0.
        if not said:
            days_ = many(child(self._body, "WeekDays"), "WeekDay")
            said = [one for one in days_ if text(one, "DayType") == "0"]
        return [entry for one in said for entry in self._expand(one)]

    def _expand(self, one: Words) -> list[Words]:
        span = child(one, "TimePeriod")
        first, last = day(text(span, "FromDate")), day(text(span, "ToDate"))
        name = text(one, "Name")
        if first is None or last is None:
            self._lose("recurring_exception", f"{name or 'unnamed'}: no dates")
            return []
        hours = self._hours({**one, "DayWorking": "0"})
        kind = int(number(one, "Type") or 1)
        if kind in DAILY and (number(one, "Period") or 1) <= 1:
            return [_entry(first, last, hours, name)]
        limit = int(number(one, "Occurrences") or 0) if flag(one, "EnteredByOccurrences") else 0
        limit = max(0, limit)
        try:
            found = list(islice(days(one, first, last), _MAX_DAYS + 1))
        except (Unsupported, ValueError, OverflowError, IndexError) as error:
            self._lose("recurring_exception", f"{name or 'unnamed'}: {error}")
            return []
        found = found[:limit] if limit else found
        if len(found) > _MAX_DAYS:
            self._lose("calendar_too_long", name or "unnamed")
        return [_entry(at, at, hours, name) for at in found[:_MAX_DAYS]]

    def _work_weeks(self, exceptions: list[Words]) -> Iterator[Words]:
        for one in many(child(self._body, "WorkWeeks"), "WorkWeek"):
            span = child(one, "TimePeriod")
            first, last = day(text(span, "FromDate")), day(text(span, "ToDate"))
            week = self._differing(one)
            if first is None or last is None or not week:
                continue
            if (last - first).days >= _MAX_DAYS:
                self._lose("calendar_too_long", text(one, "Name") or "unnamed work week")
                last = first + timedelta(days=_MAX_DAYS - 1)
            yield from _runs(_plain_days(first, last, exceptions), week, text(one, "Name"))

    def _differing(self, one: Words) -> dict[int, Hours]:
        found: dict[int, Hours] = {}
        for said in many(child(one, "WeekDays"), "WeekDay"):
            weekday = int(number(said, "DayType") or 0)
            if 1 <= weekday <= 7:  # noqa: PLR2004
                found[(weekday + 5) % 7] = self._hours(said)
        return found

    def _lose(self, code: str, example: str) -> None:
        self._tally.note(code, f"{self._place}: {example}" if example else self._place)
        if code not in self._losses:
            self._losses.append(code)


def _entry(first: date, last: date, hours: Hours, name: str | None) -> Words:
    found: Words = {"first": first.isoformat(), "last": last.isoformat(), "hours": hours}
    return {**found, "title": name} if name else found


def _plain_days(first: date, last: date, exceptions: list[Words]) -> Iterator[date]:
    # An exception of its own wins over the work week that it falls into.
    taken = [(str(one["first"]), str(one["last"])) for one in exceptions]
    for n in range((last - first).days + 1):
        at = first + timedelta(days=n)
        if not any(begin <= at.isoformat() <= end for begin, end in taken):
            yield at


def _runs(plain: Iterator[date], week: dict[int, Hours], name: str | None) -> Iterator[Words]:
    run: list[date] = []
    differing = [at for at in plain if at.weekday() in week]
    for at, after in pairwise([*differing, None]):
        if at is None:
            return
        run.append(at)
        hours = week[at.weekday()]
        joined = after is not None and (after - at).days == 1 and week[after.weekday()] == hours
        if not joined:
            yield _entry(run[0], run[-1], hours, name)
            run = []


def _minute(value: str | None) -> int | None:
    parts = (value or "").split(":")
    try:
        hour, minute = int(parts[0]), int(parts[1])
    except (ValueError, IndexError):
        return None
    total = hour * 60 + minute
    return total if 0 <= total <= _DAY_MINUTES else None
