"""Lists that are put together of several reads, while others write."""

from datetime import datetime

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
