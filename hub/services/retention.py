"""Forget what is old: the change log, the journal and the quarantine do not grow for ever.

Pieces are small and there is a pause after each, so that no delivery waits long for the store.
What a replay needs to tell how things stand now is kept, however old it is (ADR 0014).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import structlog

from hub.errors import Transient

PAUSE: Final = timedelta(milliseconds=50)
EACH: Final = timedelta(hours=1)
"""So often it looks for what became old; arbitrary."""

log = structlog.get_logger(__name__)

Piece = Callable[[datetime], Awaitable[int | None]]
"""Removes one piece of what is older than an instant; returns how much, None when all is done."""


class Attic(Protocol):
    """What is kept for a time. Each method raises Transient when the store cannot."""

    async def forget_changes(self, before: datetime) -> int | None:
        """Remove a piece of the change log, oldest first; its newest change always stays."""

    async def forget_quarantined(self, before: datetime) -> int | None:
        """Remove a piece of what did not fit, oldest first."""

    def forget_deliveries(self) -> Piece:
        """Return what removes deliveries piece by piece, but for those that are needed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long each is kept; None: for ever."""

    changes: timedelta | None
    deliveries: timedelta | None
    quarantined: timedelta | None


class Retention:
    """Looks once an hour and removes what is over its term."""

    def __init__(
        self,
        attic: Attic,
        terms: Terms,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: timedelta = PAUSE,
    ) -> None:
        self._attic = attic
        self._terms = terms
        self._now = now
        self._pause = pause.total_seconds()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._looking(), name="retention")

    async def stop(self) -> None:
        """End, after the piece at hand."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _looking(self) -> None:
        while True:
            try:
                await self.look()
            except Transient as error:
                log.warning("old data not removed; trying again later", why=str(error))
            except Exception:  # the one broad guard of this entry point
                log.exception("old data not removed")
            await asyncio.sleep(EACH.total_seconds())

    async def look(self) -> dict[str, int]:
        """Remove all that is over its term; return how much of each."""
        terms, attic, now = self._terms, self._attic, self._now()
        # The quarantine first: a delivery is kept as long as a record of it waits there.
        removed = {
            "quarantined": await self._remove(attic.forget_quarantined, terms.quarantined, now),
            "deliveries": await self._remove(attic.forget_deliveries(), terms.deliveries, now),
            "changes": await self._remove(attic.forget_changes, terms.changes, now),
        }
        if any(removed.values()):
            log.info("old data removed", **removed)
        return removed

    async def _remove(self, piece: Piece, term: timedelta | None, now: datetime) -> int:
        removed = 0
        while term is not None and (done := await piece(now - term)) is not None:
            removed += done
            await asyncio.sleep(self._pause)
        return removed
