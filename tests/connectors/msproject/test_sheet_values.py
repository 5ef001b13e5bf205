"""Cells: what people write, what it means, and what is not guessed."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from connectors.msproject.sheet import values
from connectors.msproject.sheet.faults import Unreadable
from connectors.msproject.sheet.resources import Share, shares
from connectors.msproject.sheet.values import At, Span

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        (datetime(2026, 11, 23), None),  # noqa: DTZ001 - a plan's dates have no zone
        (datetime(2026, 11, 23, 9, 30), time(9, 30)),  # noqa: DTZ001
        (DAY, None),
        ("2026-11-23", None),
        ("2026-11-23T17:00:00", time(17)),
        ("2026-11-23 08:15", time(8, 15)),
        ("2026/11/23", None),
        ("2026/11/23 8:00", time(8)),
        ("2026.11.23", None),
        ("2026年11月23日", None),
        ("2026 年 11 月 23 日 8:00", time(8)),
        ("2026年11月23日 8时30分", time(8, 30)),
        ("2026年11月23日 下午 5:00", time(17)),
        ("2026年11月23日星期一", None),
        ("２０２６－１１－２３", None),
        ("周一 2026/11/23", None),
        ("23.11.2026", None),
        ("23.11.2026 17:00", time(17)),
        ("23/11/2026", None),
        ("11/23/2026", None),
        ("Mon 23/11/2026", None),
        ("November 23, 2026 8:00 AM", time(8)),
        ("23 Nov 2026", None),
        ("23-Nov-2026 12:00 am", time(0)),
    ],
)
def test_a_date_is_read(said: object, hour: time | None) -> None:
    assert values.when(said, None) == At(DAY, hour)


@pytest.mark.parametrize(
    ("said", "order", "day"),
    [
        ("03/04/2026", "dmy", date(2026, 4, 3)),
        ("03/04/2026", "mdy", date(2026, 3, 4)),
        ("03-04-2026", "dmy", date(2026, 4, 3)),
        ("Mon 11/23/26", "mdy", DAY),
        ("26/11/23", "ymd", DAY),
        ("04.04.2026", "mdy", date(2026, 4, 4)),
        ("03.04.2026", None, date(2026, 4, 3)),
        ("04/04/2026", None, date(2026, 4, 4)),
    ],
)
def test_the_setting_says_what_is_the_month(said: str, order: Any, day: date) -> None:
    assert values.when(said, order) == At(day, None)


@pytest.mark.parametrize(
    ("said", "order", "words"),
    [
        ("03/04/2026", None, "may be 2026-04-03 or 2026-03-04; .* date_order"),
        ("11/23/26", None, "year of two digits; .* date_order"),
        ("31/02/2026", None, '"31/02/2026" is no date; write it as 2026-11-23'),
        ("23/11/2026", "mdy", "is no date"),
        ("2026-13-01", None, "is no date"),
        ("2026-11-23T10:00Z", None, "is no date"),
        ("2026-11-23T10:00+08:00", None, "is no date"),
        ("next week", None, "is no date"),
        ("1899-12-30", None, "out of range"),
        ("2026-11-23 25:00", None, "is no date"),
        (46349, None, "is a number, no date; format the cell"),
        (True, None, "no date"),
        (time(0), None, "is an hour without a day; .* open the file in Excel"),
    ],
)
def test_a_date_that_could_be_two_or_none_is_refused(said: Any, order: Any, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        values.when(said, order)


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("5d", 2400), ("5 days", 2400), ("5 days?", 2400), ("5个工作日", 2400),
        ("5 个工作日?", 2400), ("2w", 4800), ("2 wks", 4800), ("2周", 4800), ("2周工时", 4800),
        ("3h", 180), ("3 hrs", 180), ("3小时", 180), ("3小时工时", 180), ("45 mins", 45),
        ("45分钟", 45), ("1mo", 9600), ("1 mon", 9600), ("1个月", 9600), ("1.5d", 720),
        ("1,5 d", 720), ("0 days", 0), (5, 2400), (0.5, 240), ("５天", 2400),
        (timedelta(hours=3), 180),
    ],
)  # fmt: skip
def test_a_duration_is_read_in_minutes_of_work(said: object, minutes: int) -> None:
    assert values.span(said) == Span(minutes)


@pytest.mark.parametrize(
    ("said", "minutes"),
    [("1ed", 1440), ("2 edays", 2880), ("1ew", 10080), ("3eh", 180), ("1 elapsed day", 1440),
     ("2 已用工作日", 2880), ("2个连续日", 2880)],
)  # fmt: skip
def test_an_elapsed_duration_is_of_the_clock(said: str, minutes: int) -> None:
    assert values.span(said) == Span(minutes, elapsed=True)


@pytest.mark.parametrize("said", ["soon", "5 x", "-5d", "", DAY, True, time(8), "5d 3h", "9" * 99])
def test_what_is_no_duration_is_refused(said: object) -> None:
    with pytest.raises(Unreadable, match=r"5个工作日|more than a plan can last"):
        values.span(said)


def test_work_alone_means_hours() -> None:
    assert values.span(16, bare="h") == Span(960)


@pytest.mark.parametrize(
    ("said", "form", "share"),
    [(0.5, "0%", 50), (1, "0%", 100), (0.333, "0.0%", 33.3), (50, "General", 50), ("50%", "", 50),
     ("50 %", "", 50), ("５０％", "", 50), ("12,5%", "", 12.5), (100, "", 100), (0, "", 0),
     ("35", "", 35)],
)  # fmt: skip
def test_a_percentage_is_read_by_the_format_of_its_cell(
    said: object, form: str, share: float
) -> None:
    assert values.percent(said, form) == share


@pytest.mark.parametrize("said", [0.5, "0.5", 101, -1, "half", True, DAY, "120%"])
def test_a_percentage_that_could_be_two_is_refused(said: object) -> None:
    with pytest.raises(Unreadable):
        values.percent(said)


@pytest.mark.parametrize(
    ("said", "amount"),
    [(1200.5, 1200.5), ("1200.50", 1200.5), ("1,200.50", 1200.5), ("¥1,200.50", 1200.5),
     ("￥1200", 1200), ("1200元", 1200), ("CNY 1,200", 1200), ("1.200,50 €", 1200.5),
     ("1200,5", 1200.5), ("-3", -3)],
)  # fmt: skip
def test_money_is_read(said: object, amount: float) -> None:
    assert values.amount(said) == amount


@pytest.mark.parametrize("said", ["1.200", "free", True, 1e300, "1,2,3", "12 000", None])
def test_money_that_could_be_two_is_refused(said: object) -> None:
    with pytest.raises(Unreadable):
        values.amount(said)


@pytest.mark.parametrize(
    ("said", "yes"),
    [("Yes", True), ("是", True), ("TRUE", True), (True, True), (1, True), ("√", True),
     ("No", False), ("否", False), (False, False), (0, False)],
)  # fmt: skip
def test_yes_and_no_are_read_in_both_languages(said: object, *, yes: bool) -> None:
    assert values.flag(said) is yes


def test_a_word_that_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(Unreadable, match="neither yes nor no"):
        values.flag("perhaps")


@pytest.mark.parametrize(
    ("said", "form", "text"),
    [(1.0, "General", "1"), (1.1, "General", "1.1"), (1.1, "0.00", "1.10"), ("1.10", "@", "1.10"),
     (12, "0", "12"), (" A.1 ", "@", "A.1")],
)  # fmt: skip
def test_a_wbs_is_read_as_it_is_shown(said: object, form: str, text: str) -> None:
    assert values.code(said, form) == text


def test_a_wbs_that_excel_made_a_date_of_is_refused() -> None:
    with pytest.raises(Unreadable, match="Excel made a date of this"):
        values.code(datetime(2026, 1, 2))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("张三", [Share("张三")]),
        ("张三;李四[50%]", [Share("张三"), Share("李四", 0.5)]),
        ("张三，李四、王五", [Share("张三"), Share("李四"), Share("王五")]),
        ("Alice [25 %], Bob", [Share("Alice", 0.25), Share("Bob")]),
        ("水泥[3,5 吨],Bob", [Share("水泥", 3.5, "吨"), Share("Bob")]),
        ("Smith, John; Doe, Jane", [Share("Smith, John"), Share("Doe, Jane")]),
        ("Bob;Bob", [Share("Bob")]),
        (";", []),
    ],
)
def test_resources_are_read(said: str, found: list[Share]) -> None:
    assert shares(said) == found


@pytest.mark.parametrize("said", ["Bob[", "[50%]", "Bob]x[", "x" * 201])
def test_what_is_no_list_of_names_is_refused(said: str) -> None:
    with pytest.raises(Unreadable):
        shares(said)
