"""The wire: one object per connector, handed to it by `hub.app`."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from hub.contract import Answer, Budget, Connection
from hub.errors import Transient
from hub.wire.threads import Threads
from hub.wire.way import Heard, Way

if TYPE_CHECKING:
    import requests

    from hub.wire.asking import Asking, Params

T = TypeVar("T")
MOST: Final = 64 << 20
"""Bytes of one answer, unpacked, unless the caller says otherwise."""


def open_wire(connector_id: str, settings: Connection, heard: Heard | None = None) -> "OpenWire":
    """Open the way to a tool; nothing is read, sent or started before the first call."""
    return OpenWire(connector_id, settings, heard)


class OpenWire:
    """The port `hub.contract.Wire`."""

    def __init__(self, connector_id: str, settings: Connection, heard: Heard | None = None) -> None:
        self._way = Way(settings, heard)
        self._asking: Asking | None = None
        self._threads = Threads(connector_id, self._session, settings.timeout_seconds)
        self._closed = False

    @property
    def verifies(self) -> bool:
        """Whether the far side's certificate is checked."""
        return self._way.settings.verify_tls

    def budget(self) -> Budget | None:
        """Return how often the tool says that it may still be asked; None: it does not say."""
        return self._way.budgets.now(datetime.now(UTC))

    async def ask(
        self,
        method: str,
        url: str,
        *,
        params: "Params" = (),
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        most: int | None = None,
    ) -> Answer:
        """Ask once. Raises: Transient, Misconfigured, Anomalous."""
        if self._closed:
            raise Transient("the way to the tool is closed; the hub is stopping")
        if self._asking is None:
            from hub.wire.asking import Asking  # noqa: PLC0415 - megabytes, for who asks only

            self._asking = Asking(self._way)
        return await self._asking.ask(method, url, params, body, headers or {}, most or MOST)

    async def blocking(self, work: "Callable[[requests.Session], T]") -> T:
        """Run a call of a blocking library in a thread of this connector's own."""
        if not self._closed:
            self._way.context()  # tells what is wrong with a file before anybody waits
            await asyncio.to_thread(_session_type)  # no part of anybody's time-out
        return await self._threads.run(work)

    def _session(self) -> Any:
        return _session_type()(self._way)

    async def close(self) -> None:
        """Let go of every connection and thread."""
        self._closed = True
        asking, self._asking = self._asking, None
        await asyncio.gather(self._threads.close(), *([asking.close()] if asking else []))


def _session_type() -> Any:
    from hub.wire.sessions import ToolSession  # noqa: PLC0415 - 60 ms, for blocking ones only

    return ToolSession
