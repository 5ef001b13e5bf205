"""Send the sample organisation the ways that any plan and any alert come."""

import asyncio
import io
from datetime import UTC, datetime
from typing import Final

import orjson
import yaml

from hub.app.discovery import connectors
from hub.app.plans import PlanFiles
from hub.app.sample.axis import Axis
from hub.app.sample.catalogue import services
from hub.app.sample.mspdi import document
from hub.app.sample.plan import KEY, ROWS, YESTERDAY, Row
from hub.app.sample.story import burst
from hub.app.sample.work import tasks
from hub.app.settings import Configured, Organisation
from hub.contract import Delivery
from hub.errors import Transient
from hub.services.ingest.intake import GroupIntake
from hub.services.refusals import Refusal
from hub.services.sample import ALERTS, PLAN

_TYPES: Final = {PLAN: "msproject", ALERTS: "prometheus"}
_HEAD: Final = "# The sample organisation. Nothing in it is real.\n"


def sample_connectors() -> list[Configured]:
    """Return the sample's connectors; nobody configures them, and nothing is pushed to them."""
    known = connectors()
    return [Configured(name, known[type_], known[type_].settings()) for name, type_ in _types()]


def _types() -> list[tuple[str, str]]:
    """Return the connectors whose tools are installed."""
    return [(name, type_) for name, type_ in _TYPES.items() if type_ in connectors()]


def _plan(rows: tuple[Row, ...], axis: Axis) -> bytes:
    return document(tasks(rows), axis)


class Sampling:
    """The sample's content on its way in."""

    def __init__(self, plans: PlanFiles, intake: GroupIntake, organisation: Organisation) -> None:
        self._plans = plans
        self._intake = intake
        self._organisation = organisation

    def catalogue(self) -> str:
        """Return the services as `services.yaml` would hold them."""
        text = yaml.safe_dump({"services": services()}, allow_unicode=True, sort_keys=False)
        return _HEAD + text

    async def bring_in(self, who: str) -> None:
        """Import the plan of a day ago and the present one, then take in the alerts, as of now.

        Raises: every error of an import, and Transient when the alerts are not taken.
        """
        configured = {one.id: one for one in sample_connectors()}
        now = datetime.now(UTC)
        axis = Axis(now.astimezone(self._organisation.zone).date())
        for name, rows in (("yesterday.xml", YESTERDAY), ("today.xml", ROWS)):
            file = io.BytesIO(await asyncio.to_thread(_plan, rows, axis))
            await self._plans.bring_in(configured[PLAN], file, name, project=KEY, who=who)
        self._intake.outdated()  # so that the alerts find services and milestones at once
        await self._send(configured[ALERTS], now)

    async def _send(self, one: Configured, now: datetime) -> None:
        assert one.connector.receiver is not None  # noqa: S101 - an Alertmanager's always has
        body = orjson.dumps(burst(now))
        page = one.connector.receiver(one.settings).unpack(body)
        delivery = Delivery(ALERTS, now, "application/json", body, {})
        taken = await self._intake.take(one.connector.manifest.type, delivery, page)
        if isinstance(taken, Refusal):
            raise Transient(taken.detail)
