"""What is asked for next: together, all of it, once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.contract import Point, Series
from hub.errors import Misconfigured
from hub.services.measuring.points import HOUR, STEP, floor
from hub.services.measuring.turns import BACK, PIECE, Kept, Span, ahead, answered, behind
from tests.unit.services.measuring.tools import NOON

DAY = timedelta(days=1)
NEW = Kept("r", "d")


def answer(span: Span, truth: dict[datetime, float] | None = None) -> tuple[Series, ...]:
    count = (span.end - span.start) // STEP + 1
    instants = [span.start + n * STEP for n in range(count)]
    points = [(at, at.timestamp() if truth is None else truth.get(at)) for at in instants]
    return (Series({}, tuple(Point(at, v) for at, v in points if v is not None)),)


@settings(max_examples=10)
@given(
    st.lists(st.integers(1, 20_000), min_size=1, max_size=3),
    st.sets(st.integers(0, 60 * 24 * 31), max_size=30),
    st.integers(0, 59),
)
def test_turns_with_overlap_and_pieces_give_the_points_of_one_query(
    pauses: list[int], gaps: set[int], second: int
) -> None:
    """However long the hub was away between: nothing twice, nothing missed, gaps stay gaps."""
    now = NOON + timedelta(seconds=second)
    begin = now
    kept, stored = NEW, dict[datetime, float]()
    for pause in [0, *pauses]:
        now += pause * STEP
        while True:
            span = ahead(kept, now)
            assert (span.end - span.start) // STEP < 11_000
            news = answered(kept, span, _with_gaps(span, gaps), now)
            stored.update(news.points)
            kept = news.kept
            if kept.until == floor(now, STEP):
                break
    while (past := behind(kept, now)) is not None:
        assert (past.end - past.start) // STEP < 11_000
        news = answered(kept, past, _with_gaps(past, gaps), now)
        stored.update(news.points)
        kept = news.kept
    first = floor(now - BACK, HOUR)
    assert kept.since is not None
    assert kept.since <= first
    whole = Span(first, floor(now, STEP))
    wished = {p.at: p.value for p in _with_gaps(whole, gaps)[0].points}
    assert {at: value for at, value in stored.items() if at >= first} == wished
    assert begin <= now


def _with_gaps(span: Span, gaps: set[int]) -> tuple[Series, ...]:
    (series,) = answer(span)
    return (
        replace(
            series, points=tuple(p for p in series.points if (p.at - NOON) // STEP not in gaps)
        ),
    )


def test_the_newest_comes_first_and_the_past_in_whole_hours_behind_it() -> None:
    span = ahead(NEW, NOON + timedelta(seconds=7))
    assert (span.start, span.end) == (NOON - 3 * DAY, NOON)
    kept = answered(NEW, span, answer(span), NOON).kept
    past = behind(kept, NOON)
    assert past == Span(NOON - 3 * DAY - PIECE, NOON - 3 * DAY - STEP, past=True)
    assert ahead(kept, NOON + STEP) == Span(NOON - 5 * STEP, NOON + STEP)


def test_what_came_late_is_heard_by_the_overlap() -> None:
    early = answered(NEW, Span(NOON - STEP, NOON), answer(Span(NOON - STEP, NOON - STEP)), NOON)
    assert NOON not in early.points
    span = ahead(early.kept, NOON + STEP)
    assert NOON in answered(early.kept, span, answer(span), NOON + STEP).points


@pytest.mark.parametrize(
    ("value", "state"), [(1.0, "ok"), (None, "not_a_number"), (float("inf"), "not_a_number")]
)
def test_fact_22_what_is_no_number_is_unknown_and_not_zero(value: float | None, state: str) -> None:
    found = (Series({}, (Point(NOON, value),)),)
    news = answered(NEW, Span(NOON, NOON), found, NOON)
    assert news.kept.state == state
    assert news.points == ({NOON: 1.0} if state == "ok" else {})


def test_no_series_and_an_old_value_say_nothing_about_now() -> None:
    assert answered(NEW, Span(NOON, NOON), (), NOON).kept.state == "no_data"
    old = (Series({}, (Point(NOON - 10 * STEP, 1.0),)),)
    kept = answered(NEW, Span(NOON - HOUR, NOON), old, NOON).kept
    assert (kept.state, kept.value) == ("no_data", 1.0)


def test_what_was_well_before_a_long_silence_of_the_hub_is_unknown() -> None:
    span = Span(NOON, NOON)
    kept = answered(NEW, span, answer(span), NOON).kept
    assert kept.now(NOON + STEP) == "ok"
    assert kept.now(NOON + HOUR) == "no_data"


def test_several_series_are_refused_and_none_is_chosen() -> None:
    both = (*answer(Span(NOON, NOON)), *answer(Span(NOON, NOON)))
    with pytest.raises(Misconfigured, match="answers 2 series"):
        answered(NEW, Span(NOON, NOON), both, NOON)


def test_since_when_a_state_holds_is_kept_while_it_holds() -> None:
    first = NEW.become("failing", "503", NOON).become("failing", "504", NOON + STEP)
    assert (first.changed_at, first.asked_at) == (NOON, NOON + STEP)
    assert first.become("ok", None, NOON + HOUR).changed_at == NOON + HOUR
