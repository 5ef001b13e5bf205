"""What becomes of one alert in a store while its tool silences it, loses it, and is doubted."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from hub.contract import Gone, Page, Record
from hub.services.ingest.intake import GroupIntake
from hub.services.plans.networks import Networks
from hub.store import Stores
from hub.store.sqlite import Sqlite
from hub.store.tables import alert, change, occurrence

pytestmark = pytest.mark.slow
START = "2026-01-05T10:00:00Z"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Tool:
    """One series of one tool, told to an intake minute by minute."""

    def __init__(self, database: Sqlite, intake: GroupIntake) -> None:
        self.database = database
        self.intake = intake
        self.minute = 0

    async def says(self, status: str, version: str = "", **more: object) -> str:
        body = {"status": status, "labels": {"alertname": "Any"}, "startsAt": START, **more}
        record = Record("alert", "a@1", body, version or status, "a")
        return await self._pull(Page((record,)))

    async def lost(self, why: str) -> str:
        held = await self.database.read(lambda c: c.execute(select(alert.c.ref)).scalar_one())
        await self.intake.told_of("am", {"a": held})
        return await self._pull(Page((), gone=(Gone("alert", "a", "a@1", why),)))

    async def _pull(self, page: Page) -> str:
        self.minute += 1
        at = NOON + timedelta(minutes=self.minute)
        await self.intake.pull("am", "prometheus", page, at)
        return await self.status()

    async def status(self) -> str:
        return str(
            await self.database.read(lambda c: c.execute(select(alert.c.status)).scalar_one())
        )


async def opened(folder: Path) -> Tool:
    database = Sqlite(folder / "m.db")
    await database.start(migrate=True)
    stores = Stores(database)
    text = files("mappings").joinpath("prometheus", "alert.yaml").read_text("utf-8")
    await stores.documents.offer("mapping", "prometheus/alert", "shipped", text)
    intake = GroupIntake(stores.ingest, {}, Networks(stores.board))
    await intake.start()
    return Tool(database, intake)


async def test_an_alert_is_silenced_lost_and_doubted_and_ends_once(tmp_path: Path) -> None:
    tool = await opened(tmp_path)
    try:
        assert await tool.says("firing") == "firing"
        assert await tool.says("suppressed") == "suppressed"
        assert await tool.says("firing") == "firing"
        assert await tool.lost("deleted") == "expired"
        assert await tool.says("firing", "again") == "firing"
        tool.intake.doubt("am", "the server is dead")
        assert await tool.says("resolved", endsAt="2026-01-05T11:00:00Z") == "unverified"
        assert await tool.lost("left") == "unverified"  # nobody vouches for that either
        tool.intake.believe("am")
        assert await tool.lost("settled") == "resolved"
        events = await tool.database.read(
            lambda c: list(
                c.execute(select(occurrence.c.event).order_by(occurrence.c.id)).scalars()
            )
        )
        assert events == [
            "fired", "suppressed", "unsuppressed", "expired", "fired", "unverified", "resolved",
        ]  # fmt: skip
        row = await tool.database.read(lambda c: c.execute(select(alert)).one())
        assert datetime.fromtimestamp(row.ends_at / 1e6, UTC).hour == 11  # as it was reported
        assert row.episode == 1
    finally:
        await tool.intake.stop()
        await tool.database.stop()


async def test_another_version_that_shows_nothing_new_is_no_news(tmp_path: Path) -> None:
    tool = await opened(tmp_path)
    try:
        await tool.says("firing", "1")
        told = select(change.c.seq).where(change.c.kind == "alert")
        before = await tool.database.read(lambda c: list(c.execute(told).scalars()))
        await tool.says("firing", "2")
        assert await tool.database.read(lambda c: list(c.execute(told).scalars())) == before
        sources = await tool.database.read(
            lambda c: c.execute(select(alert.c.sources)).scalar_one()
        )
        assert orjson.loads(sources)["a"][1] == "2"
        await tool.says("firing", "3", annotations={"summary": "Something else"})
        assert len(await tool.database.read(lambda c: list(c.execute(told).scalars()))) == 2
    finally:
        await tool.intake.stop()
        await tool.database.stop()
