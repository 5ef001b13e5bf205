"""A requests session with the admin's settings, whatever the library that uses it forgets."""

import ssl
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import requests
import urllib3
from requests.adapters import HTTPAdapter

from hub.contract import Connection
from hub.errors import Anomalous, HubError, Misconfigured, Transient
from hub.wire.faults import by_status, by_tls, place
from hub.wire.proxying import credentials, is_direct

MOST: Final = 64 << 20
"""Bytes of one answer, after decompression."""
_CHUNK: Final = 1 << 16


class Blocked(requests.RequestException):
    """A fault of the transport, on its way through a library that knows only its own errors."""

    def __init__(self, fault: HubError) -> None:
        super().__init__(str(fault))
        self.fault = fault


class _Adapter(HTTPAdapter):
    """Asks as the admin set it: time-outs, certificates, proxy; never again, never elsewhere."""

    def __init__(self, settings: Connection, context: Any) -> None:
        self._settings = settings
        self._tls = context
        super().__init__(pool_connections=2, pool_maxsize=2, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Hand the context to the pool: `verify` cannot carry a client certificate's context."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._tls)

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        """Hand it to the pool behind a proxy too."""
        return super().proxy_manager_for(proxy, **kwargs, ssl_context=self._tls)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave it to the context."""
        del url, verify, cert
        conn.cert_reqs = "CERT_REQUIRED" if self._settings.verify_tls else "CERT_NONE"
        conn.ca_certs = conn.ca_cert_dir = None
        if not self._settings.verify_tls:
            conn.assert_hostname = False

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Ask once; read the whole answer within the time-out."""
        url = request.url or ""
        settings = self._settings
        end = time.monotonic() + settings.timeout_seconds
        connect = min(settings.connect_seconds, settings.timeout_seconds)
        try:
            response = super().send(
                request,
                stream=True,
                timeout=(connect, settings.timeout_seconds),
                verify=settings.verify_tls,
                proxies=self._proxies(url),
            )
            response._content = _read(response, url, end, settings)  # noqa: SLF001 - as requests itself does
            response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        except Blocked:
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Blocked(_meaning(url, error, settings)) from None
        names = {name.lower(): value for name, value in response.headers.items()}
        fault = by_status(url, response.status_code, names, response.content)
        if fault is not None:
            raise Blocked(fault)
        return response

    def _proxies(self, url: str) -> Mapping[str, str]:
        settings = self._settings
        if settings.proxy is None or is_direct(url, settings):
            return {}
        account = credentials(settings)
        # Within this process only: requests takes a proxy's account from nowhere else.
        user = f"{quote(account[0], safe='')}:{quote(account[1], safe='')}@" if account else ""
        scheme, _, rest = str(settings.proxy).partition("://")
        proxy = f"{scheme}://{user}{rest}"
        return {"http": proxy, "https": proxy}


def _read(response: requests.Response, url: str, end: float, settings: Connection) -> bytes:
    parts, size = list[bytes](), 0
    # Not `stream`: it waits for a whole chunk, and a slow tool may send a byte now and then.
    while part := response.raw.read1(_CHUNK, decode_content=True):
        size += len(part)
        if size > MOST:
            response.close()
            raise Blocked(Anomalous(f"{place(url)} answered more than {MOST} bytes"))
        if time.monotonic() > end:
            response.close()
            raise Blocked(Transient(_late(url, settings)))
        parts.append(part)
    return b"".join(parts)


def _late(url: str, settings: Connection) -> str:
    return f"{place(url)} did not answer within {settings.timeout_seconds:g} s"


def _meaning(url: str, error: Exception, settings: Connection) -> HubError:
    """Say what a failure of requests or urllib3 means, by what lies below it."""
    where = place(url)
    for one in _chain(error):
        found = _by_kind(url, where, one, settings)
        if found is not None:
            return found
    return Transient(f"{where} broke off: {type(error).__name__}")


def _by_kind(url: str, where: str, one: BaseException, settings: Connection) -> HubError | None:
    if isinstance(one, ssl.SSLError | ssl.CertificateError):
        return by_tls(url, one)
    if isinstance(one, urllib3.exceptions.ProxyError) and "407" in str(one.original_error):
        return by_status(url, 407, {}, b"")
    if isinstance(one, TimeoutError | urllib3.exceptions.TimeoutError | requests.Timeout):
        return Transient(_late(url, settings))
    if isinstance(one, requests.exceptions.InvalidURL):
        return Misconfigured(f"{where} is no address that can be asked")
    if isinstance(one, urllib3.exceptions.ProtocolError) and "BadStatusLine" in repr(one):
        return Anomalous(f"{where} does not answer as HTTP does", evidence=type(one).__name__)
    if isinstance(one, OSError) and one.strerror:
        return Transient(f"{where} cannot be reached: {one.strerror}")
    return None


def _chain(error: BaseException) -> list[BaseException]:
    """List an error and what it was made of, the innermost first."""
    found: list[BaseException] = []
    todo: list[BaseException] = [error]
    while todo:
        one = todo.pop()
        if one in found:
            continue
        found.append(one)
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        todo += [each for each in inner if isinstance(each, BaseException)]
    return found[::-1]


def session_of(settings: Connection, context: Any) -> requests.Session:
    """Return a session that asks as the admin set it."""
    if not settings.verify_tls:
        # It is said in the connector's health; a warning for each answer tells nobody more.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    session.headers.update({n: v.get_secret_value() for n, v in settings.headers.items()})
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(settings, context))
    return session
