"""Measures: what a tool that keeps metrics answers to a query in its own language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Point:
    """A value at an instant; None: the tool says that it is no number (NaN). May be infinite."""

    at: datetime
    value: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one set of labels, by rising instant. Where there is no point nothing is known."""

    labels: Mapping[str, str]
    points: tuple[Point, ...]


class Measurer(Protocol):
    """Answers queries over metrics; changes nothing.

    Every method raises Transient, Misconfigured (the query cannot be answered, in the tool's own
    words) and Anomalous (an answer that is none, or one that the tool itself calls incomplete).
    """

    async def instant(self, query: str, at: datetime | None = None) -> tuple[Series, ...]:
        """Ask for what a query is at an instant, now where none is said."""

    async def ranged(
        self, query: str, start: datetime, end: datetime, step: timedelta
    ) -> tuple[Series, ...]:
        """Ask for a query over a span of time, both ends included, in as many parts as it takes."""
