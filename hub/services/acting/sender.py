"""Carry operations out: look whether it is done, write once, read back.

An operation whose end is not known (a time-out, a crash of the hub) is never sent again before the
tool was asked whether it holds already.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from hub.contract import Known, Operation, Writer
from hub.errors import HubError, Transient
from hub.services.acting.desk import Allowed
from hub.services.acting.ports import Outbox, Planned, Settled
from hub.services.acting.words import ALREADY, WriteState

LOOK: Final = 1.0
"""Seconds between looks when nobody rings: another process may have written a wish down."""
FIRST_PAUSE: Final = timedelta(seconds=1)
LONGEST_PAUSE: Final = timedelta(minutes=5)
TOO_OLD: Final = timedelta(hours=24)
"""What a person wanted yesterday may not be wanted today (domain 5)."""
READ_BACKS: Final = 5
"""So often a tool that took a write may not show it before it counts as failed."""

log = structlog.get_logger(__name__)


class Sender:
    """One task for each connector that can be written to: none delays another."""

    def __init__(
        self,
        outbox: Outbox,
        writers: Mapping[str, Writer],
        allowed: Mapping[str, Allowed],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._outbox = outbox
        self._writers = writers
        self._allowed = allowed
        self._now = now
        self._bells = {name: asyncio.Event() for name in writers}
        self._tasks: list[asyncio.Task[None]] = []

    def ring(self, connector: str) -> None:
        """Hear that there is something to do for a connector ("": for any)."""
        for name, bell in self._bells.items():
            if connector in {"", name}:
                bell.set()

    async def start(self) -> None:
        """Begin to send."""
        self._tasks = [
            asyncio.create_task(self._sending(name), name=f"writes-{name}")
            for name in self._writers
        ]

    async def stop(self) -> None:
        """End; what is under way is read back at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _sending(self, connector: str) -> None:
        bell = self._bells[connector]
        while True:
            bell.clear()
            try:
                while await self.next(connector):
                    pass
            except Transient as error:
                log.warning("outbox not readable", connector=connector, why=str(error))
            except Exception:  # the one broad guard of this entry point
                log.exception("outbox failed", connector=connector)
            try:
                async with asyncio.timeout(LOOK):
                    await bell.wait()
            except TimeoutError:
                continue

    async def next(self, connector: str) -> bool:
        """Carry out one operation that is due; tell whether there was one."""
        planned = await self._outbox.claim(connector)
        if planned is None:
            return False
        settled = await self._tried(planned)
        if settled.state is not WriteState.CONFIRMED:
            log.warning(
                "write not done", connector=connector, write=planned.write.value,
                operation=planned.number, state=settled.state.value, why=settled.says,
            )  # fmt: skip
        await self._outbox.settle(planned.number, settled)
        return True

    async def _tried(self, planned: Planned) -> Settled:
        refused = self._allowed[planned.connector].why_not(planned.connector, planned.write)
        if refused is not None:
            return Settled(WriteState.REFUSED, refused)
        try:
            return await self._carried_out(planned, self._writers[planned.connector])
        except Transient as error:
            return self._again(planned, str(error), error.retry_after)
        except HubError as error:  # an admin has to act, or the tool said what it never promised
            return Settled(WriteState.FAILED, str(error))
        except Exception:  # a bug in a connector must not stop what waits behind it
            log.exception("write failed", connector=planned.connector, operation=planned.number)
            return Settled(WriteState.FAILED, "the hub failed on this; it is in its log")

    async def _carried_out(self, planned: Planned, writer: Writer) -> Settled:
        on = Known(planned.kind, planned.series, planned.record)
        operation = Operation(planned.key, planned.write.value, on, planned.values)
        if await writer.holds(operation):
            first = planned.attempts == 1
            return Settled(WriteState.CONFIRMED, ALREADY if first else "found done")
        if self._now() - planned.created_at > TOO_OLD:
            return Settled(WriteState.FAILED, "not sent within a day; ask again if it still counts")
        answer = await writer.apply(operation)
        if await writer.holds(operation):
            return Settled(WriteState.CONFIRMED, "done", answer=answer)
        says = "the tool took it and does not show it"
        if planned.attempts >= READ_BACKS:
            return Settled(WriteState.FAILED, says, answer=answer)
        return self._again(planned, says, None)

    def _again(self, planned: Planned, why: str, retry_after: timedelta | None) -> Settled:
        now = self._now()
        if now - planned.created_at > TOO_OLD:
            return Settled(WriteState.FAILED, f"not done within a day: {why}")
        pause = min(FIRST_PAUSE * 2 ** min(planned.attempts - 1, 12), LONGEST_PAUSE)
        return Settled(WriteState.UNKNOWN, why, next_at=now + max(pause, retry_after or pause))
