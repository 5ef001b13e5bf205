import pytest

from hub.linking.impact import Impact
from hub.linking.priority import MATRIX, joined, plan_urgency, priority
from hub.model.ops import Exposure
from hub.model.words import Severity

TIERS = {"shop": 1, "crm": 2, "wiki": 4}


def hit(service: str, value: float) -> dict[str, Impact]:
    return {service: Impact(value, (service,))}


def exposed(value: float, slack: float | None = 5.0, days: float = 30.0) -> Exposure:
    return Exposure("plan:milestone:ERP/9", value, {"days": days}, slack)


def test_the_matrix_knows_every_pair() -> None:
    assert set(MATRIX) == {(impact, urgency) for impact in (1, 2, 3) for urgency in (1, 2, 3)}


@pytest.mark.parametrize(
    ("severity", "service", "value", "expected"),
    [
        (Severity.CRITICAL, "shop", 0.9, (1, 1, 1)),
        (Severity.CRITICAL, "shop", 0.4, (2, 1, 2)),
        (Severity.CRITICAL, "crm", 1.0, (2, 1, 2)),
        (Severity.CRITICAL, "wiki", 1.0, (3, 1, 3)),
        (Severity.HIGH, "shop", 1.0, (1, 2, 2)),
        (Severity.AVERAGE, "crm", 1.0, (2, 2, 3)),
        (Severity.HIGH, "wiki", 1.0, (3, 2, 4)),
        (Severity.WARNING, "shop", 1.0, (1, 3, 3)),
        (Severity.INFO, "crm", 1.0, (2, 3, 4)),
        (Severity.WARNING, "wiki", 1.0, (3, 3, 4)),
    ],
)
def test_priority_is_impact_by_urgency(
    severity: Severity, service: str, value: float, expected: tuple[int, int, int]
) -> None:
    found = priority(severity, hit(service, value), TIERS)
    assert (found.impact, found.urgency, found.base) == expected
    assert found.effective == found.base


def test_the_most_important_service_that_is_hit_decides() -> None:
    reached = joined([hit("wiki", 1.0), hit("shop", 0.2), hit("shop", 0.81)])
    found = priority(Severity.HIGH, reached, TIERS)
    assert found.impact == 1
    assert found.reasons[1].values == {"service": "shop", "tier": 1, "impact": 0.81}


def test_an_incident_of_no_known_service_is_not_taken_for_harmless() -> None:
    found = priority(Severity.CRITICAL, {}, TIERS)
    assert (found.impact, found.base) == (2, 2)
    assert "impact_unknown" in [reason.code for reason in found.reasons]


def test_an_unknown_severity_counts_as_a_warning_and_says_so() -> None:
    found = priority(Severity.UNKNOWN, hit("shop", 1.0), TIERS)
    assert found.base == priority(Severity.WARNING, hit("shop", 1.0), TIERS).base
    assert "severity_unknown" in [reason.code for reason in found.reasons]


@pytest.mark.parametrize(
    ("exposure", "level"),
    [
        (exposed(70.0), 1),
        (exposed(69.9), 2),
        (exposed(40.0), 2),
        (exposed(39.9), 3),
        (exposed(10.0, slack=0.0, days=7), 1),
        (exposed(10.0, slack=0.0, days=8), 3),
        (exposed(10.0, slack=None, days=2), 3),
        (exposed(0.0, slack=-3.0, days=2), 3),
    ],
)
def test_the_plan_presses_by_exposure_or_by_a_near_date_without_float(
    exposure: Exposure, level: int
) -> None:
    assert plan_urgency([exposure])[0] == level


def test_the_plan_stands_beside_the_priority_until_raising_is_switched_on() -> None:
    crm = hit("crm", 1.0)
    beside = priority(Severity.HIGH, crm, TIERS, [exposed(80.0)])
    assert (beside.base, beside.effective, beside.plan_urgency) == (3, 3, 1)
    raised = priority(Severity.HIGH, crm, TIERS, [exposed(80.0)], raise_by_plan=True)
    assert (raised.base, raised.effective) == (3, 2)
    assert raised.reasons[-1].code == "priority_raised"


def test_nothing_is_raised_above_one() -> None:
    found = priority(Severity.CRITICAL, hit("shop", 1), TIERS, [exposed(90)], raise_by_plan=True)
    assert found.effective == 1
