"""Counts what the ingest does: plain numbers, cheap enough to be kept for every delivery.

A labelled counter of the client library costs 3 µs for each step; a whole call here costs less than
one. `vitals` turns them into the exposition when somebody asks.
"""

import time
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
DELIVERIES: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


class Histogram:
    """Values counted by size. Shape: `counts` has one more entry than `bounds`, for the rest."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


@dataclass(slots=True)
class Arrivals:
    """What came from one connector since the process began."""

    deliveries: int = 0
    records: int = 0
    repeats: int = 0
    quarantined: int = 0


@dataclass(slots=True)
class Meter:
    """What the ingest did. Called from the event loop only, after the commit that it counts."""

    arrivals: dict[str, Arrivals] = field(default_factory=dict)
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    moves_refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: Histogram = field(default_factory=lambda: Histogram(SECONDS))
    deliveries: Histogram = field(default_factory=lambda: Histogram(DELIVERIES))
    _fault: tuple[str, float] | None = None

    def failed(self, why: str) -> None:
        """Remember that a group could not be stored."""
        self._fault = why, time.monotonic()

    def fault(self, within: float) -> str | None:
        """Say why the newest group could not be stored, if that was within so many seconds."""
        if self._fault is None or time.monotonic() - self._fault[1] > within:
            return None
        return self._fault[0]

    def delivered(self, connector: str, records: int, repeats: int = 0) -> None:
        """Count one stored delivery; `repeats` are those of its records that said nothing new."""
        known = self._of(connector)
        known.deliveries += 1
        known.records += records
        known.repeats += repeats

    def quarantined(self, connector: str, records: int) -> None:
        """Count records that did not fit."""
        self._of(connector).quarantined += records

    def committed(self, seconds: float, deliveries: int) -> None:
        """Count one commit of the ingest, and how many deliveries shared it."""
        self._fault = None
        self.seconds.add(seconds)
        self.deliveries.add(deliveries)

    def refused(self, connector: str, why: str) -> None:
        """Count a delivery that was refused.

        Shape: `connector` is one that is configured, else "": a stranger must not be able to make
               names.
        """
        self.refusals[connector, why] += 1

    def moved_nothing(self, connector: str, reason: str) -> None:
        """Count what was told of an alert and moved nothing; `reason` is of a closed list."""
        self.moves_refused[connector, reason] += 1

    def _of(self, connector: str) -> Arrivals:
        known = self.arrivals.get(connector)
        if known is None:
            known = self.arrivals[connector] = Arrivals()
        return known
