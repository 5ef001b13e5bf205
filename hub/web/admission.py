"""Who asks, and may they: decided before a byte of the body is looked at."""

import asyncio
from typing import Final

from aiohttp import hdrs, web

from hub.errors import HubError
from hub.services.access import Principal, Role
from hub.services.refusals import Refusal, Why
from hub.web.call import ANYONE, SERVICES, WHO
from hub.web.sessions import CSRF_HEADER, from_our_page, session_of

_SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
PATIENCE_SECONDS: Final = 2.0
"""So long it may take to learn whether it is an admin who asks what anybody may ask."""
_LOG_IN = "log in, or send Authorization: Bearer <token>"


async def admit(request: web.Request, roles: tuple[Role, ...]) -> Principal | Refusal:
    """Return who asks, or why they are not let in. No roles: all are."""
    if not roles:
        return ANYONE
    who = await whose(request)
    if isinstance(who, Refusal):
        return who
    if who.role not in roles:
        wanted = ", ".join(role.value for role in roles)
        return Refusal(Why.FORBIDDEN, f"this needs one of the roles {wanted}; you are {who.role}")
    if who.via == "session" and request.method not in _SAFE and not from_our_page(request):
        return Refusal(
            Why.FORBIDDEN,
            f"a session needs the header {CSRF_HEADER} with the value of GET /api/v1/me, and a "
            "request from the dashboard's own origin",
        )
    request[WHO] = who.name
    return who


async def whose(request: web.Request) -> Principal | Refusal:
    """Return whose token or session it is; a token, where there is one, wins."""
    access = request.app[SERVICES].access
    header = request.headers.get(hdrs.AUTHORIZATION)
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return Refusal(Why.UNAUTHORISED, "only Authorization: Bearer <token> is taken")
        principal = await access.by_token(token.strip())
        return principal or Refusal(
            Why.UNAUTHORISED, "the token is unknown, expired or revoked; ask an admin for a new one"
        )
    session = session_of(request)
    if session is None:
        return Refusal(Why.UNAUTHORISED, f"nobody is logged in: {_LOG_IN}")
    principal = await access.by_session(session)
    return principal or Refusal(Why.UNAUTHORISED, f"the session has ended: {_LOG_IN}")


async def is_admin(request: web.Request) -> bool:
    """Tell whether an admin asks; while the store cannot say so, nobody is one."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            who = await whose(request)
    except (HubError, TimeoutError):
        return False
    return isinstance(who, Principal) and who.role is Role.ADMIN
