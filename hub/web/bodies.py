"""Reading a body without ever holding more of it than is allowed."""

from aiohttp import web


async def read_body(request: web.Request, limit: int) -> bytes | None:
    """Return the body; None when it is longer than `limit`, told by its length or while reading.

    Units: `limit` is bytes after decompression, so a small bomb does not become a big one.
    """
    if (request.content_length or 0) > limit:
        return None
    content = request.content
    first = await content.readany()
    if len(first) > limit:
        return None
    if content.at_eof():
        return first
    parts = [first]
    left = limit - len(first)
    while part := await content.readany():
        left -= len(part)
        if left < 0:
            return None
        parts.append(part)
    return b"".join(parts)
