"""How fast an error budget burns, in two windows at once.

The long window says that it matters, the short one that it still goes on: a rule speaks only while
both burn faster than its factor. Source: the Google SRE workbook, "Alerting on SLOs", whose table
for 30 days is RULES.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final


@dataclass(frozen=True, slots=True)
class Objective:
    """What share of events is to be good, over which rolling period.

    Shape: `target` lies from 0 to below 1: with nothing allowed to fail there is no budget.
           In a window with fewer than `min_events` events nothing can be said.
    """

    target: Fraction
    period: timedelta
    min_events: float = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be judged."""
        if not 0 <= self.target < 1:
            raise ValueError("a target lies from 0 to below 1; 100 % leaves no budget to burn")
        if self.period <= timedelta(0):
            raise ValueError("a period is longer than nothing")
        if not self.min_events > 0:
            raise ValueError("without an event there is nothing to judge; set min_events above 0")


@dataclass(frozen=True, slots=True)
class Events:
    """What was counted in one window. Shape: None is unknown, which is not 0."""

    bad: float | None
    total: float | None


class Burn(StrEnum):
    """What a rule says, the worst first."""

    PAGE = "page"
    TICKET = "ticket"
    UNKNOWN = "unknown"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Rule:
    """Speak when so much of the budget burns within the long window, and burns still."""

    says: Burn
    share: Fraction
    long: timedelta
    short: timedelta

    def factor(self, period: timedelta) -> Fraction:
        """Return how many times faster than evenly that share burns in the long window."""
        return self.share * _seconds(period) / _seconds(self.long)


RULES: Final = (
    Rule(Burn.PAGE, Fraction(2, 100), timedelta(hours=1), timedelta(minutes=5)),
    Rule(Burn.PAGE, Fraction(5, 100), timedelta(hours=6), timedelta(minutes=30)),
    Rule(Burn.TICKET, Fraction(10, 100), timedelta(days=1), timedelta(hours=2)),
    Rule(Burn.TICKET, Fraction(10, 100), timedelta(days=3), timedelta(hours=6)),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says, and by which burns; a burn of None is unknown."""

    rule: Rule
    says: Burn
    long: float | None
    short: float | None


def windows(rules: Iterable[Rule] = RULES) -> tuple[timedelta, ...]:
    """List the windows in which events have to be counted, the shortest first."""
    return tuple(sorted({span for rule in rules for span in (rule.long, rule.short)}))


def budget(objective: Objective) -> timedelta:
    """Return how long everything may fail within the period."""
    return timedelta(seconds=float((1 - objective.target) * _seconds(objective.period)))


def burn(objective: Objective, events: Events) -> float | None:
    """Return how many times faster than evenly the budget burns; None where nobody can say.

    Shape: a count that is missing, infinite or below zero, and too few events, say nothing. More
           bad events than events are an artefact of counting at the window's edge: all are bad.
    """
    return _float(_burn(objective, events))


def _burn(objective: Objective, events: Events) -> Fraction | None:
    bad, total = events.bad, events.total
    if bad is None or total is None or not (math.isfinite(bad) and math.isfinite(total)):
        return None
    if bad < 0 or total < objective.min_events:
        return None
    return min(Fraction(bad) / Fraction(total), Fraction(1)) / (1 - objective.target)


def judge(
    objective: Objective,
    counted: Mapping[timedelta, Events],
    rules: Iterable[Rule] = RULES,
) -> tuple[Verdict, ...]:
    """Say for each rule whether both of its windows burn faster than its factor.

    Shape: `counted` is by the length of the window. With one window unknown the rule is unknown:
           calm is only what is known to be calm.
    """
    verdicts = []
    for rule in rules:
        long, short = (
            _burn(objective, counted.get(span, Events(None, None)))
            for span in (rule.long, rule.short)
        )
        says = Burn.UNKNOWN
        if long is not None and short is not None:
            factor = rule.factor(objective.period)
            says = rule.says if long > factor and short > factor else Burn.CALM
        verdicts.append(Verdict(rule, says, *(_float(one) for one in (long, short))))
    return tuple(verdicts)


def worst(verdicts: Iterable[Verdict]) -> Burn:
    """Return what counts of several rules: a page, a ticket, what is unknown, then calm."""
    said = {verdict.says for verdict in verdicts} or {Burn.UNKNOWN}
    return next(word for word in Burn if word in said)


def remaining(objective: Objective, events: Events) -> float | None:
    """Return the share of the budget that is left; below 0 it is overspent, None is unknown.

    Shape: `events` are those of the whole period.
    """
    spent = _burn(objective, events)
    return None if spent is None else float(1 - spent)


def _float(number: Fraction | None) -> float | None:
    return None if number is None else float(number)


def _seconds(span: timedelta) -> Fraction:
    return Fraction(span // timedelta(microseconds=1), 10**6)
