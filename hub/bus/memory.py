"""The bus without a broker: listeners in this process, and nobody outside."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog

from hub.services.changes import Change
from hub.services.telling import BusHealth, ChangeLog

log = structlog.get_logger(__name__)

Listener = Callable[[Sequence[Change]], None]


class MemoryBus:
    """Calls each listener in turn; keeps nothing, so it never falls behind."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._since = datetime.now(UTC)
        self._told = 0

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every change from now on; return how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def start(self, changes: ChangeLog) -> None:
        """Begin after the newest change."""
        self._told = changes.last_seq

    def publish(self, changes: Sequence[Change]) -> None:
        """Tell the listeners; the fault of one is logged and kept from the others."""
        for listener in tuple(self._listeners):
            try:
                listener(changes)
            except Exception:
                log.exception("a listener of the bus failed")
        if changes:
            self._told = changes[-1].seq

    def health(self) -> BusHealth:
        """Return that it is reachable: there is nothing to lose."""
        return BusHealth("memory", reachable=True, since=self._since, told=self._told)

    async def stop(self) -> None:
        """Forget the listeners."""
        self._listeners.clear()
