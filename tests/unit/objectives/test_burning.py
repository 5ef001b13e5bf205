"""Worked numbers of the SRE workbook, and what holds for every number."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.objectives import (
    RULES,
    Burn,
    Events,
    Objective,
    budget,
    burn,
    judge,
    remaining,
    windows,
    worst,
)

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
THREE_NINES = Objective(Fraction("0.999"), 30 * DAY)
NOTHING = Events(None, None)


def evenly(ratio: float, total: float = 1e6) -> dict[timedelta, Events]:
    return {span: Events(ratio * total, total) for span in windows()}


@pytest.mark.parametrize(
    ("target", "days", "minutes"),
    [("0.999", 30, 43.2), ("0.999", 28, 40.32), ("0.99", 30, 432.0), ("0.9999", 30, 4.32)],
)
def test_the_budget_is_what_may_fail_of_the_period(target: str, days: int, minutes: float) -> None:
    assert budget(Objective(Fraction(target), days * DAY)) == minutes * MINUTE


def test_the_rules_are_those_of_google_for_30_days() -> None:
    table = [(rule.says, float(rule.factor(30 * DAY)), rule.long, rule.short) for rule in RULES]
    assert table == [
        (Burn.PAGE, 14.4, HOUR, 5 * MINUTE),
        (Burn.PAGE, 6.0, 6 * HOUR, 30 * MINUTE),
        (Burn.TICKET, 3.0, DAY, 2 * HOUR),
        (Burn.TICKET, 1.0, 3 * DAY, 6 * HOUR),
    ]
    assert [float(rule.factor(28 * DAY)) for rule in RULES] == [
        13.44, 5.6, 2.8, pytest.approx(0.9333, abs=1e-4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ratio", "says"),
    [
        (0.0, Burn.CALM),
        (0.001, Burn.CALM),  # evenly: the budget lasts just as long as the period
        (0.0011, Burn.TICKET),
        (0.0061, Burn.PAGE),
        (0.0145, Burn.PAGE),
        (1.0, Burn.PAGE),
    ],
)
def test_a_steady_error_ratio_is_judged_by_how_fast_it_burns(ratio: float, says: Burn) -> None:
    assert worst(judge(THREE_NINES, evenly(ratio))) is says


def test_two_percent_in_an_hour_pages_and_a_clean_short_window_ends_it() -> None:
    burning = evenly(0) | {HOUR: Events(15, 1000), 5 * MINUTE: Events(5, 100)}
    assert worst(judge(THREE_NINES, burning)) is Burn.PAGE
    over = burning | {5 * MINUTE: Events(0, 100)}
    assert worst(judge(THREE_NINES, over)) is Burn.CALM


def test_a_burst_in_the_short_window_alone_wakes_nobody() -> None:
    burst = evenly(0) | {5 * MINUTE: Events(100, 100)}
    assert worst(judge(THREE_NINES, burst)) is Burn.CALM


@pytest.mark.parametrize(
    "events",
    [
        NOTHING,
        Events(0, 0),
        Events(None, 100),
        Events(0, None),
        Events(float("nan"), 100),
        Events(1, float("inf")),
        Events(-1, 100),
        Events(0, 0.5),
    ],
)
def test_what_nobody_can_say_is_unknown_and_never_calm(events: Events) -> None:
    assert burn(THREE_NINES, events) is None
    assert remaining(THREE_NINES, events) is None
    assert worst(judge(THREE_NINES, dict.fromkeys(windows(), events))) is Burn.UNKNOWN


def test_too_few_events_say_nothing() -> None:
    quiet = Objective(Fraction("0.999"), 30 * DAY, min_events=100)
    assert burn(quiet, Events(1, 99)) is None
    assert burn(quiet, Events(1, 100)) == pytest.approx(10)


def test_without_any_measurement_there_is_no_green() -> None:
    assert worst(judge(THREE_NINES, {})) is Burn.UNKNOWN
    assert worst(()) is Burn.UNKNOWN


@pytest.mark.parametrize("target", ["1", "1.5", "-0.1"])
def test_a_target_that_leaves_no_budget_is_invalid(target: str) -> None:
    with pytest.raises(ValueError, match="leaves no budget"):
        Objective(Fraction(target), 30 * DAY)


def test_a_period_and_a_least_number_of_events_are_more_than_nothing() -> None:
    with pytest.raises(ValueError, match="longer than nothing"):
        Objective(Fraction(0), timedelta(0))
    with pytest.raises(ValueError, match="min_events"):
        Objective(Fraction(0), DAY, min_events=0)


def test_the_budget_that_is_left() -> None:
    assert remaining(THREE_NINES, Events(0, 1000)) == 1
    assert remaining(THREE_NINES, Events(1, 2000)) == 0.5
    assert remaining(THREE_NINES, Events(2, 1000)) == -1


targets = st.fractions(0, Fraction(99999, 100000))
periods = st.integers(1, 365).map(lambda days: days * DAY)
objectives = st.builds(Objective, targets, periods, st.just(1))
counts = st.one_of(st.none(), st.floats(0, 1e9))
measured = st.builds(Events, counts, counts)
counted = st.fixed_dictionaries(dict.fromkeys(windows(), measured))


@given(objectives, counted)
def test_a_rule_speaks_only_while_both_windows_burn_faster(
    objective: Objective, by_window: Mapping[timedelta, Events]
) -> None:
    for verdict in judge(objective, by_window):
        factor = float(verdict.rule.factor(objective.period))
        if verdict.long is None or verdict.short is None:
            assert verdict.says is Burn.UNKNOWN
        elif verdict.says is Burn.CALM:
            assert min(verdict.long, verdict.short) <= factor * (1 + 1e-9)
        else:
            assert verdict.says is verdict.rule.says
            assert min(verdict.long, verdict.short) >= factor * (1 - 1e-9)


@given(objectives, counted)
def test_calm_is_only_what_is_known_in_every_window(
    objective: Objective, by_window: Mapping[timedelta, Events]
) -> None:
    if worst(judge(objective, by_window)) is Burn.CALM:
        assert all(burn(objective, events) is not None for events in by_window.values())


@given(objectives, counted, st.sampled_from(windows()))
def test_more_errors_never_calm_a_page(
    objective: Objective, by_window: Mapping[timedelta, Events], span: timedelta
) -> None:
    before = worst(judge(objective, by_window))
    events = by_window[span]
    if before is Burn.PAGE and events.bad is not None:
        worse = {**by_window, span: Events(events.bad * 2, events.total)}
        assert worst(judge(objective, worse)) is Burn.PAGE


@given(targets, periods)
def test_burning_evenly_spends_just_the_budget(target: Fraction, period: timedelta) -> None:
    objective = Objective(target, period)
    spent = Events(float(1 - target) * 1e6, 1e6)
    assert burn(objective, spent) == pytest.approx(1)
    assert remaining(objective, spent) == pytest.approx(0, abs=1e-6)
