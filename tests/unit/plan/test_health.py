"""Red, amber, green or unknown, and why."""

# ruff: noqa: DTZ001 - plan times are wall-clock times

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from hub.model.words import Rag
from hub.plan.calendars import STANDARD, WorkTime
from hub.plan.health import Facts, Health, milestone_health

OFFICE = WorkTime.of(STANDARD)
NOW = datetime(2026, 3, 2, 10)
FRIDAY = datetime(2026, 3, 6, 17)
SOUND = Facts(
    due=FRIDAY,
    baseline=FRIDAY,
    finish=FRIDAY,
    float_minutes=960,
    float_source_minutes=960,
    exposure=0.0,
)


def judge(**changed: Any) -> Health:
    return milestone_health(replace(SOUND, **changed), now=NOW, worktime=OFFICE)


def codes(found: Health) -> list[str]:
    return [reason.code for reason in found.reasons]


def test_a_milestone_of_which_all_is_known_and_sound_is_green() -> None:
    assert (judge().rag, codes(judge())) == (Rag.GREEN, ["health_on_track"])


@pytest.mark.parametrize(
    ("changed", "rag", "code"),
    [
        ({"due": datetime(2026, 3, 2, 9)}, Rag.RED, "health_overdue"),
        ({"due": None, "baseline": datetime(2026, 2, 27, 17)}, Rag.RED, "health_overdue"),
        ({"finish": datetime(2026, 3, 9, 9)}, Rag.RED, "health_finish_after_due"),
        ({"forecast_p50": datetime(2026, 3, 9, 9)}, Rag.RED, "health_finish_after_due"),
        ({"forecast_p80": datetime(2026, 3, 9, 9)}, Rag.AMBER, "health_p80_after_due"),
        ({"baseline": datetime(2026, 3, 5, 17)}, Rag.AMBER, "health_behind_baseline"),
        ({"baseline": datetime(2026, 2, 20, 17)}, Rag.RED, "health_behind_baseline"),
        ({"float_minutes": -1}, Rag.RED, "health_float_negative"),
        ({"float_source_minutes": -480}, Rag.RED, "health_float_negative"),
        ({"exposure": 40.0}, Rag.AMBER, "health_exposed"),
        ({"exposure": 70.0}, Rag.RED, "health_exposed"),
    ],
)
def test_each_rule_alone(changed: dict[str, Any], rag: Rag, code: str) -> None:
    found = judge(**changed)
    assert found.rag is rag
    assert codes(found)[0] == code


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"due": None, "baseline": None}, "health_promise_unknown"),
        ({"finish": None}, "health_finish_unknown"),
        ({"float_minutes": None, "float_source_minutes": None}, "health_float_unknown"),
        ({"exposure": None}, "health_exposure_unknown"),
        ({"stale_since": NOW}, "health_source_stale"),
    ],
)
def test_what_is_unknown_blocks_green_and_makes_nothing_red(
    changed: dict[str, Any], code: str
) -> None:
    assert (judge(**changed).rag, codes(judge(**changed))) == (Rag.UNKNOWN, [code])
    worse = judge(**(changed | {"exposure": 50.0}))
    if "exposure" not in changed:
        assert worse.rag is Rag.AMBER
        assert codes(worse) == ["health_exposed", code]


def test_nothing_known_is_unknown() -> None:
    assert milestone_health(Facts(), now=NOW, worktime=OFFICE).rag is Rag.UNKNOWN


@pytest.mark.parametrize("due", [date(2026, 3, 2), datetime(2026, 3, 2)])
def test_a_bare_day_lasts_until_its_end(due: date) -> None:
    facts = replace(SOUND, due=due, baseline=None, finish=datetime(2026, 3, 2, 17))
    assert milestone_health(facts, now=NOW, worktime=OFFICE).rag is Rag.GREEN
    next_day = datetime(2026, 3, 3, 0, 1)
    assert milestone_health(facts, now=next_day, worktime=OFFICE).rag is Rag.RED


def test_what_only_informs_leaves_it_green() -> None:
    found = judge(float_minutes=0, exposure=12.0)
    assert found.rag is Rag.GREEN
    assert codes(found) == [
        "health_on_track",
        "health_no_float",
        "health_floats_differ",
        "health_slightly_exposed",
    ]
    assert found.reasons[2].values == {"days": 0.0, "source_days": 2.0}


def test_an_achieved_milestone_is_green_and_says_how_late() -> None:
    achieved = judge(actual=FRIDAY, exposure=99.0)
    late = judge(actual=datetime(2026, 3, 9, 12))
    assert (achieved.rag, codes(achieved)) == (Rag.GREEN, ["health_achieved"])
    assert (late.rag, codes(late)) == (Rag.GREEN, ["health_achieved_late"])
    assert late.reasons[0].values == {"at": "2026-03-09T12:00", "days": 0.5}


def test_the_worst_rule_stands_first_and_days_are_counted() -> None:
    found = judge(exposure=45.0, finish=datetime(2026, 3, 10, 12))
    assert found.rag is Rag.RED
    assert codes(found) == ["health_finish_after_due", "health_behind_baseline", "health_exposed"]
    assert found.reasons[0].values == {
        "finish": "2026-03-10T12:00",
        "due": "2026-03-06T17:00",
        "days": 1.5,
    }
