"""Time to slip, and what each channel costs a milestone."""

# ruff: noqa: DTZ001 - plan times are wall-clock times

from datetime import date, datetime

import pytest

from hub.model.plan import Calendar, CalendarException, Task
from hub.plan.calendars import STANDARD, WorkTime
from hub.plan.network import schedule
from hub.plan.slip import (
    Blocked,
    Channel,
    ClockRule,
    Effect,
    acceptance_clock,
    environment_effect,
    people_effect,
    remediation_effect,
    restore_by,
    slip_of,
    taken_from,
    time_to_slip,
)
from hub.plan.timetable import Schedule
from tests.unit.plan.plans import START, link, task

HOURS = ((540, 720), (780, 1080))
WEEK = (HOURS,) * 5 + ((), ())
OFFICE = WorkTime.of(Calendar("office", "Office", WEEK))
SATURDAY = CalendarException("2026-03-07", "2026-03-07", HOURS, "swap working day")
SWAPPED = WorkTime.of(Calendar("swap", "Office", WEEK, exceptions=(SATURDAY,)))
FRIDAY_15 = datetime(2026, 3, 6, 15)
DAY = 480


def test_four_hours_of_float_from_friday_at_three_last_until_monday_at_ten() -> None:
    assert restore_by(240, FRIDAY_15, OFFICE) == datetime(2026, 3, 9, 10)


def test_a_swap_working_saturday_brings_it_forward() -> None:
    assert restore_by(240, FRIDAY_15, SWAPPED) == datetime(2026, 3, 7, 10)


def test_when_no_task_is_blocked_nothing_slips() -> None:
    assert restore_by(None, FRIDAY_15, OFFICE) is None
    assert restore_by(240, FRIDAY_15, OFFICE, share=0) is None
    assert time_to_slip([]) is None


@pytest.mark.parametrize("slack", [0, -480])
def test_without_float_it_slips_from_the_first_blocked_working_minute(slack: int) -> None:
    assert restore_by(slack, FRIDAY_15, OFFICE) == FRIDAY_15
    assert restore_by(slack, datetime(2026, 3, 7, 11), OFFICE) == datetime(2026, 3, 9, 9)


def test_float_that_ends_with_a_shift_lasts_until_the_next_one_begins() -> None:
    assert restore_by(180, FRIDAY_15, OFFICE) == datetime(2026, 3, 9, 9)


def test_half_blocked_work_lasts_twice_as_long() -> None:
    assert restore_by(120, FRIDAY_15, OFFICE, share=0.5) == datetime(2026, 3, 9, 10)


def test_the_tightest_of_several_blocked_tasks_counts() -> None:
    slip = time_to_slip(
        [
            Blocked("A", 960, FRIDAY_15, OFFICE),
            Blocked("B", 240, FRIDAY_15, OFFICE),
            Blocked("C", 240, FRIDAY_15, OFFICE, share=0.0),
        ]
    )
    assert slip is not None
    assert (slip.at, slip.task) == (datetime(2026, 3, 9, 10), "B")
    assert slip.reasons[0].code == "restore_by"
    assert slip.reasons[0].values == {"task": "B", "at": "2026-03-09T10:00", "float_hours": 4.0}


def test_what_slips_already_says_so() -> None:
    slip = time_to_slip([Blocked("A", -60, FRIDAY_15, OFFICE)])
    assert slip is not None
    assert slip.reasons[0].code == "slips_at_once"


def plan(*extra: Task) -> Schedule:
    """Migration, then go-live; a report with two days of float beside it."""
    tasks = [task("migrate", 5 * DAY), task("report", 3 * DAY), task("go-live"), *extra]
    links = [link("migrate", "go-live"), link("report", "go-live")]
    return schedule(tasks, links, WorkTime.of(STANDARD), start=START)


FORTY_MINUTES = (datetime(2026, 1, 5, 9), datetime(2026, 1, 5, 9, 40))


def outage(
    found: Schedule,
    tasks: list[str],
    span: tuple[datetime, datetime] = FORTY_MINUTES,
    *,
    milestone: str = "go-live",
    share: float = 1.0,
) -> Effect:
    return environment_effect(found, milestone, tasks, since=span[0], until=span[1], share=share)


def test_a_milestone_slips_when_the_tightest_of_its_blocked_tasks_has_used_its_float() -> None:
    since = datetime(2026, 1, 5, 9)
    found = slip_of(plan(task("aside", DAY)), "go-live", ["report", "aside"], since=since)
    assert found is not None
    assert (found.at, found.task) == (datetime(2026, 1, 7, 9), "report")
    assert slip_of(plan(task("aside", DAY)), "go-live", ["aside", "?"], since=since) is None


def test_a_promise_later_than_the_plan_gives_more_time() -> None:
    since, promised = datetime(2026, 1, 5, 9), datetime(2026, 1, 12, 12)
    found = slip_of(plan(), "go-live", ["migrate"], since=since, by=promised)
    assert found is not None
    assert found.at == datetime(2026, 1, 5, 14)


def test_two_days_of_float_absorb_a_forty_minute_outage() -> None:
    effect = outage(plan(), ["report"])
    assert (effect.channel, effect.days) == (Channel.ENVIRONMENT, 0.0)
    assert effect.before == effect.after == datetime(2026, 1, 9, 17)
    assert effect.reasons[0].code == "float_absorbs"
    assert effect.reasons[0].values["task"] == "report"
    assert effect.reasons[0].values["float_days"] == 2.0


def test_an_outage_moves_the_milestone_by_the_blocked_share_of_working_time() -> None:
    night = datetime(2026, 1, 5, 15), datetime(2026, 1, 6, 10)
    effect = outage(plan(), ["migrate", "report"], night, share=0.5)
    assert effect.days == 0.25
    assert effect.after == datetime(2026, 1, 12, 10)
    assert effect.reasons[0].code == "moves_milestone"
    assert effect.reasons[0].values == {"days": 0.25, "tasks": 2, "lost_days": 0.25}


def test_an_outage_on_a_weekend_blocks_no_work() -> None:
    effect = outage(plan(), ["migrate"], (datetime(2026, 1, 10), datetime(2026, 1, 11)))
    assert (effect.days, effect.reasons[0].code) == (0.0, "no_working_time_blocked")


def test_each_reason_for_no_effect_is_told_apart() -> None:
    aside = plan(task("aside", DAY))
    none = outage(aside, [])
    other = outage(aside, ["aside"])
    assert (none.days, none.reasons[0].code) == (0.0, "no_task_blocked")
    assert (other.days, other.reasons[0].code) == (0.0, "milestone_does_not_wait")


def test_a_milestone_without_dates_has_no_effect_that_is_known() -> None:
    effect = outage(plan(), ["migrate"], milestone="elsewhere")
    assert (effect.days, effect.reasons[0].code) == (None, "milestone_not_scheduled")


def test_six_hours_of_a_responder_on_a_task_without_float_cost_three_quarters_of_a_day() -> None:
    effect = people_effect(plan(), "go-live", {"migrate": taken_from(360, 1.0, 1.0)})
    assert (effect.channel, effect.days) == (Channel.PEOPLE, 0.75)
    assert effect.after == datetime(2026, 1, 12, 15)


def test_one_of_two_equal_people_away_costs_half_the_time() -> None:
    assert taken_from(360, 0.5, 1.0) == 180
    assert taken_from(360, 0.5, 0.5) == 360
    assert taken_from(360, 0.0, 0.0) == 360


def test_follow_up_work_without_an_estimate_is_unknown_never_nothing() -> None:
    unknown = remediation_effect(plan(), "go-live", {"migrate": None, "report": 60})
    assert unknown.days is None
    assert unknown.reasons[0].values == {"count": 1}
    assert remediation_effect(plan(), "go-live", {"migrate": DAY}).days == 1.0


def test_a_fault_on_day_25_restarts_a_trial_run_of_30_days() -> None:
    effect = acceptance_clock(date(2026, 3, 1), 30, [date(2026, 3, 25)])
    assert effect.after == date(2026, 4, 24)
    assert effect.days == 25.0
    assert effect.reasons[0].code == "trial_run_restarted"


def test_a_second_fault_counts_only_while_the_run_goes_on() -> None:
    faults = [date(2026, 4, 20), date(2026, 3, 25), date(2026, 9, 1), date(2026, 2, 1)]
    effect = acceptance_clock(date(2026, 3, 1), 30, faults)
    assert effect.after == date(2026, 5, 20)
    assert len(effect.reasons) == 2


def test_a_run_may_be_extended_instead_and_an_undisturbed_one_ends_as_planned() -> None:
    start, faults = date(2026, 3, 1), [date(2026, 3, 5), date(2026, 3, 30)]
    extended = acceptance_clock(start, 30, faults, ClockRule.EXTEND_ONE_DAY)
    assert (extended.days, extended.after) == (2.0, date(2026, 4, 1))
    calm = acceptance_clock(start, 30, [])
    assert (calm.days, calm.after) == (0.0, date(2026, 3, 30))
    assert calm.reasons[0].code == "trial_run_undisturbed"
