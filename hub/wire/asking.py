"""One question in asyncio: aiohttp with the admin's settings, and its errors as ours."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Final

import aiohttp
from aiohttp import http_exceptions

from hub.contract import Answer, Exchange
from hub.errors import HubError, Misconfigured
from hub.wire.faults import (
    chain,
    cut_off,
    no_http,
    not_connected,
    of_transport,
    too_large,
    too_slow,
)
from hub.wire.verdict import ENOUGH, Asked, judge, of_tunnel, refuses
from hub.wire.way import Way

_CONNECTIONS: Final = 8  # at once to one tool; arbitrary, polite
_PIECE: Final = 64 << 10

Params = Mapping[str, str] | tuple[tuple[str, str], ...]


class Asking:
    """The asyncio side of one wire; lives in the loop that first asked."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=way.settings.connect_seconds, ceil_threshold=3600
            ),
            headers=way.headers(),
            trust_env=False,
        )

    async def ask(
        self, method: str, url: str, params: Params, body: bytes | None,
        headers: Mapping[str, str], most: int,
    ) -> Answer:  # fmt: skip
        """Ask once. Raises: Transient, Misconfigured, Anomalous."""
        asked = self._way.asked(method, url, headers)
        try:
            async with asyncio.timeout(self._way.settings.timeout_seconds):
                return await self._ask(asked, params, body, most)
        except HubError:
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # From None: the library's exceptions hold the request with all its headers.
            raise self._fault(error, asked) from None

    async def _ask(self, asked: Asked, params: Params, body: bytes | None, most: int) -> Answer:
        async with self._session.request(
            asked.method,
            asked.url,
            params=params or None,
            data=body,
            # The library tells a proxy only when it asks for a tunnel; in plain sight, we do.
            headers={**asked.headers, **({} if asked.secured else self._way.account(asked))},
            allow_redirects=False,
            ssl=self._way.context(),
            proxy=asked.through,
            proxy_headers=self._way.account(asked) or None,
        ) as answer:
            told = {name.lower(): value for name, value in answer.headers.items()}
            self._way.budgets.hear(answer.status, told, datetime.now(UTC))
            whole = await _read(answer, asked, most)
            self._way.heard(
                Exchange(asked.method, str(answer.url), body, answer.status, told, whole)
            )
            fault = judge(asked, answer.status, told, whole, self._way.veil)
            if fault is not None:
                raise fault
            shown = str(answer.url.with_user(None))
            return Answer(answer.status, told, whole, self._way.veil.over(shown, asked.headers))

    def _fault(self, error: Exception, asked: Asked) -> HubError:
        settings = self._way.settings
        if isinstance(error, aiohttp.ClientHttpProxyError):
            told = {name.lower(): value for name, value in (error.headers or {}).items()}
            return of_tunnel(asked, error.status, told)
        if isinstance(error, aiohttp.ConnectionTimeoutError):
            return not_connected(asked, settings)
        if isinstance(error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
            return Misconfigured(f"{asked.place}: is no address to ask; write http:// or https://")
        if isinstance(error, TimeoutError):
            return too_slow(asked, settings)
        why = _no_http(error)
        if why is not None:
            return no_http(asked, self._way.veil.over(why, asked.headers))
        at_proxy = isinstance(error, aiohttp.ClientProxyConnectionError)
        found = of_transport(error, asked, settings, at_proxy=at_proxy)
        if found is not None:
            return found
        if isinstance(error, aiohttp.ClientError):
            return cut_off(asked)
        raise error

    async def close(self) -> None:
        """Let go of every connection."""
        await self._session.close()


async def _read(answer: aiohttp.ClientResponse, asked: Asked, most: int) -> bytes:
    """Take the body, unpacked, up to the bound; of a refusal only so much as is quoted."""
    refused = refuses(answer.status)
    bound = ENOUGH if refused else most
    pieces, length = [], 0
    async for piece in _pieces(answer, refused=refused):
        pieces.append(piece)
        length += len(piece)
        if length > bound:
            answer.close()
            if not refused:
                raise too_large(asked, most)
            break
    return b"".join(pieces)


async def _pieces(answer: aiohttp.ClientResponse, *, refused: bool) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.content.iter_chunked(_PIECE):
            yield piece
    except (aiohttp.ClientError, OSError):
        if not refused:  # the status said all; a broken body takes nothing from it
            raise


def _no_http(error: Exception) -> str | None:
    """Return what is wrong with the HTTP that came; None when it only ended too early."""
    for one in chain(error):
        if isinstance(one, http_exceptions.ContentLengthError):
            return None
        if isinstance(one, http_exceptions.TransferEncodingError):
            return None if "Not enough data" in str(one) else "its chunks are none"
        if isinstance(one, http_exceptions.ContentEncodingError):
            return "its body cannot be unpacked"
        if isinstance(one, http_exceptions.HttpProcessingError | aiohttp.ClientResponseError):
            return " ".join(one.message.split())[:200] or type(one).__name__
    return None
