"""Reading a body without ever holding more of it than is allowed."""

from collections.abc import AsyncIterator

from aiohttp import StreamReader, web


class BrokenOffError(Exception):
    """The sender went away within the body, or its compression cannot be undone."""


async def read_body(request: web.Request, limit: int) -> bytes | None:
    """Return the body; None when it is longer than `limit`, told by its length or while reading.

    Units: `limit` is bytes after decompression, so a small bomb does not become a big one.
    Raises: BrokenOffError.
    """
    if (request.content_length or 0) > limit:
        return None
    content = request.content
    parts = [await _part(content)]
    size = len(parts[0])
    while size <= limit and not content.at_eof():
        parts.append(await _part(content))
        size += len(parts[-1])
    if size > limit:
        return None
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def pieces(request: web.Request) -> AsyncIterator[bytes]:
    """Yield the body as it comes.

    Raises: BrokenOffError.
    """
    while not request.content.at_eof():
        if part := await _part(request.content):
            yield part


async def _part(content: StreamReader) -> bytes:
    try:
        return await content.readany()
    except (ConnectionError, web.RequestPayloadError) as error:
        raise BrokenOffError("the body broke off, or it cannot be unpacked") from error
