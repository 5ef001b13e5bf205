"""Moves of milestones between two imports of a plan, and why, as both stores keep them."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from hub.errors import Transient
from hub.mapping import Document, load
from hub.services.plans import moving
from hub.services.plans.importing import Order, PlanImport
from hub.services.plans.moving import StoredMove
from hub.store import Database
from hub.store.board import BoardRows
from hub.store.plans import Plans
from tests.connectors.msproject import plans

pytestmark = pytest.mark.slow

MILESTONE = "file:milestone:ERP/9"
DAYS = ["02", "03", "04", "05", "06", "09", "10", "11", "12", "13"]


def task(uid: int, first: int, days: int, after: int = 0) -> str:
    """Write a task by working days of March 2026; of no days it is a milestone."""
    last = DAYS[max(first + days - 1, 0)] if days else DAYS[first - 1]
    start = f"2026-03-{DAYS[first]}T08:00:00" if days else f"2026-03-{last}T17:00:00"
    link = f"<PredecessorLink><PredecessorUID>{after}</PredecessorUID><Type>1</Type>"
    return (
        f"<Task><UID>{uid}</UID><Name>Task {uid}</Name><Start>{start}</Start>"
        f"<Finish>2026-03-{last}T17:00:00</Finish><Duration>PT{8 * days}H0M0S</Duration>"
        f"<Milestone>{int(not days)}</Milestone>"
        f"{f'{link}</PredecessorLink>' if after else ''}</Task>"
    )


def plan(*tasks: str, manager: str = "", who: Sequence[tuple[int, str]] = ()) -> bytes:
    people = "".join(
        f"<Resource><UID>{n}</UID><Name>{name}</Name></Resource>"
        for n, (_, name) in enumerate(who, 1)
    )
    work = "".join(
        f"<Assignment><UID>{n}</UID><TaskUID>{uid}</TaskUID><ResourceUID>{n}</ResourceUID></Assignment>"
        for n, (uid, _) in enumerate(who, 1)
    )
    return (
        '<Project xmlns="http://schemas.microsoft.com/project"><Title>ERP</Title>'
        f"{f'<Manager>{manager}</Manager>' if manager else ''}<MinutesPerDay>480</MinutesPerDay>"
        f"<Tasks>{''.join(tasks)}</Tasks><Resources>{people}</Resources>"
        f"<Assignments>{work}</Assignments></Project>"
    ).encode()


def chain(days: int, **more: Any) -> bytes:
    """Write a task of so many days, one of two behind it, and the milestone behind both."""
    second = task(2, days, 2, after=1)
    return plan(task(1, 0, days), second, task(9, days + 2, 0, after=2), **more)


SHORT, LONG = chain(3), chain(5, who=[(1, "Ada"), (1, "Bo"), (2, "Cy")])


async def bring(
    database: Database, data: bytes, documents: dict[str, Document] | None = None, **more: Any
) -> dict[str, Any]:
    order = Order("file", "msproject", "plan.xml", None, "plan", "ada", **more)
    run = PlanImport(Plans(database), plans.importer(), documents or plans.documents(), order)
    return await run.run(io.BytesIO(data))


async def moves(database: Database) -> list[StoredMove]:
    return await BoardRows(database).moves(MILESTONE)


async def test_a_move_is_kept_with_its_days_its_cause_and_who_works_on_it(fresh: Database) -> None:
    await bring(fresh, SHORT)
    assert await moves(fresh) == []
    await bring(fresh, LONG)
    [move] = await moves(fresh)
    assert (move.before, move.after) == ("2026-03-06T17:00:00", "2026-03-10T17:00:00")
    assert move.detail == {
        "days": 4,
        "causes": [
            {
                "code": "task_longer",
                "values": {"task": "Task 1", "days": 2.0},
                "task": "file:task:ERP/1",
                "owners": ["Ada", "Bo"],
            }
        ],
    }
    assert await BoardRows(fresh).moves() == [move]


async def test_the_move_names_the_delivery_that_it_came_with(fresh: Database) -> None:
    await bring(fresh, SHORT)
    await bring(fresh, LONG)
    query = text("SELECT connector || ':' || max(id) FROM journal GROUP BY connector")
    newest = await fresh.read(lambda c: c.execute(query).scalar_one())
    assert (await moves(fresh))[0].receipt == newest


async def test_the_history_is_newest_first_and_a_date_may_go_back(fresh: Database) -> None:
    for data in (SHORT, LONG, chain(4)):
        await bring(fresh, data)
    found = await moves(fresh)
    assert [one.detail["days"] for one in found] == [-1, 4]
    assert found[0].detail["causes"][0]["code"] == "task_shorter"
    assert await BoardRows(fresh).moves() == [found[0]]


async def test_the_same_file_again_is_no_move(fresh: Database) -> None:
    for data in (SHORT, LONG, LONG):
        await bring(fresh, data)
    assert len(await moves(fresh)) == 1


async def test_counting_what_a_file_would_change_keeps_no_move(fresh: Database) -> None:
    await bring(fresh, SHORT)
    await bring(fresh, LONG, dry=True)
    assert await moves(fresh) == []


async def test_a_file_read_again_from_the_journal_moves_nothing(fresh: Database) -> None:
    for data in (SHORT, LONG):
        await bring(fresh, data)
    number = int((await moves(fresh))[0].receipt.rpartition(":")[2])
    await bring(fresh, chain(4), stored=number)
    assert [one.detail["days"] for one in await moves(fresh)] == [4]


async def test_a_new_a_removed_and_a_returning_milestone_are_no_moves(fresh: Database) -> None:
    without = plan(task(1, 0, 3), task(2, 3, 2, after=1))
    for data in (without, SHORT, without, LONG):
        await bring(fresh, data)
    assert await moves(fresh) == []


async def test_another_hour_of_the_same_day_is_no_move(fresh: Database) -> None:
    await bring(fresh, SHORT)
    await bring(fresh, SHORT.replace(b"2026-03-06T17:00:00", b"2026-03-06T16:00:00"))
    assert await moves(fresh) == []


async def test_the_manager_answers_where_nobody_is_assigned(fresh: Database) -> None:
    await bring(fresh, chain(3, manager="Grace"))
    await bring(fresh, chain(5, manager="Grace"))
    assert (await moves(fresh))[0].detail["causes"][0]["owners"] == ["Grace"]


async def test_an_owner_that_no_file_names_is_not_invented(fresh: Database) -> None:
    await bring(fresh, chain(3))
    await bring(fresh, chain(5))
    assert (await moves(fresh))[0].detail["causes"][0]["owners"] == []


async def test_a_milestone_that_nothing_drives_was_moved_itself(fresh: Database) -> None:
    for day in (3, 5):
        await bring(fresh, plan(task(1, 0, 1), task(9, day, 0), manager="Grace"))
    [cause] = (await moves(fresh))[0].detail["causes"]
    assert (cause["code"], cause["task"], cause["owners"]) == (
        "milestone_set",
        MILESTONE,
        ["Grace"],
    )


async def test_a_move_that_no_changed_task_explains_has_an_unknown_cause(fresh: Database) -> None:
    data = plan(task(1, 0, 3), task(9, 3, 0, after=1), manager="Grace")
    await bring(fresh, data)
    await bring(fresh, data.replace(b"2026-03-04T17", b"2026-03-06T17"))
    [cause] = (await moves(fresh))[0].detail["causes"]
    assert (cause["code"], cause["owners"]) == ("move_cause_unknown", ["Grace"])


async def test_where_too_much_changed_no_cause_is_named(
    fresh: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bring(fresh, SHORT)
    monkeypatch.setattr(moving, "MOST_ROWS", 2)
    await bring(fresh, LONG)
    [cause] = (await moves(fresh))[0].detail["causes"]
    assert (cause["code"], cause["values"]) == ("move_too_much_changed", {"count": 2})


def below(level: int, task: str, *, summary: bool = False) -> str:
    outline = f"<OutlineLevel>{level}</OutlineLevel><Summary>{int(summary)}</Summary>"
    return task.replace("<Name>", f"{outline}<Name>")


async def test_a_link_of_a_summary_is_one_of_the_plan_in_which_the_task_is_below_it(
    fresh: Database,
) -> None:
    waits = [below(1, task(1, 0, 3)), below(1, task(5, 3, 2, after=1), summary=True)]
    inside = plan(*waits, below(2, task(3, 3, 2)), below(1, task(9, 5, 0, after=3)))
    outside = plan(*waits, below(1, task(3, 0, 2)), below(1, task(9, 2, 0, after=3)))
    for data in (inside, outside, inside):
        await bring(fresh, data)
    codes = [[one["code"] for one in move.detail["causes"]] for move in await moves(fresh)]
    assert codes == [["dependency_added"], ["dependency_removed"]]


async def test_a_task_that_a_mapping_makes_its_own_summary_holds_nothing_up(
    fresh: Database,
) -> None:
    text = (plans.MAPPINGS / "task.yaml").read_text()
    circle = text.replace("parent: {path: derived.parent, optional: true}", "parent: {path: UID}")
    assert circle != text
    documents = plans.documents() | {"task": load(circle, name="task.yaml")}
    await bring(fresh, SHORT, documents)
    await bring(fresh, LONG, documents)
    [cause] = (await moves(fresh))[0].detail["causes"]
    assert cause["code"] == "task_longer"


async def test_a_plan_comes_in_also_when_its_moves_cannot_be_found(
    fresh: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bring(fresh, SHORT)
    monkeypatch.setattr(moving, "wall", None)  # as a fault of ours would
    assert (await bring(fresh, LONG))["changed"]
    assert await moves(fresh) == []
    query = text("SELECT due FROM item WHERE ref = 'file:milestone:ERP/9'")
    assert str(await fresh.read(lambda c: c.execute(query).scalar_one())).startswith("2026-03-10")


async def test_only_the_newest_moves_are_kept(
    fresh: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.plan_moves.MOVES_KEPT", 2)
    for days in (3, 4, 5, 6, 5):
        await bring(fresh, chain(days))
    count = text("SELECT count(*) FROM move")
    assert await fresh.read(lambda c: c.execute(count).scalar_one()) == 2
    assert [one.detail["days"] for one in await moves(fresh)] == [-1, 1]


async def test_an_import_that_another_one_overtakes_leaves_no_move(fresh: Database) -> None:
    await bring(fresh, SHORT)
    late = await Plans(fresh).begin()
    await Plans(fresh).known(late, "file:project:ERP")
    await bring(fresh, LONG)
    with pytest.raises(Transient):
        await Plans(fresh).stage(late, [])
    assert len(await moves(fresh)) == 1
