"""Flapping: counted by event time, whatever the order in which it is heard."""

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.linking import FlapRule, Observation, observe
from hub.linking.flapping import stretches
from hub.model.ops import Alert, Flapping, Spell
from hub.model.words import Telling
from tests.unit.linking.test_episodes import at, seen

RULE = FlapRule(timedelta(minutes=5), 5, timedelta(minutes=60))


def heard(*tellings: Observation, rule: FlapRule = RULE) -> tuple[Alert, list[str]]:
    alert, events = None, list[str]()
    for one in tellings:
        observed = observe(alert, one, rule=rule)
        alert = observed.alert
        events += [occurrence.event for occurrence in observed.occurrences]
    assert alert is not None
    return alert, events


def spell(start: float, end: float, series: str = "a") -> list[Observation]:
    return [seen(start, series=series), seen(start, end, series=series)]


TWICE = [*spell(0, 1), *spell(3, 4)]


def test_the_fifth_transition_within_the_window_is_flapping_and_is_told_once() -> None:
    alert, events = heard(*TWICE)
    assert (alert.flapping, events.count("flapping")) == (None, 0)
    alert, events = heard(*TWICE, seen(6))
    assert alert.flapping == Flapping(at(6), at(66))
    alert, events = heard(*TWICE, *spell(6, 7), *spell(9, 10))
    assert alert.flapping == Flapping(at(6), at(70))
    assert events.count("flapping") == 1
    assert (alert.episode, alert.flaps) == (1, 3)


def test_transitions_that_are_far_apart_are_no_flapping() -> None:
    alert, _ = heard(*spell(0, 20), *spell(40, 60), *spell(80, 100), seen(120))
    assert alert.flapping is None


def test_it_ends_a_window_after_the_last_time_that_it_was_reached_and_may_begin_anew() -> None:
    again = [*spell(200, 201), *spell(203, 204), seen(206)]
    alert, events = heard(*TWICE, *spell(6, 7), *again)
    assert alert.flapping == Flapping(at(206), at(266))
    assert events.count("flapping") == 2


def test_a_repeat_counts_nothing() -> None:
    told = [*TWICE, seen(3), seen(3, 4), seen(0), seen(0, 1), seen(3, 4, told=50)]
    alert, events = heard(*told)
    assert (alert.flapping, alert.flaps) == (None, 1)
    assert "flapping" not in events


def test_a_second_replica_doubles_no_transition() -> None:
    alert, _ = heard(*spell(0, 1), *spell(0, 1, "b"), *spell(3, 4), *spell(3, 4, "b"))
    assert (alert.flapping, alert.flaps) == (None, 1)


def test_a_silence_is_no_transition() -> None:
    quiet = [seen(0, told=n, telling=Telling.SUPPRESSED) for n in (1, 3, 5)]
    loud = [seen(0, told=n) for n in (2, 4, 6)]
    alert, _ = heard(seen(0), *quiet, *loud)
    assert alert.flapping is None


def test_what_is_heard_late_may_show_that_it_flaps() -> None:
    alert, events = heard(seen(6), *TWICE)
    assert (alert.flapping, alert.flaps) == (Flapping(at(6), at(66)), 2)
    assert events[-1] == "flapping"


def test_each_hub_says_for_itself_what_is_flapping() -> None:
    rule = FlapRule(timedelta(minutes=1), 3, timedelta(minutes=10))
    alert, _ = heard(*spell(0, 1), seen(3), rule=rule)
    assert alert.flapping == Flapping(at(3), at(13))
    assert (alert.episode, alert.flaps) == (2, 0)


def test_an_end_that_was_never_told_is_no_transition() -> None:
    alert, _ = heard(seen(0), seen(2), seen(4), seen(6), seen(8))
    assert alert.flapping is None


def test_stretches_join_what_overlaps_and_what_touches() -> None:
    spells = [Spell("a", at(0), at(2)), Spell("b", at(1), at(3)), Spell("a", at(3), at(4))]
    assert stretches([*spells, Spell("a", at(6), at(7))]) == [(at(0), at(4)), (at(6), at(7))]


SPELLS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 3), st.sampled_from("ab")), min_size=1, max_size=8
)


@given(SPELLS, st.randoms(use_true_random=False))
def test_in_any_order_of_arrival_it_flaps_until_the_same_instant(
    spells: list[tuple[int, int, str]], chance: random.Random
) -> None:
    told = [
        one
        for start, length, series in {(s[0], s[2]): s for s in spells}.values()
        for one in spell(start, start + length, series)
    ]
    shuffled = told + chance.choices(told, k=3)
    chance.shuffle(shuffled)
    one, other = heard(*told)[0].flapping, heard(*shuffled)[0].flapping
    # Since when is as it was told first: what is heard late does not take that back.
    assert (one and one.until) == (other and other.until)
