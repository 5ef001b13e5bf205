"""The group commit on a real store: one delivery that trips the hub does not take others along."""

import asyncio
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import cast

import pytest
from structlog.testing import capture_logs

from hub.contract import Page, Record
from hub.services.desks import Accepted
from hub.services.ingest.intake import GroupIntake
from hub.services.plans.networks import Networks
from hub.services.refusals import Refusal, Why
from hub.store import Stores
from hub.store.sqlite import Sqlite

pytestmark = pytest.mark.slow


class Trusting:
    """A receiver that takes any body as one alert, whatever its fingerprint is."""

    def authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        del headers, body
        return True

    def unpack(self, body: bytes) -> Page:
        told = json.loads(body)
        return Page((Record("alert", told["fingerprint"], told, "firing", told["fingerprint"]),))


def told(name: str) -> bytes:
    return json.dumps(
        {
            "status": "firing",
            "labels": {"alertname": "Any"},
            "startsAt": "2026-01-05T10:00:00Z",
            "fingerprint": name,
        }
    ).encode()


async def opened(folder: Path, most_waiting: int = 1 << 20) -> tuple[Sqlite, GroupIntake]:
    database = Sqlite(folder / "m.db")
    await database.start(migrate=True)
    stores = Stores(database)
    text = files("mappings").joinpath("prometheus", "alert.yaml").read_text("utf-8")
    await stores.documents.offer("mapping", "prometheus/alert", "shipped", text)
    networks = Networks(stores.board)
    receivers = {"am": ("prometheus", Trusting())}
    intake = GroupIntake(stores.ingest, receivers, networks, most_waiting=most_waiting)
    return database, intake


async def test_a_delivery_that_trips_the_hub_does_not_take_others_along(tmp_path: Path) -> None:
    database, intake = await opened(tmp_path)
    bodies = [told("a"), told("\ud83d"), told("b")]  # the second cannot be written down
    with capture_logs() as logs:
        waiting = [asyncio.create_task(intake.receive("am", {}, body)) for body in bodies]
        await asyncio.sleep(0)  # all three wait before the first commit
        await intake.start()
        answers = await asyncio.gather(*waiting)
        await intake.stop()
    stored = await database.read(lambda c: c.exec_driver_sql("SELECT seen FROM alert").all())
    kept = await database.read(lambda c: c.exec_driver_sql("SELECT id FROM journal").all())
    await database.stop()
    assert [type(answer) for answer in answers] == [Accepted, Refusal, Accepted]
    assert cast("Refusal", answers[1]).why is Why.UNAVAILABLE
    assert [row[0] for row in stored] == [2]
    assert len(kept) == 2
    assert "error" in [line["log_level"] for line in logs]


async def test_what_waits_has_a_limit_and_who_is_sent_away_loses_nothing(tmp_path: Path) -> None:
    database, intake = await opened(tmp_path, most_waiting=2 * len(told("a")))
    names = "abcd"
    waiting = [asyncio.create_task(intake.receive("am", {}, told(name))) for name in names]
    await asyncio.sleep(0)  # all have come before the first commit
    await intake.start()
    answers = dict(zip(names, await asyncio.gather(*waiting), strict=True))
    away = [name for name, answer in answers.items() if isinstance(answer, Refusal)]
    again = [await intake.receive("am", {}, told(name)) for name in away]
    await intake.stop()
    kept = await database.read(lambda c: c.exec_driver_sql("SELECT id FROM journal").all())
    await database.stop()
    assert away == ["c", "d"]
    assert {cast("Refusal", answers[name]).why for name in away} == {Why.UNAVAILABLE}
    assert [type(answer) for answer in again] == [Accepted, Accepted]
    assert len(kept) == len(names)
