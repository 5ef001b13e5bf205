"""Operations: what the API can do, each declared once beside its handler.

A declaration names the method, the path, the roles and the shapes; `serving` carries it out and
`document` writes it down. Path parameters are typed by the annotations of the handler.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any, TypeVar, get_type_hints

from aiohttp import web
from pydantic import BaseModel, TypeAdapter

from hub.services.access import Role
from hub.services.board import Listing
from hub.services.refusals import Refusal

Answer = bytes | Listing | Refusal | BaseModel | Mapping[str, object] | web.StreamResponse | None
Handler = Callable[..., Awaitable[Any]]
Declared = TypeVar("Declared", bound=Handler)
Model = type[BaseModel]

_NAME = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    Shape: no `roles` means open to all. `takes` is the media type of the body: JSON for a `body`
           model, anything else is left in the stream for the handler. A `raw` handler gets the
           request itself: nothing is checked for it. `also` are more statuses with the shape `out`.
    """

    method: str
    path: str
    handler: Handler
    tag: str
    roles: tuple[Role, ...]
    query: Model | None = None
    body: Model | None = None
    out: Model | None = None
    status: int = 200
    also: tuple[int, ...] = ()
    takes: str | None = None
    gives: str = "application/json"
    if_match: bool = False
    raw: bool = False
    parameters: Mapping[str, TypeAdapter[Any]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The operationId."""
        return self.handler.__name__

    @property
    def says(self) -> list[str]:
        """The paragraphs of the handler's docstring."""
        return (getdoc(self.handler) or "").split("\n\n")


class Operations:
    """The operations of one subject."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.all: list[Operation] = []

    def op(
        self,
        method: str,
        path: str,
        *,
        roles: tuple[Role, ...],
        query: Model | None = None,
        body: Model | None = None,
        out: Model | None = None,
        status: int = 200,
        also: tuple[int, ...] = (),
        takes: str | None = None,
        gives: str = "application/json",
        if_match: bool = False,
        raw: bool = False,
    ) -> Callable[[Declared], Declared]:
        """Declare an operation; the handler stays what it is."""

        def declare(handler: Declared) -> Declared:
            operation = Operation(
                method=method,
                path=path,
                handler=handler,
                tag=self.tag,
                roles=roles,
                query=query,
                body=body,
                out=out,
                status=status,
                also=also,
                takes=takes or ("application/json" if body else None),
                gives=gives,
                if_match=if_match,
                raw=raw,
                parameters=_parameters(path, handler, raw=raw),
            )
            self.all.append(operation)
            return handler

        return declare


def _parameters(path: str, handler: Handler, *, raw: bool) -> dict[str, TypeAdapter[Any]]:
    hints = {} if raw else get_type_hints(handler, include_extras=True)
    return {name: TypeAdapter(hints.get(name, str)) for name in _NAME.findall(path)}
