"""What a browser is shown: the dashboard's page, its files, the log-in link, the API's page.

Each page carries its own nonce; nothing may run or be styled that did not come from us.
"""

import asyncio
import secrets
from pathlib import PurePosixPath
from typing import Final

import structlog
from aiohttp import hdrs, web

from hub.web.api import COMMITTED
from hub.web.call import SERVICES
from hub.web.files import Files, sent
from hub.web.reference import reference
from hub.web.sessions import hand_out

log = structlog.get_logger(__name__)

FILES: Final = web.AppKey("files", Files)

_PLACEHOLDER: Final = b"__CSP_NONCE__"
_NOT_PAGES: Final = frozenset({"api", "hooks", "assets", "metrics", "healthz", "readyz"})
_UNBUILT: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Milepost</title>
<link rel="icon" href="data:,">
<style nonce="__CSP_NONCE__">
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
</style>
<h1>Milepost is running</h1>
<p>The dashboard is not built. Run <code>make ui</code> in the project's folder, then reload this
page. The API works without it: <a href="/api/docs">its documentation</a>.</p>
<p lang="zh-CN">仪表盘尚未构建：请在项目目录运行 <code>make ui</code>，然后刷新本页。</p>
</html>
"""


def page(body: bytes, status: int = 200) -> web.Response:
    """Answer with a page of ours, under a policy that fits this one answer."""
    nonce = secrets.token_urlsafe(16)
    policy = (
        "default-src 'self'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data:; connect-src 'self'; object-src 'none'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return web.Response(
        status=status,
        body=body.replace(_PLACEHOLDER, nonce.encode()),
        headers={
            hdrs.CONTENT_TYPE: "text/html; charset=utf-8",
            hdrs.CACHE_CONTROL: "no-store",
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
        },
    )


async def dashboard(request: web.Request) -> web.Response:
    """Show the dashboard; which of its pages, it finds out itself."""
    files = request.app[FILES]
    index = files.find("index.html")
    if index is None:
        return page(_UNBUILT.encode())
    return page((await asyncio.to_thread(files.load, index)).body)


async def elsewhere(request: web.Request) -> web.Response | None:
    """Answer an address that is no route: a file, a page of the dashboard, or nothing."""
    if request.method not in (hdrs.METH_GET, hdrs.METH_HEAD):
        return None
    files = request.app[FILES]
    if (path := files.find(request.path)) is not None:
        return sent(request, await asyncio.to_thread(files.load, path))
    first = (*PurePosixPath(request.path).parts[1:2], "")[0]
    if first in _NOT_PAGES or "text/html" not in request.headers.get(hdrs.ACCEPT, ""):
        return None
    return await dashboard(request)


async def log_in_page(request: web.Request) -> web.StreamResponse:
    """Show the log-in page, or use up a one-time admin link."""
    link = request.query.get("link")
    if link is None:
        return await dashboard(request)
    access = request.app[SERVICES].access
    who = await access.redeem(link)
    session = None if who is None else await access.open_session(who)
    if session is None:
        log.warning("admin link refused")
        return _redirect("/login?failed=link")
    response = _redirect("/")
    hand_out(response, request, session)
    return response


def _redirect(where: str) -> web.Response:
    headers = {
        hdrs.LOCATION: where,
        hdrs.CACHE_CONTROL: "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return web.Response(status=303, headers=headers)


async def api_document(request: web.Request) -> web.Response:  # noqa: ARG001 - a handler's shape
    """Answer with the OpenAPI document, the copy that a test holds against the code."""
    body = await asyncio.to_thread(COMMITTED.read_bytes)
    return web.Response(body=body, content_type="application/json")


async def api_page(request: web.Request) -> web.Response:  # noqa: ARG001 - a handler's shape
    """Show the API document in words."""
    return page(await asyncio.to_thread(reference))
