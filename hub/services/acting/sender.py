"""Carry operations out: look whether it is done, write once, read back.

An operation whose end is not known (a time-out, a crash of the hub) is never sent again before the
tool was asked for a while whether it holds already: a tool goes on after whoever asked hung up.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from hub.contract import Known, Operation, Writer
from hub.errors import HubError, Misconfigured, Transient
from hub.services.acting.desk import Allowed
from hub.services.acting.ports import Outbox, Planned, Settled
from hub.services.acting.words import (
    ALREADY,
    FIELDS,
    SEND_AGAIN,
    SPOKEN,
    UNDER_WAY,
    WAITING,
    WriteState,
)

LOOK: Final = 1.0
"""Seconds between looks when nobody rings: another process may have written a wish down."""
FIRST_PAUSE: Final = timedelta(seconds=1)
LONGEST_PAUSE: Final = timedelta(minutes=5)
TOO_OLD: Final = timedelta(hours=24)
"""What a person wanted yesterday may not be wanted today (domain 5)."""
READ_BACKS: Final = 5
"""So often a tool that took a write may not show it before it counts as failed."""
_BUG: Final = "the hub failed on this; it is in its log"
_NOT_SHOWN: Final = "the tool took it and does not show it"

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
        self.ends: Counter[tuple[str, WriteState]] = Counter()
        """How often a write that this process had in hand ended so, by connector."""
        self._bells = {name: asyncio.Event() for name in writers}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def connectors(self) -> Iterable[str]:
        """The connectors that can be written to."""
        return self._writers

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
        if settled is None:
            return True
        if settled.state is not WriteState.CONFIRMED:
            log.warning(
                "write not done", connector=connector, write=planned.write.value,
                operation=planned.number, state=settled.state.value, why=settled.says,
            )  # fmt: skip
        state = await self._outbox.settle(planned, settled)
        if state is not None and state not in WAITING:
            self.ends[connector, state] += 1
        return True

    async def _tried(self, planned: Planned) -> Settled | None:
        """Carry an operation out; None: it may not be sent any more, and is not ours to settle."""
        refused = self._allowed[planned.connector].why_not(planned.connector, planned.write)
        if refused is not None:
            return Settled(WriteState.REFUSED, refused)
        on = Known(planned.kind, planned.series, planned.record)
        operation = Operation(planned.key, planned.write.value, on, planned.values)
        writer = self._writers[planned.connector]
        try:
            holds = await writer.holds(operation)
        except Transient as error:
            return self._again(planned, str(error), error.retry_after)
        except Misconfigured as error:  # an admin has to act, or it can never be done
            if self._under_way(planned):  # it may be there all the same: a moment's log-in page
                return self._again(planned, str(error), None)
            return Settled(WriteState.FAILED, str(error))
        except HubError as error:  # the tool said what it never promised: a page on the way, say
            if self._under_way(planned):
                return self._again(planned, str(error), None)
            return self._unclear(planned, str(error), None)
        except Exception:  # a bug in a connector must not stop what waits behind it
            log.exception("write failed", connector=planned.connector, operation=planned.number)
            return Settled(WriteState.FAILED, _BUG)
        settled = self._found(planned) if holds else self._waits(planned)
        if settled is not None:
            return settled
        if not await self._outbox.begin(planned):
            return None
        return await self._written(replace(planned, sent_at=self._now()), operation, writer)

    def _under_way(self, planned: Planned) -> bool:
        return planned.sent_at is not None and self._now() - planned.sent_at < UNDER_WAY

    def _found(self, planned: Planned) -> Settled | None:
        """Say what it means that the tool is as it was wanted."""
        if planned.sent_at is not None:
            return Settled(WriteState.CONFIRMED, "found done")
        if planned.clouded_until is not None and self._now() < planned.clouded_until:
            # An earlier write may still come about and undo it.
            says = "an earlier write of this field may still be under way"
            return Settled(WriteState.PLANNED, says, next_at=planned.clouded_until)
        return Settled(WriteState.CONFIRMED, ALREADY)

    def _waits(self, planned: Planned) -> Settled | None:
        """Say why what the tool does not show is not sent now; None: it is."""
        if planned.taken and planned.attempts >= READ_BACKS:
            return Settled(WriteState.FAILED, _NOT_SHOWN)
        if planned.taken:
            return self._again(planned, _NOT_SHOWN, None)
        wait = UNDER_WAY if FIELDS[planned.write] in SPOKEN else SEND_AGAIN
        if planned.sent_at is not None and self._now() - planned.sent_at < wait:
            return self._again(planned, "sent, and not seen at the tool yet", None)
        if self._now() - planned.created_at > TOO_OLD:
            return Settled(WriteState.FAILED, "not sent within a day; ask again if it still counts")
        return None

    async def _written(self, planned: Planned, operation: Operation, writer: Writer) -> Settled:
        """Write once and read back. Only the tool's own no is the end of it."""
        answer = None
        try:
            answer = await writer.apply(operation)
            shown = await writer.holds(operation)
        except Transient as error:
            return self._again(planned, str(error), error.retry_after, answer)
        except Misconfigured as error:
            if answer is None:
                return Settled(WriteState.FAILED, str(error))
            return self._again(planned, str(error), None, answer)
        except HubError as error:
            return self._unclear(planned, str(error), answer)
        except Exception:  # a bug in a connector must not stop what waits behind it
            log.exception("write failed", connector=planned.connector, operation=planned.number)
            return self._unclear(planned, _BUG, answer)
        if shown:
            return Settled(WriteState.CONFIRMED, "done", answer=answer)
        return self._again(planned, _NOT_SHOWN, None, answer)

    def _unclear(self, planned: Planned, why: str, answer: Mapping[str, object] | None) -> Settled:
        """Say of an answer that nobody can read that it is to be looked for, and not for ever."""
        if planned.attempts >= READ_BACKS:
            return Settled(WriteState.FAILED, why, answer=answer)
        return self._again(planned, why, None, answer)

    def _again(
        self,
        planned: Planned,
        why: str,
        retry_after: timedelta | None,
        answer: Mapping[str, object] | None = None,
    ) -> Settled:
        now = self._now()
        if now - planned.created_at > TOO_OLD:
            return Settled(WriteState.FAILED, f"not done within a day: {why}", answer=answer)
        pause = min(FIRST_PAUSE * 2 ** min(planned.attempts - 1, 12), LONGEST_PAUSE)
        state = WriteState.PLANNED if planned.sent_at is None else WriteState.UNKNOWN
        return Settled(state, why, now + max(pause, retry_after or pause), answer)
