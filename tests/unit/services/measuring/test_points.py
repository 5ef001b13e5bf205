"""Blocks of points, and what is made of them."""

import math
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.services.measuring.points import (
    BLOCK,
    HOUR,
    STEP,
    binned,
    by_block,
    floor,
    mean,
    merged,
    packed,
    spread,
    unpacked,
)

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False, width=32)
instants = st.integers(0, 500).map(lambda n: NOON + n * STEP)


@given(st.lists(numbers, max_size=80))
def test_a_block_comes_back_as_it_was(values: list[float | None]) -> None:
    assert unpacked(packed(values)) == values


@given(st.dictionaries(instants, st.floats(0, 1)), st.dictionaries(instants, st.floats(0, 1)))
def test_points_put_into_blocks_twice_and_in_any_order_are_the_points(
    first: dict[datetime, float], second: dict[datetime, float]
) -> None:
    blocks: dict[datetime, bytes] = {}
    for points in (first, second, second):
        for start, some in by_block(points, STEP).items():
            blocks[start] = merged(blocks.get(start), start, STEP, some)
    end = NOON + 501 * STEP
    known = {**first, **second}
    wished = [known.get(NOON + n * STEP) for n in range(501)]
    assert spread(blocks, STEP, NOON, end) == wished


def test_a_gap_stays_a_gap_and_half_of_a_span_has_to_be_known() -> None:
    assert mean([]) is None
    assert mean([None, None]) is None
    assert mean([1.0, None, None]) is None
    assert mean([1.0, 0.0, None, None]) == 0.5
    assert binned([1.0, 1.0, None, None, 0.0], 2) == [1.0, None, 0.0]


def test_an_hour_that_was_mostly_silent_is_not_known_to_be_good() -> None:
    """Trap 6: ten good minutes before an outage of the monitor are no good hour."""
    hour = merged(None, NOON, STEP, {NOON + n * STEP: 1.0 for n in range(10)})
    assert mean(unpacked(hour)) is None
    assert math.isclose(mean([1.0] * 30 + [None] * 30) or 0.0, 1.0)


@given(st.integers(-(10**15), 4 * 10**15), st.sampled_from([STEP, HOUR]))
def test_the_grid_is_the_same_for_everybody(micros: int, step: timedelta) -> None:
    at = NOON + timedelta(microseconds=micros)
    assert floor(floor(at, step), step) == floor(at, step) <= at < floor(at, step) + step
    assert BLOCK[step] % step == timedelta(0)
