"""A change log to write into, and waiting for what a bus makes of it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from hub.services.changes import Batch, Change
from hub.services.telling import Bus, BusHealth

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class WrittenLog:
    """A change log in a list; gaps between its numbers are normal."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.forgotten = 0
        self._numbers = count(1, 3)

    @property
    def last_seq(self) -> int:
        return self.changes[-1].seq if self.changes else 0

    async def after(self, seq: int, limit: int = 1000) -> Batch:
        kept = [change for change in self.changes if change.seq > self.forgotten]
        news = [change for change in kept if change.seq > seq]
        return Batch(tuple(news[:limit]), gap=seq < self.forgotten)

    def write(self, many: int) -> Sequence[Change]:
        fresh = [
            Change(
                seq, NOON + timedelta(seconds=seq), "updated", f"am:alert:{seq}", "alert", 2, "r"
            )
            for seq in (next(self._numbers) for _ in range(many))
        ]
        self.changes += fresh
        return fresh


def _at(seq: int) -> datetime:
    return NOON + timedelta(seconds=seq)


async def until(bus: Bus, good: Callable[[BusHealth], bool]) -> BusHealth:
    """Ask the bus for its health, as a page does, until it is what is expected."""
    async with asyncio.timeout(60):
        while not good(bus.health()):  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.02)
    return bus.health()
