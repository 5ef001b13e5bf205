"""What broke on the way, in the four errors: read from the chain of exceptions of a library."""

import socket
import ssl
from collections.abc import Iterator

from hub.contract import Connection
from hub.errors import Anomalous, HubError, Transient
from hub.wire.trust import of_tls
from hub.wire.veil import shown
from hub.wire.verdict import Asked


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that it came from, however the library holds them."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        held = (getattr(one, name, None) for name in ("certificate_error", "os_error", "reason"))
        waiting += [*held, *one.args, one.__cause__, one.__context__]


def of_transport(
    error: BaseException, asked: Asked, settings: Connection, *, at_proxy: bool = False
) -> HubError | None:
    """Return what an error of the network or of TLS amounts to; None when it is none of these.

    Shape: `at_proxy`, when we did not even get to the proxy.
    """
    found = list(chain(error))
    place = f"the proxy {shown(asked.through or '')}" if at_proxy else asked.place
    for one in found:
        # Libraries make errors that only look like those of TLS, and have nothing of them.
        if type(one).__module__ == "ssl" and isinstance(one, ssl.SSLError) and not _ended(one):
            return of_tls(one, place, settings)
    for one in found:
        if isinstance(one, TimeoutError):
            return too_slow(asked, settings)
        if isinstance(one, socket.gaierror):
            return Transient(f"{place}: its name cannot be found ({one.strerror})")
        if isinstance(one, ConnectionRefusedError):
            return Transient(f"{place}: refuses the connection; is it running, on that port?")
        if isinstance(one, ConnectionError | ssl.SSLEOFError):
            return cut_off(asked)
    for one in found:
        if isinstance(one, OSError) and one.errno is not None:
            return Transient(f"{place}: cannot be reached ({one.strerror or one.errno})")
    return None


def _ended(error: ssl.SSLError) -> bool:
    """Tell whether the other side only hung up."""
    return isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)


def too_slow(asked: Asked, settings: Connection) -> Transient:
    """Say that an answer was not whole in time."""
    return Transient(
        f"{asked.place}: no whole answer within timeout_seconds, {settings.timeout_seconds:g} s"
    )


def not_connected(asked: Asked, settings: Connection) -> Transient:
    """Say that nobody took the connection in time."""
    return Transient(
        f"{asked.place}: took no connection within connect_seconds, {settings.connect_seconds:g} s"
    )


def cut_off(asked: Asked) -> Transient:
    """Say that the connection ended too early."""
    return Transient(f"{asked.place}: the connection was cut off before the answer was whole")


def too_large(asked: Asked, most: int) -> Anomalous:
    """Say that an answer is larger than was promised."""
    return Anomalous(
        f"{asked.place}: answers more than {most} bytes; that is more than was asked for"
    )


def no_http(asked: Asked, why: str) -> Anomalous:
    """Say that what came is no HTTP."""
    return Anomalous(f"{asked.place}: does not answer in HTTP ({why})", evidence=why)
