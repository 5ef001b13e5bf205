"""Calendars, in the shape of the hub's own: a week from Monday, and the days that differ."""

from typing import Final

from lxml.etree import _Element

from connectors.msproject.parse.exceptions import exceptions
from connectors.msproject.parse.hours import WEEK, Hours, Losses, hours, standard_week, weekday
from connectors.msproject.parse.tally import Tally
from connectors.msproject.parse.words import (
    Words,
    child,
    digest,
    flag,
    many,
    rejected,
    text,
    words,
)
from hub.contract import Record, Rejected

STANDARD_KEY: Final = "standard"

_NO_CALENDAR: Final = "-1"


def standard() -> Record:
    """Return the calendar that a plan without one gets, as Microsoft Project itself would."""
    losses = ["standard_calendar_assumed"]
    derived: Words = {"week": standard_week(), "exceptions": [], "losses": losses}
    body: Words = {"UID": STANDARD_KEY, "Name": "Standard", "derived": derived}
    return Record(kind="calendar", key=STANDARD_KEY, body=body, version=digest(body))


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
        # For Primavera MPXJ makes a calendar of its own for each resource.
        self._tally.count["calendars"] += not self._tally.made_up or flag(body, "IsBaseCalendar")
        body["derived"] = _derived(body, Losses(f"calendar {uid} {name}".strip(), self._tally))
        return Record(kind="calendar", key=uid, body=body, version=digest(body))

    def used(self, body: Words) -> str | None:
        """Return the calendar that a row or resource names, if it is in the file."""
        uid = text(body, "CalendarUID")
        return uid if uid in self.known else None


def _derived(body: Words, losses: Losses) -> Words:
    base = _base(body)
    found: Words = {
        "week": _week(body, losses, has_base=base is not None),
        "exceptions": exceptions(body, losses),
        "losses": losses.codes,
    }
    return found if base is None else {**found, "base": base}


def _base(body: Words) -> str | None:
    base = text(body, "BaseCalendarUID")
    if base in {None, _NO_CALENDAR, text(body, "UID")}:
        return None
    # Some exporters write 0 for "none" on calendars that say to be base calendars.
    return None if base == "0" and flag(body, "IsBaseCalendar") else base


def _week(body: Words, losses: Losses, *, has_base: bool) -> list[Hours | None]:
    said = many(child(body, "WeekDays"), "WeekDay")
    week: list[Hours | None] = [None] * WEEK
    for one in said:
        at = weekday(one)
        if at is not None:
            week[at] = hours(one, losses)
    if has_base:
        return week
    if not said:
        losses.note("working_hours_missing", "no week at all")
        return [*standard_week()]
    if None in week:
        losses.note("weekday_missing")
    return [[] if spans is None else spans for spans in week]
