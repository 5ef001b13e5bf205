"""One open wire: asyncio for what we ask ourselves, threads for libraries that block."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final, TypeVar

import aiohttp

from hub.contract import Answer, Connection
from hub.errors import Anomalous, HubError, Misconfigured, Transient
from hub.wire.faults import by_status, by_tls, place
from hub.wire.proxying import credentials, is_direct
from hub.wire.trust import context_of

if TYPE_CHECKING:
    import requests

T = TypeVar("T")
THREADS: Final = 2
"""Threads for the blocking library of one connector: one may hang and another still works."""
MOST: Final = 64 << 20
"""Bytes of one answer, after decompression, unless the caller says otherwise."""
_CHUNK: Final = 1 << 16


class OpenWire:
    """The port `hub.contract.Wire`."""

    def __init__(self, connector: str, settings: Connection) -> None:
        self._connector = connector
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._context: Any = None
        self._pool: _Pool | None = None
        self._closed = False

    @property
    def verifies(self) -> bool:
        """Whether the far side's certificate is checked."""
        return self._settings.verify_tls

    async def ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | tuple[tuple[str, str], ...] = (),
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        most: int | None = None,
    ) -> Answer:
        """Ask once, without following redirects or trying again."""
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                return await self._asked(method, url, params, body, headers or {}, most or MOST)
        except TimeoutError:
            # aiohttp's own time-outs are TimeoutErrors too.
            raise Transient(
                f"{place(url)} did not answer within {self._settings.timeout_seconds:g} s"
            ) from None
        except aiohttp.ClientError as error:
            raise meaning(url, error) from None
        except (OSError, ValueError) as error:
            raise Transient(f"{place(url)} cannot be reached: {_plain(error)}") from None

    async def _asked(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | tuple[tuple[str, str], ...],
        body: bytes | None,
        headers: Mapping[str, str],
        most: int,
    ) -> Answer:
        settings = self._settings
        direct = is_direct(url, settings)
        account = _account(None if direct else credentials(settings))
        # aiohttp tells a proxy these where it asks for a tunnel only; in plain sight, we do.
        plain = account if url.startswith("http://") else {}
        async with self._opened().request(
            method,
            url,
            params=params or None,
            data=body,
            headers={**headers, **plain},
            allow_redirects=False,
            proxy=None if direct else str(settings.proxy),
            proxy_headers=account or None,
        ) as response:
            content = await _read(response, url, most)
            names = {name.lower(): value for name, value in response.headers.items()}
            fault = by_status(url, response.status, names, content)
            if fault is not None:
                raise fault
            return Answer(response.status, names, content, url.partition("?")[0])

    def _opened(self) -> aiohttp.ClientSession:
        if self._closed:
            raise Transient(f"the connector {self._connector} is being stopped")
        if self._session is None:
            settings = self._settings
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._tls(), limit=8),
                timeout=aiohttp.ClientTimeout(
                    total=settings.timeout_seconds, connect=settings.connect_seconds
                ),
                headers=_texts(settings),
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _tls(self) -> Any:
        if self._context is None:
            self._context = context_of(self._settings)
        return self._context

    async def blocking(self, work: "Callable[[requests.Session], T]") -> T:
        """Run a call of a blocking library in a thread of this connector's own."""
        if self._closed:
            raise Transient(f"the connector {self._connector} is being stopped")
        if self._pool is None:
            self._pool = _Pool(self._connector, self._settings, self._tls())
        return await self._pool.run(work)

    async def close(self) -> None:
        """Let go of every connection and thread; one that hangs is not waited for."""
        self._closed = True
        if self._session is not None:
            await self._session.close()
        if self._pool is not None:
            self._pool.close()


async def _read(response: aiohttp.ClientResponse, url: str, most: int) -> bytes:
    """Read an answer, but no more of it than is promised; counted after decompression."""
    parts, size = list[bytes](), 0
    async for part in response.content.iter_chunked(_CHUNK):
        size += len(part)
        if size > most:
            raise Anomalous(
                f"{place(url)} answered more than {most} bytes", evidence=parts[0][:4096]
            )
        parts.append(part)
    return b"".join(parts)


def meaning(url: str, error: Exception) -> HubError:
    """Say what a failure of aiohttp means."""
    where = place(url)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return by_tls(url, error.certificate_error)  # type: ignore[arg-type]
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return by_tls(url, error.os_error)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        fault = by_status(url, error.status, {}, b"")
        return fault or Transient(f"the proxy before {where} answered {error.status}")
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return Transient(f"the proxy before {where} cannot be reached: {_plain(error.os_error)}")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Transient(f"{where} cannot be reached: {_plain(error.os_error)}")
    if isinstance(error, aiohttp.ClientResponseError):
        return Anomalous(f"{where} does not answer as HTTP does", evidence=type(error).__name__)
    if isinstance(error, aiohttp.InvalidURL):
        return Misconfigured(f"{where} is no address that can be asked")
    return Transient(f"{where} broke off: {_plain(error)}")


def _plain(error: BaseException) -> str:
    """Say what the system said; a library's text may repeat what was sent."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


def _account(account: tuple[str, str] | None) -> dict[str, str]:
    if account is None:
        return {}
    return {"Proxy-Authorization": aiohttp.encode_basic_auth(*account, encoding="utf-8")}


def _texts(settings: Connection) -> dict[str, str]:
    return {name: value.get_secret_value() for name, value in settings.headers.items()}


class _Pool:
    """Daemon threads with a session each: one that hangs holds up nothing but itself."""

    def __init__(self, connector: str, settings: Connection, context: Any) -> None:
        self._connector = connector
        self._settings = settings
        self._context = context
        self._jobs: SimpleQueue[tuple[Callable[[Any], Any], Future[Any]] | None] = SimpleQueue()
        for n in range(THREADS):
            threading.Thread(target=self._work, name=f"{connector}-{n}", daemon=True).start()

    async def run(self, work: Callable[[Any], T]) -> T:
        """Wait for a thread and for its answer, no longer than twice the time-out."""
        done: Future[T] = Future()
        self._jobs.put((work, done))
        # A library may ask several times in one call; each has the time-out, all of them this.
        patience = self._settings.timeout_seconds * 3
        try:
            async with asyncio.timeout(patience):
                return await asyncio.wrap_future(done)
        except TimeoutError:
            done.cancel()
            raise Transient(f"{self._connector} did not answer within {patience:g} s") from None

    def close(self) -> None:
        """Let idle threads end."""
        for _ in range(THREADS):
            self._jobs.put(None)

    def _work(self) -> None:
        from hub.wire.sessions import Blocked, session_of  # noqa: PLC0415 - 60 ms, only here

        session = session_of(self._settings, self._context)
        while (job := self._jobs.get()) is not None:
            work, done = job
            if not done.set_running_or_notify_cancel():
                continue
            try:
                done.set_result(work(session))
            except Blocked as error:
                done.set_exception(error.fault)
            except BaseException as error:  # noqa: BLE001 - it is the caller's, whatever it is
                done.set_exception(_inner(error))
        session.close()


def _inner(error: BaseException) -> BaseException:
    """Return the fault of the transport where a library wrapped it in something of its own."""
    seen: BaseException | None = error
    while seen is not None:
        fault = getattr(seen, "fault", None)
        if isinstance(fault, HubError):
            return fault
        seen = seen.__cause__ or seen.__context__
    return error


def open_wire(connector: str, settings: Connection) -> OpenWire:
    """Return the wire of one connector; nothing is opened before the first question.

    Raises: nothing; faults of the settings come with the first question, as Misconfigured.
    """
    return OpenWire(connector, settings)
