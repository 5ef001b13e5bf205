"""The days of a calendar that differ from its week: exceptions, recurring ones, and work weeks."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice, pairwise
from typing import Final

from connectors.msproject.parse.hours import Hours, Losses, hours, weekday
from connectors.msproject.parse.recurrence import DAILY, Unsupported, days
from connectors.msproject.parse.words import Words, child, day, flag, many, number, text

MAX_DAYS: Final = 2000
"""Arbitrary bound of one recurring exception or work week: five years of days."""

MAX_ENTRIES: Final = 10_000
"""Arbitrary bound of one calendar; without it a small file could ask for millions of days."""


def exceptions(body: Words, losses: Losses) -> list[Words]:
    """Return the exceptions of a calendar, then the days of its work weeks.

    Shape: {"first", "last"} as ISO days, both included, "hours", and "title" if there is one.
    """
    said = many(child(body, "Exceptions"), "Exception")
    # Files since 2007 repeat their simple exceptions in the old form, as days of type 0.
    if not said:
        old = many(child(body, "WeekDays"), "WeekDay")
        said = [one for one in old if text(one, "DayType") == "0"]
    found = _bounded((entry for one in said for entry in _expanded(one, losses)), losses)
    return found + _bounded(_work_weeks(body, found, losses), losses)


def _bounded(entries: Iterator[Words], losses: Losses) -> list[Words]:
    found = list(islice(entries, MAX_ENTRIES))
    if next(entries, None) is not None:
        losses.note("calendar_too_long", f"more than {MAX_ENTRIES} days")
    return found


def _expanded(one: Words, losses: Losses) -> list[Words]:
    first, last = _period(one)
    name = text(one, "Name")
    if first is None or last is None:
        losses.note("recurring_exception", f"{name or 'unnamed'}: no dates")
        return []
    # A day is free unless it has hours, whatever DayWorking says.
    spans = hours({**one, "DayWorking": "0"}, losses)
    if int(number(one, "Type") or 1) in DAILY and (number(one, "Period") or 1) <= 1:
        return [_entry(first, last, spans, name)]
    try:
        found = list(islice(days(one, first, last), MAX_DAYS + 1))
    except (Unsupported, ValueError, OverflowError, IndexError) as error:
        losses.note("recurring_exception", f"{name or 'unnamed'}: {error}")
        return []
    limit = int(number(one, "Occurrences") or 0) if flag(one, "EnteredByOccurrences") else 0
    found = found[:limit] if limit > 0 else found
    if len(found) > MAX_DAYS:
        losses.note("calendar_too_long", name or "unnamed")
    return [_entry(at, at, spans, name) for at in found[:MAX_DAYS]]


def _work_weeks(body: Words, before: list[Words], losses: Losses) -> Iterator[Words]:
    taken = _merged(before)
    for one in many(child(body, "WorkWeeks"), "WorkWeek"):
        first, last = _period(one)
        week = {
            at: hours(said, losses)
            for said in many(child(one, "WeekDays"), "WeekDay")
            if (at := weekday(said)) is not None
        }
        if first is None or last is None or not week:
            continue
        if (last - first).days >= MAX_DAYS:
            losses.note("calendar_too_long", text(one, "Name") or "unnamed work week")
            last = first + timedelta(days=MAX_DAYS - 1)
        yield from _runs(_plain_days(first, last, taken), week, text(one, "Name"))


def _period(one: Words) -> tuple[date | None, date | None]:
    span = child(one, "TimePeriod")
    return day(text(span, "FromDate")), day(text(span, "ToDate"))


def _entry(first: date, last: date, spans: Hours, name: str | None) -> Words:
    found: Words = {"first": first.isoformat(), "last": last.isoformat(), "hours": spans}
    return {**found, "title": name} if name else found


def _merged(entries: list[Words]) -> list[tuple[str, str]]:
    """Join spans that overlap, so that one look tells whether a day is in any of them."""
    found: list[tuple[str, str]] = []
    for first, last in sorted((str(one["first"]), str(one["last"])) for one in entries):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _plain_days(first: date, last: date, taken: list[tuple[str, str]]) -> Iterator[date]:
    # An exception of its own wins over the work week that it falls into.
    for n in range((last - first).days + 1):
        at = first + timedelta(days=n)
        day_ = at.isoformat()
        place = bisect_right(taken, (day_, "9999-12-31"))
        if place == 0 or taken[place - 1][1] < day_:
            yield at


def _runs(plain: Iterator[date], week: dict[int, Hours], name: str | None) -> Iterator[Words]:
    run: list[date] = []
    differing = [at for at in plain if at.weekday() in week]
    for at, after in pairwise([*differing, None]):
        if at is None:
            return
        run.append(at)
        spans = week[at.weekday()]
        joined = after is not None and (after - at).days == 1 and week[after.weekday()] == spans
        if not joined:
            yield _entry(run[0], run[-1], spans, name)
            run = []
