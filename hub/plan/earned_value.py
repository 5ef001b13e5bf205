"""Earned value and earned schedule. Pure arithmetic; what is undefined is None, not 0.

Source: PMBOK Guide 7.4.2.2 (earned value); Lipke, Schedule is Different (earned schedule).
Money is in currency units; planned, earned and actual value are cumulative up to the data date.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hub.model.links import Reason

# By so much SPI has to exceed SPI(t) before we say that it hides a delay.
SPI_HIDES_DELAY: Final = 0.05


@dataclass(frozen=True, slots=True)
class EarnedValue:
    """The indices of one data date.

    Shape: every index is None where its formula is undefined, and `reasons` say why.
    Units: `eac_typical` assumes that cost goes on as it went; `eac_atypical` that the rest costs
           what was planned; `eac_both` that cost and schedule both go on as they went.
    """

    budget: float | None
    planned: float | None
    earned: float | None
    actual: float | None
    cost_variance: float | None
    schedule_variance: float | None
    cpi: float | None
    spi: float | None
    eac_typical: float | None
    eac_atypical: float | None
    eac_both: float | None
    etc: float | None
    vac: float | None
    tcpi_budget: float | None
    reasons: tuple[Reason, ...]

    def eac_bottom_up(self, estimate_to_complete: float) -> float | None:
        """Add a new estimate of the rest to what was spent."""
        return _sum(self.actual, estimate_to_complete)

    def tcpi(self, estimate: float | None) -> float | None:
        """Tell how well money must be spent from now on to end at an estimate."""
        return _ratio(_less(self.budget, self.earned), _less(estimate, self.actual), positive=True)


def earned_value(
    *,
    budget: float | None,
    planned: float | None,
    earned: float | None,
    actual: float | None,
) -> EarnedValue:
    """Compute the indices of one data date; an unknown input is None."""
    cpi, spi = _ratio(earned, actual), _ratio(earned, planned)
    rest = _less(budget, earned)
    typical = _ratio(budget, cpi)
    both = None if cpi is None or spi is None else _ratio(rest, cpi * spi)
    return EarnedValue(
        budget,
        planned,
        earned,
        actual,
        _less(earned, actual),
        _less(earned, planned),
        cpi,
        spi,
        typical,
        _sum(actual, rest),
        _sum(actual, both),
        _less(typical, actual),
        _less(budget, typical),
        _ratio(rest, _less(budget, actual), positive=True),
        tuple(_remarks(budget, planned, earned, actual)),
    )


def _remarks(
    budget: float | None, planned: float | None, earned: float | None, actual: float | None
) -> list[Reason]:
    # The abbreviations of the field are the same in every language.
    names = {"BAC": budget, "PV": planned, "EV": earned, "AC": actual}
    unknown = (name for name, value in names.items() if value is None)
    found = [Reason("evm_input_unknown", {"input": name}) for name in unknown]
    if actual == 0:
        found.append(Reason("evm_nothing_spent"))
    if planned == 0:
        found.append(Reason("evm_nothing_planned"))
    if budget is not None and actual is not None and actual >= budget > 0:
        found.append(Reason("evm_budget_spent", {"budget": budget, "actual": actual}))
    if budget is not None and earned is not None and earned > budget:
        found.append(Reason("evm_earned_over_budget", {"budget": budget, "earned": earned}))
    return found


@dataclass(frozen=True, slots=True)
class EarnedSchedule:
    """How much time was earned.

    Units: periods of the planned-value series. `earned` is the time by which the plan would have
           earned what is earned now; `forecast` the duration at this pace.
    """

    at: float
    planned_duration: int
    earned: float
    variance: float
    spi: float | None
    forecast: float | None
    to_complete: float | None
    reasons: tuple[Reason, ...] = ()


def earned_schedule(
    planned: Sequence[float], earned: float, at: float, *, spi_cost: float | None = None
) -> EarnedSchedule | None:
    """Measure the schedule in time instead of money.

    Shape: `planned` is the cumulative planned value at the end of period 1, 2, and so on; `at` is
           the number of periods that have gone by. None without a plan that earns anything.
           With `spi_cost`, the ordinary SPI, a delay that it hides is told.
    """
    if not planned or planned[-1] <= 0:
        return None
    duration = _duration(planned)
    time = min(_time_earned(planned, earned), float(duration))
    spi = time / at if at > 0 else None
    return EarnedSchedule(
        at,
        duration,
        time,
        time - at,
        spi,
        _ratio(float(duration), spi),
        _ratio(duration - time, duration - at, positive=True),
        _hidden_delay(spi, spi_cost),
    )


def _hidden_delay(spi: float | None, spi_cost: float | None) -> tuple[Reason, ...]:
    if spi is None or spi_cost is None or spi >= 1 or spi_cost - spi <= SPI_HIDES_DELAY:
        return ()
    return (Reason("evm_spi_hides_delay", {"spi": spi_cost, "spi_time": spi}),)


def _duration(planned: Sequence[float]) -> int:
    """Count the periods until the plan has earned everything; a flat end is not counted."""
    return next(n for n, value in enumerate(planned, start=1) if value >= planned[-1])


def _time_earned(planned: Sequence[float], earned: float) -> float:
    """Interpolate within the period. Where the plan stands still, its last period counts."""
    curve = (0.0, *planned)
    whole = bisect_right(curve, earned) - 1
    if whole < 0:
        return 0.0
    if whole + 1 >= len(curve):
        return float(whole)
    return whole + (earned - curve[whole]) / (curve[whole + 1] - curve[whole])


def _ratio(value: float | None, by: float | None, *, positive: bool = False) -> float | None:
    if value is None or by is None or by == 0 or (positive and by < 0):
        return None
    return value / by


def _less(value: float | None, by: float | None) -> float | None:
    return None if value is None or by is None else value - by


def _sum(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value + other
