"""The change log, live: what this process commits is told at once, what others commit soon after.

Numbers come in commit order, but two commits of this process may report in another order. So each
report carries the numbers it covers, and is held back until the one before it is there.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Final, Protocol

import structlog

from hub.errors import Transient
from hub.services.changes import Batch, Change

KEPT: Final = 20_000
POLL_SECONDS: Final = 0.5
log = structlog.get_logger(__name__)

Listener = Callable[[Sequence[Change]], None]


class ChangeLog(Protocol):
    """The change log of a store."""

    async def clock(self) -> int:
        """Return the newest number."""

    async def changes(self, after: int, limit: int) -> list[Change]:
        """Return changes after a number, oldest first."""

    async def oldest(self) -> int | None:
        """Return the oldest number that is kept; None when there is none."""


class LiveFeed:
    """The port `hub.services.desks.Feed`."""

    def __init__(self, source: ChangeLog) -> None:
        self._source = source
        self._recent: deque[Change] = deque(maxlen=KEPT)
        self._begin = 0
        self._position = 0
        self._held: dict[int, tuple[int, Sequence[Change]]] = {}
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.listeners: list[Listener] = []

    @property
    def last_seq(self) -> int:
        """The newest sequence number that this process knows."""
        return self._position

    async def start(self) -> None:
        """Begin where the store stands, and watch for what others commit."""
        self._position = self._begin = await self._source.clock()
        self._task = asyncio.create_task(self._watching(), name="feed")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def told(self, base: int, end: int, changes: Sequence[Change]) -> None:
        """Hear of a commit of this process; see `hub.store.database.Told`."""
        if end <= self._position:
            return
        self._held[base] = (end, changes)
        self._release()

    def _release(self) -> None:
        while self._position in self._held:
            until, found = self._held.pop(self._position)
            self._append(until, found)

    def _append(self, until: int, changes: Sequence[Change]) -> None:
        full = len(self._recent) + len(changes) > KEPT
        self._recent.extend(changes)
        self._position = until
        if full:
            self._begin = self._recent[0].seq - 1
        if changes:
            for listener in self.listeners:
                listener(changes)
            self._news.set()
            self._news = asyncio.Event()

    async def after(self, seq: int, limit: int = 1000) -> Batch:
        """Return changes after `seq` from memory or from the store, at once."""
        if seq > self._position:
            # A number from the future: of a store that was put back, or invented.
            return Batch((), gap=seq > await self._source.clock())
        if seq >= self._begin:
            return Batch(self._newer(seq)[:limit])
        changes = await self._source.changes(seq, limit)
        oldest = await self._source.oldest()  # later: what is removed meanwhile is a gap
        return Batch(tuple(changes), gap=oldest is not None and seq + 1 < oldest and seq > 0)

    async def wait(self, seq: int) -> tuple[Change, ...]:
        """Wait until there is a change after `seq`; return all that are in memory."""
        while not self._recent or self._recent[-1].seq <= seq:
            await self._news.wait()
        return self._newer(seq)

    def _newer(self, seq: int) -> tuple[Change, ...]:
        """Read from the newest end: who asks has usually seen nearly all."""
        newer = list(takewhile(lambda change: change.seq > seq, reversed(self._recent)))
        return tuple(reversed(newer))

    async def _watching(self) -> None:
        lost = False
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self.look()
            except Transient as error:
                if not lost:
                    log.warning("change log not readable", why=str(error))
                lost = True
            except Exception:  # the one broad guard of this entry point: nobody else looks
                if not lost:
                    log.exception("change log not readable")
                lost = True
            else:
                if lost:
                    log.info("change log readable again")
                lost = False

    async def look(self) -> None:
        """Take in what others committed."""
        seen = self._position
        newest = await self._source.clock()
        if newest <= seen or self._position != seen:
            return  # nothing new, or this process is telling right now
        changes = await self._source.changes(seen, KEPT)
        if len(changes) == KEPT:
            newest = min(newest, changes[-1].seq)  # there is more; the next look takes it in
        if self._position == seen:
            self._append(newest, [change for change in changes if change.seq <= newest])
            self._held = {base: h for base, h in self._held.items() if h[0] > newest}
            self._release()
