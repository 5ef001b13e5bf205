"""The sample plan says what the article's case says, on whatever day it is made."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from lxml import etree

from hub.app.sample import network
from hub.app.sample.axis import DAY, STATUS, Axis
from hub.app.sample.holidays import days_off, is_working, swap_days
from hub.app.sample.mspdi import document
from hub.app.sample.network import Node, links, schedule
from hub.app.sample.plan import ROWS, YESTERDAY
from hub.app.sample.work import tasks

NS = {"p": "http://schemas.microsoft.com/project"}
DAYS = [date(2026, 1, 5) + timedelta(days=23 * n) for n in range(14)]


def parsed(today: date = DAYS[5]) -> etree._Element:
    return etree.fromstring(document(tasks(), Axis(today)))


def rows(root: etree._Element, where: str = "") -> list[etree._Element]:
    return list(root.iterfind(f"p:Tasks/p:Task{where}", NS))


def number(row: etree._Element, path: str) -> int:
    text = row.findtext(path, namespaces=NS)
    assert text is not None, path
    return int(text)


def leaves(root: etree._Element) -> list[etree._Element]:
    return [row for row in rows(root) if number(row, "p:Summary") == 0]


def test_the_leaves_add_up_to_the_articles_numbers() -> None:
    found = leaves(parsed())
    sums = {
        name: sum(number(row, f"p:{name}") for row in found) / 100
        for name in ("Cost", "BCWS", "BCWP", "ACWP", "Baseline/p:Cost")
    }
    assert sums == {
        "Cost": 20_000_000,
        "BCWS": 12_000_000,
        "BCWP": 9_000_000,
        "ACWP": 11_000_000,
        "Baseline/p:Cost": 20_000_000,
    }


def test_row_zero_holds_the_same_sums() -> None:
    zero = rows(parsed(), "[p:UID='0']")[0]
    names = ("Cost", "BCWS", "BCWP", "ACWP")
    assert [number(zero, f"p:{name}") // 10**8 for name in names] == [20, 12, 9, 11]


def test_the_cost_of_a_task_is_its_people_and_its_fixed_cost() -> None:
    root = parsed()
    people: dict[str, int] = {}
    for row in root.iterfind("p:Assignments/p:Assignment", NS):
        task = row.findtext("p:TaskUID", namespaces=NS) or ""
        people[task] = people.get(task, 0) + number(row, "p:Cost")
    for row in leaves(root):
        fixed = number(row, "p:FixedCost")
        uid = row.findtext("p:UID", namespaces=NS) or ""
        assert fixed >= 0
        assert abs(fixed + people.get(uid, 0) - number(row, "p:Cost")) < 100 * len(people)


def test_about_ninety_rows_and_fourteen_milestones_in_five_process_groups() -> None:
    root = parsed()
    top = rows(root, "[p:OutlineLevel='1']")
    assert 80 <= len(rows(root)) <= 100
    assert len(rows(root, "[p:Milestone='1']")) == 14
    titles = [row.findtext("p:Name", namespaces=NS) for row in top]
    assert [title[:2] for title in titles if title] == ["启动", "规划", "执行", "监控", "收尾"]


def test_all_four_link_types_occur_with_lags_and_leads() -> None:
    found = list(parsed().iterfind("p:Tasks/p:Task/p:PredecessorLink", NS))
    assert {number(link, "p:Type") for link in found} == {0, 1, 2, 3}
    lags = {number(link, "p:LinkLag") for link in found}
    assert min(lags) < 0 < max(lags)
    assert 8 * 60 * 10 * 5 in lags, "five days are 24000 tenths of a minute"


@pytest.mark.parametrize("today", DAYS)
def test_month_seven_is_now_whatever_the_day(today: date) -> None:
    root = parsed(today)
    begun = datetime.fromisoformat(root.findtext("p:StartDate", namespaces=NS) or "")
    status = datetime.fromisoformat(root.findtext("p:StatusDate", namespaces=NS) or "")
    assert status.date() <= today < status.date() + timedelta(days=10)
    assert 180 <= (status - begun).days <= 215


@pytest.mark.parametrize("today", DAYS)
def test_work_starts_and_ends_on_working_days_only(today: date) -> None:
    for row in leaves(parsed(today)):
        for name in ("p:Start", "p:Finish"):
            assert is_working(
                datetime.fromisoformat(row.findtext(name, namespaces=NS) or "").date()
            )


def test_what_is_done_lies_behind_and_what_is_not_begun_lies_ahead() -> None:
    for task in tasks():
        if task.percent == 100:
            assert task.now.finish <= STATUS
        elif task.percent == 0:
            assert task.now.start >= STATUS


def test_the_preliminary_acceptance_is_near_late_and_without_float() -> None:
    acceptance = next(task for task in tasks() if task.row.code == "M8")
    assert 0 < acceptance.now.finish - STATUS <= 10 * DAY
    assert acceptance.now.finish - acceptance.promised.finish >= 10 * DAY
    assert acceptance.critical


def test_the_stored_slack_is_that_of_the_network() -> None:
    root = parsed()
    for row, task in zip(rows(root)[1:], tasks(), strict=True):
        if task.row.code and not task.done:
            assert number(row, "p:TotalSlack") == 10 * task.now.total_slack
            assert number(row, "p:Critical") == (task.now.total_slack == 0)


def test_slack_is_what_a_task_may_slip_before_the_end_moves() -> None:
    """The definition itself, tried on every task: add the slack, then a minute more."""
    nodes = {row.code: Node(row.days * DAY, links(row.after), row.not_before * DAY) for row in ROWS}
    nodes.pop("")
    dates = schedule(nodes)
    end = max(found.finish for found in dates.values())
    for code, found in dates.items():
        for extra, moves in ((0, False), (1, True)):
            late = Node(
                nodes[code].duration, nodes[code].links, found.start + found.total_slack + extra
            )
            then = schedule({**nodes, code: late})
            assert (max(d.finish for d in then.values()) > end) is moves, code


def test_the_network_of_the_teaching_example_with_all_link_types() -> None:
    nodes = {
        name: Node(days * DAY, links(after))
        for name, days, after in (
            ("A", 3, ""),
            ("B", 2, "A FS+2"),
            ("C", 2, "A SS"),
            ("D", 4, "B SS+1"),
            ("E", 1, "C SF+3"),
            ("F", 2, "C FF+3"),
            ("G", 4, "D SS+1, E FS"),
            ("H", 3, "F SF+2, G FS"),
        )
    }
    dates = schedule(nodes)
    assert max(found.finish for found in dates.values()) == 14 * DAY
    slack = {name: found.total_slack // DAY for name, found in dates.items()}
    assert slack == {"A": 0, "B": 0, "C": 4, "D": 0, "E": 4, "F": 9, "G": 0, "H": 0}


def test_a_circle_of_links_is_named() -> None:
    with pytest.raises(ValueError, match=r"circle among \['A', 'B'\]"):
        network.schedule({"A": Node(1, links("B")), "B": Node(1, links("A"))})


def test_the_calendar_differs_in_both_directions() -> None:
    holiday = next(days_off(2026))[1]
    assert not is_working(holiday)
    assert all(is_working(day) and day.weekday() >= 5 for day in swap_days(2026))


def test_the_axis_never_runs_backwards() -> None:
    axis = Axis(DAYS[0])
    walls = [axis.starts(minute) for minute in range(0, 3 * DAY, 7)]
    assert all(earlier < later for earlier, later in pairwise(walls))
    assert axis.ends(DAY).hour == 18
    assert axis.ends(180).hour == 12
    assert axis.starts(180).hour == 13


def test_since_yesterday_one_task_got_longer_and_the_acceptance_moved() -> None:
    before, now = ({t.row.code: t for t in tasks(rows)} for rows in (YESTERDAY, ROWS))
    longer = [code for code, task in now.items() if task.row.days != before[code].row.days]
    assert longer == ["T5"]
    moved = now["M8"].now.finish - before["M8"].now.finish
    assert moved == DAY * (now["T5"].row.days - before["T5"].row.days) > 0
    assert all(task.promised == before[code].promised for code, task in now.items())
