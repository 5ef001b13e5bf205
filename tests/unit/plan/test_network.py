"""What a plan means: cycles, summaries, progress, constraints, calendars."""

# ruff: noqa: DTZ001 - plan times are wall-clock times

from datetime import datetime, timedelta
from typing import Any

import pytest

from hub.model.plan import Assignment, Calendar, Dependency, Project, Resource, Task
from hub.model.words import ConstraintType, DependencyType, LagKind, TaskKind, TaskStatus
from hub.plan.calendars import CONTINUOUS, STANDARD, WorkTime
from hub.plan.network import schedule, schedule_project
from hub.plan.timetable import Schedule
from tests.unit.plan.plans import START, critical, link, network, row, run, task, units

OFFICE = WorkTime.of(STANDARD)
ROUND_THE_CLOCK = WorkTime.of(CONTINUOUS)
DAY = 480
MONDAY_8, FRIDAY_17 = datetime(2026, 1, 5, 8), datetime(2026, 1, 9, 17)


def office(tasks: list[Task], links: list[Dependency] | None = None, **more: Any) -> Schedule:
    return schedule(tasks, links or [], OFFICE, start=START, **more)


def dates(plan: Schedule, ref: str) -> tuple[datetime, datetime]:
    times = plan.times(ref)
    assert times is not None
    return times.early_start, times.early_finish


def codes(plan: Schedule, ref: str) -> list[str]:
    return [reason.code for reason in plan.notes.get(ref, ())]


# --- cycles and other faults of a plan


def test_a_cycle_is_named_and_left_out_and_the_rest_is_scheduled() -> None:
    plan = run("A2 C; B3 A; C1 B; D4; E1 D; F2 C, E")
    assert set(plan.excluded) == {"A", "B", "C"}
    reason = plan.excluded["B"]
    assert (reason.code, reason.values) == ("in_cycle", {"path": "A -> B -> C -> A", "count": 3})
    assert row(plan, "E")[:2] == (4, 5)
    assert row(plan, "F")[:2] == (5, 7)
    assert codes(plan, "F") == ["follows_cycle"]
    assert plan.times("A") is None


def test_a_task_that_waits_for_itself_is_a_cycle_of_one() -> None:
    plan = schedule([task("A", 1), task("B", 2)], [link("A", "A")], start=START)
    assert plan.excluded["A"].values["path"] == "A -> A"
    assert row(plan, "B")[:2] == (0, 2)


def test_two_cycles_are_told_apart() -> None:
    plan = run("A1 B; B1 A; C1 D, B; D1 C")
    assert plan.excluded["A"].values["path"] == "A -> B -> A"
    assert plan.excluded["D"].values["path"] == "C -> D -> C"


def test_a_long_cycle_is_shortened_in_its_reason() -> None:
    refs = [f"T{n:02}" for n in range(40)]
    links = [link(a, b) for a, b in zip(refs, refs[1:] + refs[:1], strict=True)]
    plan = schedule([task(ref, 1) for ref in refs], links, start=START)
    path = str(plan.excluded["T00"].values["path"])
    assert path.startswith("T00 -> T01")
    assert path.endswith("… -> T00")
    assert plan.excluded["T00"].values["count"] == 40


def test_a_link_that_leads_nowhere_is_noted() -> None:
    away = Dependency("other:9", "A", DependencyType.FS, external="CRM")
    plan = schedule([task("A", 1)], [link("gone", "A"), away, link("A", "lost")], start=START)
    assert codes(plan, "A") == ["link_unknown_task", "link_external", "link_unknown_task"]
    assert plan.notes["A"][1].values == {"other": "CRM"}


def test_an_inactive_task_drives_nothing() -> None:
    tasks = [task("A", 5, active=False), task("B", 2), task("C", 9, status=TaskStatus.CANCELLED)]
    plan = schedule(tasks, [link("A", "B"), link("C", "B")], start=START)
    assert plan.excluded["A"].code == plan.excluded["C"].code == "task_inactive"
    assert row(plan, "B")[:2] == (0, 2)


def test_a_task_without_duration_or_dates_is_noted_not_guessed() -> None:
    plan = schedule([task("A", kind=TaskKind.STORY)], [], start=START)
    assert codes(plan, "A") == ["duration_unknown"]


def test_a_plan_of_nothing_has_no_path_and_ends_where_it_begins() -> None:
    plan = schedule([], [], start=START)
    assert plan.critical_path() == ()
    assert plan.finish == plan.start == START
    assert plan.times("A") is None
    assert plan.float_to("A") == {}


# --- summaries


def below(parent: str, *tasks: Task) -> list[Task]:
    return [task(parent, kind=TaskKind.SUMMARY), *tasks]


def test_a_summary_is_the_outermost_of_its_leaves() -> None:
    tasks = below("S", task("A", 2, parent="S"), task("B", 3, parent="S"), task("C", 4))
    plan = schedule(tasks, [link("A", "B"), link("A", "C")], start=START)
    assert row(plan, "S") == (0, 5, 0, 6, 0, 0)
    assert "S" in critical(plan)


def test_a_link_on_a_summary_holds_for_its_leaves() -> None:
    tasks = below("S", task("A", 2, parent="S"), task("B", 3, parent="S"))
    tasks += [task("P", 4), task("Q", 1), task("R", 1)]
    links = [link("P", "S", lag=1), link("S", "Q"), link("S", "R", "SS", 1)]
    plan = schedule(tasks, links, start=START)
    assert row(plan, "A")[:2] == (5, 7)
    assert row(plan, "B")[:2] == (5, 8)
    assert row(plan, "Q")[:2] == (8, 9)
    assert row(plan, "R")[:2] == (6, 7)
    assert row(plan, "A")[4] == 1
    assert plan.driving_path("Q") == ("P", "B", "Q")


def test_the_start_of_a_summary_is_that_of_its_first_leaf() -> None:
    tasks = below("S", task("A", 2, parent="S"), task("B", 3, parent="S"))
    tasks += [task("P", 4), task("R", 9)]
    plan = schedule(tasks, [link("P", "B"), link("S", "R", "SS", 1)], start=START)
    assert row(plan, "R")[:2] == (1, 10)
    assert row(plan, "A")[4] == 0
    assert row(plan, "B")[4] == 3


def test_summaries_may_be_linked_to_one_another_and_nested() -> None:
    tasks = [
        *below("S", task("T", kind=TaskKind.SUMMARY, parent="S"), task("A", 2, parent="T")),
        *below("U", task("B", 3, parent="U"), task("C", 1, parent="U")),
    ]
    plan = schedule(tasks, [link("S", "U")], start=START)
    assert row(plan, "C")[:2] == (2, 3)
    assert row(plan, "U")[:2] == (2, 5)


def test_a_link_between_a_summary_and_what_it_contains_is_dropped_and_noted() -> None:
    tasks = below("S", task("A", 2, parent="S"))
    plan = schedule(tasks, [link("A", "S"), link("S", "A"), link("S", "S")], start=START)
    assert row(plan, "A")[:2] == (0, 2)
    assert codes(plan, "A") == ["link_to_own_summary"]
    assert codes(plan, "S") == ["link_to_own_summary"] * 2


def test_a_cycle_through_a_summary_names_it() -> None:
    tasks = below("S", task("A", 2, parent="S"), task("B", 2, parent="S"))
    plan = schedule([*tasks, task("C", 1)], [link("S", "C"), link("C", "A")], start=START)
    assert plan.excluded["A"].values["path"] == "A -> S -> C -> A"
    assert row(plan, "B")[:2] == (0, 2)


def test_rows_that_contain_one_another_are_scheduled_and_noted() -> None:
    tasks = [task("A", 2, parent="B"), task("B", 3, parent="A"), task("C", 1, parent="A")]
    plan = schedule(tasks, [], start=START)
    assert codes(plan, "A") == codes(plan, "B") == ["outline_loop"]
    assert row(plan, "B")[:2] == (0, 3)


def test_the_constraint_of_a_summary_holds_for_its_leaves() -> None:
    summary = task(
        "S",
        kind=TaskKind.SUMMARY,
        constraint=ConstraintType.SNET,
        constraint_date=START + timedelta(minutes=7),
        deadline=START + timedelta(minutes=8),
    )
    plan = schedule([summary, task("A", 2, parent="S"), task("B", 20)], [], start=START)
    assert row(plan, "A") == (7, 9, 6, 8, -1, 11)


# --- progress


def test_what_is_done_stays_where_it_was_and_is_not_critical() -> None:
    saturday = datetime(2026, 1, 3, 10), datetime(2026, 1, 3, 15)
    done = {"status": TaskStatus.DONE, "actual_start": saturday[0], "actual_finish": saturday[1]}
    plan = office([task("A", DAY, **done), task("B", DAY)], [link("A", "B")])
    times = plan.times("A")
    assert times is not None
    assert (times.early_start, times.late_finish) == saturday
    assert (times.total_float, times.critical) == (0, False)
    assert dates(plan, "B")[0] == MONDAY_8


def test_what_is_done_without_a_date_holds_nobody_up() -> None:
    plan = office(
        [task("P", 9 * DAY), task("A", 5 * DAY, status=TaskStatus.DONE), task("B", DAY)],
        [link("P", "A"), link("A", "B")],
    )
    assert dates(plan, "B")[0] == MONDAY_8
    assert codes(plan, "A") == ["done_without_date"]
    assert "P" in critical(plan)


def begun(ref: str, days: int, **more: Any) -> Task:
    fields = {"status": TaskStatus.IN_PROGRESS, "actual_start": MONDAY_8} | more
    return task(ref, days * DAY, **fields)


def test_the_rest_of_a_task_in_progress_starts_at_the_data_date() -> None:
    wednesday = datetime(2026, 1, 7, 8)
    plan = office([begun("A", 4, percent=25.0)], status_date=wednesday)
    assert dates(plan, "A") == (MONDAY_8, FRIDAY_17)
    remaining = office([begun("A", 4, remaining_minutes=DAY)], status_date=wednesday)
    assert dates(remaining, "A")[1] == datetime(2026, 1, 7, 17)
    assert dates(office([begun("A", 4, percent=25.0)]), "A")[1] == datetime(2026, 1, 8, 17)


def test_retained_logic_lets_the_rest_wait_for_an_unfinished_predecessor() -> None:
    wednesday = datetime(2026, 1, 7, 8)
    tasks = [begun("P", 3, remaining_minutes=2 * DAY), begun("A", 2, remaining_minutes=DAY)]
    plan = office(tasks, [link("P", "A")], status_date=wednesday)
    assert dates(plan, "A") == (MONDAY_8, FRIDAY_17)
    assert critical(plan) == "PA"


def test_what_has_not_begun_lies_after_the_data_date() -> None:
    plan = office([task("A", DAY)], status_date=datetime(2026, 1, 8, 12))
    assert dates(plan, "A") == (datetime(2026, 1, 8, 13), datetime(2026, 1, 9, 12))


def test_a_start_that_has_happened_cannot_be_late() -> None:
    plan = office([begun("A", 9), task("B", DAY)], [link("A", "B", "SS", 2 * DAY)])
    times = plan.times("A")
    assert times is not None
    assert times.total_float == 0
    assert plan.float_to("B") == {"B": 0}


def test_a_manual_task_keeps_its_dates_and_gets_a_float() -> None:
    dated = {"manual": True, "start": datetime(2026, 1, 6, 8), "finish": datetime(2026, 1, 6, 17)}
    plan = office(
        [task("A", 3 * DAY), task("B", DAY, **dated), task("C", 5 * DAY)], [link("A", "B")]
    )
    assert dates(plan, "B") == (dated["start"], dated["finish"])
    times = plan.times("B")
    assert times is not None
    assert times.total_float == 3 * DAY
    before = plan.times("A")
    assert before is not None
    assert before.free_float == -2 * DAY


# --- constraints, deadlines, lags


@pytest.mark.parametrize(
    ("constraint", "at", "expected"),
    [
        (ConstraintType.ASAP, 0, (4, 6, 8, 10, 4, 4)),
        (ConstraintType.ALAP, 0, (8, 10, 8, 10, 0, 0)),
        (ConstraintType.SNET, 6, (6, 8, 8, 10, 2, 2)),
        (ConstraintType.SNET, 1, (4, 6, 8, 10, 4, 4)),
        (ConstraintType.FNET, 9, (7, 9, 8, 10, 1, 1)),
        (ConstraintType.SNLT, 5, (4, 6, 5, 7, 1, 4)),
        (ConstraintType.FNLT, 5, (4, 6, 3, 5, -1, 4)),
        (ConstraintType.MSO, 6, (6, 8, 6, 8, 0, 2)),
        (ConstraintType.MSO, 3, (4, 6, 3, 5, -1, 4)),
        (ConstraintType.MFO, 9, (7, 9, 7, 9, 0, 1)),
    ],
)
def test_each_constraint(constraint: ConstraintType, at: int, expected: tuple[int, ...]) -> None:
    date = START + timedelta(minutes=at)
    tasks, links = network("A4; C10")
    tasks.append(task("B", 2, constraint=constraint, constraint_date=date))
    plan = schedule(tasks, [*links, link("A", "B")], start=START)
    assert row(plan, "B") == expected


def test_a_missed_deadline_makes_the_whole_chain_late() -> None:
    tasks, links = network("A4; B2 A")
    tasks.append(task("M", 0, deadline=START + timedelta(minutes=5)))
    plan = schedule(tasks, [*links, link("B", "M")], start=START)
    assert {ref: row(plan, ref)[4] for ref in "ABM"} == {"A": -1, "B": -1, "M": -1}


def test_an_honoured_constraint_wins_over_links() -> None:
    date = START + timedelta(minutes=3)
    tasks = [task("A", 4), task("B", 2, constraint=ConstraintType.MSO, constraint_date=date)]
    plan = schedule(tasks, [link("A", "B")], start=START, honour_constraints=True)
    assert row(plan, "B")[:2] == (3, 5)
    assert row(plan, "A")[4] == -1


def test_as_late_as_possible_consumes_the_free_float_of_the_task_only() -> None:
    tasks, links = network("A2; C9; D1 C")
    tasks.append(task("B", 3, constraint=ConstraintType.ALAP))
    plan = schedule(tasks, [*links, link("A", "B"), link("B", "D")], start=START)
    assert row(plan, "B")[:2] == (6, 9)
    assert row(plan, "A")[4:] == (4, 4)
    assert row(plan, "D")[:2] == (9, 10)


def test_a_tool_without_constraints_states_a_start_instead() -> None:
    plan = schedule([task("A", 2, start=START + timedelta(minutes=5))], [], start=START)
    assert row(plan, "A")[:2] == (5, 7)


def test_a_lag_may_be_a_lead_a_percentage_or_elapsed_time() -> None:
    tasks = [task("A", 5 * DAY), task("B", DAY), task("C", DAY), task("D", DAY)]
    links = [
        link("A", "B", lag=-2 * DAY),
        Dependency("A", "C", DependencyType.FS, 40, LagKind.PERCENT),
        Dependency("A", "D", DependencyType.FS, 3 * 1440, LagKind.ELAPSED),
    ]
    plan = office(tasks, links)
    assert dates(plan, "B")[0] == datetime(2026, 1, 8, 8)
    assert dates(plan, "C")[0] == datetime(2026, 1, 14, 8)
    # Friday 17:00 and three days are Monday 17:00: work goes on on Tuesday.
    assert dates(plan, "D")[0] == datetime(2026, 1, 13, 8)
    assert plan.times("A") is not None


def test_a_milestone_stands_where_its_predecessor_ends() -> None:
    plan = office([task("A", 5 * DAY), task("M"), task("N")], [link("A", "M")])
    assert dates(plan, "M") == (FRIDAY_17, FRIDAY_17)
    assert dates(plan, "N") == (MONDAY_8, MONDAY_8)


# --- calendars


def test_each_task_is_worked_on_its_own_calendar() -> None:
    tasks = [task("A", 5 * DAY), task("B", 1440, calendar="round"), task("C", DAY)]
    plan = office(tasks, [link("A", "B"), link("B", "C")], calendars={"round": ROUND_THE_CLOCK})
    assert dates(plan, "B") == (FRIDAY_17, datetime(2026, 1, 10, 17))
    assert dates(plan, "C")[0] == datetime(2026, 1, 12, 8)
    times = plan.times("B")
    assert times is not None
    # Until Monday 8:00 it may slip, in its own hours.
    assert times.total_float == (7 + 24 + 8) * 60


def test_a_calendar_that_cannot_serve_is_noted_and_the_projects_is_taken() -> None:
    idle = {"idle": WorkTime.of(Calendar("idle", "Idle", ((),) * 7))}
    tasks = [task("A", DAY, calendar="idle"), task("B", DAY, calendar="gone")]
    plan = office(tasks, calendars=idle)
    assert codes(plan, "A") == ["calendar_without_work"]
    assert codes(plan, "B") == ["calendar_unknown"]
    assert dates(plan, "A") == dates(plan, "B") == (MONDAY_8, datetime(2026, 1, 5, 17))


def test_people_who_share_a_task_work_on_it_whenever_one_of_them_works() -> None:
    night = Calendar("night", "Night", (((1200, 1440),),) * 7)
    clocks = {"day": OFFICE, "night": WorkTime.of(night)}
    tasks = [task("A", 720), task("B", 720), task("C", 240, calendar="night")]
    assigned = {"A": ["day", "night"], "B": ["night"], "C": ["day"]}
    plan = office(tasks, calendars=clocks, assigned=assigned)
    assert dates(plan, "A") == (MONDAY_8, datetime(2026, 1, 6, 0))
    assert dates(plan, "B") == (datetime(2026, 1, 5, 20), datetime(2026, 1, 8, 0))
    # Nobody works on C when it may be worked on: its own calendar counts.
    assert dates(plan, "C") == (datetime(2026, 1, 5, 20), datetime(2026, 1, 6, 0))


def test_a_task_calendar_cuts_down_the_hours_of_people() -> None:
    mornings = WorkTime.of(Calendar("m", "Mornings", (((360, 720),),) * 7))
    plan = office(
        [task("A", 480, calendar="m")],
        calendars={"m": mornings, "day": OFFICE},
        assigned={"A": ["day"]},
    )
    assert dates(plan, "A") == (MONDAY_8, datetime(2026, 1, 6, 12))


def test_a_calendar_of_the_same_hours_is_the_same_clock() -> None:
    same = WorkTime.of(Calendar("own", "Own", (None,) * 7, base=STANDARD.ref), [STANDARD])
    plan = office([task("A", DAY)], calendars={"own": same}, assigned={"A": ["own"]})
    assert plan.calendar_of("A") is plan.calendar


# --- questions


def test_the_float_to_a_milestone_is_seeded_from_it_not_from_the_end() -> None:
    plan = run("A2; B3 A; M0 B; C1 A; N0 C, M; Z9 C")
    assert plan.float_to("M") == {"A": 0, "B": 0, "M": 0}
    assert plan.float_to("N") == {"A": 0, "B": 0, "C": 2, "M": 0, "N": 0}
    assert row(plan, "B")[4] == 7
    assert plan.float_to("M", by=START + timedelta(minutes=4)) == {"A": -1, "B": -1, "M": -1}


def test_the_float_to_a_summary_is_that_to_its_end() -> None:
    tasks = below("S", task("A", 2, parent="S"), task("B", 3, parent="S"))
    plan = schedule([*tasks, task("Z", 9)], [], start=START)
    assert plan.float_to("S") == {"A": 1, "B": 0}


def test_the_driving_path_tells_what_puts_a_task_where_it_is() -> None:
    plan = run("A2; B3 A; C4 A; D1 B, C; E7")
    assert plan.driving_path("D") == ("A", "C", "D")
    assert plan.driving_path("B") == ("A", "B")
    assert plan.driving_path("?") == ()
    assert plan.critical_path() == ("A", "C", "D")


def test_a_delay_pushes_manual_dates_and_honoured_constraints() -> None:
    date = START + timedelta(minutes=4)
    manual = task("B", 2, manual=True, start=date, finish=START + timedelta(minutes=6))
    must = task("C", 1, constraint=ConstraintType.MSO, constraint_date=START + timedelta(minutes=6))
    links = [link("A", "B"), link("B", "C")]
    plan = schedule([task("A", 4), manual, must], links, start=START, honour_constraints=True)
    later = plan.delayed({"A": 3}).early_finish("C")
    assert later is not None
    assert units(later) == 10
    assert plan.delayed({}).early_finish("C") == plan.early_finish("C")


def test_a_project_is_scheduled_by_what_it_says_about_itself() -> None:
    project = Project(ref="p", key="P", title="P", start=MONDAY_8, critical_slack_minutes=DAY)
    tasks = [task("A", 2 * DAY), task("B", DAY)]
    plan = schedule_project(project, tasks, [])
    assert plan is not None
    assert critical(plan) == "AB"
    undated = Project(ref="p", key="P", title="P")
    assert schedule_project(undated, tasks, []) is None
    found = schedule_project(undated, [task("A", DAY, start=FRIDAY_17)], [], [STANDARD])
    assert found is not None
    assert found.start == datetime(2026, 1, 12, 8)


def test_a_project_is_scheduled_by_the_hours_of_those_who_work_on_it() -> None:
    project = Project(ref="p", key="P", title="P", start=MONDAY_8, calendar=STANDARD.ref)
    people = [
        Resource("night owl", "p", "N", calendar=CONTINUOUS.ref),
        Resource("crane", "p", "C", kind="material", calendar="nowhere"),
        Resource("clerk", "p", "K"),
    ]
    work = [
        Assignment("1", "p", "A", "night owl"),
        Assignment("2", "p", "A", "crane"),
        Assignment("3", "p", "B", "clerk"),
        Assignment("4", "p", "B", None),
    ]
    plan = schedule_project(
        project,
        [task("A", 1440), task("B", 2 * DAY)],
        [],
        [STANDARD, CONTINUOUS],
        assignments=work,
        resources=people,
    )
    assert plan is not None
    assert dates(plan, "A")[1] == datetime(2026, 1, 6, 8)
    assert dates(plan, "B")[1] == datetime(2026, 1, 6, 17)
    assert not plan.notes


def test_a_milestone_that_waits_for_nothing_stands_where_work_goes_on() -> None:
    clocks = {"round": ROUND_THE_CLOCK}
    saturday = {"constraint": ConstraintType.SNET, "constraint_date": datetime(2026, 1, 10)}
    plan = office(
        [task("M", 0, **saturday), task("A", DAY, calendar="round")],
        [link("M", "A")],
        calendars=clocks,
    )
    assert dates(plan, "M")[0] == dates(plan, "A")[0] == datetime(2026, 1, 12, 8)
