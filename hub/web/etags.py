"""Versions as ETags: what was read is what is changed."""

import orjson
from aiohttp import hdrs, web


def etag_of(body: bytes) -> str | None:
    """Return the ETag of an encoded entity: its version, if it has one."""
    entity = orjson.loads(body)
    version = entity.get("version") if isinstance(entity, dict) else None
    return None if version is None else f'"{version}"'


def if_match_of(request: web.Request) -> str | None:
    """Return the version that an edit wants to find; None: any."""
    given = request.headers.get(hdrs.IF_MATCH, "*").strip()
    return None if given == "*" else given.removeprefix("W/").strip('"')
