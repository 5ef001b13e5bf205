"""When things can be done, what that costs, and what an incident changes in it.

Pure: no clock, no store, no log. Read in this order: `calendars`, `network`, `slip`, `health`,
`earned_value`, `moves`. Inside a schedule: `outline` and `reading` read tasks, `build` makes the
network, `cycles` puts it in order, `passes` computes it, `timetable` answers.
"""

from typing import Final

from hub.plan.calendars import CONTINUOUS, STANDARD, NoWorkingTime, WorkTime, worktimes
from hub.plan.earned_value import EarnedSchedule, EarnedValue, earned_schedule, earned_value
from hub.plan.health import Facts, Health, milestone_health
from hub.plan.moves import MoveCause, MoveTerms, PlanPair, TaskPair, TooMuchToRead, move_causes
from hub.plan.network import schedule, schedule_project
from hub.plan.slip import (
    Blocked,
    Channel,
    ClockRule,
    Effect,
    Slip,
    acceptance_clock,
    environment_effect,
    people_effect,
    remediation_effect,
    restore_by,
    slip_of,
    taken_from,
    time_to_slip,
)
from hub.plan.timetable import Schedule, TaskTimes

__all__ = [
    "CONTINUOUS",
    "REASON_CODES",
    "STANDARD",
    "Blocked",
    "Channel",
    "ClockRule",
    "EarnedSchedule",
    "EarnedValue",
    "Effect",
    "Facts",
    "Health",
    "MoveCause",
    "MoveTerms",
    "NoWorkingTime",
    "PlanPair",
    "Schedule",
    "Slip",
    "TaskPair",
    "TaskTimes",
    "TooMuchToRead",
    "WorkTime",
    "acceptance_clock",
    "earned_schedule",
    "earned_value",
    "environment_effect",
    "milestone_health",
    "move_causes",
    "people_effect",
    "remediation_effect",
    "restore_by",
    "schedule",
    "schedule_project",
    "slip_of",
    "taken_from",
    "time_to_slip",
    "worktimes",
]

REASON_CODES: Final[frozenset[str]] = frozenset(
    {
        # schedule: why a task has no dates, or what is odd about one that has
        "calendar_unknown",
        "calendar_without_work",
        "done_without_date",
        "duration_unknown",
        "follows_cycle",
        "in_cycle",
        "link_external",
        "link_to_own_summary",
        "link_unknown_task",
        "outline_loop",
        "task_inactive",
        # slip
        "float_absorbs",
        "milestone_does_not_wait",
        "milestone_not_scheduled",
        "moves_milestone",
        "no_task_blocked",
        "no_working_time_blocked",
        "remediation_not_estimated",
        "restore_by",
        "slips_at_once",
        "trial_run_extended",
        "trial_run_restarted",
        "trial_run_undisturbed",
        # earned value
        "evm_budget_spent",
        "evm_earned_over_budget",
        "evm_input_unknown",
        "evm_nothing_planned",
        "evm_nothing_spent",
        "evm_spi_hides_delay",
        # health
        "health_achieved",
        "health_achieved_late",
        "health_behind_baseline",
        "health_exposed",
        "health_exposure_unknown",
        "health_finish_after_due",
        "health_finish_unknown",
        "health_float_negative",
        "health_float_unknown",
        "health_floats_differ",
        "health_no_float",
        "health_on_track",
        "health_overdue",
        "health_p80_after_due",
        "health_promise_unknown",
        "health_slightly_exposed",
        "health_source_stale",
        # moves: why a date is another than in the plan before
        "calendar_changed",
        "constraint_changed",
        "deadline_changed",
        "dependency_added",
        "dependency_changed",
        "dependency_removed",
        "milestone_set",
        "move_cause_unknown",
        "move_too_much_changed",
        "project_start_changed",
        "task_added",
        "task_finished_early",
        "task_finished_late",
        "task_longer",
        "task_removed",
        "task_shorter",
        "task_start_earlier",
        "task_start_later",
        "task_started_early",
        "task_started_late",
    }
)
"""Every reason that this room may give; the words stand in `hub/i18n`."""
