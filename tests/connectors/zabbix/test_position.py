"""Fact 7: the cursor and its holes, without a server."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.zabbix.position import MOST_IDS, PATIENCE, Hole, Position
from hub.contract import Cursor
from hub.errors import Anomalous


def test_skipped_ids_are_asked_for_again() -> None:
    position = Position(10).after([12, 13, 17], now=100)
    assert position.last == 17
    assert list(position.missing()) == [11, 14, 15, 16]


def test_what_came_late_is_no_longer_asked_for() -> None:
    position = Position(10).after([15], now=100).filled([12, 14])
    assert list(position.missing()) == [11, 13]


def test_an_id_that_stays_away_is_given_up_in_the_end() -> None:
    position = Position(10).after([12], now=100)
    assert list(position.trimmed(100 + PATIENCE - 1).missing()) == [11]
    assert list(position.trimmed(100 + PATIENCE).missing()) == []


def test_asking_again_for_what_told_too_little_keeps_the_order() -> None:
    position = Position(10).after([20], now=100).filled(range(11, 20)).reopened([14, 12], now=101)
    assert list(position.missing()) == [12, 14]


def test_a_restart_goes_on_with_the_holes() -> None:
    position = Position(10).after([12, 20], now=100)
    assert Position.of(position.cursor()) == position


def test_a_jump_of_millions_of_ids_makes_no_cursor_of_millions() -> None:
    position = Position(1).after([5_000_000], now=100).trimmed(100)
    assert len(list(position.missing())) == MOST_IDS
    assert list(position.missing())[-1] == 4_999_999  # the newest are kept
    many = Position(0).after(range(0, 100_000, 2), now=100).trimmed(100)
    assert len(many.cursor()) < 200_000


@pytest.mark.parametrize("text", ["", "17", "[]", '{"last": "x"}', '{"last": 1, "holes": [1]}'])
def test_a_foreign_cursor_is_anomalous(text: str) -> None:
    with pytest.raises(Anomalous, match="not one of this connector"):
        Position.of(Cursor(text))


def test_the_cursor_is_json_with_the_last_id() -> None:
    told = json.loads(Position(7, (Hole(3, 4, 9),), 5).cursor())
    assert told == {"last": 7, "clock": 5, "holes": [[3, 4, 9]]}


def test_a_clock_that_runs_ahead_counts_as_now() -> None:
    position = Position(7).at(["90", "80"], now=100).at(["4000000000"], now=101)
    assert position.clock == 101
    assert position.at(["50"], now=102).clock == 101


def test_those_that_are_given_up_are_known_before() -> None:
    position = Position(10).after([12], now=100).after([14], now=200)
    assert list(position.missing(by=100 + PATIENCE)) == [11]


@given(st.permutations(range(1, 25)), st.lists(st.integers(1, 5), min_size=1, max_size=24))
def test_whatever_the_order_of_the_commits_no_id_is_missed_and_none_comes_twice(
    commits: list[int], sizes: list[int]
) -> None:
    """Fact 7: ids become visible in any order; a poll happens between any two commits."""
    position, there, seen = Position(0), set[int](), list[int]()
    order = iter(commits)
    for size in itertools.chain(sizes, itertools.repeat(5)):
        batch = list(itertools.islice(order, size))
        there.update(batch)
        new = sorted(one for one in there if one > position.last)
        position = position.after(new, now=0)
        late = [one for one in position.missing() if one in there]
        position = position.filled(late)
        seen += new + late
        if not batch:
            break
    assert sorted(seen) == list(range(1, 25))
