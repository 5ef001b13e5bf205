"""The session cookie, the one-page-only header, and how both are told to be ours.

Nothing is kept here: the header's value follows from the session's secret, so that it survives a
restart and needs no table.
"""

from hashlib import blake2b
from hmac import compare_digest
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from hub.web.call import SETTINGS

CSRF_HEADER: Final = "X-Milepost-CSRF"
_PLAIN: Final = "milepost"
_SECURE: Final = "__Host-milepost"


def over_tls(request: web.Request) -> bool:
    """Tell whether the browser speaks TLS, to us or to a proxy that we believe."""
    if request.app[SETTINGS].trust_forwarded:
        forwarded = request.headers.get("X-Forwarded-Proto", "")
        return forwarded.split(",")[0].strip().lower() == "https"
    return request.secure


def session_of(request: web.Request) -> str | None:
    """Return the session's secret id out of the cookie."""
    return request.cookies.get(_SECURE if over_tls(request) else _PLAIN)


def hand_out(response: web.StreamResponse, request: web.Request, session: str) -> None:
    """Put the session into a cookie that no script can read."""
    secure = over_tls(request)
    response.set_cookie(
        _SECURE if secure else _PLAIN,
        session,
        max_age=request.app[SETTINGS].session_seconds,
        path="/",
        secure=secure,
        httponly=True,
        samesite="Lax",
    )


def take_back(response: web.StreamResponse, request: web.Request) -> None:
    """Clear the cookie."""
    secure = over_tls(request)
    name = _SECURE if secure else _PLAIN
    response.del_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")


def csrf_of(session: str) -> str:
    """Return what the header must say; only a page of ours can have read it."""
    return blake2b(_bytes(session), key=b"milepost csrf", digest_size=16).hexdigest()


def from_our_page(request: web.Request) -> bool:
    """Tell whether the request can only have come from a page that we served.

    Shape: what a browser says of itself must fit, and the header must be there in any case.
    """
    given = request.headers.get(CSRF_HEADER, "")
    expected = csrf_of(session_of(request) or "")
    return same_site(request) and compare_digest(_bytes(given), expected.encode())


def _bytes(given: str) -> bytes:
    # A header may hold bytes that are no text.
    return given.encode(errors="surrogatepass")


def same_site(request: web.Request) -> bool:
    """Tell whether the browser says that the request is of our own origin, or says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc.lower() in _hosts(request)


def _hosts(request: web.Request) -> set[str]:
    hosts = {request.headers.get("Host", "")}
    if request.app[SETTINGS].trust_forwarded:
        hosts.add(request.headers.get("X-Forwarded-Host", "").split(",")[0].strip())
    return {host.lower() for host in hosts if host}
