"""The episodes of an alert told anew, out of when its source keys fired. Pure.

What joins two alerts, or parts one, leaves each firing as it was; only which of them are one
episode is another matter then.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.linking.flapping import FLAPS


class Firing(NamedTuple):
    """How long one source key fired. Shape: `end` None means that it goes on."""

    begin: datetime
    end: datetime | None


class Retold(NamedTuple):
    """Which episode each source key is of, and the flaps of the last episode."""

    episodes: Mapping[str, int]
    flaps: int

    @property
    def last(self) -> int:
        """The number of the last episode."""
        return max(self.episodes.values(), default=1)


def retold(fired: Mapping[str, Firing], *, gap: timedelta = FLAPS.gap) -> Retold:
    """Count episodes over firings, in the order in which they began.

    Shape: one that begins within the flap gap after an end goes on with the same episode.
    """
    found: dict[str, int] = {}
    episode, flaps = 1, 0
    until: datetime | None = None
    endless = False
    for key, firing in sorted(fired.items(), key=lambda pair: (pair[1].begin, pair[0])):
        if until is not None and not endless:
            between = firing.begin - until
            if between > gap:
                episode, flaps = episode + 1, 0
            elif between > timedelta(0):
                flaps += 1
        found[key] = episode
        endless = endless or firing.end is None
        end = firing.end or firing.begin
        until = end if until is None else max(until, end)
    return Retold(found, flaps)
