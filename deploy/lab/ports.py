"""Free ports and readiness on loopback."""

import http.client
import random
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Final

LOOPBACK: Final = "127.0.0.1"
# Below the kernel's ephemeral range, so that no outgoing connection takes a port between the
# choice and the bind.
_FIRST, _LAST = 20000, 32767


class NotReady(RuntimeError):
    """A server did not answer in time, or died before it did."""


def free_ports(count: int) -> list[int]:
    """Choose distinct free TCP ports."""
    ports: list[int] = []
    with ExitStack() as held:
        while len(ports) < count:
            plug = held.enter_context(socket.socket())
            try:
                plug.bind((LOOPBACK, random.randint(_FIRST, _LAST)))  # noqa: S311 - no secret
            except OSError:
                continue
            ports.append(plug.getsockname()[1])
    return ports


def until(answers: Callable[[], bool], alive: Callable[[], bool], *, seconds: float) -> None:
    """Wait until a server answers.

    Raises: NotReady, when it dies or the time is over.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not alive():
            raise NotReady("it ended before it answered")
        try:
            if answers():
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.02)
    raise NotReady(f"no answer within {seconds:g} s")


def request(
    port: int,
    method: str,
    path: str,
    body: bytes | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    seconds: float = 5,
) -> tuple[int, bytes]:
    """Send one HTTP request to loopback, never through a proxy."""
    plug = http.client.HTTPConnection(LOOPBACK, port, timeout=seconds)
    kind = {"Content-Type": "application/json"} if body else {}
    try:
        plug.request(method, path, body, {**kind, **(headers or {})})
        answer = plug.getresponse()
        return answer.status, answer.read()
    finally:
        plug.close()


def responds(port: int, path: str) -> bool:
    """Tell whether a GET is answered with 200."""
    return request(port, "GET", path)[0] == http.HTTPStatus.OK


def greets(port: int, sent: bytes, expected: bytes) -> bool:
    """Tell whether a server answers `sent` with bytes that begin with `expected`."""
    with socket.create_connection((LOOPBACK, port), 1) as plug:
        plug.sendall(sent)
        return plug.recv(len(expected)) == expected
