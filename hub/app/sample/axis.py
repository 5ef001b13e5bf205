"""The plan's axis: working minutes since the project began, and the wall clock beside it.

All planning is done in working minutes, so holidays move dates and never the plan's shape: today
is always the same minute of the plan.
"""

from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Final

from hub.app.sample.holidays import working_days

DAY: Final = 480
"""Working minutes of a day: 09:00-12:00 and 13:00-18:00."""

ELAPSED_DAYS: Final = 134
"""Working days behind us: month 7 of 12."""

STATUS: Final = ELAPSED_DAYS * DAY
_HORIZON: Final = 420
_MORNING: Final = 180


class Axis:
    """Working minutes to wall clock, for the plan whose month 7 is now."""

    def __init__(self, today: date) -> None:
        past = list(islice(working_days(today, -1), ELAPSED_DAYS))
        future = islice(working_days(today + timedelta(days=1), 1), _HORIZON)
        self.days: list[date] = [*reversed(past), *future]

    def starts(self, minute: int) -> datetime:
        """Return when work begins that starts at this working minute."""
        day, rest = divmod(minute, DAY)
        return self._wall(day, rest if rest < _MORNING else rest + 60)

    def ends(self, minute: int) -> datetime:
        """Return when work stops that ends at this working minute; 0 is the very beginning."""
        if minute <= 0:
            return self.starts(0)
        day, rest = divmod(minute - 1, DAY)
        return self._wall(day, rest + 1 if rest < _MORNING else rest + 61)

    def _wall(self, day: int, minutes: int) -> datetime:
        return datetime.combine(self.days[day], time(9)) + timedelta(minutes=minutes)
