"""What surrounds every request but a delivery: its id, its log line, its problems.

The log has the path without the query, because a query may hold a one-time link; it never has a
header.
"""

import re
import secrets
from time import perf_counter
from typing import Final

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from hub.errors import HubError, Transient
from hub.web.bodies import BrokenOffError
from hub.web.call import WHO
from hub.web.pages import elsewhere
from hub.web.problems import bug, failed, problem

log = structlog.get_logger(__name__)

REQUEST_ID: Final = "X-Request-Id"
_GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
NO_ANSWER: Final = "the hub cannot answer now; its log says why, under this request's id"
_HOOKS: Final = "/hooks/"


@web.middleware
async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Name the request, carry it out, turn what went wrong into a problem, write a log line."""
    if request.raw_path.startswith(_HOOKS) and request.match_info.http_exception is None:
        return await _delivered(request, handler)
    name = _name_of(request)
    with structlog.contextvars.bound_contextvars(request_id=name):
        started = perf_counter()
        response = await _carried_out(request, handler)
        if not response.prepared:
            response.headers[REQUEST_ID] = name
            response.headers["X-Content-Type-Options"] = "nosniff"
        log.info(
            "request",
            method=request.method,
            path=request.rel_url.raw_path,
            status=response.status,
            ms=round((perf_counter() - started) * 1000, 2),
            who=request.get(WHO),
        )
        return response


async def _delivered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Carry out a delivery: what is refused bears the request's id, what goes well no log line."""
    name = _name_of(request)
    with structlog.contextvars.bound_contextvars(request_id=name):
        response = await handler(request)
    if response.status != web.HTTPAccepted.status_code:
        response.headers[REQUEST_ID] = name
    return response


def _name_of(request: web.Request) -> str:
    given = request.headers.get(REQUEST_ID, "")
    return given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)


async def _carried_out(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        if request.match_info.http_exception is not None:
            return await _unrouted(request, request.match_info.http_exception)
        return await handler(request)
    except web.HTTPException as error:
        return _as_problem(error)
    except BrokenOffError as error:
        return problem(400, str(error))
    except HubError as error:
        log.warning("request failed", error=str(error))
        if WHO not in request and isinstance(error, Transient):
            # Nobody knows yet who asks: what the store said may name addresses.
            error = Transient(NO_ANSWER, retry_after=error.retry_after)
        return failed(error)
    except Exception as error:  # noqa: BLE001 - the one place of this entry point
        return bug(error)


async def _unrouted(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    if isinstance(error, web.HTTPNotFound):
        found = await elsewhere(request)
        return found or problem(404, "there is nothing at this address; see /api/docs")
    return _as_problem(error)


def _as_problem(error: web.HTTPException) -> web.StreamResponse:
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return problem(405, f"this address takes {allowed}", headers={hdrs.ALLOW: allowed})
    return problem(error.status, error.reason)
