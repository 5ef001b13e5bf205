"""The change log, live: each change once and in order, whoever committed and whoever told first."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Transient
from hub.services import feed as feed_module
from hub.services.changes import Batch, Change
from hub.services.feed import LiveFeed

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass
class Log:
    """A stored change log. Numbers also go to what is no change, so they have gaps."""

    seq: int = 0
    stored: list[Change] = field(default_factory=list)
    pruned: int = 0

    def commit(self, changes: int, others: int = 0) -> tuple[int, int, list[Change]]:
        """Commit so many changes, after so many numbers of something else."""
        base = self.seq
        self.seq += others
        made = []
        for _ in range(changes):
            self.seq += 1
            made.append(Change(self.seq, NOW, "updated", "r", "alert", 1, "c"))
        self.stored += made
        return base, self.seq, made

    async def clock(self) -> int:
        return self.seq

    async def changes(self, after: int, limit: int) -> list[Change]:
        return [c for c in self.stored if c.seq > max(after, self.pruned)][:limit]

    async def oldest(self) -> int | None:
        return next((c.seq for c in self.stored if c.seq > self.pruned), None)


async def started(log: Log) -> tuple[LiveFeed, list[int]]:
    """Start a feed without its clock; tests call `look` themselves."""
    feed = LiveFeed(log)
    await feed.start()
    await feed.stop()
    heard: list[int] = []
    feed.listeners.append(lambda changes: heard.extend(numbers(changes)))
    return feed, heard


def numbers(changes: Sequence[Change]) -> list[int]:
    return [change.seq for change in changes]


async def all_after(feed: LiveFeed, seq: int, limit: int = 1000) -> list[int]:
    batch = await feed.after(seq, limit)
    assert not batch.gap
    return numbers(batch.changes)


async def test_a_feed_begins_where_the_store_stands() -> None:
    log = Log()
    log.commit(3)
    feed, heard = await started(log)
    assert feed.last_seq == 3
    assert heard == []
    assert await all_after(feed, 0) == [1, 2, 3]
    assert await all_after(feed, 3) == []


async def test_what_this_process_commits_is_told_at_once() -> None:
    log = Log()
    feed, heard = await started(log)
    feed.told(*log.commit(2, others=3))
    assert heard == [4, 5]
    assert feed.last_seq == 5


async def test_a_report_that_overtook_another_is_held_back() -> None:
    log = Log()
    feed, heard = await started(log)
    first, second, third = log.commit(1), log.commit(1), log.commit(1)
    feed.told(*third)
    feed.told(*second)
    assert (heard, feed.last_seq) == ([], 0)
    feed.told(*first)
    assert (heard, feed.last_seq) == ([1, 2, 3], 3)


async def test_a_hole_that_another_process_left_is_filled_by_looking() -> None:
    log = Log()
    feed, heard = await started(log)
    log.commit(2)  # another process does not tell us
    feed.told(*log.commit(1))
    assert heard == []
    await feed.look()
    assert heard == [1, 2, 3]
    feed.told(*log.commit(1))
    assert heard == [1, 2, 3, 4]


async def test_a_report_of_what_was_seen_already_is_not_told_twice() -> None:
    log = Log()
    feed, heard = await started(log)
    late = log.commit(2)
    await feed.look()
    feed.told(*late)
    await feed.look()
    assert heard == [1, 2]


async def test_a_commit_without_changes_moves_the_position_only() -> None:
    log = Log()
    feed, heard = await started(log)
    feed.told(*log.commit(0, others=2))
    log.commit(0, others=1)
    await feed.look()
    assert (heard, feed.last_seq) == ([], 3)
    feed.told(*log.commit(1))
    assert heard == [4]


class Broken(Log):
    """A change log that cannot be read for some looks."""

    def __init__(self, *faults: Exception) -> None:
        super().__init__()
        self.faults = list(faults)

    async def clock(self) -> int:
        if self.faults:
            raise self.faults.pop()
        return await super().clock()


async def test_whatever_breaks_a_look_the_next_one_goes_on_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = Broken()
    feed = LiveFeed(log)
    monkeypatch.setattr(feed_module, "POLL_SECONDS", 0)
    await feed.start()
    waiting = asyncio.create_task(feed.wait(0))
    log.faults = [Transient("away"), RuntimeError("a bug"), Transient("away")]
    log.commit(1)
    assert numbers(await waiting) == [1]
    await asyncio.sleep(0)
    await feed.stop()
    said = "".join(capsys.readouterr())
    assert said.count("change log not readable") == 1
    assert said.count("change log readable again") == 1


@given(
    commits=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans()), max_size=8),
    data=st.data(),
)
async def test_every_change_comes_once_and_in_order(
    commits: list[tuple[int, int, bool]], data: st.DataObject
) -> None:
    log = Log()
    feed, heard = await started(log)
    waiting: list[tuple[int, int, list[Change]]] = []
    for changes, others, ours in commits:
        made = log.commit(changes, others)
        if ours:
            waiting.append(made)
        for _ in range(data.draw(st.integers(0, 2))):
            tell: bool = data.draw(st.booleans())
            if waiting and tell:
                feed.told(*waiting.pop(data.draw(st.integers(0, len(waiting) - 1))))
            else:
                await feed.look()
        assert heard == numbers(log.stored)[: len(heard)]
    for made in waiting:
        feed.told(*made)
    await feed.look()
    assert heard == numbers(log.stored)
    assert feed.last_seq == log.seq
    for seq in range(log.seq + 1):
        assert await all_after(feed, seq) == [n for n in heard if n > seq]


async def test_resuming_from_memory_and_from_the_store_gives_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed_module, "KEPT", 4)
    log = Log()
    feed, _ = await started(log)
    for _ in range(5):
        feed.told(*log.commit(2, others=1))
    for seq in range(log.seq + 1):
        expected = [c.seq for c in log.stored if c.seq > seq]
        assert await all_after(feed, seq) == expected
        assert await all_after(feed, seq, limit=3) == expected[:3]


async def test_memory_is_bounded_and_what_it_holds_is_the_newest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed_module, "KEPT", 4)
    log = Log()
    feed, _ = await started(log)
    feed.told(*log.commit(9))
    log.stored.clear()  # whoever asks for the newest is answered from memory
    assert await all_after(feed, 5) == [6, 7, 8, 9]
    assert numbers(await feed.wait(7)) == [8, 9]


async def test_more_foreign_changes_than_memory_holds_are_all_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed_module, "KEPT", 4)
    log = Log()
    feed, heard = await started(log)
    log.commit(10)
    feed.told(*log.commit(1))
    for _ in range(4):
        await feed.look()
    assert heard == list(range(1, 12))
    feed.told(*log.commit(1))
    assert heard[-1] == 12
    assert await all_after(feed, 2) == list(range(3, 13))


async def test_a_position_that_is_no_longer_kept_is_a_gap() -> None:
    log = Log()
    log.commit(10)
    log.pruned = 6
    feed, _ = await started(log)
    assert (await feed.after(3)).gap is True
    assert await all_after(feed, 6) == [7, 8, 9, 10]
    assert await all_after(feed, 8) == [9, 10]


async def test_a_position_from_the_future_is_a_gap_unless_another_process_is_there() -> None:
    log = Log()
    feed, _ = await started(log)
    assert await feed.after(7) == Batch((), gap=True)
    log.commit(7)
    assert await feed.after(7) == Batch((), gap=False)


async def test_who_waits_is_woken_by_what_comes_after() -> None:
    log = Log()
    feed, _ = await started(log)
    feed.told(*log.commit(1))
    waiters = [asyncio.create_task(feed.wait(seq)) for seq in (0, 1, 2)]
    await asyncio.sleep(0)
    feed.told(*log.commit(1))
    assert [numbers(await waiter) for waiter in waiters[:2]] == [[1], [2]]
    assert not waiters[2].done()
    feed.told(*log.commit(1))
    assert numbers(await waiters[2]) == [3]
