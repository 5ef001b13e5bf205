"""What to ask for next of one series, and what its answer makes of it. Pure.

The newest comes first; the past is filled in piece by piece behind it. The last minutes are asked
again, because a tool may learn of them late.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from hub.contract import Series
from hub.errors import Misconfigured
from hub.model.ops import Metric
from hub.services.measuring.points import FINE_KEPT, HOUR, STEP, floor

OVERLAP: Final = 5 * STEP
PIECE: Final = timedelta(days=7)
"""10,080 points: below what Prometheus answers at once."""
BACK: Final = timedelta(days=30)
"""How far back a new series is filled in."""
NEWS: Final = 3 * STEP
"""A value that is older says nothing about now."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A series that is to be kept."""

    service: str
    metric: Metric

    @property
    def ref(self) -> str:
        """Its name in the store."""
        return f"{self.metric.signal.value}@{self.service}"

    @property
    def digest(self) -> str:
        """By what its points mean something: another query makes other points."""
        said = f"{self.metric.connector}\n{self.metric.query}\n{self.metric.unit.value}"
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """How far a series was asked for, and what it said last.

    Shape: from `since` to `until` all was asked, both None before the first answer; what is not
           known within is a gap. `state` is waiting, ok, no_data, not_a_number or failing (then
           `message` are the tool's words), and holds since `changed_at`. `value` at `at` is the
           newest that is known, however old.
    """

    ref: str
    digest: str
    since: datetime | None = None
    until: datetime | None = None
    state: str = "waiting"
    message: str | None = None
    changed_at: datetime | None = None
    asked_at: datetime | None = None
    at: datetime | None = None
    value: float | None = None

    def become(self, state: str, message: str | None, at: datetime) -> "Kept":
        """Return it in a state, with since when that holds."""
        changed = at if state != self.state or self.changed_at is None else self.changed_at
        return replace(self, state=state, message=message, changed_at=changed, asked_at=at)

    def now(self, at: datetime) -> str:
        """Say how it is at an instant: what was well long ago is not known to be well."""
        if self.state == "ok" and (self.at is None or at - self.at > 2 * NEWS):
            return "no_data"
        return self.state


@dataclass(frozen=True, slots=True)
class Span:
    """A span to ask for, both ends included. Shape: `past` when it lies before all that is kept."""

    start: datetime
    end: datetime
    past: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What a turn brought: how the series stands now, and points to put into its blocks."""

    kept: Kept
    points: Mapping[datetime, float] = field(default_factory=dict)


def ahead(kept: Kept, now: datetime) -> Span:
    """Return the next span up to now."""
    end = floor(now, STEP)
    if kept.until is None:
        return Span(floor(end - FINE_KEPT, HOUR), end)
    start = max(kept.until - OVERLAP, floor(end - BACK, HOUR))
    if end - start > HOUR:
        start = floor(start, HOUR)  # whole hours: their minutes may be kept no more
    if end - start > PIECE:
        end = start + PIECE - STEP
    return Span(start, max(end, start))


def behind(kept: Kept, now: datetime, piece: timedelta = PIECE) -> Span | None:
    """Return the next span of the past that is still to be filled in; None: it is all there."""
    first = floor(now - BACK, HOUR)
    if kept.since is None or kept.since <= first:
        return None
    return Span(max(kept.since - piece, first), kept.since - STEP, past=True)


def answered(kept: Kept, span: Span, found: Sequence[Series], now: datetime) -> News:
    """Take an answer in.

    Raises: Misconfigured, when it is more than one series: which one is meant is not guessed.
    """
    points, newest = _points(found)
    since = span.start if kept.since is None else min(kept.since, span.start)
    if span.past:
        return News(replace(kept, since=since), points)
    until = span.end if kept.until is None else max(kept.until, span.end)
    kept = replace(kept, since=since, until=until)
    last = max(points, default=None)
    if last is not None and (kept.at is None or last >= kept.at):
        kept = replace(kept, at=last, value=points[last])
    return News(kept.become(_state(kept, newest, now), None, now), points)


def _state(kept: Kept, newest: tuple[datetime, float | None] | None, now: datetime) -> str:
    if newest is not None and newest[1] is None and now - newest[0] <= NEWS:
        return "not_a_number"
    return "ok" if kept.at is not None and now - kept.at <= NEWS else "no_data"


def _points(
    found: Sequence[Series],
) -> tuple[dict[datetime, float], tuple[datetime, float | None] | None]:
    """Return what is known by instant, and the newest point, known or not."""
    if len(found) > 1:
        raise Misconfigured(
            f"the query answers {len(found)} series and a metric is one; aggregate it, as with"
            " avg(…) or max(…)"
        )
    known: dict[datetime, float] = {}
    newest = None
    for point in found[0].points if found else ():
        value = point.value
        if value is not None and not math.isfinite(value):
            value = None
        if value is not None:
            known[floor(point.at, STEP)] = value
        newest = (point.at, value)
    return known, newest
