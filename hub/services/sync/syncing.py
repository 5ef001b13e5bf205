"""When each tool is looked at, and what a failure means: one task for each, none waits."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from hub.contract import Expiring
from hub.errors import Anomalous, HubError, Misconfigured, Transient
from hub.linking import NOT_LOOKED
from hub.services.sync.health import Pulse
from hub.services.sync.ports import Polled, PollStore, Pulls
from hub.services.sync.round import Beside, Looked, look

LONGEST_PAUSE: Final = 300.0
ADMINS_PAUSE: Final = 600.0
"""What an admin has to mend may be mended in the tool, where nobody tells us."""
LATELY: Final = timedelta(hours=1)
"""What worked so lately may work again by itself."""
BREATH: Final = 5.0
"""Seconds that a tool that failed is left alone, whatever is delivered meanwhile; arbitrary."""
SPACING: Final = 4
"""A census comes no sooner than so many times its own duration: a large one spaces itself out."""
KEEP_SECONDS: Final = 60.0
EXPIRY_SECONDS: Final = 3600.0
"""So often a tool is asked when the hub's secret ends: it is said a fortnight ahead."""

log = structlog.get_logger(__name__)

Heard = Callable[[str, str | None, datetime], None]
"""Hears of a connector's fault, or (None) that it works."""


class Syncing:
    """Looks at every tool again and again."""

    def __init__(
        self,
        polled: Iterable[Polled],
        pulls: Pulls,
        store: PollStore,
        heard: Heard,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.polled = {one.id: one for one in polled}
        self.pulses = {name: Pulse() for name in self.polled}
        self._pulls, self._store, self._heard, self._now = pulls, store, heard, now
        self._bells = {name: asyncio.Event() for name in self.polled}
        self._busy = {name: asyncio.Lock() for name in self.polled}
        self.census_due = dict.fromkeys(self.polled, 0.0)
        self._expiry_due = dict.fromkeys(self.polled, 0.0)
        self._failures = dict.fromkeys(self.polled, 0)
        self._not_before = dict.fromkeys(self.polled, 0.0)
        self._unhurried = set[str]()
        self._beside = {name: Beside() for name in self.polled}
        self._kept_at = dict.fromkeys(self.polled, 0.0)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to look."""
        await self.recall()
        self._tasks = [
            asyncio.create_task(self._looking(one), name=f"sync-{one.id}")
            for one in self.polled.values()
            if one.source is not None
        ]

    async def recall(self) -> None:
        """Go on from what was kept of each connector's health.

        Shape: whether a tool's silence is believed is unknown until it is looked at. One that is
               paused is not looked at: of it holds what was known.
        """
        kept = await self._store.vitals()
        self.pulses = {name: Pulse.of(kept.get(name)) for name in self.polled}
        for name, pulse in self.pulses.items():
            if self.polled[name].source is not None and not (pulse.paused and pulse.doubt is None):
                self._pulls.doubt(name, pulse.doubt or NOT_LOOKED)

    async def stop(self) -> None:
        """End at once; what is under way is looked at again at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for name in self.pulses if self._tasks else ():
            await self._keep(name)
        self._tasks = []

    def ring(self, connector: str) -> None:
        """Hear that somebody wants it looked at now."""
        if (bell := self._bells.get(connector)) is not None:
            self._not_before[connector] = 0.0
            bell.set()

    def nudge(self, connector: str) -> None:
        """Hear that something was delivered which only a look can settle.

        Shape: a delivery shows that its tool is back, so one that failed is asked again before its
               turn. One that said when to come, or that an admin has to mend, is not.
        """
        if connector in self._bells and connector not in self._unhurried:
            self._bells[connector].set()

    def hasten(self, connector: str, pause: float) -> None:
        """Look soon where a look that somebody asked for ended a long wait: it is mended."""
        pulse = self.pulses[connector]
        due = self._now() + timedelta(seconds=2 * pause)
        if not pulse.paused and pulse.next_poll_at is not None and pulse.next_poll_at > due:
            self.ring(connector)

    async def _looking(self, one: Polled) -> None:
        bell = self._bells[one.id]
        while True:
            bell.clear()
            pause = one.poll_seconds
            try:
                if not self.pulses[one.id].paused:
                    pause = await self.once(one.id)
            except Exception:  # the broad guard of this task: a look that broke is not the last
                log.exception("connector failed", connector=one.id)
            self.pulses[one.id].next_poll_at = self._now() + timedelta(seconds=pause)
            try:
                async with asyncio.timeout(pause):
                    await bell.wait()
                    due = self._not_before[one.id]
                    if not one.work:
                        # Who rings wants to know what is open: only a census would tell.
                        due = max(due, self.census_due[one.id])
                    await asyncio.sleep(due - time.monotonic())
            except TimeoutError:
                continue

    async def once(self, connector: str, *, full: bool = False, accept_gone: bool = False) -> float:
        """Look at a tool once; return after how many seconds to look again."""
        one, pulse = self.polled[connector], self.pulses[connector]
        async with self._busy[connector]:
            began = time.monotonic()
            census = full or began >= self.census_due[connector]
            try:
                looked = await look(
                    one, self._pulls, self._store, now=self._now, census=census,
                    accept_gone=accept_gone, beside=self._beside[connector],
                )  # fmt: skip
            except HubError as error:
                pause = self._failed(one, error)
            except Exception:  # the one broad guard of this entry point: it isolates connectors
                log.exception("connector failed", connector=connector)
                says = "the hub failed on what this tool said; it is in its log"
                pulse.failed(self._now(), "failing", says, None)
                self._heard(connector, says, self._now())
                pause = self._backoff(connector)
            else:
                pause = self._succeeded(one, looked, time.monotonic() - began)
                await self._ask_expiry(one)
        before, pulse.doubt = pulse.doubt, self._pulls.doubted(connector)
        turned = (before is None) is not (pulse.doubt is None)
        if turned or time.monotonic() - self._kept_at[connector] >= KEEP_SECONDS:
            await self._keep(connector)
        return pause

    def _succeeded(self, one: Polled, looked: Looked, seconds: float) -> float:
        self._failures[one.id], self._not_before[one.id] = 0, 0.0
        self._unhurried.discard(one.id)
        pulse = self.pulses[one.id]
        pulse.succeeded(self._now(), looked, seconds)
        if looked.census_seconds is not None:
            spaced = looked.census_seconds * (SPACING - 1)
            self.census_due[one.id] = time.monotonic() + max(spaced, one.census_seconds)
        self._heard(one.id, pulse.message if pulse.state == "failing" else None, self._now())
        # Spread a little, so that many connectors do not all ask in the same second.
        return one.poll_seconds * random.uniform(0.95, 1.05)  # noqa: S311 - no secret

    async def _ask_expiry(self, one: Polled) -> None:
        """Ask now and then when the secret ends; that it cannot be told is no fault of the look."""
        source: object = one.source
        if not isinstance(source, Expiring) or time.monotonic() < self._expiry_due[one.id]:
            return
        self._expiry_due[one.id] = time.monotonic() + EXPIRY_SECONDS
        try:
            self.pulses[one.id].expiry = await source.expiry()
        except HubError as error:
            log.info("end of the secret not told", connector=one.id, why=str(error))

    def _failed(self, one: Polled, error: HubError) -> float:
        at, says = self._now(), one.veil(_storable(str(error)))
        raw = None
        if isinstance(error, Anomalous) and error.evidence is not None:
            raw = one.veil(_storable(_text(error.evidence)))
        admins = isinstance(error, Misconfigured)
        self.pulses[one.id].failed(at, "misconfigured" if admins else "failing", says, raw)
        self._heard(one.id, says, at)
        if admins:
            # It may be a moment's: a frontend that restarts, a user group that is being filled.
            worked = self.pulses[one.id].last_success_at
            lately = worked is not None and at - worked < LATELY
            longest = LONGEST_PAUSE if lately else ADMINS_PAUSE
            pause = self._backoff(one.id, longest)
            self._unhurried.add(one.id)
            return pause
        pause = self._backoff(one.id)
        if isinstance(error, Transient) and error.retry_after is not None:
            self._unhurried.add(one.id)
            return max(error.retry_after.total_seconds(), 1.0)
        return pause

    def _backoff(self, connector: str, longest: float = LONGEST_PAUSE) -> float:
        self._failures[connector] += 1
        self._not_before[connector] = time.monotonic() + BREATH
        self._unhurried.discard(connector)
        base = min(self.polled[connector].poll_seconds, 30.0)
        pause = min(base * 2 ** min(self._failures[connector] - 1, 10), longest)
        return float(pause * random.uniform(0.8, 1.2))  # noqa: S311 - no secret

    async def pause(self, connector: str, *, paused: bool) -> None:
        """Stop looking at a tool, or go on."""
        pulse = self.pulses[connector]
        pulse.paused = paused
        pulse.become("paused" if paused else "waiting", None, self._now())
        if paused and self._pulls.doubted(connector) is None:
            # Nobody looks from now on, so nobody could say up to when its ends may be believed.
            self._pulls.believe(connector)
        await self._keep(connector)
        self.ring(connector)

    async def _keep(self, connector: str) -> None:
        self._kept_at[connector] = time.monotonic()
        try:
            await self._store.keep_vitals(connector, self.pulses[connector].kept())
        except Transient as error:
            log.warning("health not kept", connector=connector, why=str(error))


def _text(evidence: object) -> str:
    if isinstance(evidence, bytes):
        return evidence.decode("utf-8", "replace")
    return str(evidence)


def _storable(text: str) -> str:
    """Put something readable in the place of halves of characters, which no store takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
