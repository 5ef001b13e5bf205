"""What is known about one tool that is asked for series: whose turn it is, and how it went."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from hub.contract import Measurer
from hub.errors import HubError, Transient
from hub.services.measuring.points import HOUR, STEP
from hub.services.measuring.turns import PIECE, News, Wanted

STRIKES: Final = 3
"""So many questions in a row without an answer are an outage of the tool, not of a query."""
PROBE_SECONDS: Final = 15.0
"""During an outage one question is asked so often."""
LONGEST: Final = 900.0
BATCH: Final = 50
"""So many turns are stored together."""


@dataclass
class Line:
    """One tool.

    Shape: times are of the monotonic clock. `busy` are series under way or not stored yet; `side`
           is held by the one question that may take long, so that the others go on beside it.
           `out` says in the tool's words why all of it is taken for away.
    """

    connector: str
    measurer: Measurer
    wanted: dict[str, Wanted] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)
    past_due: dict[str, float] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    pieces: dict[str, timedelta] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)
    news: list[News] = field(default_factory=list)
    side: asyncio.Lock = field(default_factory=asyncio.Lock)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    strikes: int = 0
    out: str | None = None
    probe_at: float = 0.0
    questions: int = 0
    refused: int = 0

    def want(self, wanted: Iterable[Wanted]) -> None:
        """Take over what is to be kept; what is asked in another way is asked at once."""
        before, self.wanted = self.wanted, {one.ref: one for one in wanted}
        for ref, one in self.wanted.items():
            if ref not in before or before[ref].digest != one.digest:
                self.due[ref] = self.past_due[ref] = 0.0
                self.failures.pop(ref, None)
                self.pieces.pop(ref, None)
        self.bell.set()

    def take(self, at: float, *, ill: bool) -> list[str]:
        """Return whose turn it is: those that went well, or those that failed."""
        if self.out is not None:
            return self._probe(at) if ill else []
        ready = [
            ref
            for ref in self.wanted
            if self.due.get(ref, 0.0) <= at
            and ref not in self.busy
            and bool(self.failures.get(ref)) is ill
        ]
        return sorted(ready, key=lambda ref: self.due.get(ref, 0.0))[: 1 if ill else BATCH]

    def _probe(self, at: float) -> list[str]:
        free = [ref for ref in self.wanted if ref not in self.busy]
        if at < self.probe_at or not free:
            return []
        self.probe_at = at + PROBE_SECONDS
        # Each time another one: what fails by itself must not hide that the tool is back.
        return [min(free, key=lambda ref: self.due.get(ref, 0.0))]

    def wait(self, at: float, *, ill: bool) -> float:
        """Return how many seconds there is nothing to do; at most a step."""
        if self.out is not None:
            return max(self.probe_at - at, 0.05) if ill else PROBE_SECONDS
        mine = (ref for ref in self.wanted if bool(self.failures.get(ref)) is ill)
        dues = [self.due.get(ref, 0.0) for ref in mine if ref not in self.busy]
        step = STEP.total_seconds()
        return min(max(min(dues, default=at + step) - at, 0.05), step)

    def went_well(self, ref: str, at: float, *, lags: bool) -> None:
        """Take note of an answer; where the tool was away, everybody is asked anew."""
        self.strikes = 0
        self.failures.pop(ref, None)
        self.due[ref] = at + (0.0 if lags else STEP.total_seconds())
        if self.out is not None:
            self.out = None
            self.failures.clear()
            self.due.update(dict.fromkeys(self.wanted, at))
            self.due[ref] = at + STEP.total_seconds()
            self.bell.set()

    def failed(self, ref: str, error: HubError, at: float) -> None:
        """Take note of a failure; several outages in a row are one of the tool."""
        self.refused += 1
        count = self.failures[ref] = self.failures.get(ref, 0) + 1
        pause = min(STEP.total_seconds() * 2 ** (count - 1), LONGEST)
        if not isinstance(error, Transient):
            self.strikes = 0
            self.due[ref] = at + pause
            return
        self.strikes += 1
        wait = error.retry_after
        self.due[ref] = at + (pause if wait is None else max(wait.total_seconds(), 1.0))
        if self.strikes >= STRIKES:
            self.out = str(error)
            self.probe_at = at + (PROBE_SECONDS if wait is None else max(wait.total_seconds(), 1.0))

    def piece(self, ref: str) -> timedelta:
        """Return how much of the past is asked for at once."""
        return self.pieces.get(ref, PIECE)

    def too_much(self, ref: str, at: float) -> bool:
        """Ask for less of the past from now on; tell whether it can be less."""
        self.past_due[ref] = at + STEP.total_seconds()
        half = self.piece(ref) / 2
        self.pieces[ref] = max(half - half % HOUR, HOUR)
        return half >= HOUR
