from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.linking.exposure import Factors, days_until, factors, project_exposure
from hub.model.words import Severity


def exposed(severity: int, tier: int, slack: float | None, days: float | None, n: int) -> Factors:
    return factors(
        link=1, severity=Severity(severity), tier=tier, float_days=slack, days=days, blast=n
    )


@pytest.mark.parametrize(
    ("severity", "tier", "slack", "days", "n", "p", "u", "b", "value"),
    [
        (5, 1, 0, 3, 6, 1, 0.807, 0.687, 87.0),
        (5, 1, 12, 40, 6, 0.294, 0.1, 0.687, 30.5),
        (4, 2, 2, 10, 4, 0.714, 0.490, 0.568, 34.1),
        (2, 3, 0, 2, 1, 1, 0.867, 0.245, 12.0),
        (5, 1, -3, -1, 9, 1, 1, 0.813, 96.3),
        (1, 4, 30, 90, 0, 0.143, 0.1, 0, 0.1),
    ],
)
def test_the_worked_numbers_come_out(
    severity: int,
    tier: int,
    slack: float,
    days: float,
    n: int,
    p: float,
    u: float,
    b: float,
    value: float,
) -> None:
    found = exposed(severity, tier, slack, days, n)
    assert pytest.approx((p, u, b), abs=0.0005) == (found.P, found.U, found.B)
    assert found.value == pytest.approx(value, abs=0.05)


def test_the_worked_number_with_a_weaker_link_comes_out() -> None:
    found = factors(link=0.7, severity=Severity.CRITICAL, tier=1, float_days=0, days=3, blast=6)
    assert found.value == pytest.approx(60.9, abs=0.05)


FACTS: dict[str, st.SearchStrategy[Any]] = {
    "link": st.floats(0, 1),
    "severity": st.sampled_from(Severity),
    "tier": st.integers(1, 4),
    "float_days": st.floats(-50, 300),
    "days": st.floats(-50, 400),
    "blast": st.integers(0, 200),
    "hours_since_mitigation": st.none() | st.floats(0, 500),
}
KNOWN = st.sampled_from([severity for severity in Severity if severity is not Severity.UNKNOWN])


@pytest.mark.parametrize(
    ("name", "better", "worse"),
    [("severity", KNOWN, True), ("link", FACTS["link"], True), ("blast", FACTS["blast"], True)]
    + [(name, FACTS[name], False) for name in ("tier", "float_days", "days")],
)
@given(data=st.data(), facts=st.fixed_dictionaries(FACTS))
def test_it_never_falls_when_things_get_worse(
    name: str,
    better: st.SearchStrategy[Any],
    worse: bool,  # noqa: FBT001 - a column of the table above
    data: st.DataObject,
    facts: dict[str, Any],
) -> None:
    low, high = sorted((data.draw(better), data.draw(better)))
    first, second = (low, high) if worse else (high, low)
    one = factors(**facts | {name: first}).value
    assert one <= factors(**facts | {name: second}).value + 1e-9


@given(st.fixed_dictionaries(FACTS))
def test_it_stays_between_nought_and_a_hundred_and_every_factor_between_nought_and_one(
    facts: dict[str, Any],
) -> None:
    found = factors(**facts)
    assert 0 <= found.value <= 100
    assert all(0 <= value <= 1 for value in found.as_mapping().values())
    assert set(found.as_mapping()) == set("LASCPUB")


@given(st.fixed_dictionaries(FACTS))
def test_it_is_nought_when_the_milestone_is_reached_or_nothing_is_mapped(
    facts: dict[str, Any],
) -> None:
    assert factors(**facts, achieved=True).value == 0
    assert factors(**facts | {"link": 0}).value == 0


@given(st.fixed_dictionaries(FACTS), st.floats(0.01, 500), st.floats(0.01, 500))
def test_it_fades_after_the_mitigation(facts: dict[str, Any], one: float, more: float) -> None:
    opened = factors(**facts | {"hours_since_mitigation": None}).value
    early = factors(**facts | {"hours_since_mitigation": one}).value
    late = factors(**facts | {"hours_since_mitigation": one + more}).value
    assert opened >= early >= late


def test_an_unknown_float_or_date_is_neither_safe_nor_late() -> None:
    safe, late = exposed(5, 1, 300, 400, 3), exposed(5, 1, 0, 0, 3)
    unknown = exposed(5, 1, None, None, 3)
    assert safe.P < unknown.P < late.P
    assert safe.U < unknown.U < late.U


def test_the_exposures_of_a_project_combine_without_passing_a_hundred() -> None:
    assert project_exposure([50, 50]) == pytest.approx(75)
    assert project_exposure([]) == 0
    assert project_exposure([100, 3]) == 100


def test_days_are_counted_on_the_calendar_of_the_project() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    late_evening = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)  # already the 2nd in Shanghai
    due = datetime(2026, 3, 5, 17, 0)  # noqa: DTZ001 - wall-clock, as a plan has it
    assert days_until(due, late_evening, shanghai) == 3
    assert days_until(due, late_evening, ZoneInfo("UTC")) == 4
    assert days_until(date(2026, 3, 1), late_evening, shanghai) == -1
    assert days_until(datetime(2026, 3, 5, 17, 0, tzinfo=UTC), late_evening, shanghai) == 4
