"""When a tool is asked again after it failed: when it said, else later and later."""

from datetime import timedelta

import pytest

from hub.errors import Misconfigured, Transient
from hub.services.measuring.line import LONGEST, PROBE_SECONDS, STRIKES, Line
from tests.unit.services.measuring.tools import Tool, wanted

UP = wanted()


@pytest.fixture
def line() -> Line:
    line = Line("prom", Tool())
    line.want([UP])
    return line


@pytest.mark.parametrize(("wish", "pause"), [(None, 60.0), (7, 7.0), (0, 1.0), (300, 300.0)])
def test_the_tools_wish_when_to_come_again_counts_and_a_second_at_least(
    line: Line, wish: int | None, pause: float
) -> None:
    after = None if wish is None else timedelta(seconds=wish)
    line.failed(UP.ref, Transient("503", retry_after=after), 1000.0)
    assert line.due[UP.ref] == 1000.0 + pause


def test_without_a_wish_each_failure_in_a_row_doubles_the_pause(line: Line) -> None:
    pauses = []
    for _ in range(7):
        line.failed(UP.ref, Misconfigured("422"), 0.0)
        pauses.append(line.due[UP.ref])
    assert pauses == [60.0, 120.0, 240.0, 480.0, LONGEST, LONGEST, LONGEST]
    line.went_well(UP.ref, 0.0, lags=False)
    line.failed(UP.ref, Misconfigured("422"), 0.0)
    assert line.due[UP.ref] == 60.0


@pytest.mark.parametrize(("wish", "pause"), [(None, PROBE_SECONDS), (120, 120.0)])
def test_a_tool_that_is_away_is_looked_at_again_when_it_said(
    line: Line, wish: int | None, pause: float
) -> None:
    after = None if wish is None else timedelta(seconds=wish)
    for _ in range(STRIKES):
        line.failed(UP.ref, Transient("503 busy", retry_after=after), 1000.0)
    assert line.out == "503 busy"
    assert line.take(1000.0 + pause - 0.1, ill=True) == []
    assert line.take(1000.0 + pause, ill=True) == [UP.ref]


def test_a_query_that_is_refused_takes_no_tool_for_away(line: Line) -> None:
    for _ in range(2 * STRIKES):
        line.failed(UP.ref, Misconfigured("422"), 0.0)
    assert line.out is None
