"""A tool with metrics, a store and a clock in memory."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hub.contract import Point, Series
from hub.errors import HubError, Transient
from hub.model.ops import Metric
from hub.model.words import Signal, Unit
from hub.services.measuring.points import STEP
from hub.services.measuring.ports import Told
from hub.services.measuring.turns import Kept, News, Wanted

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def wanted(query: str = "up", service: str = "shop", connector: str = "prom") -> Wanted:
    return Wanted(service, Metric(Signal.AVAILABILITY, connector, query, Unit.RATIO))


@dataclass
class Tool:
    """Knows a number for every minute of every query; what a query fails with wins."""

    truth: Callable[[datetime], float | None] = lambda at: float(at.minute)
    begins: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    faults: dict[str, HubError] = field(default_factory=dict)
    fault: HubError | None = None
    counts: dict[str, float | None] = field(default_factory=dict)
    most: int = 11_000
    asked: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)

    async def ranged(
        self, query: str, start: datetime, end: datetime, step: timedelta
    ) -> tuple[Series, ...]:
        self.asked.append((query, start, end))
        assert (end - start) // step < self.most
        if query in self.gates:
            await self.gates[query].wait()
        self._fail(query)
        count = (end - start) // step + 1
        instants = [start + n * step for n in range(count)]
        known = [(at, self.truth(at)) for at in instants if at >= self.begins]
        points = tuple(Point(at, value) for at, value in known if value is not None)
        return (Series({}, points),) if points else ()

    async def instant(self, query: str, at: datetime | None = None) -> tuple[Series, ...]:
        self.asked.append((query, at or NOON, at or NOON))
        self._fail(query)
        found = next((v for key, v in self.counts.items() if key in query), None)
        return () if found is None else (Series({}, (Point(at or NOON, found),)),)

    def _fail(self, query: str) -> None:
        fault = self.fault or self.faults.get(query)
        if fault is not None:
            raise fault


@dataclass
class Store:
    """Keeps what it is given; `broken` refuses."""

    kept: dict[str, Kept] = field(default_factory=dict)
    points: dict[str, dict[datetime, float]] = field(default_factory=dict)
    said: dict[str, Told] = field(default_factory=dict)
    broken: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    refused: asyncio.Event = field(default_factory=asyncio.Event)

    async def series(self) -> Mapping[str, Kept]:
        return self.kept

    async def keep(self, news: Sequence[News], now: datetime) -> None:
        del now
        if self.broken:
            self.refused.set()
            raise Transient("the store is away")
        for one in news:
            before = self.kept.get(one.kept.ref)
            if before is not None and before.digest != one.kept.digest:
                self.points.pop(one.kept.ref, None)
            self.kept[one.kept.ref] = one.kept
            self.points.setdefault(one.kept.ref, {}).update(one.points)
        self.changed.set()

    async def blocks(
        self, ref: str, step: timedelta, start: datetime, end: datetime
    ) -> Mapping[datetime, bytes]:
        raise NotImplementedError

    async def forget(self, now: datetime) -> int:
        del now
        return 0

    async def told(self) -> Mapping[str, Told]:
        return self.said

    async def tell(self, told: Sequence[Told], gone: Sequence[str] = ()) -> None:
        self.said.update({one.name: one for one in told})
        for name in gone:
            self.said.pop(name, None)


@dataclass
class Clock:
    """Stands still until it is moved."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def move(self, span: timedelta = STEP) -> None:
        self.at += span
