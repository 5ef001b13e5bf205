"""Lists that are put together of several reads, while others write."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from hub.linking import Catalogue, Topology
from hub.services.board import Listing, ListQuery
from hub.services.ingest.context import Context
from hub.services.plans.models import PlanRow
from hub.services.plans.moving import StoredMove
from hub.services.reading import Reading
from hub.services.standing import OpenIncident

PROJECT = PlanRow(
    "f:project:P", "f:project:P", "project", "P", 1, {}, {"connector": "f", "key": "P"}
)
MILESTONE = PlanRow("f:milestone:P/1", "f:project:P", "milestone", "M", 1, {}, {"source": {}})


class Growing:
    """Rows of a store into which a plan is imported after the first read."""

    def __init__(self) -> None:
        self.read = 0

    async def plan(self, kind: str, of: str | None = None) -> list[PlanRow]:
        del of
        self.read += 1
        rows = {"project": [PROJECT], "milestone": [MILESTONE]}
        return rows[kind] if self.read > 1 else []

    async def moves(self, milestone: str | None = None) -> list[StoredMove]:
        del milestone
        return []

    async def open_incidents(self, now: datetime) -> list[OpenIncident]:
        del now
        return []


async def context() -> Context:
    return Context(1, Catalogue.build(()), Topology(()), (), {}, {})


@pytest.mark.parametrize("kind", ["projects", "milestones"])
async def test_a_plan_that_comes_between_two_reads_is_no_fault(kind: str) -> None:
    reading = Reading(Growing(), context, [])  # type: ignore[arg-type]
    assert isinstance(await reading.page(kind, ListQuery()), Listing)


class Moved(Growing):
    """Three milestones; an import moved two, an older one moved the third."""

    async def plan(self, kind: str, of: str | None = None) -> list[PlanRow]:
        del of
        names = ("small", "large", "old", "never")
        milestones = [replace(MILESTONE, ref=name) for name in names]
        return {"project": [PROJECT], "milestone": milestones}[kind]

    async def moves(self, milestone: str | None = None) -> list[StoredMove]:
        found = []
        for name, day, days in (("small", 2, 3), ("large", 2, -40), ("old", 1, 90)):
            detail = {"days": days, "causes": []}
            at = datetime(2026, 3, day, tzinfo=UTC)
            found.append(StoredMove(name, at, "f:1", "2026-03-01", "2026-03-04", detail))
        return [one for one in found if milestone in (None, one.milestone)]


async def test_milestones_sort_by_the_last_import_that_moved_them_and_how_far() -> None:
    reading = Reading(Moved(), context, [])  # type: ignore[arg-type]
    found = await reading.page("milestones", ListQuery(sort="-moved"))
    assert isinstance(found, Listing)
    refs = [orjson.loads(one)["ref"] for one in found.items]
    assert refs == ["large", "small", "old", "never"]


async def test_one_milestone_comes_with_the_moves_of_its_own_date_alone() -> None:
    reading = Reading(Moved(), context, [])  # type: ignore[arg-type]
    found = await reading.one("milestones", "old")
    assert found is not None
    assert [move["days"] for move in orjson.loads(found)["moves"]] == [90]
    assert await reading.one("milestones", "nobody") is None
