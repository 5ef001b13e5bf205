"""Calendars: the week, exceptions in both directions, and recurring ones as days."""

from collections.abc import Mapping
from datetime import date

import pytest

from connectors.msproject.parse.recurrence import days
from tests.connectors.msproject import plans
from tests.connectors.msproject.plans import Plan

OFFICE = [[480, 720], [780, 1020]]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plans.fixture("calendars.xml")


def exceptions(plan: Plan, uid: str, title: str) -> list[Mapping[str, object]]:
    found = plan.of("calendar")[uid]["derived"]["exceptions"]
    return [entry for entry in found if entry.get("title") == title]


def test_the_week_begins_on_monday(plan: Plan) -> None:
    assert plan.mapped("calendar")["1"]["week"] == [OFFICE] * 5 + [[], []]


def test_midnight_is_the_end_of_a_day(plan: Plan) -> None:
    week = plan.of("calendar")["2"]["derived"]["week"]
    assert week[0] == [[0, 180], [1380, 1440]]
    assert week[1] == [[0, 1440]]
    assert week[6] == [[1380, 1440]]


def test_a_derived_calendar_says_only_what_differs(plan: Plan) -> None:
    values = plan.mapped("calendar")["3"]
    assert values["base"] == "1"
    assert values["week"] == [None, None, None, None, [], None, None]
    assert values["exceptions"] == [{"first": "2026-08-03", "last": "2026-08-07", "hours": []}]


def test_the_old_form_of_an_exception_is_not_read_beside_the_new_one(plan: Plan) -> None:
    assert exceptions(plan, "1", "National Day") == [
        {"first": "2026-10-01", "last": "2026-10-07", "hours": [], "title": "National Day"}
    ]
    untitled = [e for e in plan.of("calendar")["1"]["derived"]["exceptions"] if "title" not in e]
    assert untitled == []


def test_a_swap_working_day_has_hours(plan: Plan) -> None:
    (swap,) = exceptions(plan, "1", "Swap day")
    assert swap["hours"] == [[540, 720]]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Every second Friday", ["2026-03-06", "2026-03-20", "2026-04-03"]),
        ("Every third day", ["2026-05-01", "2026-05-04", "2026-05-07"]),
        ("Stock-taking", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("Last Monday", ["2026-01-26", "2026-02-23", "2026-03-30"]),
        ("New Year", ["2026-01-01", "2027-01-01", "2028-01-01"]),
        ("First Thursday of May", ["2026-05-07", "2027-05-06"]),
    ],
)
def test_a_recurring_exception_is_expanded(plan: Plan, title: str, expected: list[str]) -> None:
    assert [entry["first"] for entry in exceptions(plan, "1", title)] == expected


def test_a_work_week_becomes_days_and_gives_way_to_exceptions(plan: Plan) -> None:
    found = exceptions(plan, "1", "Autumn")
    spans = [(entry["first"], entry["last"], entry["hours"]) for entry in found]
    assert spans == [
        ("2026-09-28", "2026-09-29", [[540, 900]]),
        ("2026-10-09", "2026-10-09", []),
    ]


def test_what_cannot_be_expanded_or_was_assumed_is_a_loss(plan: Plan) -> None:
    assert plan.notes("losses") == {
        "recurring_exception": 1,
        "working_hours_missing": 2,
        "weekday_missing": 1,
    }
    assert plan.notes("warnings") == {"working_hours_unreadable": 1}
    assert plan.mapped("calendar")["1"]["losses"] == ["recurring_exception"]
    assert plan.mapped("calendar")["4"]["week"] == [OFFICE] * 5 + [[], []]


def test_a_task_names_its_calendar_only_if_the_file_has_it(plan: Plan) -> None:
    found = {key: task.get("calendar") for key, task in plan.mapped("task").items()}
    assert found == {"1": "2", "2": None, "3": None}


def test_a_daily_pattern_never_leaves_its_span() -> None:
    first, last = date(2026, 2, 27), date(2026, 3, 3)
    found = list(days({"Type": "1", "Period": "2"}, first, last))
    assert found == [date(2026, 2, 27), date(2026, 3, 1), date(2026, 3, 3)]


def test_a_small_calendar_that_asks_for_millions_of_days_is_cut() -> None:
    endless = (
        "<Exception><TimePeriod><FromDate>2000-01-01T00:00:00</FromDate>"
        "<ToDate>2100-01-01T00:00:00</ToDate></TimePeriod><Type>1</Type><Period>2</Period>"
        "</Exception>"
    )
    week = (
        "<WorkWeek><TimePeriod><FromDate>2000-01-01T00:00:00</FromDate>"
        "<ToDate>2100-01-01T00:00:00</ToDate></TimePeriod><WeekDays><WeekDay><DayType>2</DayType>"
        "<DayWorking>0</DayWorking></WeekDay></WeekDays></WorkWeek>"
    )
    plan = plans.content(
        b'<Project xmlns="http://schemas.microsoft.com/project"><Calendars><Calendar><UID>1</UID>'
        + f"<Exceptions>{endless * 300}</Exceptions><WorkWeeks>{week * 300}</WorkWeeks>".encode()
        + b"</Calendar></Calendars></Project>"
    )
    assert len(plan.of("calendar")["1"]["derived"]["exceptions"]) <= 20_000
    assert plan.of("calendar")["1"]["derived"]["losses"].count("calendar_too_long") == 1
