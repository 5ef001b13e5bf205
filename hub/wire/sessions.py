"""A `requests.Session` that keeps the admin's settings, whatever a library does to it."""

import logging
from datetime import UTC, datetime
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3 import exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from hub.contract import Exchange
from hub.errors import HubError, Misconfigured
from hub.wire import veil
from hub.wire.faults import (
    chain,
    cut_off,
    no_http,
    not_connected,
    of_transport,
    too_large,
    too_slow,
)
from hub.wire.threads import Job, here
from hub.wire.verdict import ENOUGH, Asked, judge, of_tunnel, refuses
from hub.wire.way import Way

MOST: Final = 64 << 20
"""So many bytes of an answer a library is given, unpacked."""
_PIECE: Final = 64 << 10
_UNUSABLE: Final = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
)


def _elsewhere(_: logging.LogRecord) -> bool:
    """Keep the library's notes on our requests out of the log: they name the whole address."""
    return getattr(here, "job", None) is None


for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).addFilter(_elsewhere)


class ToolSession(requests.Session):
    """A session for one thread of one connector."""

    def __init__(self, way: Way) -> None:
        self._adapter = ToolAdapter(way)
        super().__init__()
        self._way = way
        self.trust_env = False
        self.verify = way.settings.verify_tls
        self.headers.update(way.headers())
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

    def mount(self, prefix: str | bytes, adapter: Any) -> None:
        """Keep our adapter: a library's own would undo time-outs, trust and proxy."""

    def get_adapter(self, url: str | bytes) -> "ToolAdapter":  # noqa: ARG002 - the library's
        """Return the one that there is."""
        return self._adapter

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> Any:
        """Send a request. Raises: Misconfigured too, when it cannot be sent at all."""
        try:
            return super().request(method, url, *args, **kwargs)
        except _UNUSABLE:
            where = veil.shown(url if isinstance(url, str) else url.decode("utf-8", "replace"))
            raise Misconfigured(f"{where}: is no address to ask; correct it") from None
        except requests.exceptions.InvalidHeader:
            raise Misconfigured(
                "a header holds characters that none may, such as a line break; correct `headers` "
                "and the credentials"
            ) from None

    def close(self) -> None:
        """Let go of every connection."""
        self._adapter.close()
        super().close()


class ToolAdapter(HTTPAdapter):
    """Sends with the admin's settings and nobody else's, and answers whole or not at all."""

    def __init__(self, way: Way) -> None:
        self._way = way
        super().__init__(pool_connections=4, pool_maxsize=2)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of our own connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        """Make the pools behind the proxy."""
        kwargs["proxy_ssl_context"] = self._way.context()
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def proxy_headers(self, proxy: Any) -> dict[str, str]:  # noqa: ARG002 - the library's
        """Log in at the proxy, and at nobody else."""
        return self._way.account(Asked("", "", {}, self._way.proxy.address))

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave trust to our context: the library would add authorities of its own."""

    def build_connection_pool_key_attributes(
        self,
        request: Any,
        verify: Any,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
    ) -> Any:
        """Wrap connections in the admin's TLS."""
        host, _ = super().build_connection_pool_key_attributes(request, True, None)
        return host, {"ssl_context": self._way.context()}

    def send(
        self,
        request: requests.PreparedRequest,
        stream: Any = False,  # noqa: ARG002, FBT002 - the library's signature
        timeout: Any = None,
        verify: Any = True,  # noqa: ARG002, FBT002
        cert: Any = None,  # noqa: ARG002
        proxies: Any = None,  # noqa: ARG002
    ) -> requests.Response:
        """Send once and read the answer. Raises: Transient, Misconfigured, Anomalous."""
        headers = {str(name): str(value) for name, value in request.headers.items()}
        asked = self._way.asked(request.method or "GET", request.url or "", headers)
        job: Job[Any] | None = getattr(here, "job", None)
        try:
            if job is not None:
                job.moved()
            answer = super().send(
                request,
                stream=True,
                timeout=self._patience(timeout),
                proxies={} if asked.through is None else dict.fromkeys(_POOLS, asked.through),
            )
            self._read(answer, asked)
            if job is not None:
                job.moved()
        except HubError:
            raise
        except (
            requests.RequestException, exceptions.HTTPError, HTTPException, OSError, ValueError
        ) as error:  # fmt: skip
            if job is not None and job.cut:
                raise too_slow(asked, self._way.settings) from None
            raise self._fault(error, asked) from None
        return answer

    def _patience(self, wanted: Any) -> tuple[float, float]:
        """Let a library be less patient than the admin, never more."""
        connect, read = wanted if isinstance(wanted, tuple) else (wanted, wanted)
        settings = self._way.settings
        return (
            min(_seconds(connect, settings.connect_seconds), settings.connect_seconds),
            min(_seconds(read, settings.timeout_seconds), settings.timeout_seconds),
        )

    def _read(self, answer: requests.Response, asked: Asked) -> None:
        told = {name.lower(): value for name, value in answer.headers.items()}
        _look_at_head(answer, told, asked)
        self._way.budgets.hear(answer.status_code, told, datetime.now(UTC))
        body = _body(answer, asked)
        self._way.heard(
            Exchange(asked.method, asked.url, _sent(answer), answer.status_code, told, body)
        )
        fault = judge(asked, answer.status_code, told, body, self._way.veil)
        if fault is not None:
            raise fault
        # As the library does itself once a body is read.
        answer._content = body  # noqa: SLF001
        answer._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001

    def _fault(self, error: Exception, asked: Asked) -> HubError:
        settings = self._way.settings
        found = list(chain(error))
        for one in found:
            if type(one) is exceptions.ConnectTimeoutError:  # what could not be made is one too
                return not_connected(asked, settings)
            if isinstance(one, exceptions.ReadTimeoutError):
                return too_slow(asked, settings)
        status = _tunnel_status(found)
        if status is not None:
            return of_tunnel(asked, status)
        why = _no_http(found)
        if why is not None:
            return no_http(asked, self._way.veil.over(why, asked.headers))
        at_proxy = any(isinstance(one, exceptions.ProxyError) for one in found)
        return of_transport(error, asked, settings, at_proxy=at_proxy) or cut_off(asked)


class _Plain(HTTPConnection):
    """A connection that its thread's job knows of, so that it can be cut off."""

    def connect(self) -> None:
        _hold(self)
        super().connect()
        _hold(self)

    def request(self, *args: Any, **kwargs: Any) -> None:
        _hold(self)
        super().request(*args, **kwargs)
        _hold(self)


class _Secured(HTTPSConnection):
    """The same with TLS."""

    def connect(self) -> None:
        _hold(self)
        super().connect()
        _hold(self)

    def request(self, *args: Any, **kwargs: Any) -> None:
        _hold(self)
        super().request(*args, **kwargs)
        _hold(self)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecuredPool(HTTPSConnectionPool):
    ConnectionCls = _Secured

    def _validate_conn(self, conn: Any) -> None:
        """Connect without the library's warning; `verify_tls: false` is shown in health."""
        if conn.is_closed:
            conn.connect()


_POOLS: Final[dict[str, Any]] = {"http": _PlainPool, "https": _SecuredPool}


def _hold(connection: Any) -> None:
    job: Job[Any] | None = getattr(here, "job", None)
    if job is not None:
        job.hold(connection)


def _sent(answer: requests.Response) -> bytes | None:
    sent = answer.request.body
    return sent.encode() if isinstance(sent, str) else sent


def _seconds(wanted: Any, otherwise: float) -> float:
    return wanted if isinstance(wanted, int | float) and wanted > 0 else otherwise


def _look_at_head(answer: requests.Response, told: dict[str, str], asked: Asked) -> None:
    """Refuse what the library lets pass: a head that was cut off, a length that is none."""
    head = getattr(answer.raw, "_original_response", None)
    if head is not None and head.msg.defects:
        answer.raw.close()
        raise cut_off(asked)
    length = told.get("content-length", "0").strip()
    if not (length.isascii() and length.isdigit()):
        answer.raw.close()
        raise no_http(asked, "its Content-Length is no number")


def _body(answer: requests.Response, asked: Asked) -> bytes:
    refused = refuses(answer.status_code)
    bound = ENOUGH if refused else MOST
    pieces, length = [], 0
    try:
        for piece in answer.raw.stream(_PIECE, decode_content=True):
            pieces.append(piece)
            length += len(piece)
            if length > bound:
                break
    except (exceptions.HTTPError, HTTPException, OSError):
        if not refused:  # the status said all; a broken body takes nothing from it
            raise
    finally:
        answer.raw.close() if length > bound else answer.raw.release_conn()
    if length > bound and not refused:
        raise too_large(asked, MOST)
    return b"".join(pieces)


def _tunnel_status(found: list[BaseException]) -> int | None:
    """Return the proxy's answer to CONNECT, which the library only tells in words."""
    for one in found:
        says = str(one.args[0]) if one.args else ""
        if isinstance(one, OSError) and says.startswith("Tunnel connection failed: "):
            return int(says.split()[3])
    return None


def _no_http(found: list[BaseException]) -> str | None:
    """Return what is wrong with the HTTP that came; None when it only ended too early."""
    for one in found:
        if isinstance(
            one, ConnectionError | exceptions.IncompleteRead | OSError
        ) and not isinstance(one, requests.RequestException):
            return None
        if isinstance(one, exceptions.InvalidChunkLength):
            return None if not one.length else "its chunks are none"
        if isinstance(one, exceptions.DecodeError):
            return "its body cannot be unpacked"
        if isinstance(
            one, exceptions.InvalidHeader | HTTPException | exceptions.HeaderParsingError
        ):
            return " ".join(str(one).split())[:200] or type(one).__name__
    return None
