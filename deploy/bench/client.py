"""A small HTTP/1.1 client: one kept connection, one request at a time, next to no cost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Encode a request once, before the clock starts."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append("Content-Type: application/json")
    return "\r\n".join(lines).encode() + _END + body


class Line:
    """A kept connection to one server."""

    def __init__(self, base: str) -> None:
        self._at = urlsplit(base)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, data: bytes) -> tuple[int, bytes]:
        """Send a request; return status and body."""
        reader, writer = await self._open()
        writer.write(data)
        head = (await reader.readuntil(_END)).lower()
        at = head.find(_LENGTH)
        if at < 0:
            raise ConnectionError("the answer does not tell its length")
        size = int(head[at + len(_LENGTH) : head.index(b"\r", at)])
        body = await reader.readexactly(size) if size else b""
        return int(head[9:12]), body

    async def events(self, data: bytes) -> AsyncIterator[bytes]:
        """Send a request and yield the lines of its answer as long as it lasts."""
        reader, writer = await self._open()
        writer.write(data)
        while line := await reader.readline():
            yield line

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            host, port = self._at.hostname, self._at.port
            self._streams = await asyncio.open_connection(host, port, limit=1 << 26)
        return self._streams

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            with suppress(ConnectionError):
                self._streams[1].close()
            self._streams = None


async def get(base: str, path: str, headers: dict[str, str]) -> Any:
    """Read one JSON answer.

    Raises: ConnectionError, when it is not 200.
    """
    line = Line(base)
    status, body = await line.send(request("GET", path, headers))
    line.close()
    if status != 200:  # noqa: PLR2004
        raise ConnectionError(f"GET {path}: {status} {body[:300]!r}")
    return orjson.loads(body)
