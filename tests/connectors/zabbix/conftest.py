"""A corner of each real Zabbix, and the connector that looks at it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.zabbix.settings import Settings
from connectors.zabbix.source import Source
from connectors.zabbix.writer import Writer
from deploy.lab.zabbix_objects import Corner, Host, Trigger, administrator_token
from hub.contract import Cursor, Known, Operation, Page, Record
from hub.wire import open_wire
from hub.wire.opened import OpenWire


@dataclass
class Near:
    """One host group of a real Zabbix with a connector that sees just that."""

    corner: Corner
    token: str
    wires: list[OpenWire] = field(default_factory=list)
    cursor: Cursor | None = None

    @property
    def api(self) -> Callable[[str, Any], Any]:
        """Zabbix's own API, as its administrator."""
        return self.corner.zabbix.api

    @property
    def release(self) -> str:
        return self.corner.zabbix.release

    def settings(self, **changed: Any) -> Settings:
        return Settings.model_validate(
            {
                "url": self.corner.zabbix.url,
                "token": self.token,
                "webhook_secret": "s3cret",
                "host_groups": [self.corner.name],
                **changed,
            }
        )

    def wire(self, settings: Settings) -> OpenWire:
        self.wires.append(open_wire("zbx", settings))
        return self.wires[-1]

    def source(self, **changed: Any) -> Source:
        settings = self.settings(**changed)
        return Source(settings, self.wire(settings))

    def writer(self, **changed: Any) -> Writer:
        settings = self.settings(**changed)
        return Writer(settings, self.wire(settings))

    def host(self, *triggers: Trigger, **tags: str) -> Host:
        return self.corner.host(triggers=triggers or (Trigger("loss"),), tags=tags)

    def send(self, host: Host, value: object, key: str = "loss", clock: int | None = None) -> None:
        self.corner.zabbix.send(host.name, key, value, clock)

    def reader(self) -> str:
        """Return the token of a user who may see and do nothing."""
        name = f"{self.corner.name}-reader"
        named = ("acknowledge_problems", "add_problem_comments", "close_problems")
        actions = [{"name": one, "status": 0} for one in named]
        rules = {"actions": actions, "actions.default_access": 0, "api.access": 1}
        self.api("role.create", {"name": name, "type": 1, "rules": rules})
        return self.corner.user(name, role=name)

    async def begin(self, source: Source) -> None:
        """Read up to now."""
        self.cursor = None
        await self.news(source)

    async def news(self, source: Source) -> list[Record]:
        """Return what is new since the last call."""
        records = list[Record]()
        async for page in source.read(self.cursor):
            self.cursor = page.cursor
            records += page.records
        return records

    async def wait(self, source: Source, count: int) -> list[Record]:
        """Read until so many records came."""
        records = await self.news(source)
        async with asyncio.timeout(20):
            while len(records) < count:
                await asyncio.sleep(0.05)
                records += await self.news(source)
        return records

    async def problem(self, source: Source, host: Host, value: object = 97) -> Record:
        """Make a problem and read it."""
        await self.begin(source)
        self.send(host, value)
        (record,) = await self.wait(source, 1)
        return record


async def opened(source: Source) -> dict[str, Record]:
    """Return what the census names, by key."""
    return {record.key: record async for page in source.census() for record in page.records}


async def fate_of(source: Source, record: Record) -> Page:
    return await source.fate([Known(record.kind, record.series, record.key)])


def wanted(record: Record, write: str, key: str = "op-1", **values: Any) -> Operation:
    on = Known(record.kind, record.series, record.key)
    return Operation(key, write, on, values)


@pytest.fixture(params=["6.0", "7.0"])
async def near(request: pytest.FixtureRequest) -> AsyncIterator[Near]:
    """Return a corner of each Zabbix that can run here, in turn."""
    name = {"6.0": "corner", "7.0": "corner7"}[request.param]
    corner: Corner = request.getfixturevalue(name)
    ours = Near(corner, administrator_token(corner.zabbix))
    yield ours
    for wire in ours.wires:
        await wire.close()
