"""Earned value and earned schedule against numbers that were known before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plan.earned_value import EarnedValue, earned_schedule, earned_value


def ev(budget: float, planned: float, earned: float, actual: float) -> EarnedValue:
    return earned_value(budget=budget, planned=planned, earned=earned, actual=actual)


def codes(found: EarnedValue) -> list[str]:
    return [reason.code for reason in found.reasons]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ((4000, 3000, 2500, 2800), (0.8929, 0.8333, 4480.00, 4300, 4816.00, 1.2500)),
        ((248, 158, 148, 210), (0.7048, 0.9367, 351.89, 310, 361.48, 2.6316)),
        ((200e3, 120e3, 100e3, 90e3), (1.1111, 0.8333, 180e3, 190e3, 198e3, 0.9091)),
        ((200e3, 120e3, 60e3, 90e3), (0.6667, 0.5, 300e3, 230e3, 510e3, 1.2727)),
        ((20e6, 12e6, 9e6, 11e6), (0.8182, 0.75, 24444444.44, 22e6, 28925925.93, 1.2222)),
    ],
    ids=["fence", "homework", "textbook", "textbook, less earned", "20M CNY, month 7"],
)
def test_published_examples(inputs: tuple[float, ...], expected: tuple[float, ...]) -> None:
    found = ev(*inputs)
    indices = (found.cpi, found.spi, found.tcpi_budget)
    assert indices == pytest.approx((*expected[:2], expected[5]), abs=5e-5)
    money = (found.eac_typical, found.eac_atypical, found.eac_both)
    assert money == pytest.approx(expected[2:5], abs=0.005)


def test_variances_and_the_rest() -> None:
    found = ev(4000, 3000, 2500, 2800)
    assert (found.cost_variance, found.schedule_variance) == (-300, -500)
    assert found.etc == pytest.approx(1680)
    assert found.vac == pytest.approx(-480)
    assert found.eac_bottom_up(1500) == 4300
    assert found.reasons == ()


def test_nothing_spent_and_nothing_planned_are_undefined_not_nothing() -> None:
    found = ev(100, 0, 0, 0)
    assert (found.cpi, found.spi, found.eac_typical, found.etc) == (None,) * 4
    assert found.eac_atypical == 100
    assert found.tcpi_budget == 1.0
    assert codes(found) == ["evm_nothing_spent", "evm_nothing_planned"]


def test_nothing_earned_has_no_estimate() -> None:
    found = ev(100, 50, 0, 20)
    assert (found.cpi, found.eac_typical, found.eac_both) == (0, None, None)


@pytest.mark.parametrize("actual", [100, 130])
def test_a_spent_budget_cannot_be_met_any_more(actual: float) -> None:
    found = ev(100, 100, 80, actual)
    assert found.tcpi_budget is None
    assert codes(found) == ["evm_budget_spent"]


def test_more_earned_than_budgeted_is_remarked() -> None:
    assert codes(ev(100, 100, 101, 50)) == ["evm_earned_over_budget"]


def test_an_unknown_input_makes_only_what_needs_it_unknown() -> None:
    found = earned_value(budget=100, planned=None, earned=40, actual=50)
    assert (found.spi, found.schedule_variance, found.eac_both) == (None, None, None)
    assert found.cpi == 0.8
    assert found.reasons[0].values == {"input": "PV"}


positive = st.floats(1, 1e9)


@given(positive, positive, positive, positive)
def test_the_pace_needed_for_the_typical_estimate_is_the_pace_so_far(
    budget: float, planned: float, earned: float, actual: float
) -> None:
    earned = min(earned, budget * 0.99)
    found = ev(budget, planned, earned, actual)
    assert found.cpi is not None
    assert found.tcpi(found.eac_typical) == pytest.approx(found.cpi, rel=1e-3)


PLANNED = [105, 200, 515, 845, 1175, 1475, 1805, 2135, 2435, 2665, 2760, 2823]
LATE = [95, 180, 470, 770, 1065, 1315, 1610, 1900, 2150, 2275, 2425, 2555, 2695, 2770, 2823]
EARLY = [115, 220, 530, 870, 1215, 1525, 1860, 2190, 2500, 2740, 2823]


@pytest.mark.parametrize(
    ("at", "time", "spi_time", "spi_cost", "forecast"),
    [
        (1, 0.905, 0.905, 0.905, 13.26),
        (3, 2.857, 0.952, 0.913, 12.60),
        (5, 4.667, 0.933, 0.906, 12.86),
        (7, 6.409, 0.916, 0.892, 13.11),
        (9, 8.050, 0.894, 0.883, 13.42),
        (10, 8.467, 0.847, 0.854, 14.17),
        (11, 8.967, 0.815, 0.879, 14.72),
        (12, 9.522, 0.793, 0.905, 15.12),
        (13, 10.316, 0.794, 0.955, 15.12),
        (15, 12.000, 0.800, 1.000, 15.00),
    ],
)
def test_a_project_that_finishes_late(
    at: int, time: float, spi_time: float, spi_cost: float, forecast: float
) -> None:
    planned = PLANNED[min(at, 12) - 1]
    spi = ev(2823, planned, LATE[at - 1], 1).spi
    found = earned_schedule(PLANNED, LATE[at - 1], at, spi_cost=spi)
    assert found is not None
    assert (found.earned, found.spi, spi) == pytest.approx((time, spi_time, spi_cost), abs=5e-4)
    assert found.forecast == pytest.approx(forecast, abs=0.005)
    assert found.variance == pytest.approx(time - at, abs=5e-4)
    assert [r.code for r in found.reasons] == (["evm_spi_hides_delay"] if at >= 11 else [])


def test_a_project_that_finishes_early() -> None:
    end, before = (earned_schedule(PLANNED, EARLY[at - 1], at) for at in (11, 10))
    assert end is not None
    assert before is not None
    assert (end.earned, end.spi) == pytest.approx((12, 1.091), abs=5e-4)
    assert before.earned == pytest.approx(10.789, abs=5e-4)


def test_the_pace_needed_to_end_in_time_ends_with_the_planned_duration() -> None:
    found, beyond = earned_schedule([10, 20, 30], 10, 2), earned_schedule([10, 20, 30], 10, 3)
    assert found is not None
    assert beyond is not None
    assert (found.to_complete, beyond.to_complete) == (2.0, None)


def test_a_plan_that_stands_still_divides_by_nothing() -> None:
    still = earned_schedule([10, 10, 10, 20], 10, 2)
    ended = earned_schedule([10, 20, 20, 20], 20, 2)
    assert still is not None
    assert ended is not None
    assert (still.earned, still.planned_duration) == (3.0, 4)
    assert (ended.earned, ended.planned_duration, ended.spi) == (2.0, 2, 1.0)


def test_before_the_first_period_there_is_no_pace() -> None:
    found = earned_schedule([10, 20], 0, 0)
    assert found is not None
    assert (found.earned, found.spi, found.forecast) == (0.0, None, None)


def test_without_a_plan_there_is_no_earned_schedule() -> None:
    assert earned_schedule([], 10, 1) is None
    assert earned_schedule([0, 0], 10, 1) is None


curve = st.lists(st.integers(0, 50), min_size=1, max_size=12).map(
    lambda steps: [sum(steps[: n + 1]) for n in range(len(steps))]
)


@given(curve, st.floats(0, 700), st.floats(0, 700))
def test_more_earned_is_never_less_time_earned(
    planned: list[int], one: float, other: float
) -> None:
    less, more = (earned_schedule(planned, value, 1) for value in sorted((one, other)))
    if less is None or more is None:
        assert planned[-1] == 0
        return
    assert 0 <= less.earned <= more.earned <= less.planned_duration
