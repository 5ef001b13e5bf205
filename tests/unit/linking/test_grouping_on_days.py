"""The acceptance of grouping: beside the best fixed window, on a real day and on made ones.

The best fixed window is chosen afterwards, of twenty, on the very day: nobody has it at work.
The real day is the one that grouping was developed on, so that passing here guards against going
backwards and proves nothing about other days; ADR 0009 has what was tried and how far it carries.
"""

from pathlib import Path

import pytest

from tests.unit.linking.days import (
    Day,
    bcubed,
    best_fixed_window,
    delayed,
    f1,
    grouped,
    made_day,
    overlaid,
    real_day,
    without_systems,
)

SEEDS = range(8)


def test_b_cubed_counts_what_an_item_shares_with_its_group_and_its_fault() -> None:
    assert bcubed([1, 1, 2, 2], [7, 7, 8, 8]) == 1
    assert bcubed([1, 1, 1, 1], [7, 7, 8, 8]) == pytest.approx(2 * 0.5 / 1.5)
    assert bcubed([1, 2, 3, 4], [7, 7, None, None]) == pytest.approx(2 * 0.5 / 1.5)


@pytest.fixture(scope="module")
def real(reference: Path) -> Day:
    return real_day(reference)


@pytest.mark.needs_reference
def test_on_a_real_day_grouping_does_not_lose_to_the_best_fixed_window(real: Day) -> None:
    assert f1(real, grouped(real)) >= best_fixed_window(real) - 0.02


@pytest.mark.needs_reference
def test_the_dependencies_alone_do_as_well_where_no_system_is_named(real: Day) -> None:
    both = without_systems(overlaid(real, 200))
    assert f1(both, grouped(both)) >= best_fixed_window(real) - 0.02
    assert f1(both, grouped(both)) >= best_fixed_window(both) + 0.05


@pytest.mark.needs_reference
def test_where_two_systems_fail_at_once_grouping_is_clearly_better(real: Day) -> None:
    both = overlaid(real, 200)
    assert f1(both, grouped(both)) >= best_fixed_window(both) + 0.05


@pytest.mark.needs_reference
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.slow), 40])
def test_delays_that_are_known_change_little(real: Day, seed: int, every: int) -> None:
    late = delayed(real, seed)
    assert f1(late, grouped(late, every=every)) == pytest.approx(f1(real, grouped(real)), abs=0.03)


@pytest.mark.parametrize("seed", SEEDS)
def test_on_a_made_day_grouping_does_not_lose_to_the_best_fixed_window(seed: int) -> None:
    day = made_day(seed)
    assert f1(day, grouped(day)) >= best_fixed_window(day) - 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_on_two_made_days_at_once_grouping_is_clearly_better(seed: int) -> None:
    both = overlaid(made_day(seed), 200)
    assert f1(both, grouped(both)) >= best_fixed_window(both) + 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_known_delays_change_little_on_a_made_day(seed: int) -> None:
    day = made_day(seed)
    late = delayed(day, seed)
    assert f1(late, grouped(late, every=20)) == pytest.approx(f1(day, grouped(day)), abs=0.03)


def test_a_fixed_window_is_what_grouping_is_measured_by_and_can_lose_to() -> None:
    """Faults so dense that they overlap are where time alone, tuned afterwards, is better."""
    dense = made_day(3, gap_minutes=(5, 15))
    assert f1(dense, grouped(dense)) < best_fixed_window(dense)
