"""Writing JQL: nothing that a name holds breaks out of it, and no instant is cut off."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jira import jql
from tests.simulators.jira import Site
from tests.simulators.jira.jql import parse

WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@given(WORDS)
def test_a_quoted_word_is_read_as_that_word(word: str) -> None:
    site = Site("cloud")
    project = site.project("ERP", "ERP renewal")
    other, one = (site.issue(project, "Task", labels=found) for found in ([], [word]))
    query = parse(jql.among("labels", [word]), site)
    assert (query.test(one), query.test(other)) == (True, False)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_quoted_word_holds_no_control_character_and_one_closing_quote(word: str) -> None:
    written = jql.quoted(word)
    assert written[0] == written[-1] == '"'
    assert all(ord(c) >= 0x20 for c in written)
    bare = written[1:-1].replace("\\\\", "").replace('\\"', "")
    assert '"' not in bare


@pytest.mark.parametrize(
    ("clause", "fault"),
    [
        ("", ""),
        ("labels = x", ""),
        ('summary ~ "a) ORDER BY b"', ""),
        ("(a = 1 OR b = 2) AND c = 3", ""),
        (r'summary ~ "a \" (b"', ""),
        ("summary ~ 'it\\'s'", ""),
        ("labels = x) OR (project = HR", "without its ("),
        ("(labels = x", "not closed"),
        ('labels = "x', "not closed"),
        ("labels = x ORDER  by key", "ORDER BY"),
    ],
)
def test_a_clause_that_would_break_out_is_refused(clause: str, fault: str) -> None:
    found = jql.fault_of_clause(clause)
    assert (found == "") if not fault else (fault in found)


def test_clauses_are_joined_and_blank_ones_left_out() -> None:
    assert jql.both("", jql.apart(" "), "") == ""
    assert jql.both('project in ("ERP")', jql.apart("a = 1 OR b = 2"), "updated >= 5") == (
        'project in ("ERP") AND (a = 1 OR b = 2) AND updated >= 5'
    )


ZONES = [
    "America/Los_Angeles", "America/St_Johns", "UTC", "Europe/Berlin", "Asia/Kathmandu",
    "Asia/Shanghai", "Australia/Lord_Howe", "Pacific/Kiritimati",
]  # fmt: skip


@pytest.mark.parametrize("zone", [*ZONES, None])
@given(at=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_r11_a_literal_is_never_later_than_the_instant_however_jira_reads_it(
    zone: str | None, at: datetime
) -> None:
    found = jql.wall(at, None if zone is None else ZoneInfo(zone))
    zones: list[tzinfo] = [ZoneInfo(one) for one in ([zone] if zone else ZONES)]
    for read_in in zones:
        for fold in (0, 1):
            taken_for = found.replace(tzinfo=read_in, fold=fold).astimezone(UTC)
            assert taken_for <= at
            assert at - taken_for < timedelta(hours=3 if zone else 40)


@pytest.mark.parametrize("zone", ZONES)
def test_r11_every_quarter_of_an_hour_of_two_years_is_written_safely(zone: str) -> None:
    read_in = ZoneInfo(zone)
    at = datetime(2026, 1, 1, 0, 7, 59, tzinfo=UTC)
    for _ in range(2 * 365 * 96):
        at += timedelta(minutes=15)
        found = jql.wall(at, read_in)
        assert found.replace(tzinfo=read_in, fold=1).astimezone(UTC) <= at
        assert found.replace(tzinfo=read_in, fold=0).astimezone(UTC) <= at


def test_the_two_forms_of_an_instant() -> None:
    at = datetime(2026, 3, 1, 12, 0, 59, 713000, tzinfo=UTC)
    assert jql.since_epoch(at) == "updated >= 1772366459713"
    assert jql.since_minute(at, ZoneInfo("Asia/Shanghai")) == 'updated >= "2026-03-01 20:00"'


@pytest.mark.parametrize(
    ("key", "good"), [("ERP", True), ("A_1", True), ("1A", False), ("ER P", False), ("", False)]
)
def test_what_may_be_the_key_of_a_project(key: str, good: bool) -> None:  # noqa: FBT001
    assert jql.is_project_key(key) is good
