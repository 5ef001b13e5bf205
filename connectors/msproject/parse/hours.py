"""Working hours of one day, and what of a calendar could not be read exactly.

Minutes count from midnight, 1440 being the day's end.
"""

from typing import Final

from connectors.msproject.parse.tally import Tally
from connectors.msproject.parse.words import Words, flag, many, number, text

Hours = list[list[int]]

WEEK: Final = 7
WORKING_DAYS: Final = 5

_STANDARD: Final = ((480, 720), (780, 1020))
_DAY_MINUTES: Final = 1440


def standard_hours() -> Hours:
    """Return 08:00 to 12:00 and 13:00 to 17:00: a working day that has no hours of its own."""
    return [list(span) for span in _STANDARD]


def standard_week() -> list[Hours]:
    """Return Monday to Friday with standard hours, and a free weekend."""
    return [standard_hours() if weekday < WORKING_DAYS else [] for weekday in range(WEEK)]


class Losses:
    """What one calendar lost. Shape: `codes` names each once; the tally counts them all."""

    def __init__(self, place: str, tally: Tally) -> None:
        self.codes: list[str] = []
        self._place = place
        self._tally = tally

    def note(self, code: str, example: str = "") -> None:
        """Note a loss."""
        self._tally.note(code, f"{self._place}: {example}" if example else self._place)
        if code not in self.codes:
            self.codes.append(code)


def weekday(one: Words) -> int | None:
    """Return the day that a WeekDay is about, 0 being Monday; None for an exception.

    Source: Microsoft, Project XML Data Interchange, WeekDay/DayType: 1 is Sunday.
    """
    said = int(number(one, "DayType") or 0)
    return (said + WEEK - 2) % WEEK if 1 <= said <= WEEK else None


def hours(one: Words, losses: Losses) -> Hours:
    """Return the working hours of a day, an exception or a day of a work week."""
    spans = [_span(time, losses) for time in many(one, "WorkingTimes", "WorkingTime")]
    found = sorted(span for span in spans if span)
    if found or not flag(one, "DayWorking"):
        return found
    losses.note("working_hours_missing", f"DayType {text(one, 'DayType')}")
    return standard_hours()


def _span(one: Words, losses: Losses) -> list[int] | None:
    first, last = _minute(text(one, "FromTime")), _minute(text(one, "ToTime"))
    if first is not None and last == 0:
        last = _DAY_MINUTES
    if first is None or last is None or last <= first:
        losses.note("working_hours_unreadable", f"{one}")
        return None
    return [first, last]


def _minute(value: str | None) -> int | None:
    parts = (value or "").split(":")
    try:
        hour, minute = int(parts[0]), int(parts[1])
    except (ValueError, IndexError):
        return None
    total = hour * 60 + minute
    return total if 0 <= total <= _DAY_MINUTES else None
