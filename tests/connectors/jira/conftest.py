"""A simulated Jira of either dialect, and the connector that looks at it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from connectors.jira.checker import Checker
from connectors.jira.patience import Patience
from connectors.jira.settings import Settings
from connectors.jira.source import Source
from hub.contract import Cursor, Known, Named, Page, Record, Step
from hub.wire import open_wire
from hub.wire.opened import OpenWire
from tests.simulators.jira import Project, SimulatedJira, Site
from tests.simulators.jira.server import EMAIL, TOKEN

Dialect = Literal["cloud", "server"]


@dataclass
class Clock:
    """A clock that only sleeping moves; `slept` is what was slept, in order."""

    at: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def patience(self) -> Patience:
        """Return a patience that takes no time, without chance."""
        return Patience(clock=self, sleep=self.sleep, spread=lambda _low, _high: 1.0)


@dataclass
class Near:
    """One simulated Jira with one project, and a connector that sees it."""

    jira: SimulatedJira
    project: Project
    clock: Clock = field(default_factory=Clock)
    wires: list[OpenWire] = field(default_factory=list)

    @property
    def site(self) -> Site:
        return self.jira.site

    def settings(self, **changed: Any) -> Settings:
        who = {"email": EMAIL, "token": TOKEN} if self.site.cloud else {"token": TOKEN}
        told = {"url": self.jira.url, **who, "projects": [self.project.key], **changed}
        return Settings.model_validate(told)

    def wire(self, settings: Settings) -> OpenWire:
        self.wires.append(open_wire("jira", settings))
        return self.wires[-1]

    def source(self, **changed: Any) -> Source:
        settings = self.settings(**changed)
        return Source(
            settings, self.wire(settings), patience=self.clock.patience(), clock=self.clock
        )

    async def check(self, **changed: Any) -> dict[str, Step]:
        settings = self.settings(**changed)
        checker = Checker(settings, self.wire(settings))
        return {step.code: step async for step in checker.check()}


@asynccontextmanager
async def near(dialect: Dialect) -> AsyncIterator[Near]:
    """Open a Jira."""
    site = Site(dialect)
    project = site.project("ERP", "ERP renewal")
    async with SimulatedJira(site) as jira:
        found = Near(jira, project)
        yield found
        for wire in found.wires:
            await wire.close()


@pytest.fixture(params=["cloud", "server"])
async def jira(request: pytest.FixtureRequest) -> AsyncIterator[Near]:
    """Return a Jira of each dialect."""
    async with near(request.param) as found:
        yield found


@pytest.fixture
async def cloud() -> AsyncIterator[Near]:
    """Return a Cloud."""
    async with near("cloud") as found:
        yield found


@pytest.fixture
async def server() -> AsyncIterator[Near]:
    """Return a Data Center."""
    async with near("server") as found:
        yield found


async def read(source: Source, since: Cursor | None = None) -> tuple[Sequence[Page], Cursor | None]:
    """Read a pass; return its pages and the cursor after it."""
    pages = [page async for page in source.read(since)]
    cursors = [page.cursor for page in pages if page.cursor is not None]
    return pages, cursors[-1] if cursors else since


def told(pages: Sequence[Page], kind: str = "issue") -> list[Record]:
    """Return the records of a kind."""
    return [one for page in pages for one in page.records if one.kind == kind]


def keys(pages: Sequence[Page], kind: str = "issue") -> list[str]:
    """Return their keys, in order."""
    return [one.key for one in told(pages, kind)]


async def named(source: Source) -> list[Named]:
    """Return what a census names."""
    return [one async for page in source.census() for one in page.named]


def issue(id_: object) -> Known:
    """Return how the hub asks about an issue."""
    return Known("issue", str(id_), str(id_))
