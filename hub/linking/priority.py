"""Priority of an incident: impact × urgency (ITIL), and beside it the urgency of the plan. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hub.linking.impact import Impact
from hub.model.links import Reason
from hub.model.ops import Exposure
from hub.model.words import Severity

Values = dict[str, str | int | float | None]

MATRIX: Final = {
    (1, 1): 1,
    (1, 2): 2,
    (2, 1): 2,
    (2, 2): 3,
    (3, 1): 3,
    (1, 3): 3,  # never seen in the log that the others were read from
    (2, 3): 4,
    (3, 2): 4,
    (3, 3): 4,
}
STRONG: Final = 0.5
"""From this impact on a service of tier 1 counts as fully hit."""
UNKNOWN_IMPACT: Final = 2
"""An incident of no known service: not shown as harmless."""
PRESSING_EXPOSURE: Final = 70.0
NOTABLE_EXPOSURE: Final = 40.0
NEAR_DAYS: Final = 7
"""Calendar days; five working days are at most seven."""


@dataclass(frozen=True, slots=True)
class Priority:
    """What the queue sorts by. 1 is the most pressing.

    Shape: `base` is the ITIL matrix; `plan_urgency` 1 pressing, 2 notable, 3 none, says what the
           plan adds; `effective` differs from `base` only where raising was switched on.
    """

    base: int
    effective: int
    impact: int
    urgency: int
    plan_urgency: int
    reasons: tuple[Reason, ...]


def priority(
    severity: Severity,
    reached: Mapping[str, Impact],
    tiers: Mapping[str, int],
    exposures: Iterable[Exposure] = (),
    *,
    raise_by_plan: bool = False,
) -> Priority:
    """Decide the priority of an incident.

    Shape: `reached` is the joined impact closure of its services, empty when none is known.
    """
    impact, because = _impact(reached, tiers)
    urgency, spoken = _urgency(severity)
    base = MATRIX[impact, urgency]
    pressing, plan_reasons = plan_urgency(exposures)
    matrix = Reason("priority_matrix", {"impact": impact, "urgency": urgency, "priority": base})
    raised = raise_by_plan and pressing == 1 and base > 1
    raising = (Reason("priority_raised", {"from": base, "to": base - 1}),) if raised else ()
    reasons = (matrix, because, spoken, *plan_reasons, *raising)
    return Priority(base, base - raised, impact, urgency, pressing, reasons)


def joined(closures: Iterable[Mapping[str, Impact]]) -> dict[str, Impact]:
    """Join the closures of several services: the strongest impact on each counts."""
    strongest: dict[str, Impact] = {}
    for found in closures:
        for ref, impact in found.items():
            if ref not in strongest or impact.value > strongest[ref].value:
                strongest[ref] = impact
    return strongest


def plan_urgency(exposures: Iterable[Exposure]) -> tuple[int, tuple[Reason, ...]]:
    """Tell how much the plan presses: 1 pressing, 2 notable, 3 not at all."""
    level, reasons = 3, tuple[Reason, ...]()
    for exposure in exposures:
        found, reason = _pressing(exposure)
        if found < level:
            level, reasons = found, (reason,)
    return level, reasons


def _pressing(exposure: Exposure) -> tuple[int, Reason]:
    days = exposure.factors.get("days")
    slack = exposure.float_days
    told: Values = {"milestone": exposure.milestone, "exposure": round(exposure.value, 1)}
    if exposure.value >= PRESSING_EXPOSURE:
        return 1, Reason("plan_exposed", told)
    late = slack is not None and slack <= 0 and days is not None and days <= NEAR_DAYS
    if late and exposure.value > 0:
        return 1, Reason("plan_no_float", {**told, "days": days})
    level = 2 if exposure.value >= NOTABLE_EXPOSURE else 3
    return level, Reason("plan_exposed", told)


def _impact(reached: Mapping[str, Impact], tiers: Mapping[str, int]) -> tuple[int, Reason]:
    level, best = 3, Reason("impact_minor")
    if not reached:
        return UNKNOWN_IMPACT, Reason("impact_unknown")
    for service, impact in reached.items():
        tier = tiers.get(service)
        found = 1 if tier == 1 and impact.value >= STRONG else 2 if tier in {1, 2} else 3
        if found < level:
            told: Values = {"service": service, "tier": tier, "impact": round(impact.value, 3)}
            level, best = found, Reason("impact_tier", told)
    return level, best


def _urgency(severity: Severity) -> tuple[int, Reason]:
    if severity is Severity.UNKNOWN:
        return 3, Reason("severity_unknown", {"assumed": int(Severity.WARNING)})
    level = 1 if severity is Severity.CRITICAL else 2 if severity >= Severity.AVERAGE else 3
    return level, Reason("urgency_severity", {"severity": severity.word})
