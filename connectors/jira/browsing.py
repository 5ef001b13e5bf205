"""What an admin may choose from: projects, boards and saved filters; changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from connectors.jira.faults import NotThere
from connectors.jira.scope import Tables
from connectors.jira.session import Session, decoded
from hub.errors import Anomalous, Misconfigured

MOST: Final = 1000
"""So many boards or filters are listed; arbitrary, nobody reads more."""
_PAGE: Final = 50


class _Location(msgspec.Struct):
    key: str | None = msgspec.field(name="projectKey", default=None)


class _Board(msgspec.Struct):
    id: int
    name: str
    type: str = ""
    location: _Location | None = None


class _Filter(msgspec.Struct):
    id: str
    name: str
    jql: str = ""


class _Boards(msgspec.Struct):
    values: list[_Board]
    last: bool = msgspec.field(name="isLast", default=False)


class _Filters(msgspec.Struct):
    values: list[_Filter]
    last: bool = msgspec.field(name="isLast", default=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """What there is. Shape: None: this Jira has none of these, or does not show them."""

    projects: tuple[Mapping[str, Any], ...]
    boards: tuple[Mapping[str, Any], ...] | None
    filters: tuple[Mapping[str, Any], ...] | None


async def browse(session: Session) -> Choice:
    """List what the user sees. Raises: Transient, Misconfigured, Anomalous."""
    projects = [
        {"id": one["id"], "key": one["key"], "name": one.get("name", "")}
        for one in await Tables(session).listed()
    ]
    return Choice(tuple(projects), await _boards(session), await _filters(session))


async def _boards(session: Session) -> tuple[Mapping[str, Any], ...] | None:
    found: list[Mapping[str, Any]] = []
    while len(found) < MOST:
        try:
            body = await session.agile("board", _place(found))
            page = decoded(body, _Boards, "board")
        except (Misconfigured, Anomalous):
            return None  # no boards here, or not for this user
        for one in page.values:
            key = one.location.key if one.location else None
            found.append({"id": one.id, "name": one.name, "type": one.type, "project": key})
        if page.last or not page.values:
            break
    return tuple(found)


async def _filters(session: Session) -> tuple[Mapping[str, Any], ...] | None:
    """List saved filters: on a Cloud those that are seen, on a Data Center the user's own."""
    if not (await session.dialect()).cloud:
        try:
            rows = decoded(await session.get("filter/favourite"), list[_Filter], "filter")
        except (NotThere, Anomalous):
            return None
        return tuple({"id": one.id, "name": one.name, "jql": one.jql} for one in rows)
    found: list[Mapping[str, Any]] = []
    while len(found) < MOST:
        try:
            body = await session.get("filter/search", {**_place(found), "expand": "jql"})
            page = decoded(body, _Filters, "filter/search")
        except (NotThere, Anomalous):
            return None
        found += ({"id": one.id, "name": one.name, "jql": one.jql} for one in page.values)
        if page.last or not page.values:
            break
    return tuple(found)


def _place(found: list[Mapping[str, Any]]) -> dict[str, str]:
    return {"startAt": str(len(found)), "maxResults": str(_PAGE)}
