"""When objectives are judged, and by which questions: the events of each window, asked live.

A question over a window is exact, also where a counter began anew; adding up kept points is not.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson
import structlog

from hub.contract import Measurer, Series
from hub.errors import HubError, Misconfigured, Transient
from hub.objectives import Events, Query, counted
from hub.services.measuring.ports import ObjectiveStore, Told
from hub.services.measuring.standing import NOTHING, Counts, Watched, stand, stand_json

ROUND_SECONDS: Final = 60.0
PROBE_SECONDS: Final = 15.0
STRIKES: Final = 3
LONGEST: Final = 900.0
LOOK: Final = timedelta(minutes=10)
"""So long a window is looked at to tell whether there were data at an instant."""

log = structlog.get_logger(__name__)

Wishes = Callable[[], Awaitable[Sequence[Watched]]]


class Objectives:
    """Judges every objective, again and again."""

    def __init__(
        self,
        measurers: Mapping[str, Measurer],
        store: ObjectiveStore,
        wishes: Wishes,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.watched: dict[str, Watched] = {}
        self.told: dict[str, Told] = {}
        self._measurers, self._store, self._wishes, self._now = measurers, store, wishes, now
        self._counts: dict[str, Counts] = {}
        self._due: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._anew = {name: asyncio.Event() for name in measurers}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to judge, with what was said last."""
        if not self._measurers:
            return
        self.told = dict(await self._store.told())
        self._tasks = [
            asyncio.create_task(self._judging(name), name=f"objectives-{name}")
            for name in self._measurers
        ]

    async def stop(self) -> None:
        """End at once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def outdated(self) -> None:
        """Hear that the documents or the catalogue changed."""
        for bell in self._anew.values():
            bell.set()

    async def _judging(self, connector: str) -> None:
        bell = self._anew[connector]
        pause = 0.0
        while True:
            try:
                async with asyncio.timeout(pause):
                    await bell.wait()
            except TimeoutError:
                pass
            bell.clear()
            try:
                await self.wish()
                pause = await self.judge(connector)
            except Transient as error:
                log.warning("objectives not stored; trying again", why=str(error))
                pause = PROBE_SECONDS
            except Exception:  # the one broad guard of this entry point: it isolates tools
                log.exception("objectives not judged", connector=connector)
                pause = ROUND_SECONDS

    async def wish(self) -> None:
        """Take over what is to be judged; forget what is not any more."""
        watched = {one.declared.name: one for one in await self._wishes()}
        for name, one in watched.items():
            if self.watched.get(name) != one:
                self._counts[name] = Counts()
                self._due.pop(name, None)
                self._failures.pop(name, None)
        self.watched = watched
        gone = [name for name in self.told if name not in watched]
        if gone:
            await self._store.tell((), gone)
            for name in gone:
                self.told.pop(name, None)

    async def judge(self, connector: str) -> float:
        """Judge all objectives of one tool once; return after how many seconds to do so again."""
        mine = [one for one in self.watched.values() if one.connector == connector]
        # Each time from another one on: one that fails must not be asked first for ever.
        mine.sort(key=lambda one: self._due.get(one.declared.name, 0.0))
        strikes, away = 0, None
        for one in mine:
            name = one.declared.name
            if away is not None:
                self._unknown(one, away)
                continue
            if self._due.get(name, 0.0) > time.monotonic():
                continue
            error = await self._count(one, self._measurers[connector])
            strikes = strikes + 1 if isinstance(error, Transient) else 0
            if strikes >= STRIKES:
                away = str(error)
        await self._tell(mine)
        return ROUND_SECONDS if away is None else PROBE_SECONDS

    def _unknown(self, one: Watched, says: str) -> None:
        counts, now = self._counts[one.declared.name], self._now()
        counts.events = {span: (NOTHING, now - span) for span in one.spans}
        counts.whole, counts.message = None, says

    async def _count(self, one: Watched, measurer: Measurer) -> HubError | None:
        """Count the windows that are due; where one cannot be, nothing is known."""
        name = one.declared.name
        counts = self._counts[name]
        try:
            for span in counts.due(one, self._now()):
                counts.events[span] = (await _events(one, measurer, span), self._now())
                if span == one.declared.objective.period:
                    counts.whole = await self._is_whole(one, measurer)
        except HubError as error:
            self._unknown(one, str(error))
            times = self._failures[name] = self._failures.get(name, 0) + 1
            pause = min(PROBE_SECONDS * 2 ** (times - 1), LONGEST)
            if isinstance(error, Transient):
                pause = PROBE_SECONDS  # what comes back is seen soon
                if error.retry_after is not None:
                    pause = max(error.retry_after.total_seconds(), 1.0)
            self._due[name] = time.monotonic() + pause
            return error
        counts.message = None
        self._failures.pop(name, None)
        return None

    async def _is_whole(self, one: Watched, measurer: Measurer) -> bool:
        """Tell whether there were data already when the period began."""
        begun = self._now() - one.declared.objective.period
        total = one.declared.indicator.total
        query = counted(total.query, LOOK, counter=total.counter)
        return bool(await measurer.instant(query, begun))

    async def _tell(self, mine: Sequence[Watched]) -> None:
        now, said = self._now(), []
        for one in mine:
            name, counts = one.declared.name, self._counts[one.declared.name]
            found, before = stand(one, counts, now), self.told.get(name)
            same = before is not None and before.state == found.says.value
            since = before.since if before is not None and same else now
            body = orjson.dumps(stand_json(one, counts, found, since, now))
            said.append(Told(name, one.service, found.says.value, since, now, body))
        if said:
            await self._store.tell(said)
            self.told.update({one.name: one for one in said})


async def _events(one: Watched, measurer: Measurer, span: timedelta) -> Events:
    indicator = one.declared.indicator
    total = await _number(measurer, indicator.total, span)
    if total is None:
        return NOTHING
    part = await _number(measurer, indicator.part, span)
    if part is None:
        return Events(None, total)
    return Events(max(total - part, 0.0) if indicator.is_good else part, total)


async def _number(measurer: Measurer, query: Query, span: timedelta) -> float | None:
    """Ask for the one number of a window. Raises: Misconfigured too, when it is several."""
    found: Sequence[Series] = await measurer.instant(
        counted(query.query, span, counter=query.counter)
    )
    if len(found) > 1:
        raise Misconfigured(f"{query.query} answers {len(found)} series; sum them up")
    value = found[0].points[-1].value if found and found[0].points else None
    return value if value is not None and math.isfinite(value) else None
