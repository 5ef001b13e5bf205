"""An ingest on a store, without a web side, and a clock that the test sets."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
from sqlalchemy import text

from connectors.prometheus import CONNECTOR
from hub.contract import Receiver
from hub.services.access import Principal, Role
from hub.services.desks import Accepted
from hub.services.ingest.carrying import Carrier
from hub.services.ingest.intake import GroupIntake
from hub.services.plans.importing import Order, PlanImport
from hub.services.plans.networks import Networks
from hub.services.refusals import Refusal
from hub.services.verdicts import Edit
from hub.services.work.intake import WorkIntake
from hub.store import Database, Stores
from tests.connectors.msproject import plans

ADA = Principal("ada", Role.OPS, "token", "t1")
SERVICES = """
services:
  - {ref: shop, name: Shop, tier: 1, match: {labels: {service: [shop]}}}
  - {ref: pay, name: Pay, tier: 1, match: {labels: {service: [pay]}}}
"""
_SECRET = "of this bench"  # noqa: S105
_NEVER = "0001-01-01T00:00:00Z"


def alert(
    name: str, starts_at: datetime, *, ends_at: datetime | None = None, **labels: str
) -> dict[str, Any]:
    """Make one alert as Alertmanager sends it; with an end it is resolved."""
    known = {"alertname": name, "severity": "critical", "service": "shop", **labels}
    return {
        "status": "resolved" if ends_at else "firing",
        "labels": known,
        "annotations": {},
        "startsAt": starts_at.isoformat(),
        "endsAt": ends_at.isoformat() if ends_at else _NEVER,
        "fingerprint": f"{name}-{known['service']}",
    }


@dataclass
class Bench:
    """One store, its ingest, and the time."""

    database: Database
    stores: Stores
    intake: GroupIntake
    receivers: Mapping[str, tuple[str, Receiver]]
    now: datetime
    work: WorkIntake

    def at(self, seconds: float) -> datetime:
        """Return an instant after now."""
        return self.now + timedelta(seconds=seconds)

    async def told(self, *alerts: dict[str, Any]) -> Accepted:
        """Deliver alerts."""
        envelope = {"version": "4", "groupKey": "g", "truncatedAlerts": 0, "alerts": alerts}
        body = json.dumps(envelope).encode()
        answer = await self.intake.receive("am", {"authorization": f"Bearer {_SECRET}"}, body)
        assert isinstance(answer, Accepted), answer
        return answer

    async def bring_in(self, data: bytes, key: str = "ERP") -> None:
        """Import a plan."""
        order = Order("file", "msproject", "plan.xml", key, "plan", ADA.name)
        run = PlanImport(self.stores.plans, plans.importer(), plans.documents(), order)
        await run.run(io.BytesIO(data))
        self.intake.outdated()

    async def after(self, seconds: float) -> None:
        """Let time go by."""
        self.now += timedelta(seconds=seconds)
        await self.intake.tick()

    async def rows(self, query: str) -> Sequence[Any]:
        """Read rows."""
        return await self.database.read(lambda c: [tuple(row) for row in c.execute(text(query))])

    async def states(self) -> dict[int, str]:
        """Return the status of each incident."""
        return dict(await self.rows("SELECT no, status FROM incident ORDER BY no"))

    async def refs(self, *titles: str) -> list[str]:
        """Return the refs of alerts by their titles."""
        known = dict(await self.rows("SELECT title, ref FROM alert"))
        return [known[title] for title in titles]

    async def edit(self, number: int, **fields: str) -> Refusal | None:
        """Change an incident as a person does."""
        edit = Edit(f"hub:incident:{number}", fields, None, ADA.name)
        return await self.stores.verdicts.edit(edit)

    async def catalogue(self, services: str) -> None:
        """Change the service catalogue."""
        await self.stores.documents.offer("services", "services", "file", services)
        self.intake.outdated()


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Bench]:
    """Begin on an empty store; deliveries are taken, but time stands still."""
    stores = Stores(database)
    shipped = files("mappings").joinpath("prometheus", "alert.yaml").read_text("utf-8")
    await stores.documents.offer("mapping", "prometheus/alert", "shipped", shipped)
    receiver = CONNECTOR.receiver
    assert receiver is not None
    receivers = {"am": ("prometheus", receiver(CONNECTOR.settings(webhook_secret=_SECRET)))}
    bench: Bench
    intake = GroupIntake(
        stores.ingest, receivers, Networks(stores.board), now=lambda: bench.now, quiet_seconds=60,
        carrier=Carrier(stores.carrying, receivers),
    )  # fmt: skip
    begin = datetime.now(UTC).replace(microsecond=0)
    bench = Bench(database, stores, intake, receivers, begin, WorkIntake(stores.work, {}))
    await bench.catalogue(SERVICES)
    with pytest.MonkeyPatch.context() as patch:
        # Time goes by when a test says so, and not behind its back on a slow machine.
        patch.setattr("hub.services.ingest.intake.TICK", timedelta(hours=1))
        await intake.start()
        await asyncio.sleep(0)  # the tick that is due because of the catalogue begins
        await intake.tick()  # and has ended, so that it does not fall into what the test tells
        try:
            yield bench
        finally:
            await intake.stop()
