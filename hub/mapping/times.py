"""Instants, plan times, days and spans out of what tools write. Pure: no clock, no local zone."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from hub.mapping.refused import Refused

FIRST_YEAR, LAST_YEAR = 1984, 2149
"""What MS Project can hold; outside of it are only placeholders (0001, 1601, 1970, 9999)."""

_LONGEST: Final = (LAST_YEAR - FIRST_YEAR + 1) * 366 * 24 * 60
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND: Final = 253_402_300_799  # 9999-12-31T23:59:59Z

_RFC_3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:([Zz])|([+-]\d\d:\d\d))", re.ASCII
)
_WALL = re.compile(r"(\d{4})-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?", re.ASCII)
_OFFSET = re.compile(r"(?:[Zz]|[+-]\d\d:?\d\d)\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SECONDS = re.compile(r"(\d{1,15})(?:\.(\d+))?", re.ASCII)
_SPAN = re.compile(
    r"(-?)P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?"
    r"(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.\d+)?S)?)?",
    re.ASCII,
)


def instant(source: object) -> datetime:
    """Read an RFC 3339 time with offset; digits beyond the microsecond are cut."""
    if not isinstance(source, str):
        raise Refused("is not text", "an instant is written as 2024-01-05T08:00:00Z")
    return _instant(source)


def instant_milliseconds(source: object) -> datetime:
    """Read an RFC 3339 time with offset; digits beyond the millisecond are cut."""
    at = instant(source)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


# The alerts of one group share their times; the size is arbitrary and bounds the memory.
@lru_cache(maxsize=4096)
def _instant(text: str) -> datetime:
    match = _RFC_3339.fullmatch(text)
    if match is None:
        if _WALL.fullmatch(text):
            raise Refused("has no offset from UTC", "the tool must send Z or +08:00, or use wall")
        raise Refused("is no RFC 3339 time", "an instant is written as 2024-01-05T08:00:00Z")
    day, clock, fraction, zulu, offset = match.groups()
    micros = (fraction or "0")[:6].ljust(6, "0")
    try:
        at = datetime.fromisoformat(f"{day}T{clock}.{micros}{'+00:00' if zulu else offset}")
        at = at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(f"is no time: {error}", "mend it at the source") from None
    if at.year == 1:
        raise Refused("is the zero time", 'when it means "none", add it to absent_if')
    return at


def epoch_seconds(source: object) -> datetime:
    """Read seconds since 1970-01-01T00:00:00Z, as number or text, with or without a fraction."""
    if isinstance(source, (int, float)):
        source = repr(source)  # a float's shortest exact text; a bool's matches nothing
    match = _SECONDS.fullmatch(source) if isinstance(source, str) else None
    if match is None:
        raise Refused("is not a count of seconds", "send seconds since 1970 as a number")
    seconds = int(match[1])
    if seconds > _LAST_SECOND:
        raise Refused("lies after the year 9999", "seconds are needed, not milliseconds")
    micros = int((match[2] or "0")[:6].ljust(6, "0"))
    return _EPOCH + timedelta(seconds=seconds, microseconds=micros)


def wall(source: object) -> datetime:
    """Read a plan's date-time, which has no offset: it is wall-clock time of the project's zone."""
    if not isinstance(source, str):
        raise Refused("is not text", "a plan date is written as 2024-01-05T08:00:00")
    return _wall(source)


# Tasks of a plan begin and end at few distinct times.
@lru_cache(maxsize=4096)
def _wall(text: str) -> datetime:
    match = _WALL.fullmatch(text)
    if match is None:
        if _OFFSET.search(text) and _RFC_3339.fullmatch(text):
            raise Refused("has an offset", "a plan date has none; use instant for such times")
        raise Refused("is no plan date", "it is written as 2024-01-05T08:00:00")
    if not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise Refused(
            f"lies outside the years {FIRST_YEAR} to {LAST_YEAR} that MS Project can hold",
            'mend it in the plan, or when it means "none", add it to absent_if',
        )
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"is no date: {error}", "mend it in the plan") from None


def day(source: object) -> date:
    """Read a bare day; it stays a day, because nobody said at what hour."""
    if not isinstance(source, str) or not _DAY.fullmatch(source):
        raise Refused("is no day", "it is written as 2024-01-05")
    try:
        return date.fromisoformat(source)
    except ValueError as error:
        raise Refused(f"is no day: {error}", "mend it at the source") from None


def iso_duration_minutes(source: object) -> int:
    """Read an ISO 8601 span of working time as minutes, seconds rounded half up.

    Shape: hours may exceed 24. Days, months and years other than 0 are refused: how many working
           hours they have is the calendar's knowledge, not this function's.
    Source: Microsoft, Project XML Data Interchange, Duration element.
    """
    if not isinstance(source, str):
        raise Refused("is no span of time", "it is written as PT8H30M0S")
    return _span(source)


# A plan has few distinct durations.
@lru_cache(maxsize=4096)
def _span(text: str) -> int:
    match = _SPAN.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise Refused("is no span of time", "it is written as PT8H30M0S")
    sign, years, months, days, hours, minutes, seconds = match.groups()
    if any(int(part or 0) for part in (years, months, days)):
        raise Refused("counts in days or more", "write working time in hours, as PT8H0M0S")
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    total = (whole + 30) // 60  # a fraction of a second never reaches the half minute by itself
    if total > _LONGEST:
        raise Refused("is longer than a plan can last", "mend it at the source")
    return -total if sign else total
