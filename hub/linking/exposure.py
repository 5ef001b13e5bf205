"""Milestone exposure: how much an incident hurts a milestone, 0..100 (domain 3.5). Pure.

The number sorts; every factor is returned, so that a person can follow it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from math import exp, log2, prod
from typing import Final

from hub.model.words import DeliveryRole, Severity

SEVERITY_WEIGHT: Final = {
    Severity.CRITICAL: 1.00,
    Severity.HIGH: 0.75,
    Severity.AVERAGE: 0.50,
    Severity.WARNING: 0.30,
    Severity.INFO: 0.05,
    Severity.UNKNOWN: 0.30,  # and a reason that says so
}
TIER_WEIGHT: Final = {1: 1.00, 2: 0.75, 3: 0.50, 4: 0.25}
ROLE_WEIGHT: Final = {
    DeliveryRole.DELIVERS: 1.0,
    DeliveryRole.ENVIRONMENT_FOR: 0.8,
    DeliveryRole.USES: 0.5,
}
UNKNOWN_PRESSURE: Final = 0.5
"""P when the float is not known: that of five working days. Unknown is neither safe nor late."""
UNKNOWN_PROXIMITY: Final = 0.5
"""U when the due date is not known: that of a milestone about ten days away."""
BLAST_FROM: Final = 0.3
"""A service counts into the blast radius from this impact on."""


@dataclass(frozen=True, slots=True)
class Factors:
    """Exposure and what it was made of, by the letters of its formula.

    Units: `value` 0..100, the letters 0..1.
    """

    value: float
    L: float
    A: float
    S: float
    C: float
    P: float
    U: float
    B: float

    def as_mapping(self) -> dict[str, float]:
        """Return the letters with their numbers."""
        return {letter: getattr(self, letter) for letter in "LASCPUB"}


def factors(
    *,
    link: float,
    severity: Severity,
    tier: int,
    float_days: float | None,
    days: float | None,
    blast: int,
    achieved: bool = False,
    hours_since_mitigation: float | None = None,
) -> Factors:
    """Compute E = 100 · L · A · S · C · (0.45·P + 0.35·U + 0.20·B).

    Units: `link` 0..1, confidence × role × impact, 0 when unmapped; `float_days` working days of
           total float; `days` calendar days to the due date, negative when overdue; `blast` the
           number of services with impact ≥ 0.3; `hours_since_mitigation` None while it is open.
    """
    active = 1.0 if hours_since_mitigation is None else exp(-max(hours_since_mitigation, 0) / 24)
    s, c = SEVERITY_WEIGHT[severity], TIER_WEIGHT[tier]
    p, u, b = pressure(float_days), proximity(days), blast_radius(blast)
    value = 100 * link * active * s * c * (0.45 * p + 0.35 * u + 0.20 * b)
    return Factors(0.0 if achieved else value, L=link, A=active, S=s, C=c, P=p, U=u, B=b)


def pressure(float_days: float | None) -> float:
    """Compute P, the schedule pressure, from the total float in working days."""
    return UNKNOWN_PRESSURE if float_days is None else 1 / (1 + max(float_days, 0.0) / 5)


def proximity(days: float | None) -> float:
    """Compute U from the calendar days to the due date."""
    if days is None:
        return UNKNOWN_PROXIMITY
    return 1.0 if days <= 0 else max(0.1, exp(-days / 14))


def blast_radius(n: int) -> float:
    """Compute B from the number of services that are hit."""
    return min(1.0, log2(1 + n) / log2(17))


def project_exposure(exposures: Iterable[float]) -> float:
    """Combine the exposures of a project's incidents: 100 · (1 − Π(1 − E/100))."""
    return 100 * (1 - prod(1 - value / 100 for value in exposures))


def days_until(due: date | datetime, now: datetime, zone: tzinfo) -> int:
    """Count calendar days from now to a due date, as a calendar on the project's wall shows them.

    Shape: a `due` without offset is wall-clock time of `zone`; `now` is aware.
    """
    if isinstance(due, datetime):
        due = (due.astimezone(zone) if due.tzinfo else due).date()
    return (due - now.astimezone(zone).date()).days
