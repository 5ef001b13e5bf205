"""Queries of SLOs, compiled to the count of a window."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.objectives.counting import countable, counted

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "query",
    [
        "http_requests_total",
        'http_requests_total{code=~"5..",job="shop"}',
        "{__name__='http_requests_total', path=`/a{b}`}",
        'x{a="}\\"{"}',
        "sum(increase(x[$window])) or vector(0)",
    ],
)
def test_a_selector_or_a_query_with_the_window_can_be_counted(query: str) -> None:
    assert countable(query)


@pytest.mark.parametrize(
    "query", ["", "sum(x)", "x[5m]", "x + y", "rate(x[5m])", 'x{a="b"', "x}", "x{} offset 5m"]
)
def test_what_hides_where_a_counter_began_anew_cannot(query: str) -> None:
    assert not countable(query)


def test_a_counter_is_asked_for_its_increase_and_what_is_none_for_its_sum() -> None:
    assert counted("x{a='b'}", HOUR, counter=True) == "sum(increase(x{a='b'}[3600s]))"
    assert counted("x", HOUR, counter=False) == "sum(sum_over_time(x[3600s]))"
    own = "sum(increase(x[$window])) or vector(0)"
    assert counted(own, HOUR, counter=True) == "sum(increase(x[3600s])) or vector(0)"


@given(st.text(alphabet="abc_{}[]\"'`=~,() \\\n", max_size=60))
def test_any_text_is_judged(query: str) -> None:
    assert countable(query) in {True, False}
