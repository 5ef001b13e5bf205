"""Rows of a plan: refs, renumbered tasks, and wall-clock times with the offset of their zone."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.words import ConstraintType, Severity, TaskKind, TaskStatus
from hub.services.plans.rows import (
    ItemRow,
    Refs,
    board_row,
    other_row,
    pointing_row,
    with_offset,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
G1, G2 = "11111111-aaaa", "22222222-bbbb"


def refs_of(known: Mapping[str, str] | None = None) -> Refs:
    return Refs("plan", "ERP", known or {}, SHANGHAI)


def task(refs: Refs, uid: str, **values: object) -> ItemRow:
    given_values = {"title": "t", "kind": TaskKind.WORK, "status": TaskStatus.TODO, **values}
    milestone = given_values["kind"] is TaskKind.MILESTONE
    return board_row(refs, uid, 1, given_values, milestone=milestone)


def test_a_ref_is_connector_kind_project_and_uid() -> None:
    refs = refs_of()
    assert refs.project == "plan:project:ERP"
    row = task(refs, "12")
    assert (row.ref, row.key, row.project) == ("plan:task:ERP/12", "ERP/12", "plan:project:ERP")
    assert task(refs, "13", kind=TaskKind.MILESTONE).ref == "plan:milestone:ERP/13"
    assert task(refs, "14", kind=TaskKind.MILESTONE).kind == "milestone"
    assert refs.other("calendar", "3") == "plan:calendar:ERP/3"


def test_what_points_at_a_task_finds_it_by_its_uid() -> None:
    refs = refs_of()
    task(refs, "1", kind=TaskKind.SUMMARY)
    child = task(refs, "2", parent="1")
    assert child.parent == "plan:task:ERP/1"
    assert refs.pointed("2") == "plan:task:ERP/2"
    assert refs.pointed("99") is None
    assert task(refs, "3", parent="99").parent is None


def test_a_task_that_was_renumbered_keeps_its_ref() -> None:
    refs = refs_of({G1: "ERP/12"})
    assert task(refs, "40", guid=G1).ref == "plan:task:ERP/12"
    assert refs.pointed("40") == "plan:task:ERP/12"


def test_a_uid_that_now_belongs_to_something_else_does_not_take_over_its_ref() -> None:
    refs = refs_of({G1: "ERP/12"})
    new = task(refs, "12", guid=G2)
    assert new.key == "ERP/12~22222222"
    assert task(refs, "13", guid=G1).key == "ERP/12"
    again = refs_of({G1: "ERP/12", G2: new.key})
    assert task(again, "12", guid=G2).key == new.key


def test_two_tasks_that_changed_places_keep_their_refs() -> None:
    refs = refs_of({G1: "ERP/1", G2: "ERP/2"})
    assert [task(refs, "1", guid=G2).key, task(refs, "2", guid=G1).key] == ["ERP/2", "ERP/1"]


def test_without_guids_the_uid_is_all_there_is() -> None:
    refs = refs_of({G1: "ERP/1"})
    assert task(refs, "1").key == "ERP/1"


@given(
    st.dictionaries(st.sampled_from([G1, G2, "", "0"]), st.integers(1, 4), max_size=4),
    st.lists(st.sampled_from([None, G1, G2, "0"]), max_size=5),
)
def test_no_two_tasks_of_a_file_ever_share_a_key(
    before: Mapping[str, int], guids: list[str | None]
) -> None:
    refs = refs_of({guid: f"ERP/{uid}" for guid, uid in before.items()})
    rows = [task(refs, str(uid), guid=guid) for uid, guid in enumerate(guids, start=1)]
    assert len({row.key for row in rows}) == len(rows)
    for uid, row in enumerate(rows, start=1):
        assert refs.pointed(str(uid)) == row.ref


def test_a_milestone_is_due_at_its_deadline_else_at_its_finish() -> None:
    finish, deadline = datetime(2026, 3, 6, 17), datetime(2026, 3, 10, 17)  # noqa: DTZ001
    refs = refs_of()
    kind = TaskKind.MILESTONE
    assert task(refs, "1", kind=kind, finish=finish).due == "2026-03-06T17:00:00"
    both = task(refs, "2", kind=kind, finish=finish, deadline=deadline)
    assert both.due == "2026-03-10T17:00:00"
    given_due = task(refs, "3", kind=kind, finish=finish, deadline=deadline, due=finish)
    assert given_due.due == "2026-03-06T17:00:00"
    assert task(refs, "4", finish=finish).due is None
    assert task(refs, "5", finish=finish, deadline=deadline).due == "2026-03-10T17:00:00"


def test_columns_keep_wall_clock_time_and_the_board_gets_the_offset() -> None:
    row = task(refs_of(), "1", start=datetime(2026, 3, 2, 8), percent=40.0)  # noqa: DTZ001
    assert row.start == "2026-03-02T08:00:00"
    assert orjson.loads(row.detail)["start"] == "2026-03-02T08:00:00"
    board = orjson.loads(row.body)
    assert board["start"] == "2026-03-02T08:00:00+08:00"
    assert board["percent"] == 40.0
    assert board["source"] == {"connector": "plan", "key": "1", "url": None}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-03-02T08:00:00", "2026-03-02T08:00:00+01:00"),
        ("2026-07-02T08:00:00", "2026-07-02T08:00:00+02:00"),
        ("2026-03-29T02:30:00", "2026-03-29T02:30:00+01:00"),
        ("2026-10-25T02:30:00", "2026-10-25T02:30:00+02:00"),
        ("2026-03-02", "2026-03-02"),
        ("Go-live 2026-03-02T08:00", "Go-live 2026-03-02T08:00"),
        ("2026-13-02T08:00:00", "2026-13-02T08:00:00"),
        (None, None),
        (40, 40),
    ],
)
def test_a_wall_clock_time_gets_the_offset_of_its_day(written: object, shown: object) -> None:
    assert with_offset(written, ZoneInfo("Europe/Berlin")) == shown


def test_a_time_that_has_an_offset_keeps_its_instant() -> None:
    assert with_offset("2026-03-02T08:00:00+00:00", SHANGHAI) == "2026-03-02T08:00:00+00:00"
    assert with_offset("2026-03-02T08:00:00Z", SHANGHAI) == "2026-03-02T08:00:00+00:00"


def test_a_title_that_looks_like_a_time_stays_a_title() -> None:
    row = task(refs_of(), "1", title="2026-03-02T08:00:00")
    assert orjson.loads(row.body)["title"] == "2026-03-02T08:00:00"


def test_every_value_of_the_model_becomes_json() -> None:
    row = task(
        refs_of(),
        "1",
        constraint=ConstraintType.SNET,
        baselines=[{"n": 0, "start": date(2026, 3, 2)}],
        custom={"Text1": "x"},
        notes="日",
        severity=Severity.HIGH,
        actual_start=datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=8))),
        saved=datetime(2026, 3, 2, 8, tzinfo=UTC),
    )
    detail = orjson.loads(row.detail)
    assert detail["constraint"] == ConstraintType.SNET.value
    assert detail["baselines"] == [{"n": 0, "start": "2026-03-02"}]
    assert detail["severity"] == 4
    assert detail["actual_start"] == "2026-03-02T08:00:00+08:00"


def test_the_digest_follows_the_content_and_nothing_else() -> None:
    one, same = task(refs_of(), "1", percent=40.0), task(refs_of(), "1", percent=40.0)
    other = task(refs_of(), "1", percent=41.0)
    assert one.digest == same.digest != other.digest


def test_what_belongs_to_a_task_points_at_it() -> None:
    refs = refs_of()
    to = task(refs, "1").ref
    row = pointing_row(refs, "assignment", "7", 3, {"task": to, "units": 1.0}, to)
    assert (row.ref, row.parent, row.ord) == ("plan:assignment:ERP/7", to, 3)
    calendar = other_row(refs, "calendar", "1", 0, {"title": "Standard", "guid": G1})
    assert (calendar.ref, calendar.guid, calendar.body) == ("plan:calendar:ERP/1", G1, b"{}")
