"""Costs of the sample plan, so that month 7 says what the article's case says.

Budget 20 million CNY, planned value 12, earned value 9, actual cost 11 million. Each cost begins
as an estimate and is bent as little as needed to meet the four sums exactly, in whole CNY.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

BUDGET: Final = 20_000_000
PLANNED: Final = 12_000_000
EARNED: Final = 9_000_000
ACTUAL: Final = 11_000_000


@dataclass(frozen=True, slots=True)
class Work:
    """A task as the money sees it: estimate (CNY), share planned and share done by now."""

    estimate: int
    planned: Fraction
    done: Fraction


@dataclass(frozen=True, slots=True)
class Cost:
    """Money of a task. Units: CNY. `budget` is the baseline's, `now` is actual plus remaining."""

    budget: int
    planned: int
    earned: int
    actual: int
    now: int


def costs(work: Mapping[str, Work]) -> dict[str, Cost]:
    """Give every task its money, so that the sums are met exactly."""
    budget = _budgets(work)
    planned = {code: round(budget[code] * task.planned) for code, task in work.items()}
    earned = {code: round(budget[code] * task.done) for code, task in work.items()}
    actual = _spread({code: _spent(task, earned[code]) for code, task in work.items()}, ACTUAL)
    rest = {code: Fraction(budget[code] - earned[code]) for code in work}
    remaining = _spread(rest, BUDGET - ACTUAL)
    return {
        code: Cost(
            budget[code],
            planned[code],
            earned[code],
            actual[code],
            actual[code] + remaining[code],
        )
        for code in work
    }


def _budgets(work: Mapping[str, Work]) -> dict[str, int]:
    """Bend the estimates by what is planned and done, then let three tasks take the rest."""
    shares = {code: (Fraction(1), task.planned, task.done) for code, task in work.items()}
    matrix = [
        [_total(work[c].estimate * shares[c][i] * shares[c][j] for c in work) for j in range(3)]
        for i in range(3)
    ]
    bend = _solve(matrix, (BUDGET, PLANNED, EARNED))
    budget = {
        code: round(task.estimate * _dot(bend, shares[code]) / 100) * 100
        for code, task in work.items()
    }
    both, late, ahead = (_largest(work, *flags) for flags in ((1, 1), (1, 0), (0, 0)))
    budget[both] += EARNED - sum(round(budget[c] * task.done) for c, task in work.items())
    budget[late] += PLANNED - sum(round(budget[c] * task.planned) for c, task in work.items())
    budget[ahead] += BUDGET - sum(budget.values())
    return budget


def _largest(work: Mapping[str, Work], planned: int, done: int) -> str:
    """Name the biggest task that is wholly or not at all planned, and done, by now."""
    fitting = [c for c, task in work.items() if task.planned == planned and task.done == done]
    return max(fitting, key=lambda code: work[code].estimate)


def _spent(task: Work, earned: int) -> Fraction:
    """Weigh earned value by overrun: what was finished late on the plan cost more."""
    return earned * (Fraction(5, 4) if task.planned == 1 else Fraction(1))


def _spread(weights: Mapping[str, Fraction], total: int) -> dict[str, int]:
    """Share out a total by weight in whole CNY; the heaviest takes what rounding leaves."""
    whole = sum(weights.values())
    parts = {code: round(total * weight / whole) for code, weight in weights.items()}
    heaviest = max(weights, key=lambda code: weights[code])
    parts[heaviest] += total - sum(parts.values())
    return parts


def _total(parts: Iterable[Fraction]) -> Fraction:
    return sum(parts, Fraction(0))


def _dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return _total(a * b for a, b in zip(left, right, strict=True))


def _solve(matrix: Sequence[Sequence[Fraction]], right: Sequence[int]) -> list[Fraction]:
    """Solve a small linear system exactly, by elimination."""
    rows = [
        [*map(Fraction, row), Fraction(value)] for row, value in zip(matrix, right, strict=True)
    ]
    for i in range(len(rows)):
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for j in range(len(rows)):
            if j != i:
                rows[j] = [a - rows[j][i] * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [row[-1] for row in rows]
