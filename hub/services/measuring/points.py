"""Points on a grid of minutes, in blocks; hours made of minutes, bins made of either. Pure.

A gap is None here and NaN in the bytes of a block. Nothing is filled in: a span of which less than
half is known is not known.
"""

import math
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

Value = float | None

STEP: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
FINE_KEPT: Final = timedelta(days=3)
"""How long minutes are kept: what a page of today and an incident need."""
HOURS_KEPT: Final = timedelta(days=400)
"""How long hours are kept: a year and a month, for what comes back each year."""
BLOCK: Final[Mapping[timedelta, timedelta]] = {STEP: HOUR, HOUR: timedelta(days=10)}
"""How long a block of each step is: few enough points that adding one rewrites little."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def floor(at: datetime, step: timedelta) -> datetime:
    """Return the last instant of the grid that is not later."""
    return at - (at - _EPOCH) % step


def packed(values: Sequence[Value]) -> bytes:
    """Encode a block: eight bytes a point, little-endian."""
    block = array("d", (math.nan if value is None else value for value in values))
    if sys.byteorder == "big":
        block.byteswap()
    return block.tobytes()


def unpacked(body: bytes) -> list[Value]:
    """Decode a block."""
    block = array("d")
    block.frombytes(body)
    if sys.byteorder == "big":
        block.byteswap()
    return [None if math.isnan(value) else value for value in block]


def mean(values: Iterable[Value]) -> Value:
    """Return the mean of what is known; None where that is less than half."""
    every = list(values)
    known = [value for value in every if value is not None]
    if not known or 2 * len(known) < len(every):
        return None
    return math.fsum(known) / len(known)


def merged(
    body: bytes | None, start: datetime, step: timedelta, news: Mapping[datetime, float]
) -> bytes:
    """Put points into the block that begins at `start`; what is known stays or is said anew."""
    length = BLOCK[step] // step
    values: list[Value] = [None] * length if body is None else unpacked(body)
    for at, value in news.items():
        values[(at - start) // step] = value
    return packed(values)


def by_block(
    points: Mapping[datetime, float], step: timedelta
) -> dict[datetime, dict[datetime, float]]:
    """Sort points by the blocks that they belong to."""
    found: dict[datetime, dict[datetime, float]] = {}
    for at, value in points.items():
        found.setdefault(floor(at, BLOCK[step]), {})[at] = value
    return found


def spread(
    blocks: Mapping[datetime, bytes], step: timedelta, start: datetime, end: datetime
) -> list[Value]:
    """Lay blocks out over a span, both ends on the grid and the last one not included."""
    length = max((end - start) // step, 0)
    found: list[Value] = [None] * length
    for begin, body in blocks.items():
        first = (begin - start) // step
        for n, value in enumerate(unpacked(body), start=first):
            if 0 <= n < length:
                found[n] = value
    return found


def binned(values: Sequence[Value], size: int) -> list[Value]:
    """Join neighbours to means of so many; the last bin may be shorter."""
    return [mean(values[at : at + size]) for at in range(0, len(values), size)]
