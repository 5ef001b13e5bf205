"""When each series is asked for: tools do not wait for one another, nor do queries.

Two lanes for each tool: what goes well, and beside it what failed before, takes long or lies in
the past. One question of the second kind is under way at a time, so the first are not held up.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import structlog

from hub.contract import Measurer, Series
from hub.errors import HubError, Transient
from hub.services.measuring.line import Line
from hub.services.measuring.points import HOUR, STEP, floor
from hub.services.measuring.ports import SeriesStore
from hub.services.measuring.turns import (
    BACK,
    Kept,
    News,
    Span,
    Wanted,
    ahead,
    answered,
    behind,
)

SLOW_SECONDS: Final = 1.0
"""A question that takes longer is left to the side lane."""
PAUSE_SECONDS: Final = 0.05

log = structlog.get_logger(__name__)

Wishes = Callable[[], Awaitable[Sequence[Wanted]]]


class KeptSeries:
    """Asks every tool for every series, again and again."""

    def __init__(
        self,
        measurers: Mapping[str, Measurer],
        store: SeriesStore,
        wishes: Wishes,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.lines = {name: Line(name, one) for name, one in measurers.items()}
        self.kept: dict[str, Kept] = {}
        self._store, self._wishes, self._now = store, wishes, now
        self._wanted_anew = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._slow: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to ask, from where it stopped."""
        if not self.lines:
            return
        self.kept = dict(await self._store.series())
        self._wanted_anew.set()
        works: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            ("wishes", self._wish),
            ("terms", self._forget),
        ]
        for name, line in self.lines.items():
            works.append((f"{name}-well", lambda line=line: self._well(line)))  # type: ignore[misc]
            works.append((f"{name}-side", lambda line=line: self._beside(line)))  # type: ignore[misc]
        self._tasks = [
            asyncio.create_task(self._again(name, work), name=f"series-{name}")
            for name, work in works
        ]

    async def stop(self) -> None:
        """End at once; what is under way is asked for again at the next start."""
        tasks = [*self._tasks, *self._slow]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks = []

    def outdated(self) -> None:
        """Hear that the catalogue changed."""
        self._wanted_anew.set()

    async def _again(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Transient as error:
                log.warning("series not stored; trying again", what=name, why=str(error))
                await asyncio.sleep(SLOW_SECONDS)
            except Exception:  # the one broad guard of this entry point: it isolates the lanes
                log.exception("series not asked for", what=name)
                await asyncio.sleep(SLOW_SECONDS)

    async def _wish(self) -> None:
        await self._wanted_anew.wait()
        self._wanted_anew.clear()
        try:
            wanted = await self._wishes()
        except HubError:
            self._wanted_anew.set()
            raise
        for one in wanted:
            if one.ref not in self.kept or self.kept[one.ref].digest != one.digest:
                self.kept[one.ref] = Kept(one.ref, one.digest)
        for name, line in self.lines.items():
            line.want(one for one in wanted if one.metric.connector == name)

    async def _forget(self) -> None:
        """Remove a piece of what is over its term; where there is none, look again in an hour."""
        removed = await self._store.forget(self._now())
        await asyncio.sleep(PAUSE_SECONDS if removed else HOUR.total_seconds())

    async def _well(self, line: Line) -> None:
        """Ask those whose turn it is, one after another; a slow one goes on beside."""
        for ref in line.take(time.monotonic(), ill=False):
            if line.out is not None or ref not in line.wanted:
                continue
            task = self._begun(line, ref)
            await asyncio.wait({task}, timeout=SLOW_SECONDS)
            if task.done() or line.side.locked():
                await asyncio.wait({task})
                continue
            await line.side.acquire()
            task.add_done_callback(lambda _: line.side.release())
        await self._flush(line)
        await self._rest(line, ill=False)

    async def _beside(self, line: Line) -> None:
        """Ask one that failed before, else for a piece of the past."""
        async with line.side:
            refs = line.take(time.monotonic(), ill=True)
            past = None if refs or line.out is not None else self._past(line)
            if refs:
                await asyncio.wait({self._begun(line, refs[0])})
            elif past is not None:
                await self._fill(line, *past)
        await self._flush(line)
        if past is None:
            await self._rest(line, ill=True)

    async def _rest(self, line: Line, *, ill: bool) -> None:
        seconds = line.wait(time.monotonic(), ill=ill)
        if ill:
            await asyncio.sleep(min(seconds, SLOW_SECONDS))
            return
        try:
            async with asyncio.timeout(seconds):
                await line.bell.wait()
        except TimeoutError:
            return
        line.bell.clear()

    def _begun(self, line: Line, ref: str) -> asyncio.Task[None]:
        line.busy.add(ref)
        task = asyncio.create_task(self._turn(line, line.wanted[ref]), name=f"series-{ref}")
        self._slow.add(task)
        task.add_done_callback(self._slow.discard)
        task.add_done_callback(lambda _: line.bell.set())
        return task

    async def _turn(self, line: Line, wanted: Wanted) -> None:
        """Ask for what is new of one series."""
        ref, kept = wanted.ref, self.kept[wanted.ref]
        span = ahead(kept, self._now())
        line.questions += 1
        try:
            news = answered(kept, span, await self._ask(line, wanted, span), self._now())
        except HubError as error:
            line.failed(ref, error, time.monotonic())
            line.news.append(News(kept.become("failing", str(error), self._now())))
            if line.out is not None:
                self._all_out(line, line.out)
            return
        except Exception:
            log.exception("the hub failed on a series", series=ref)
            says = "the hub failed on what this tool said; it is in its log"
            line.failed(ref, HubError(says), time.monotonic())
            line.news.append(News(kept.become("failing", says, self._now())))
            return
        line.went_well(ref, time.monotonic(), lags=news.kept.until != floor(self._now(), STEP))
        line.news.append(news)

    async def _ask(self, line: Line, wanted: Wanted, span: Span) -> Sequence[Series]:
        return await line.measurer.ranged(wanted.metric.query, span.start, span.end, STEP)

    def _all_out(self, line: Line, says: str) -> None:
        """Say of every series of a tool that is away that nothing is known."""
        for ref in line.wanted:
            if ref not in line.busy and self.kept[ref].message != says:
                line.busy.add(ref)
                line.news.append(News(self.kept[ref].become("failing", says, self._now())))

    def _past(self, line: Line) -> tuple[Wanted, Span] | None:
        """Find a piece of the past that is still to be filled in."""
        at, now = time.monotonic(), self._now()
        for ref, wanted in line.wanted.items():
            if ref in line.busy or line.failures.get(ref) or line.past_due.get(ref, 0.0) > at:
                continue
            span = behind(self.kept[ref], now, line.piece(ref))
            if span is not None:
                return wanted, span
        return None

    async def _fill(self, line: Line, wanted: Wanted, span: Span) -> None:
        ref, kept = wanted.ref, self.kept[wanted.ref]
        line.busy.add(ref)
        line.questions += 1
        try:
            found = await self._ask(line, wanted, span)
            line.news.append(answered(kept, span, found, self._now()))
        except HubError as error:
            line.refused += 1
            less = line.too_much(ref, time.monotonic())
            if less or isinstance(error, Transient):
                line.busy.discard(ref)
                return
            # Not even an hour of the past is answered: what comes is kept, and that is that.
            log.warning("past of a series not filled in", series=ref, why=str(error))
            line.news.append(News(replace(kept, since=floor(self._now() - BACK, HOUR))))

    async def _flush(self, line: Line) -> None:
        """Store what came in; only then it counts."""
        news, line.news = line.news, []
        if not news:
            return
        refs = {one.kept.ref for one in news}
        known = [one for one in news if self.kept[one.kept.ref].digest == one.kept.digest]
        try:
            if known:
                await self._store.keep(known, self._now())
        except Transient:
            line.due.update(dict.fromkeys(refs & line.wanted.keys(), 0.0))
            raise
        finally:
            line.busy -= refs
        for one in known:
            self.kept[one.kept.ref] = one.kept
