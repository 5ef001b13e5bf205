"""Keyset pages: every row once, in order, whatever the limit; and what is refused."""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.services.board import Listing, ListQuery
from hub.services.paging import Row, page_of
from hub.services.refusals import Refusal, Why

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
# What the small lists sort by: nothing, numbers, words, instants; few values, so that many tie.
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([0.1, -1.5, 1e300]),
    st.text(max_size=2),
    st.datetimes(
        min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2026, 1, 3),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
)
ROWS = st.lists(
    st.fixed_dictionaries({"ref": st.text(max_size=3), "at": VALUES, "color": st.none()}),
    unique_by=lambda row: row["ref"],
    max_size=8,
)


def page(rows: Sequence[Row], **asked: Any) -> Listing | Refusal:
    return page_of(
        rows,
        ListQuery(**asked),
        as_of=NOW,
        default_sort="at",
        sorts={"at": lambda row: row["at"], "ref": lambda row: row["ref"]},
        filters={"color": lambda row: row["color"], "ref": lambda row: row["ref"]},
        text=lambda row: str(row["ref"]),
    )


def listed(answer: Listing | Refusal) -> Listing:
    assert isinstance(answer, Listing), answer
    return answer


def refs(listing: Listing) -> list[str]:
    return [orjson.loads(item)["ref"] for item in listing.items]


@given(ROWS, st.integers(1, 5), st.sampled_from(["at", "-at", "ref", "-ref"]))
def test_walking_all_pages_gives_each_row_once_and_in_order(
    rows: list[Row], limit: int, sort: str
) -> None:
    whole = refs(listed(page(rows, limit=100, sort=sort)))
    walked: list[str] = []
    cursor = None
    for _ in range(len(rows) + 1):
        listing = listed(page(rows, limit=limit, sort=sort, cursor=cursor))
        assert len(listing.items) <= limit
        walked += refs(listing)
        cursor = listing.next
        if cursor is None:
            break
    assert cursor is None
    assert walked == whole
    assert sorted(walked) == sorted(row["ref"] for row in rows)


@given(ROWS)
def test_falling_order_is_rising_order_backwards(rows: list[Row]) -> None:
    up = refs(listed(page(rows, limit=100, sort="at")))
    down = refs(listed(page(rows, limit=100, sort="-at")))
    assert up == down[::-1]


def test_a_row_that_came_or_went_between_two_pages_disturbs_no_other() -> None:
    rows = [{"ref": f"r{n}", "at": n, "color": None} for n in range(6)]
    first = listed(page(rows, limit=3))
    changed = [{"ref": "new", "at": -1, "color": None}, *rows[:2], *rows[3:]]
    assert refs(listed(page(changed, limit=3, cursor=first.next))) == ["r3", "r4", "r5"]


def test_numbers_are_sorted_as_numbers_and_nothing_comes_first() -> None:
    rows: list[Mapping[str, object]] = [
        {"ref": "a", "at": 10, "color": None},
        {"ref": "b", "at": 9.5, "color": None},
        {"ref": "c", "at": None, "color": None},
    ]
    assert refs(listed(page(rows, sort="at"))) == ["c", "b", "a"]


def test_filters_are_ored_within_a_field_and_anded_between_fields() -> None:
    rows: list[Mapping[str, object]] = [
        {"ref": "a", "at": 1, "color": "red"},
        {"ref": "b", "at": 2, "color": ["red", "blue"]},
        {"ref": "c", "at": 3, "color": True},
        {"ref": "d", "at": 4, "color": None},
    ]
    assert refs(listed(page(rows, filters={"color": ("blue", "true")}))) == ["b", "c"]
    assert refs(listed(page(rows, filters={"color": ("red",), "ref": ("b", "c")}))) == ["b"]
    assert refs(listed(page(rows, filters={"color": ("green",)}))) == []


def test_the_total_counts_all_pages_and_only_when_asked() -> None:
    rows = [{"ref": f"r{n}", "at": n, "color": None} for n in range(6)]
    first = listed(page(rows, limit=2, count=True))
    assert first.total == 6
    assert listed(page(rows, limit=2, count=True, cursor=first.next)).total == 6
    assert listed(page(rows, limit=2)).total is None


def test_text_is_found_without_case() -> None:
    rows = [{"ref": ref, "at": 1, "color": None} for ref in ("Shop-DB", "web")]
    assert refs(listed(page(rows, q="shop"))) == ["Shop-DB"]


def forged(content: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%%%",
        "日",
        "",
        forged({"sort": "at"}),
        forged([1, 2]),
        forged(["at", 1, "r1", "more"]),
        forged(["ref", "r1", "r1"]),
        forged(["at", {"$gt": 0}, "r1"]),
        forged(["at", [1], "r1"]),
        forged(["at", 1, {"r": 1}]),
        forged(None),
    ],
)
def test_a_foreign_cursor_is_refused_by_name(cursor: str) -> None:
    answer = page([{"ref": "r1", "at": 1, "color": None}], cursor=cursor, sort="at")
    assert isinstance(answer, Refusal), answer
    assert answer.why is Why.INVALID
    assert [fault.loc for fault in answer.errors] == ["cursor"]


@pytest.mark.parametrize(
    ("asked", "loc"),
    [
        ({"sort": "colour"}, "sort"),
        ({"sort": "--at"}, "sort"),
        ({"filters": {"colour": ("red",)}}, "colour"),
    ],
)
def test_what_the_list_does_not_have_is_refused_by_name(asked: dict[str, Any], loc: str) -> None:
    answer = page([], **asked)
    assert isinstance(answer, Refusal), answer
    assert [fault.loc for fault in answer.errors] == [loc]
