"""Watched plan files: imported when they change; one that was refused waits until it does."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog

from hub.app.plans import PlanFiles, fingerprint
from hub.app.settings import Configured
from hub.contract import Cursor
from hub.errors import HubError, Transient
from hub.services.plans.ports import Watched
from hub.services.vitals import Vitals

log = structlog.get_logger(__name__)

TIDY_SECONDS: Final = 150
"""A killed import is known for one after two minutes; once more then for the one that ended us."""


class PlanWatch:
    """Looks at watched plan files and imports them when they change."""

    def __init__(
        self, files: PlanFiles, connectors: Mapping[str, Configured], vitals: Vitals
    ) -> None:
        self._files = files
        self.watched = [
            (one, watch)
            for one in connectors.values()
            if one.connector.watch is not None
            and (watch := one.connector.watch(one.settings)) is not None
        ]
        self._vitals = vitals
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to look."""
        self._tasks = [
            asyncio.create_task(self._looking(one, watch), name=f"watch-{one.id}")
            for one, watch in self.watched
        ]
        self._tasks.append(asyncio.create_task(self._tidying(), name="tidy-plans"))

    async def stop(self) -> None:
        """End."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tidying(self) -> None:
        for pause in (TIDY_SECONDS, 0):
            try:
                await self._files.tidy()
            except HubError as error:
                log.warning("imports that were killed are not tidied away yet", why=str(error))
            await asyncio.sleep(pause)

    async def _looking(self, one: Configured, watch: Any) -> None:
        while True:
            await self.look(one, watch)
            await asyncio.sleep(one.settings.poll_seconds)

    async def look(self, one: Configured, watch: Any) -> None:
        """Import the file if it changed since it was last dealt with; remember how that went."""
        try:
            seen = await self._seen(one)
            refusal = seen.refusal if seen is not None else None
            cursor = None if seen is None else Cursor(seen.cursor.partition("/")[2])
            found = await asyncio.to_thread(watch.poll, cursor)
            if found is not None:
                refusal = await self._bring_in(one, *found)
        except HubError as error:
            refusal = str(error)
        if refusal is None:
            self._vitals.recovered(one.id)
        else:
            self._vitals.failed(one.id, refusal, datetime.now(UTC))

    async def _seen(self, one: Configured) -> Watched | None:
        """Return what was dealt with, if that would go the same way today."""
        seen = await self._files.seen(one.id)
        if seen is None or seen.cursor.partition("/")[0] != fingerprint(repr(one.settings)):
            return None
        refused = seen.refusal is not None
        return None if refused and seen.stamp != await self._files.stamp(one) else seen

    async def _bring_in(self, one: Configured, file: Any, cursor: Cursor) -> str | None:
        """Import a file; return why it was refused. Raises: Transient, then it is read again."""
        stamp, refusal = await self._files.stamp(one), None
        try:
            with file:
                name = Path(getattr(one.settings, "path", None) or "plan").name
                await self._files.bring_in(one, file, name, project=None, who=one.id)
        except Transient:
            raise
        except HubError as error:
            refusal = str(error)
        except Exception:  # the one broad guard of this entry point
            log.exception("plan not imported", connector=one.id)
            refusal = "the hub failed on this file; see its log"
        place = f"{fingerprint(repr(one.settings))}/{cursor}"
        await self._files.saw(one.id, Watched(place, stamp, refusal))
        return refusal
