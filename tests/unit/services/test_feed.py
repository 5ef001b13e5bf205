"""The live change log: from memory what is kept there, from the store what is older."""

import asyncio
from datetime import UTC, datetime

from hub.services.changes import Change
from hub.services.feed import KEPT, LiveFeed

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def change(seq: int) -> Change:
    return Change(seq, AT, "updated", f"am:alert:{seq}", "alert", 1, "am:1")


class Log:
    """A change log that has everything and counts who asks."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    async def clock(self) -> int:
        return 0

    async def changes(self, after: int, limit: int) -> list[Change]:
        self.asked.append((after, limit))
        return [change(after + 1)]

    async def oldest(self) -> int | None:
        return 1


async def told(log: Log, *lots: range) -> LiveFeed:
    feed = LiveFeed(log)
    base = 0
    for lot in lots:
        feed.told(base, lot[-1], [change(seq) for seq in lot])
        base = lot[-1]
    return feed


async def test_whoever_asks_gets_what_is_newer_oldest_first() -> None:
    feed = await told(Log(), range(1, 4), range(4, 8))
    assert [found.seq for found in (await feed.after(2)).changes] == [3, 4, 5, 6, 7]
    assert [found.seq for found in (await feed.after(2, limit=2)).changes] == [3, 4]
    assert [found.seq for found in await feed.wait(5)] == [6, 7]
    assert (await feed.after(7)).changes == ()


async def test_what_is_no_longer_in_memory_is_read_from_the_store() -> None:
    log = Log()
    feed = await told(log, range(1, KEPT + 1), range(KEPT + 1, KEPT + 11))
    assert len((await feed.after(10, limit=2 * KEPT)).changes) == KEPT
    assert not log.asked
    assert [found.seq for found in (await feed.after(9)).changes] == [10]
    assert log.asked


async def test_who_waits_hears_of_the_next_commit() -> None:
    feed = await told(Log(), range(1, 3))
    waiting = asyncio.ensure_future(feed.wait(2))
    await asyncio.sleep(0)
    assert not waiting.done()
    feed.told(2, 5, [change(4), change(5)])
    assert [found.seq for found in await waiting] == [4, 5]
