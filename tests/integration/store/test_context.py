"""What the ingest keeps in memory is never older than what it has heard of."""

import asyncio
from importlib.resources import files

import pytest

from hub.services.ingest.intake import GroupIntake
from hub.services.ingest.ports import Facts
from hub.services.plans.networks import Networks
from hub.store import Database
from hub.store.board import BoardRows
from hub.store.documents import Documents
from hub.store.ingest import IngestStore

pytestmark = pytest.mark.slow

SERVICES = "services: [{ref: %s, name: Any, tier: 1}]"


class Slow(IngestStore):
    """Has read the facts, but answers only when it may."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.asked, self.has_read, self.may_answer = 0, asyncio.Event(), asyncio.Event()

    async def facts(self) -> Facts:
        self.asked += 1
        found = await super().facts()
        self.has_read.set()
        await self.may_answer.wait()
        return found


async def test_a_change_during_a_read_is_not_forgotten(fresh: Database) -> None:
    documents, store = Documents(fresh), Slow(fresh)
    intake = GroupIntake(store, {}, Networks(BoardRows(fresh)))
    await documents.offer("services", "services", "file", SERVICES % "old")
    under_way = asyncio.create_task(intake.context())
    await store.has_read.wait()
    await documents.offer("services", "services", "file", SERVICES % "new")
    intake.outdated()
    store.may_answer.set()
    assert list((await under_way).catalogue.services) == ["old"]
    assert list((await intake.context()).catalogue.services) == ["new"]


async def test_many_who_ask_at_once_read_once(fresh: Database) -> None:
    store = Slow(fresh)
    shipped = files("mappings").joinpath("prometheus", "alert.yaml").read_text("utf-8")
    await Documents(fresh).offer("mapping", "prometheus/alert", "shipped", shipped)
    store.may_answer.set()
    intake = GroupIntake(store, {}, Networks(BoardRows(fresh)))
    found = await asyncio.gather(*(intake.context() for _ in range(20)))
    assert len(set(map(id, found))) == 1
    assert store.asked == 1
