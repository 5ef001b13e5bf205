"""What holds for every network."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.plan import Calendar, Dependency, Task
from hub.model.words import DependencyType, LagKind
from hub.plan.calendars import CONTINUOUS, STANDARD, WorkTime
from hub.plan.network import schedule
from hub.plan.timetable import Schedule
from tests.unit.plan.plans import START, task

SHIFT = Calendar("night", "Night", (((0, 360), (1320, 1440)),) * 5 + ((), ((600, 900),)))
CLOCKS = {c.ref: WorkTime.of(c) for c in (STANDARD, CONTINUOUS, SHIFT)}

durations = st.lists(st.integers(0, 12).map(lambda n: n * 60), min_size=1, max_size=9)
kinds = st.sampled_from(list(DependencyType))
lags = st.integers(-20, 20).map(lambda n: n * 45)
lag_kinds = st.sampled_from(list(LagKind))
Plan = tuple[list[Task], list[Dependency]]


@st.composite
def plans(draw: st.DrawFn, *, cyclic: bool = False, calendars: bool = True) -> Plan:
    """Draw a plan; unless `cyclic`, links lead from an earlier task to a later one."""
    clock = st.sampled_from([None, *CLOCKS] if calendars else [None])
    tasks = [task(chr(65 + n), d, calendar=draw(clock)) for n, d in enumerate(draw(durations))]
    ends = st.tuples(*(st.integers(0, len(tasks) - 1),) * 2)
    links = []
    for one, other in draw(st.lists(ends, max_size=14)):
        first, second = (one, other) if cyclic else sorted((one, other))
        if first == second and not cyclic:
            continue
        refs = tasks[first].ref, tasks[second].ref
        links.append(Dependency(*refs, draw(kinds), draw(lags), draw(lag_kinds)))
    return tasks, links


def run(plan: Plan, clock: str = STANDARD.ref) -> Schedule:
    return schedule(*plan, CLOCKS[clock], start=START, calendars=CLOCKS)


@given(plans())
def test_total_float_is_never_less_than_free_float_nor_free_float_than_nothing(plan: Plan) -> None:
    for times in run(plan).rows():
        assert times.total_float >= times.free_float >= 0, times.ref


@given(plans(calendars=False))
def test_a_critical_path_leads_to_the_end(plan: Plan) -> None:
    plan = [t for t in plan[0] if t.duration_minutes], plan[1]
    if not plan[0]:
        return
    plan = plan[0], [d for d in plan[1] if {d.predecessor, d.successor} <= {t.ref for t in plan[0]}]
    found = run(plan, CONTINUOUS.ref)
    path = found.critical_path()
    rows = {times.ref: times for times in found.rows()}
    assert path
    assert all(rows[ref].critical for ref in path)
    assert rows[path[-1]].early_finish == found.finish
    links = {(link.predecessor, link.successor) for link in plan[1]}
    assert all(pair in links for pair in pairwise(path))


@given(plans())
def test_one_more_link_makes_nothing_earlier(plan: Plan) -> None:
    tasks, links = plan
    before = {times.ref: times for times in run((tasks, links[:-1])).rows()}
    for times in run((tasks, links)).rows():
        assert times.early_start >= before[times.ref].early_start
        assert times.early_finish >= before[times.ref].early_finish


@given(plans(cyclic=True), st.data())
def test_the_order_in_which_a_plan_is_written_means_nothing(
    plan: Plan, data: st.DataObject
) -> None:
    tasks, links = data.draw(st.permutations(plan[0])), data.draw(st.permutations(plan[1]))
    one, other = (
        run(plan),
        schedule(tasks, links, CLOCKS[STANDARD.ref], start=START, calendars=CLOCKS),
    )
    assert one.excluded == other.excluded
    assert {t.ref: t for t in one.rows()} == {t.ref: t for t in other.rows()}
    assert one.critical_path() == other.critical_path()


@given(plans(cyclic=True))
def test_every_task_has_dates_or_a_reason(plan: Plan) -> None:
    found = run(plan)
    assert {t.ref for t in found.rows()} | set(found.excluded) == {t.ref for t in plan[0]}
    assert not {t.ref for t in found.rows()} & set(found.excluded)


@given(plans())
def test_slipping_by_its_float_leaves_a_milestone_and_by_more_moves_it(plan: Plan) -> None:
    """The float to a task is exact on one calendar, whatever the links."""
    tasks, links = plan
    tasks = [task(t.ref, t.duration_minutes) for t in tasks]
    links = [link for link in links if link.lag_kind is LagKind.WORKING]
    found = run((tasks, links))
    target = tasks[-1].ref
    before = found.early_finish(target)
    for ref, slack in found.float_to(target).items():
        if ref == target:
            assert slack == 0
            continue
        ends_only = all(
            link.type in {DependencyType.FS, DependencyType.FF}
            for link in links
            if link.predecessor == ref
        )
        assert found.delayed({ref: slack}).early_finish(target) == before
        if ends_only:
            moved = found.delayed({ref: slack + 1}).early_finish(target)
            assert moved is not None
            assert before is not None
            assert moved > before


@pytest.mark.parametrize("clock", list(CLOCKS))
@given(plan=plans())
def test_late_dates_are_never_before_early_ones(clock: str, plan: Plan) -> None:
    for times in run(plan, clock).rows():
        assert times.late_finish >= times.early_finish, times
        assert times.late_start >= times.early_start, times


@pytest.mark.slow
def test_a_plan_may_be_a_chain_or_a_cycle_of_twenty_thousand_tasks() -> None:
    refs = [f"T{n:05}" for n in range(20_000)]
    tasks = [task(ref, 1) for ref in refs]
    links = [Dependency(a, b, DependencyType.FS) for a, b in pairwise(refs)]
    chain = run((tasks, links), CONTINUOUS.ref)
    assert len(chain.critical_path()) == 20_000
    assert len(chain.float_to(refs[-1])) == 20_000
    links.append(Dependency(refs[-1], refs[0], DependencyType.FS))
    assert set(run((tasks, links)).excluded) == set(refs)
