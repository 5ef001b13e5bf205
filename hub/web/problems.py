"""Refusals and failures as RFC 9457 problems. No exception text of a bug ever leaves the hub."""

from collections.abc import Mapping
from typing import Final

import orjson
import structlog
from aiohttp import web

from hub.errors import Anomalous, HubError, Misconfigured, Transient, Unmappable
from hub.services.refusals import Fault, Refusal, Why

STATUS: Final[Mapping[Why, int]] = {
    Why.NOT_FOUND: 404,
    Why.UNAUTHORISED: 401,
    Why.FORBIDDEN: 403,
    Why.CONFLICT: 409,
    Why.STALE: 412,
    Why.TOO_LARGE: 413,
    Why.INVALID: 422,
    Why.UNAVAILABLE: 503,
}
TITLES: Final[Mapping[int, str]] = {
    400: "Bad request",
    401: "Not logged in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    412: "Changed since",
    413: "Too large",
    415: "Wrong media type",
    422: "Invalid",
    500: "Error of the hub",
    503: "Unavailable",
}
log = structlog.get_logger(__name__)

# How soon a sender may come back when the hub cannot store. Arbitrary, short: a commit takes ms.
_RETRY_SECONDS = 1


def problem(
    status: int,
    detail: str,
    *,
    errors: tuple[Fault, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Answer with a problem."""
    body = {
        "type": f"/api/docs#problem-{status}",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "detail": detail,
        "errors": [{"loc": e.loc, "type": e.type, "msg": e.msg} for e in errors],
        "request_id": structlog.contextvars.get_contextvars().get("request_id"),
    }
    return web.Response(
        status=status,
        body=orjson.dumps(body),
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def refused(refusal: Refusal) -> web.Response:
    """Answer with what a refusal says."""
    headers: dict[str, str] = {}
    if refusal.why is Why.UNAVAILABLE:
        headers["Retry-After"] = str(_RETRY_SECONDS)
    if refusal.why is Why.UNAUTHORISED:
        headers["WWW-Authenticate"] = 'Bearer realm="milepost"'
    return problem(STATUS[refusal.why], refusal.detail, errors=refusal.errors, headers=headers)


def failed(error: HubError) -> web.Response:
    """Answer with one of the four failures, each with its remedy."""
    match error:
        case Transient(retry_after=after):
            seconds = after.total_seconds() if after is not None else _RETRY_SECONDS
            return problem(503, str(error), headers={"Retry-After": str(max(1, round(seconds)))})
        case Misconfigured(problems=problems):
            faults = tuple(Fault("settings", "misconfigured", text) for text in problems)
            return problem(500, str(error), errors=faults)
        case Unmappable(path=path):
            return problem(422, str(error), errors=(Fault(path, "unmappable", str(error)),))
        case Anomalous():
            return problem(422, str(error))
        case _:
            return problem(500, str(error))


def bug(error: Exception) -> web.Response:
    """Answer to a fault of ours: the log has the story under the request id, the answer has not."""
    log.error("unexpected error", exc_info=error)
    return problem(500, "Something went wrong in the hub; its log has more under this request id.")
