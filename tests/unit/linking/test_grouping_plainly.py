"""What `Window` remembers and leaves out to be fast changes no decision."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.linking.grouping import Window
from hub.linking.kinship import Kind, Kinship, Policy
from hub.linking.signals import Placement, Signal
from tests.unit.linking.plainly import Found, Plainly
from tests.unit.linking.test_grouping import TOPOLOGY, signal

Telling = tuple[int, float, Kind, float]
STEPS = st.sampled_from([0.0, 0.0, 0.0, 1.0, 7.5, 45.0, 150.0, 400.0, -30.0, -200.0])
UNCERTAIN = st.sampled_from([0.0, 0.0, 0.0, 90.0, 300.0])


def tellings(*names: str) -> st.SearchStrategy[list[Telling]]:
    kinds = st.builds(
        Kind,
        service=st.sampled_from(["web", "api", "db", "disk", "crm", None]),
        hint=st.sampled_from(["x", "y", None]),
        host=st.sampled_from(["h1", "h2", "h3", None, None]),
        system=st.sampled_from(["shop", "office", None]),
        environment=st.sampled_from(["prod", "prod", "test", None]),
        name=st.sampled_from(names),
    )
    return st.lists(st.tuples(st.integers(0, 40), STEPS, kinds, UNCERTAIN), max_size=60)


TELLINGS = tellings("Slow", "Full") | tellings("Slow", "Full", "")
"""Where no name is missing, and where some are: scoring has a way for each."""


def told(arrivals: list[Telling]) -> list[Signal]:
    at, found = 1e9, []
    for alert, step, kind, uncertainty in arrivals:
        at += step
        found.append(Signal(f"a{alert}", at, kind, uncertainty))
    return found


def agree(placed: Placement, plain: Found) -> bool:
    """Equal scores are as good as each other: rounding may tell them apart."""
    if placed.incident == plain.incident:
        return placed.suggested == plain.suggested
    best = [number for number, score in plain.scores.items() if score > plain.score - 1e-9]
    return placed.incident in best


@given(TELLINGS)
def test_every_signal_is_placed_as_the_plain_rules_say(
    arrivals: list[Telling],
) -> None:
    made, plain, numbers = Window(TOPOLOGY), Plainly(TOPOLOGY), count(1)
    for one in told(arrivals):
        placed, wanted = made.place(one), plain.place(one)
        assert placed.score == pytest.approx(wanted.score, abs=1e-9)
        assert agree(placed, wanted)
        number = next(numbers) if placed.incident is None else placed.incident
        made.add(number, one)
        plain.add(number, one)


@given(TELLINGS)
def test_a_window_that_was_filled_and_emptied_decides_as_a_new_one(
    arrivals: list[Telling],
) -> None:
    signals, used, fresh = told(arrivals), Window(TOPOLOGY), Window(TOPOLOGY)
    used.load((n % 3, one._replace(onset=one.onset - 1e6)) for n, one in enumerate(signals))
    used.forget(1e9 - 5e5)
    for made in (used, fresh):
        made.load((n % 4, one) for n, one in enumerate(signals))
    for one in signals:
        again = one._replace(alert=f"again {one.alert}", onset=one.onset + 5)
        assert used.place(again) == fresh.place(again)


def test_an_incident_of_strangers_becomes_one_of_kin_with_its_first_member_of_kin() -> None:
    made, one = Window(TOPOLOGY), signal("a", 0, "web", environment="prod")
    made.add(1, signal("b", 0, "api", environment="test"))
    before = made.place(one).incident
    made.add(1, signal("c", 0, "api", environment="prod"))
    assert (before, made.place(one).incident) == (None, 1)


def test_comparisons_crowd_the_memory_long_before_loci_do() -> None:
    kinship = Kinship(TOPOLOGY, Policy())
    loci = [kinship.locus(Kind(hint=f"pod-{i}")) for i in range(1001)]
    before = kinship.crowded
    for locus in loci:
        assert max(map(kinship.row(locus).__getitem__, loci)) > 0
    assert (before, kinship.crowded) == (False, True)
