"""Carrying out a declared operation: let in, check what was sent, call, answer.

The order is fixed: who asks and may they, then path and query, then the body, then the handler.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import orjson
from aiohttp import hdrs, web
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from hub.services.board import Listing
from hub.services.refusals import Fault, Refusal
from hub.web.admission import admit
from hub.web.bodies import read_body
from hub.web.call import SETTINGS, Call
from hub.web.etags import etag_of, if_match_of
from hub.web.negotiation import accepts
from hub.web.operations import Answer, Operation
from hub.web.problems import problem, refused

Served = Callable[[web.Request], Awaitable[web.StreamResponse]]

_JSON: Final = "application/json"
_WRONG: Final = "the request is not what this operation takes; see errors"


class _Wrong(Exception):
    """A request that ends here, with its answer."""

    def __init__(self, response: web.Response) -> None:
        super().__init__(response.reason)
        self.response = response


def serve(operation: Operation) -> Served:
    """Return the handler that carries out an operation."""
    if operation.raw:
        return operation.handler
    lists = _repeatable(operation.query)

    async def served(request: web.Request) -> web.StreamResponse:
        who = await admit(request, operation.roles)
        if isinstance(who, Refusal):
            return refused(who)
        if not accepts(request, operation.gives):
            return problem(406, f"this operation answers with {operation.gives}")
        try:
            arguments = _path(request, operation) | _query(request, operation, lists)
            arguments |= await _body(request, operation)
        except _Wrong as wrong:
            return wrong.response
        if operation.if_match:
            arguments["if_match"] = if_match_of(request)
        answer = await operation.handler(Call(request, who), **arguments)
        if isinstance(answer, Refusal):
            return refused(_placed(answer, operation))
        return answered(request, answer, operation.status)

    return served


def answered(request: web.Request, answer: Answer, status: int) -> web.StreamResponse:
    """Turn what a handler returns into a response."""
    match answer:
        case web.StreamResponse():
            return answer
        case Refusal():
            return refused(answer)
        case bytes():
            return _entity(request, answer, status)
        case Listing():
            return _json(listing(answer), status)
        case BaseModel():
            return _json(answer.model_dump_json().encode(), status)
        case None:
            return web.Response(status=204)
        case _:
            return _json(orjson.dumps(answer), status)


def listing(found: Listing) -> bytes:
    """Join the ready items of a page into the answer of a list."""
    rest = orjson.dumps({"next": found.next, "total": found.total, "as_of": found.as_of})
    return b'{"items":[%b],%b' % (b",".join(found.items), rest[1:])


def _placed(refusal: Refusal, operation: Operation) -> Refusal:
    """Say of a fault, which a use case names by its field, where that stood in the request."""
    rooms = {
        field: room
        for room, shape in (("body", operation.body), ("query", operation.query))
        if shape is not None
        for field in shape.model_fields
    }
    errors = tuple(
        replace(one, loc=f"{rooms[one.loc]}/{one.loc}") if one.loc in rooms else one
        for one in refusal.errors
    )
    return replace(refusal, errors=errors)


def _json(body: bytes, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    fixed: dict[str, str] = {hdrs.CONTENT_TYPE: _JSON, hdrs.CACHE_CONTROL: "no-store"}
    return web.Response(status=status, body=body, headers={**fixed, **(headers or {})})


def _entity(request: web.Request, body: bytes, status: int) -> web.Response:
    """Answer with one entity; its version is its ETag, and what has not changed is not sent."""
    etag = etag_of(body)
    if etag is None:
        return _json(body, status)
    headers: dict[str, str] = {hdrs.ETAG: etag, hdrs.CACHE_CONTROL: "private, no-cache"}
    if request.method == hdrs.METH_GET and etag in request.headers.get(hdrs.IF_NONE_MATCH, ""):
        return web.Response(status=304, headers=headers)
    return _json(body, status, headers)


def _repeatable(query: type[BaseModel] | None) -> frozenset[str]:
    """Name the parameters that may come more than once."""
    fields = query.model_fields if query is not None else {}
    return frozenset(
        name
        for name, field in fields.items()
        if getattr(field.annotation, "__origin__", 0) is tuple
    )


def _path(request: web.Request, operation: Operation) -> dict[str, Any]:
    return {
        name: _checked(adapter, request.match_info[name], f"path/{name}")
        for name, adapter in operation.parameters.items()
    }


def _query(request: web.Request, operation: Operation, lists: frozenset[str]) -> dict[str, Any]:
    if operation.query is None:
        return _nothing_asked(request, operation)
    given: dict[str, Any] = {}
    for name in dict.fromkeys(request.query):
        values = request.query.getall(name)
        # A repeated parameter that may come once only stays a list: not of the right type.
        given[name] = values if name in lists or len(values) > 1 else values[0]
    try:
        return {"query": operation.query.model_validate(given)}
    except ValidationError as error:
        raise _invalid(error, "query") from None


def _nothing_asked(request: web.Request, operation: Operation) -> dict[str, Any]:
    if request.query and operation.path.startswith("/api/"):
        faults = tuple(
            Fault(f"query/{name}", "extra_forbidden", "this operation takes no such parameter")
            for name in dict.fromkeys(request.query)
        )
        raise _Wrong(problem(422, _WRONG, errors=faults))
    return {}


async def _body(request: web.Request, operation: Operation) -> dict[str, Any]:
    if operation.body is None:
        return {}
    if not _is_json(request):
        raise _Wrong(problem(415, "send the body as JSON, with Content-Type: application/json"))
    limit = request.app[SETTINGS].body_limit
    body = await read_body(request, limit)
    if body is None:
        raise _Wrong(problem(413, f"the body may have {limit} bytes at most"))
    try:
        return {"body": operation.body.model_validate_json(body, strict=True)}
    except ValidationError as error:
        raise _invalid(error, "body") from None


def _is_json(request: web.Request) -> bool:
    kind = request.content_type
    return kind == _JSON or (kind.startswith("application/") and kind.endswith("+json"))


def _checked(adapter: TypeAdapter[Any], value: str, place: str) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise _invalid(error, place) from None


def _invalid(error: ValidationError, place: str) -> _Wrong:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return _Wrong(problem(422, _WRONG, errors=tuple(_fault(one, place) for one in found)))


def _fault(one: ErrorDetails, place: str) -> Fault:
    return Fault("/".join([place, *map(str, one["loc"])]), one["type"], one["msg"])
