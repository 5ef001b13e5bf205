"""Where reading events goes on: the last eventid, and the ids below it that were not there yet.

Zabbix allots ids before it commits, and its syncers commit in any order: a reader that only asks
for greater ids loses events in a storm. So each id that was skipped is asked for again, until it
has been missing for so long that it must belong to another kind of event. Pure: no clock.
"""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from hub.contract import Cursor
from hub.errors import Anomalous

PATIENCE: Final = 600
"""Seconds that a skipped id is asked for again: minutes more than a backlog takes to commit."""
MOST_RANGES: Final = 4000
MOST_IDS: Final = 100_000
"""Both are arbitrary: a cursor of some 100 kB at most. Beyond, the oldest holes are given up; the
census still finds what is open."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Ids that were skipped, both ends included.

    Units: `until` is epoch seconds; then it is given up.
    """

    first: int
    last: int
    until: int


@dataclass(frozen=True, slots=True)
class Position:
    """A cursor, opened.

    Shape: `holes` are in order and do not touch what was read.
    Units: `clock` is the latest instant of what was read, in epoch seconds; 0: not known.
    """

    last: int
    holes: tuple[Hole, ...] = ()
    clock: int = 0

    @classmethod
    def of(cls, cursor: Cursor) -> "Position":
        """Open a cursor.

        Raises: Anomalous, when it is none of ours.
        """
        try:
            told = json.loads(cursor)
            holes = tuple(Hole(*map(int, hole)) for hole in told["holes"])
            return cls(int(told["last"]), holes, int(told.get("clock", 0)))
        except (ValueError, TypeError, KeyError) as fault:
            raise Anomalous(
                "the cursor is not one of this connector; read everything anew", evidence=cursor
            ) from fault

    def cursor(self) -> Cursor:
        """Close it, as text."""
        holes = [[hole.first, hole.last, hole.until] for hole in self.holes]
        told = {"last": self.last, "clock": self.clock, "holes": holes}
        return Cursor(json.dumps(told, separators=(",", ":")))

    def at(self, clocks: Iterable[str], now: float) -> "Position":
        """Note how late it was when what is read happened; a clock that runs ahead counts as ours.

        Units: epoch seconds, as Zabbix writes them.
        """
        latest = max(map(int, clocks), default=0)
        return replace(self, clock=max(self.clock, min(latest, int(now))))

    def after(self, ids: Iterable[int], now: float, upto: int | None = None) -> "Position":
        """Move on past ids that were read, greater ones than `last`; what lies between is a hole.

        Shape: `upto` is where it ends when that is greater than the last of `ids`.
        """
        until, at, made = int(now) + PATIENCE, self.last, list[Hole]()
        for one in sorted(ids):
            if one > at + 1:
                made.append(Hole(at + 1, one - 1, until))
            at = max(at, one)
        if upto is not None and upto > at:
            made.append(Hole(at + 1, upto, until))
            at = upto
        return replace(self, last=at, holes=(*self.holes, *made))

    def back(self, last: int) -> "Position":
        """Go back to a smaller id, where the ids themselves did."""
        holes = tuple(hole for hole in self.holes if hole.last <= last)
        return replace(self, last=last, holes=holes)

    def reopened(self, ids: Iterable[int], now: float) -> "Position":
        """Ask again for ids that were read and told too little."""
        again = tuple(Hole(one, one, int(now) + PATIENCE) for one in sorted(ids))
        return replace(self, holes=tuple(sorted((*self.holes, *again), key=_first)))

    def filled(self, ids: Iterable[int]) -> "Position":
        """Leave out ids that came after all."""
        came, left = sorted(ids), list[Hole]()
        at = 0
        for hole in self.holes:
            first = hole.first
            while at < len(came) and came[at] <= hole.last:
                if came[at] > first:
                    left.append(replace(hole, first=first, last=came[at] - 1))
                first = max(first, came[at] + 1)
                at += 1
            if first <= hole.last:
                left.append(replace(hole, first=first))
        return replace(self, holes=tuple(left))

    def trimmed(self, now: float) -> "Position":
        """Give up holes that are too old, and the oldest of too many."""
        alive = [hole for hole in self.holes if hole.until > now]
        kept, room = list[Hole](), MOST_IDS
        for hole in reversed(alive[-MOST_RANGES:]):
            if room <= 0:
                break
            first = max(hole.first, hole.last - room + 1)
            kept.append(replace(hole, first=first))
            room -= hole.last - first + 1
        return replace(self, holes=tuple(reversed(kept)))

    def missing(self, by: float = math.inf) -> Iterator[int]:
        """Yield the ids that are asked for again; with `by`, those given up by then."""
        for hole in self.holes:
            if hole.until <= by:
                yield from range(hole.first, hole.last + 1)


def _first(hole: Hole) -> int:
    return hole.first
