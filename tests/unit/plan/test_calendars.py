"""Working time: weeks, holidays, swap working days, night shifts, derived calendars."""

# ruff: noqa: DTZ001 - plan times are wall-clock times

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Misconfigured
from hub.model.plan import Calendar, CalendarException
from hub.plan.calendars import CONTINUOUS, STANDARD, NoWorkingTime, WorkTime, point, worktimes

OFFICE = ((540, 720), (780, 1080))
FRIDAY_15 = datetime(2026, 3, 6, 15)


def calendar(
    *exceptions: CalendarException,
    week: tuple[tuple[tuple[int, int], ...] | None, ...] = (OFFICE,) * 5 + ((), ()),
    base: str | None = None,
    ref: str = "c",
) -> Calendar:
    return Calendar(ref=ref, title="Office", week=week, base=base, exceptions=exceptions)


def swap_day(day: str) -> CalendarException:
    return CalendarException(day, day, OFFICE, "swap")


def holiday(first: str, last: str) -> CalendarException:
    return CalendarException(first, last, (), "holiday")


def test_a_weekend_and_a_lunch_break_are_not_counted() -> None:
    work = WorkTime.of(calendar())
    assert work.minutes_between(FRIDAY_15, datetime(2026, 3, 9, 10)) == 240
    assert work.minutes_between(datetime(2026, 3, 9, 10), FRIDAY_15) == -240
    assert work.add(FRIDAY_15, 240) == datetime(2026, 3, 9, 10)
    assert work.days_between(FRIDAY_15, datetime(2026, 3, 9, 10), 480) == 0.5


def test_work_that_fills_a_shift_ends_with_it_and_begins_with_it() -> None:
    work = WorkTime.of(calendar())
    assert work.add(FRIDAY_15, 180) == datetime(2026, 3, 6, 18)
    assert work.subtract(datetime(2026, 3, 9, 10), 60) == datetime(2026, 3, 9, 9)
    assert work.subtract(datetime(2026, 3, 9, 9), 60) == datetime(2026, 3, 6, 17)
    assert work.next_working(datetime(2026, 3, 6, 18)) == datetime(2026, 3, 9, 9)


def test_a_swap_working_day_adds_work_and_a_holiday_takes_it() -> None:
    work = WorkTime.of(calendar(swap_day("2026-03-07"), holiday("2026-03-09", "2026-03-10")))
    assert work.add(FRIDAY_15, 240) == datetime(2026, 3, 7, 10)
    assert work.minutes_between(datetime(2026, 3, 8), datetime(2026, 3, 11)) == 0
    assert work.next_working(datetime(2026, 3, 7, 18)) == datetime(2026, 3, 11, 9)


def test_a_swap_day_inside_a_long_holiday_wins_in_either_order() -> None:
    long, inside = holiday("2026-10-01", "2026-10-08"), swap_day("2026-10-04")
    for exceptions in ((long, inside), (inside, long)):
        work = WorkTime.of(calendar(*exceptions))
        assert work.minutes_between(datetime(2026, 10, 1), datetime(2026, 10, 9)) == 480


def test_midnight_ends_the_day_and_a_night_shift_goes_on_after_it() -> None:
    night = ((0, 360), (1320, 1440))
    work = WorkTime.of(calendar(week=(night,) * 7))
    assert work.add(datetime(2026, 3, 6, 22), 480) == datetime(2026, 3, 7, 6)
    assert work.add(datetime(2026, 3, 6, 22), 120) == datetime(2026, 3, 7, 0)
    assert work.next_working(datetime(2026, 3, 7, 6)) == datetime(2026, 3, 7, 22)


def test_a_calendar_without_any_working_time_is_refused_not_searched_for_ever() -> None:
    idle = WorkTime.of(calendar(week=((),) * 7))
    assert not idle.recurs
    assert idle.minutes_between(FRIDAY_15, datetime(2030, 1, 1)) == 0
    with pytest.raises(NoWorkingTime, match="Office"):
        idle.next_working(FRIDAY_15)
    with pytest.raises(NoWorkingTime):
        idle.add(FRIDAY_15, 1)


def test_a_calendar_that_works_on_one_day_only_ends_after_it() -> None:
    once = WorkTime.of(calendar(swap_day("2026-03-07"), week=((),) * 7))
    assert once.add(FRIDAY_15, 480) == datetime(2026, 3, 7, 18)
    with pytest.raises(NoWorkingTime):
        once.add(FRIDAY_15, 481)


def test_work_beyond_the_last_year_is_refused() -> None:
    with pytest.raises(NoWorkingTime):
        WorkTime.of(STANDARD).add(FRIDAY_15, 10**10)


def test_a_derived_calendar_states_only_what_differs() -> None:
    base = calendar(holiday("2026-03-09", "2026-03-09"), swap_day("2026-03-07"), ref="base")
    early = ((480, 720),)
    own = calendar(
        holiday("2026-03-07", "2026-03-07"),
        week=(None, early, None, None, None, None, None),
        base="base",
        ref="own",
    )
    work = worktimes([own, base])["own"]
    assert work.minutes_between(datetime(2026, 3, 7), datetime(2026, 3, 10)) == 0
    assert work.minutes_between(datetime(2026, 3, 10), datetime(2026, 3, 11)) == 240
    assert work.minutes_between(datetime(2026, 3, 11), datetime(2026, 3, 12)) == 480


def test_what_cannot_be_read_is_named() -> None:
    with pytest.raises(Misconfigured, match="base calendar nowhere is missing"):
        WorkTime.of(calendar(base="nowhere"))
    with pytest.raises(Misconfigured, match="circle"):
        WorkTime.of(calendar(base="c"), [calendar(base="c")])
    with pytest.raises(Misconfigured, match=r"'Office', day 1.*1320-360"):
        WorkTime.of(calendar(week=(((1320, 360),),) * 7))
    with pytest.raises(Misconfigured, match="exception 'swap'"):
        WorkTime.of(calendar(swap_day("2026-02-30")))
    with pytest.raises(Misconfigured, match="before it begins"):
        WorkTime.of(calendar(holiday("2026-03-09", "2026-03-08")))
    with pytest.raises(Misconfigured, match="seven days"):
        WorkTime.of(calendar(week=((),) * 6))


def test_a_time_with_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        WorkTime.of(STANDARD).next_working(datetime.fromisoformat("2026-03-06T15:00:00+08:00"))


def test_in_the_continuous_calendar_every_minute_counts() -> None:
    work = WorkTime.of(CONTINUOUS)
    assert work.minutes_between(FRIDAY_15, FRIDAY_15 + timedelta(days=400)) == 400 * 1440
    assert work.add(FRIDAY_15, 7) == FRIDAY_15 + timedelta(minutes=7)


minute = st.integers(0, 48).map(lambda n: n * 30)
shifts = st.lists(st.tuples(minute, minute).filter(lambda s: s[0] < s[1]), max_size=3).map(tuple)
first_day = datetime(2026, 1, 1)
days = st.integers(0, 20)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    exceptions = []
    for _ in range(draw(st.integers(0, 4))):
        start, length = draw(days), draw(st.integers(0, 6))
        first, last = (first_day + timedelta(days=n) for n in (start, start + length))
        hours = draw(shifts)
        exceptions.append(
            CalendarException(first.date().isoformat(), last.date().isoformat(), hours)
        )
    week = tuple(draw(shifts) for _ in range(7))
    return Calendar(ref="c", title="Any", week=week, exceptions=tuple(exceptions))


def works_at(cal: Calendar, at: datetime) -> bool:
    """Say minute by minute what a calendar says, the slow way."""
    day = at.date().isoformat()
    covering = [
        (datetime.fromisoformat(e.last) - datetime.fromisoformat(e.first), -n, e.hours)
        for n, e in enumerate(cal.exceptions)
        if e.first <= day <= e.last
    ]
    hours = min(covering)[2] if covering else cal.week[at.weekday()] or ()
    now = at.hour * 60 + at.minute
    return any(start <= now < to for start, to in hours)


@pytest.mark.slow
@given(calendars(), days, minute, st.integers(0, 5000))
def test_counting_agrees_with_walking_minute_by_minute(
    cal: Calendar, day: int, start: int, span: int
) -> None:
    begin = first_day + timedelta(days=day, minutes=start)
    slow = sum(works_at(cal, begin + timedelta(minutes=n)) for n in range(span))
    assert WorkTime.of(cal).minutes_between(begin, begin + timedelta(minutes=span)) == slow


@pytest.mark.slow
@given(calendars(), days, minute, st.integers(-2000, 2000))
def test_an_index_and_its_two_points_fit_together(
    cal: Calendar, day: int, start: int, move: int
) -> None:
    work = WorkTime.of(cal)
    index = work.index(point(first_day + timedelta(days=day, minutes=start))) + move
    try:
        begin, finish = work.start_at(index), work.finish_at(index)
    except NoWorkingTime:
        assert not work.recurs or index <= 0
        return
    assert finish <= begin
    assert work.index(begin) == work.index(finish) == index
    assert work.index(begin + 1) == index + 1
    assert work.index(finish - 1) == index - 1


@pytest.mark.slow
@given(calendars(), calendars(), days, st.integers(1, 3000))
def test_shared_hours_are_those_of_any_and_of_all(
    one: Calendar, other: Calendar, day: int, span: int
) -> None:
    clocks = [WorkTime.of(one), WorkTime.of(other)]
    begin = first_day + timedelta(days=day)
    minutes = [begin + timedelta(minutes=n) for n in range(span)]
    end = begin + timedelta(minutes=span)
    worked = [(works_at(one, at), works_at(other, at)) for at in minutes]
    assert WorkTime.any_of(clocks).minutes_between(begin, end) == sum(map(any, worked))
    assert WorkTime.all_of(clocks).minutes_between(begin, end) == sum(map(all, worked))
