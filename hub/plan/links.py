"""One precedence link in working minutes, and how it crosses from one calendar to another.

Within one calendar a link is an addition. Between calendars, or with an elapsed lag, it goes
through the wall clock. `forward` says how early the successor may be; `backward` says how late
the predecessor may be, and is exactly the greatest index that `forward` still allows.
"""

from dataclasses import dataclass
from typing import NamedTuple

from hub.plan.calendars import WorkTime


@dataclass(frozen=True, slots=True)
class Crossing:
    """The way from the predecessor's working minutes to the successor's.

    Shape: `lag` is the calendar on which the lag is worked off; None means elapsed time.
    """

    predecessor: WorkTime
    successor: WorkTime
    lag: WorkTime | None

    def forward(self, index: int, minutes: int, *, from_finish: bool) -> int:
        """Find the least index of the successor."""
        clock = self.predecessor
        at = clock.finish_at(index) if from_finish else clock.start_at(index)
        if self.lag is None:
            at += minutes
        elif minutes:
            at = self.lag.finish_at(self.lag.index(at) + minutes)
        return self.successor.index(at)

    def backward(self, index: int, minutes: int, *, from_finish: bool) -> int:
        """Find the greatest index of the predecessor."""
        at = self.successor.start_at(index)
        if self.lag is None:
            at -= minutes
        elif minutes:
            at = self.lag.start_at(self.lag.index(at) - minutes)
        if from_finish:
            return self.predecessor.index(at)
        return self.predecessor.index(at + 1) - 1


class Link(NamedTuple):
    """A link between two nodes, by number. Units: `lag` in minutes, working or elapsed."""

    predecessor: int
    successor: int
    from_finish: bool
    to_finish: bool
    lag: int
    crossing: Crossing | None
