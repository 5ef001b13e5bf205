"""Sprints in both ways in which Jira writes them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jira.sprints import current, printed, sprints

DAY = "2026-02-01T08:00:00.000Z"


def text(name: str, goal: str = "", **changed: object) -> str:
    parts = {
        "id": 7, "rapidViewId": 3, "state": "ACTIVE", "name": name, "startDate": DAY,
        "endDate": "2026-02-15T08:00:00.000+08:00", "completeDate": "<null>",
        "activatedDate": DAY, "sequence": 7, "goal": goal, **changed,
    }  # fmt: skip
    inner = ",".join(f"{name}={value}" for name, value in parts.items())
    return f"com.atlassian.greenhopper.service.sprint.Sprint@1f3[{inner}]"


def test_r16_a_printed_sprint_is_read_as_an_object() -> None:
    assert printed(text("Sprint 7")) == {
        "id": 7, "boardId": 3, "state": "active", "name": "Sprint 7", "startDate": DAY,
        "endDate": "2026-02-15T08:00:00.000+08:00", "activatedDate": DAY, "sequence": 7, "goal": "",
    }  # fmt: skip


@given(
    name=st.text(alphabet="ab 冲刺,]=[\n'\"", min_size=1, max_size=30),
    goal=st.text(alphabet="xy 目标,]=[\n", max_size=30),
)
def test_r16_no_name_or_goal_breaks_it(name: str, goal: str) -> None:
    found = printed(text(name, goal))
    assert found is not None
    assert (found["id"], found["state"], found["name"], found["goal"]) == (7, "active", name, goal)
    assert (found["startDate"], found["sequence"]) == (DAY, 7)


@pytest.mark.parametrize("name", ["Sprint 7, part=2]", "a,startDate=soon", "x,goal=y"])
def test_r16_a_name_that_looks_like_more_keys_stays_a_name(name: str) -> None:
    found = printed(text(name))
    assert found is not None
    assert found["name"] == name


def test_r16_unknown_keys_survive() -> None:
    found = printed(text("S", "g", autoStartStop="false", synced="false"))
    assert found is not None
    assert (found["goal"], found["autoStartStop"], found["synced"]) == ("g", "false", "false")
    (one,) = sprints([{"id": 7, "state": "ACTIVE", "name": "S", "novel": [1]}])
    assert (one["state"], one["novel"]) == ("active", [1])


def test_an_order_of_keys_that_nobody_has_seen_yet_gives_what_it_can() -> None:
    found = printed("Sprint@1[state=CLOSED,id=9,novel=x,name=Old,goal=<null>]")
    assert found == {"state": "closed", "id": 9, "novel": "x", "name": "Old"}


@pytest.mark.parametrize(
    "value", [None, "", "Sprint", [None], ["Sprint@1[]"], [3], [{}], [{"id": None}], 5, {}]
)
def test_what_is_no_sprint_is_left_out(value: object) -> None:
    assert sprints(value) == []


def sprint(id_: int, state: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "state": state, "name": f"S{id_}", **more}


@pytest.mark.parametrize(
    ("found", "which"),
    [
        ([], None),
        ([sprint(1, "closed")], 1),
        ([sprint(1, "closed"), sprint(2, "active"), sprint(3, "future")], 2),
        ([sprint(1, "closed"), sprint(3, "future")], 3),
        (
            [sprint(9, "closed", completeDate="2026-01-01T00:00:00.000Z"),
             sprint(4, "closed", completeDate="2026-03-01T00:00:00.000Z")],
            4,
        ),
        ([sprint(9, "closed"), sprint(10, "closed")], 10),
    ],
)  # fmt: skip
def test_the_active_sprint_counts_else_the_newest(found: Any, which: int | None) -> None:
    chosen = current(found)
    assert (None if chosen is None else chosen["id"]) == which
