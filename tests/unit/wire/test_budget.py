"""What a tool says of how often it may be asked, in the words that tools use."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from hub.contract import Budget
from hub.wire.budget import Budgets
from hub.wire.verdict import wish

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
IN_30 = NOW + timedelta(seconds=30)


def heard(headers: Mapping[str, str], status: int = 200) -> Budget | None:
    budgets = Budgets()
    budgets.hear(status, headers, NOW)
    return budgets.now(NOW)


@pytest.mark.parametrize("prefix", ["ratelimit", "x-ratelimit", "x-rate-limit"])
def test_a_header_for_each_number_is_read(prefix: str) -> None:
    told = {f"{prefix}-limit": "100, 100;w=60", f"{prefix}-remaining": "7", f"{prefix}-reset": "30"}
    assert heard(told) == Budget(100, 7, IN_30)


@pytest.mark.parametrize(
    "reset",
    [
        "30",
        str(int(IN_30.timestamp())),
        "2026-03-02T09:30:30Z",
        "2026-03-02T17:30:30+08:00",
        "Mon, 02 Mar 2026 09:30:30 GMT",
    ],
)
def test_a_renewal_is_a_span_an_epoch_or_a_date(reset: str) -> None:
    told = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    assert heard(told) == Budget(None, 0, IN_30)


def test_of_several_budgets_the_tightest_counts() -> None:
    told = {
        "ratelimit": '"burst";r=50;t=1, "day";r=3;t=30',
        "ratelimit-policy": '"burst";q=60;w=1, "day";q=1000;w=86400',
    }
    found = heard(told)
    assert found is not None
    assert found == Budget(1000, 3, IN_30)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"x-ratelimit-limit": "many"},
        {"ratelimit": "soon"},
        {"x-ratelimit-remaining": "-1"},
        {"x-ratelimit-reset": "30"},
    ],
)
def test_where_a_tool_says_nothing_that_can_be_read_nothing_is_known(told: dict[str, str]) -> None:
    assert heard(told) is None


@pytest.mark.parametrize("reset", ["9" * 15, "0x10", "yesterday", "2026-13-40"])
def test_a_renewal_that_cannot_be_is_not_believed(reset: str) -> None:
    assert heard({"ratelimit-remaining": "5", "ratelimit-reset": reset}) == Budget(None, 5)


def test_a_hold_lasts_until_its_time_or_the_next_answer() -> None:
    budgets = Budgets()
    budgets.hear(429, {"retry-after": "30"}, NOW)
    assert budgets.now(NOW) == Budget(held_until=IN_30)
    assert budgets.now(IN_30) is None
    budgets.hear(503, {}, NOW)  # another refusal that names no time
    assert budgets.now(NOW) == Budget(held_until=IN_30)
    budgets.hear(200, {}, NOW)
    assert budgets.now(NOW) is None


def test_what_was_left_is_not_known_any_more_after_the_renewal() -> None:
    budgets = Budgets()
    told = {"ratelimit-limit": "100", "ratelimit-remaining": "0", "ratelimit-reset": "30"}
    budgets.hear(200, told, NOW)
    budgets.hear(200, {}, NOW)  # an answer that says nothing takes nothing away
    assert budgets.now(NOW) == Budget(100, 0, IN_30)
    assert budgets.now(IN_30) == Budget(100)


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ({"retry-after": "7", "x-ratelimit-reset": "2026-03-02T09:31Z"}, timedelta(seconds=7)),
        ({"x-ratelimit-reset": "2026-03-02T09:31Z"}, timedelta(minutes=1)),
        ({"retry-after": "soon", "x-ratelimit-reset": "30"}, timedelta(seconds=30)),
        ({"retry-after": "0"}, timedelta(0)),
        ({"x-ratelimit-reset": "2026-03-02T09:29Z"}, timedelta(0)),
        ({"x-ratelimit-reset": "never"}, None),
        ({}, None),
    ],
)
def test_one_that_was_asked_too_often_is_left_alone_until_it_counts_anew(
    told: Mapping[str, str], wait: timedelta | None
) -> None:
    assert wish(429, told, NOW) == wait


def test_only_a_refusal_for_being_asked_too_often_tells_by_its_count() -> None:
    assert wish(503, {"x-ratelimit-reset": "30"}, NOW) is None
