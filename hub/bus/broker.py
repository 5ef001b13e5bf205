"""The bus over a broker: one thread that reads the change log and owns the connection."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import structlog

from hub.bus.envelope import letter, resync
from hub.bus.line import Line
from hub.services.changes import Batch, Change
from hub.services.telling import BusHealth, ChangeLog, Position

log = structlog.get_logger(__name__)

# What is on its way at a time: this is the whole queue of the bus, the rest waits in the log.
_BATCH: Final = 500
# Also how soon changes are seen that another process made without ringing.
_IDLE_SECONDS: Final = 1.0
_READ_SECONDS: Final = 30
_LONGEST_PAUSE_SECONDS: Final = 15.0
# What is told twice after a crash; saving costs an fsync.
_SECONDS_BETWEEN_SAVES: Final = 1.0

Read = Callable[[int], Batch]


class BrokerBus:
    """Tells every change at least once and in order, as long as the change log keeps it."""

    def __init__(
        self, url: str, *, source: str, queue: str | None, position: Position | None
    ) -> None:
        self._url = url
        self._source = source
        self._queue = queue
        self._position = position
        self._bell = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._failures = 0
        self._saved = (0, 0.0)
        self._health = BusHealth(
            urlsplit(url).scheme, reachable=False, since=_now(), told=0, detail="not started"
        )

    async def start(self, changes: ChangeLog) -> None:
        """Begin where the position says, else after the newest change."""
        remembered = self._position.load() if self._position else None
        # A position beyond the newest change belongs to a store that is no more.
        newest = changes.last_seq
        told = newest if remembered is None else min(remembered, newest)
        loop = asyncio.get_running_loop()

        def read(after: int) -> Batch:
            reading = asyncio.run_coroutine_threadsafe(changes.after(after, _BATCH), loop)
            return reading.result(_READ_SECONDS)

        self._health = replace(self._health, since=_now(), told=told, detail="connecting")
        self._thread = threading.Thread(target=self._run, args=(read,), name="bus", daemon=True)
        self._thread.start()

    def publish(self, changes: Sequence[Change]) -> None:
        """Ring; what there is to tell is read from the log."""
        if changes:
            self._bell.set()

    def health(self) -> BusHealth:
        """Return the state of the bus."""
        return self._health

    async def stop(self) -> None:
        """Let the thread finish its batch; a broker that hangs is not waited for."""
        self._stopping.set()
        self._bell.set()
        if self._thread:
            await asyncio.to_thread(self._thread.join, _READ_SECONDS)

    def _run(self, read: Read) -> None:
        """Serve one connection after the other until told to stop."""
        while not self._stopping.is_set():
            try:
                with Line(self._url, self._queue) as line:
                    self._reached()
                    self._serve(line, read)
            except Exception as error:  # noqa: BLE001 - whatever it is, the hub goes on without
                self._lost(error)
                pause = 0.25 * 2 ** min(self._failures, 8)
                self._stopping.wait(min(pause, _LONGEST_PAUSE_SECONDS))

    def _serve(self, line: Line, read: Read) -> None:
        while not self._stopping.is_set():
            # Cleared before reading: a ring in between is answered by one more look.
            self._bell.clear()
            batch = read(self._health.told)
            if batch.changes:
                self._tell(line, batch)
            else:
                self._remember(0)
                self._bell.wait(_IDLE_SECONDS)
                line.idle()
            self._failures = 0
        self._remember(0)

    def _tell(self, line: Line, batch: Batch) -> None:
        told = self._health.told
        letters = [letter(change, self._source) for change in batch.changes]
        if batch.gap:
            letters.insert(0, resync(told, batch.changes[0], self._source))
        line.send(letters)
        self._health = replace(self._health, told=batch.changes[-1].seq)
        self._remember(_SECONDS_BETWEEN_SAVES)

    def _remember(self, at_most_each: float) -> None:
        seq, at = self._saved
        told = self._health.told
        if self._position and told != seq and time.monotonic() - at >= at_most_each:
            self._position.save(told)
            self._saved = (told, time.monotonic())

    def _reached(self) -> None:
        self._health = replace(self._health, reachable=True, since=_now(), detail="")
        log.info("bus_reached", transport=self._health.transport)

    def _lost(self, error: Exception) -> None:
        """Note it, and log it once however often the next try fails."""
        self._failures += 1
        detail = self._without_password(f"{type(error).__name__}: {error}")
        if self._health.reachable or self._health.detail == "connecting":
            log.warning("bus_unreachable", transport=self._health.transport, detail=detail)
            self._health = replace(self._health, reachable=False, since=_now())
        self._health = replace(self._health, detail=detail)

    def _without_password(self, text: str) -> str:
        password = urlsplit(self._url).password
        return text.replace(password, "***") if password else text


def _now() -> datetime:
    return datetime.now(UTC)
