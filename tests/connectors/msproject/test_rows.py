"""Rows of the plan: hierarchy, kinds, progress, money, what is left out and what is said of it."""

from datetime import datetime

import pytest

from hub.errors import Unmappable
from hub.mapping import apply
from hub.model.words import ConstraintType, TaskKind, TaskStatus
from tests.connectors.msproject import plans
from tests.connectors.msproject.plans import Plan


@pytest.fixture(scope="module")
def rows() -> Plan:
    return plans.fixture("rows.xml")


def test_the_project_row_is_no_task_wherever_it_stands(rows: Plan) -> None:
    assert set(rows.of("task")) == {"1", "2", "4", "5", "6", "7", "8", "9", "10"}
    project = rows.mapped("project")["0"]
    assert project["cost"] == 1800.0
    assert rows.of("project")["0"]["row"]["Name"] == "The plan itself"


def test_blank_rows_are_counted_and_left_out(rows: Plan) -> None:
    assert rows.summary["null_tasks"] == 1
    assert rows.summary["tasks"] == 9


def test_a_row_hangs_below_the_nearest_shallower_row_above_it(rows: Plan) -> None:
    parents = {key: task.get("parent") for key, task in rows.mapped("task").items()}
    assert parents["2"] == "1"
    assert parents["4"] == "1"
    assert parents["1"] is parents["5"] is None


def test_rows_keep_their_order(rows: Plan) -> None:
    orders = [task["order"] for task in rows.mapped("task").values()]
    assert orders == list(range(1, len(orders) + 1))


def test_a_summary_stays_a_summary_although_it_is_marked_as_milestone(rows: Plan) -> None:
    assert rows.mapped("task")["1"]["kind"] is TaskKind.SUMMARY
    assert rows.notes("warnings")["summary_milestone"] == 1


def test_two_milestones_of_one_title_are_two(rows: Plan) -> None:
    live = [t for t in rows.mapped("task").values() if t["kind"] is TaskKind.MILESTONE]
    assert [task["title"] for task in live] == ["Go-live", "Go-live"]


def test_a_milestone_with_a_duration_is_kept_and_told(rows: Plan) -> None:
    milestone = rows.mapped("task")["5"]
    assert milestone["kind"] is TaskKind.MILESTONE
    assert milestone["duration_minutes"] == 480
    assert rows.notes("warnings")["milestone_with_duration"] == 1


def test_status_follows_progress_and_not_the_name(rows: Plan) -> None:
    found = {key: task["status"] for key, task in rows.mapped("task").items()}
    assert found["2"] is TaskStatus.IN_PROGRESS
    assert found["4"] is TaskStatus.TODO
    assert found["5"] is TaskStatus.DONE
    assert found["6"] is TaskStatus.CANCELLED
    assert found["7"] is TaskStatus.IN_PROGRESS
    assert found["9"] is TaskStatus.UNKNOWN


def test_units_become_minutes_and_currency_units(rows: Plan) -> None:
    task = rows.mapped("task")["2"]
    assert task["work_minutes"] == 40 * 60 + 30
    assert task["float_source_minutes"] == 960.5
    assert task["cost"] == 1000.5
    assert task["critical_source"] is True
    assert task["constraint"] is ConstraintType.SNET
    assert task["deadline"] == datetime(2026, 3, 10, 17)  # noqa: DTZ001
    assert task["notes"] == "first\nsecond"


def test_a_baseline_is_ready_for_the_model_and_an_impossible_date_is_left_out(rows: Plan) -> None:
    assert rows.mapped("task")["2"]["baselines"] == [
        {
            "number": 0,
            "start": "2026-03-02T08:00:00",
            "finish": "2026-03-04T17:00:00",
            "work_minutes": 1440,
            "cost": 1200.0,
        },
        {"number": 3},
    ]
    assert rows.notes("warnings")["date_out_of_range"] == 1


def test_a_task_without_a_name_shows_its_row(rows: Plan) -> None:
    assert rows.mapped("task")["8"]["title"] == "#8"


def test_what_was_approximated_is_listed(rows: Plan) -> None:
    assert rows.notes("losses") == {
        "manual_without_dates": 1,
        "elapsed_duration": 1,
        "subproject": 1,
        "external_task": 1,
    }


def test_a_repeated_uid_is_told_and_the_first_row_counts(rows: Plan) -> None:
    assert rows.notes("warnings")["task_uid_repeated"] == 1
    assert "Name" not in rows.of("task")["8"]
    (second,) = rows.rejected
    assert second.path.startswith("line ")
    assert second.message == "row 8 Second of UID 8: repeats UID 8"


def test_the_sum_of_the_leaves_leaves_out_what_is_fixed_above_them(rows: Plan) -> None:
    assert rows.summary["sum_cost_leaf_tasks"] == 1000.5
    assert rows.summary["root_task_cost"] == 1800.0


def test_a_date_of_year_9999_or_1_is_refused_naming_task_and_field() -> None:
    plan = plans.fixture("year-9999.xml")
    task = {record.key: record for record in plan.records if record.kind == "task"}
    document = plans.documents()["task"]
    assert apply(document, task["1"]).values["title"] == "Sound"
    with pytest.raises(Unmappable, match=r"(?s)finish.*9999") as never:
        apply(document, task["2"])
    assert never.value.path == "Finish"
    with pytest.raises(Unmappable, match=r"(?s)start.*0001"):
        apply(document, task["3"])


def test_an_embedded_project_is_a_row_and_its_tasks_stay_outside() -> None:
    plan = plans.fixture("embedded-project.xml")
    assert set(plan.of("task")) == {"1", "2"}
    assert plan.notes("losses")["subproject"] == 1
    assert plan.summary["title"] == "Outer"


def test_a_plan_without_dates_or_calendar_says_what_was_assumed() -> None:
    plan = plans.fixture("bare.xml")
    assert plan.summary["project_start"] == "2026-05-04T08:00"
    assert plan.summary["project_finish"] == "2026-05-08T12:00"
    assert plan.summary["root_task_cost"] is None
    assert set(plan.notes("losses")) == {"standard_calendar_assumed", "project_dates_derived"}
    assert plan.mapped("project")["0"]["calendar"] == "standard"
    assert plan.mapped("calendar")["standard"]["losses"] == ["standard_calendar_assumed"]


@pytest.mark.parametrize(
    ("name", "title", "task"),
    [
        ("bom.xml", "With a BOM", "A"),
        ("utf-16.xml", "宽字符", "任务"),
        ("gb18030.xml", "国标", "任务"),
        ("prefixed.xml", "Prefixed", "A"),
        ("emoji.xml", "办公平台 🚀", "上线 🎉 <b> & 😀"),
    ],
)
def test_any_encoding_gives_the_same_text(name: str, title: str, task: str) -> None:
    plan = plans.fixture(name)
    assert plan.mapped("project")["0"]["title"] == title
    assert plan.mapped("task")["1"]["title"] == task
