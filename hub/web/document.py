"""The OpenAPI 3.1 document, written from the declared operations. Pure: no request, no I/O."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter

from hub.web.operations import Operation
from hub.web.shapes.problems import Problem

Json = dict[str, Any]

EVENTS: Final = "text/event-stream"
_ROOM: Final = "#/components/schemas/"
_SECURITY: Final[list[Json]] = [{"token": []}, {"session": []}]
_ABOUT: Final = (
    "Incidents and milestones in one model. Lists are keyset paged, filtered by `?field=value` "
    "(a repeated field means or) and sorted by `?sort=-field`. Errors are RFC 9457 problems. Times "
    "are RFC 3339 with offset; a source's bare day stays YYYY-MM-DD. In a path a ref is one "
    "percent-encoded segment."
)
_SCHEMES: Final[Json] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token made by `milepost token create`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-milepost",
        "description": (
            "A session opened at /api/v1/session; the cookie is called `milepost` where the hub is "
            "served without TLS. Unsafe methods also need the header X-Milepost-CSRF with the "
            "value that GET /api/v1/me gives."
        ),
    },
}
_PROBLEMS: Final[dict[int, str]] = {
    401: "Nobody is logged in, or the token is unknown, expired or revoked.",
    403: "The role may not do this, or the request did not come from the dashboard's own page.",
    404: "There is no such thing.",
    406: "The answer is not in a form that the request accepts.",
    409: "It contradicts what is there.",
    412: "It has changed since; read it again.",
    413: "The body is over the limit.",
    415: "The body is not in a form that is taken.",
    422: "Something in the request is wrong; `errors` says what and where.",
    503: "It cannot be stored now; try again.",
}


def document(operations: Iterable[Operation], title: str, version: str) -> Json:
    """Write the document."""
    declared = list(operations)
    schemas, definitions = _schemas(declared)
    paths: Json = {}
    for operation in declared:
        written = _operation(operation, schemas, definitions)
        paths.setdefault(operation.path, {})[operation.method.lower()] = written
    responses = {f"Problem{status}": _problem(text) for status, text in _PROBLEMS.items()}
    responses["Problem"] = _problem("Any other problem.")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": tag} for tag in dict.fromkeys(o.tag for o in declared)],
        "security": _SECURITY,
        "paths": paths,
        "components": {
            "schemas": _reachable(definitions, [paths, responses]),
            "responses": responses,
            "securitySchemes": _SCHEMES,
        },
    }


_Key = tuple[str, str, str]


def _key(operation: Operation, part: str) -> _Key:
    return (operation.method, operation.path, part)


def _schemas(operations: list[Operation]) -> tuple[dict[_Key, Json], Json]:
    """Write every shape once, under one roof, so that names do not clash."""
    inputs: list[tuple[_Key, Any, TypeAdapter[Any]]] = [
        (("", "", "problem"), "serialization", TypeAdapter(Problem)),
    ]
    for operation in operations:
        shapes: list[tuple[str, Any, type[BaseModel] | None]] = [
            ("query", "validation", operation.query),
            ("body", "validation", operation.body),
            ("out", "serialization", operation.out),
        ]
        inputs += [
            (_key(operation, part), mode, TypeAdapter(shape))
            for part, mode, shape in shapes
            if shape
        ]
        inputs += [
            (_key(operation, name), "validation", adapter)
            for name, adapter in operation.parameters.items()
        ]
    found, whole = TypeAdapter.json_schemas(inputs, ref_template=_ROOM + "{model}")
    plain = {key: _plain(schema) for (key, _mode), schema in found.items()}
    return plain, _plain(whole.get("$defs", {}))


def _plain(node: Any) -> Any:
    """Drop what says nothing: titles that are only field names, defaults that are only absence.

    Shape: a property that is called title or default is a mapping, so it stays.
    """
    if isinstance(node, list):
        return [_plain(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _plain(child)
        for key, child in node.items()
        if not (key == "title" and isinstance(child, str))
        and not (key == "default" and child in (None, [], {}, ""))
    }


def _operation(operation: Operation, schemas: dict[_Key, Json], definitions: Json) -> Json:
    summary, *more = operation.says
    written: Json = {
        "operationId": operation.name,
        "summary": _one_line(summary).rstrip("."),
        "description": _description(operation, more),
        "tags": [operation.tag],
        "security": _SECURITY if operation.roles else [],
        "responses": _responses(operation, schemas),
    }
    if operation.roles:
        written["x-roles"] = [role.value for role in operation.roles]
    if parameters := list(_parameters(operation, schemas, definitions)):
        written["parameters"] = parameters
    if operation.takes is not None:
        schema = schemas.get(_key(operation, "body"), {})
        written["requestBody"] = {
            "required": True,
            "content": {operation.takes: {"schema": schema}},
        }
    return written


def _description(operation: Operation, more: list[str]) -> str:
    roles = ", ".join(role.value for role in operation.roles)
    who = f"Roles: {roles}." if operation.roles else "Open to all."
    return "\n\n".join([*map(_one_line, more), who])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _parameters(
    operation: Operation, schemas: dict[_Key, Json], definitions: Json
) -> Iterator[Json]:
    for name in operation.parameters:
        yield _parameter(name, "path", schemas[_key(operation, name)], required=True)
    if operation.query is not None:
        asked = _resolved(schemas[_key(operation, "query")], definitions)
        for name, schema in asked["properties"].items():
            yield _parameter(name, "query", schema, required=name in asked.get("required", ()))
    for name, text in _headers(operation):
        yield _parameter(name, "header", {"type": "string", "description": text}, required=False)


def _headers(operation: Operation) -> Iterator[tuple[str, str]]:
    if operation.if_match:
        yield "If-Match", "The ETag that you have read; the edit is refused when it is stale."
    if operation.gives == EVENTS:
        yield "Last-Event-ID", "The last id that you have seen; a browser sends it by itself."


def _parameter(name: str, place: str, schema: Json, *, required: bool) -> Json:
    schema = dict(schema)
    written: Json = {"name": name, "in": place, "required": required}
    if description := schema.pop("description", None):
        written["description"] = description
    # A parameter is there or not; it cannot say null.
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    if options:
        del schema["anyOf"]
        schema = (options[0] | schema) if len(options) == 1 else (schema | {"anyOf": options})
    written["schema"] = schema
    return written


def _responses(operation: Operation, schemas: dict[_Key, Json]) -> Json:
    good: Json = {"description": HTTPStatus(operation.status).phrase}
    schema = schemas.get(_key(operation, "out"))
    if operation.gives == EVENTS:
        # OpenAPI 3.1 has no word for the schema of one event of a stream.
        good["content"] = {EVENTS: {"schema": {"type": "string"}, "x-event-data": schema}}
    elif schema is not None:
        good["content"] = {operation.gives: {"schema": schema}}
    elif operation.status != HTTPStatus.NO_CONTENT:
        good["content"] = {operation.gives: {"schema": {"type": "string"}}}
    responses = {str(status): good for status in (operation.status, *operation.also)}
    for status in sorted(_troubles(operation)):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    responses["default"] = {"$ref": "#/components/responses/Problem"}
    return responses


def _troubles(operation: Operation) -> set[int]:
    found = {406} if operation.gives == "application/json" and not operation.raw else set()
    if operation.roles:
        found |= {401, 403}
    if operation.raw and operation.takes:
        found |= {401, 503}
    if operation.parameters:
        found |= {404, 422}
    if operation.query is not None:
        found |= {422}
    if operation.takes is not None:
        found |= {413, 422} | ({415} if operation.body is not None else set())
    if operation.if_match:
        found |= {409, 412}
    return found


def _problem(text: str) -> Json:
    schema = {"$ref": _ROOM + "Problem"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}


def _resolved(schema: Json, definitions: Json) -> Json:
    found: Json = definitions[schema["$ref"].removeprefix(_ROOM)] if "$ref" in schema else schema
    return found


def _reachable(definitions: Json, roots: list[Json]) -> Json:
    """Leave out the shapes that nothing points at: queries, which are parameters by now."""
    wanted: set[str] = set()
    waiting: list[object] = list(roots)
    while waiting:
        names = set(_names(waiting.pop())) - wanted
        wanted |= names
        waiting += [definitions[name] for name in names]
    return {name: definitions[name] for name in sorted(wanted)}


def _names(node: object) -> Iterator[str]:
    match node:
        case {"$ref": str(target)} if target.startswith(_ROOM):
            yield target.removeprefix(_ROOM)
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from _names(child)
