"""Looking whether a Jira can be read, changing nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import msgspec

from connectors.jira import jql
from connectors.jira.browsing import browse
from connectors.jira.dialect import OLDEST
from connectors.jira.scope import Scope, Tables
from connectors.jira.search import Query
from connectors.jira.session import decoded
from connectors.jira.settings import Settings
from connectors.jira.shapes import Seen
from connectors.jira.site import Site
from hub.contract import Step, Wire
from hub.errors import HubError, Misconfigured

_BROWSE: Final = "BROWSE_PROJECTS"
_LISTED: Final = 12
"""Names that a sentence still shows; arbitrary."""

_Look = Callable[[], Awaitable[str | None]]


class _Permission(msgspec.Struct):
    have: bool = msgspec.field(name="havePermission", default=False)


class _Permissions(msgspec.Struct):
    permissions: dict[str, _Permission]


class Checker:
    """The port `hub.contract.Checker`."""

    def __init__(self, settings: Settings, wire: Wire) -> None:
        self._settings = settings
        self._site = Site(settings, wire)
        self._tables = Tables(self._site.session)
        self._found: Scope | None = None

    async def check(self) -> AsyncIterator[Step]:
        """Yield reach, version, log-in, projects, permissions, fields, search, choice.

        Shape: `done` None where a step before failed, or nobody could tell.
        """
        needed = True
        looks: tuple[tuple[str, _Look, bool], ...] = (
            ("reach", self._reach, True),
            ("version", self._version, False),
            ("log-in", self._log_in, True),
            ("projects", self._projects, False),
            ("permissions", self._permissions, False),
            ("fields", self._fields, False),
            ("search", self._search, False),
            ("choice", self._choice, False),
        )
        for code, look, following in looks:
            if not needed:
                yield Step(code, None, "not tried: a step before it failed")
                continue
            step = await _taken(code, look)
            needed = not following or step.done is not False
            yield step

    async def _reach(self) -> str:
        dialect = await self._site.session.dialect()
        kind = "Cloud" if dialect.cloud else "Data Center"
        return f"{self._settings.base} answers as Jira {kind} {dialect.said}"

    async def _version(self) -> str:
        dialect = await self._site.session.dialect()
        if dialect.cloud:
            return "a Cloud is always the newest"
        if dialect.version[:2] < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            return f"{dialect.said} is older than {oldest}, for which this connector was made"
        return f"{dialect.said} is supported"

    async def _log_in(self) -> str:
        me = await self._site.myself()
        name = me.get("displayName") or me.get("name") or me.get("accountId")
        zone = await self._site.zone()
        where = f"; its time zone is {zone}" if zone else "; its time zone is not known"
        return f"it works, as {name}{where}"

    async def _scope(self) -> Scope:
        if self._found is None:
            self._found = await self._tables.scope({})
        return self._found

    async def _projects(self) -> str:
        scope = await self._scope()
        if scope.lacking:
            raise Misconfigured(
                f"the user does not see {', '.join(scope.lacking)}; correct `projects`, or give "
                "the account the permission to browse"
            )
        if not scope.projects:
            raise Misconfigured(
                "the user sees no project; give the account the permission to browse projects"
            )
        keys = [str(one["key"]) for one in scope.projects]
        if scope.named:
            return f"all of {_names(keys)} are seen"
        return f"all {len(keys)} projects that the user sees count: {_names(keys)}"

    async def _permissions(self) -> str:
        lacking = []
        for project in (await self._scope()).projects[:_LISTED]:
            params = {"projectKey": str(project["key"]), "permissions": _BROWSE}
            body = await self._site.session.get("mypermissions", params)
            found = decoded(body, _Permissions, "mypermissions").permissions.get(_BROWSE)
            if found is None or not found.have:
                lacking.append(str(project["key"]))
        if lacking:
            raise Misconfigured(
                f"the account may not browse {_names(lacking)}; give it Browse Projects there"
            )
        return "the account may browse the projects"

    async def _fields(self) -> str:
        found = await self._site.layout()
        named = found.named or {}
        parts = {
            "sprint": found.sprint, "epic": found.epic, "start": found.start,
            "points": found.points,
        }  # fmt: skip
        taken = [f"{what} is {named[ids[0]]} ({ids[0]})" for what, ids in parts.items() if ids]
        lacking = [what for what, ids in parts.items() if not ids]
        if (await self._site.session.dialect()).cloud and "epic" in lacking:
            lacking.remove("epic")  # there an epic is a parent as any other
        says = "; ".join(taken) or "no field of sprints, starts or points was found"
        if lacking and taken:
            says += f"; none is known for {', '.join(lacking)}: name it in `fields`"
        if found.alike:
            says += f"; several fields are called {_names(found.alike)}, which is no harm"
        return says

    async def _search(self) -> str:
        scope = await self._scope()

        async def made() -> Query:
            order = (await self._site.session.dialect()).order
            return Query(f"{scope.jql or jql.EVERYTHING} {order}", ("updated",), Seen, 10)

        async for batch in self._site.search.pages(made):
            if batch.issues:
                return "it finds issues"
            break
        return "it works, and finds no issue yet"

    async def _choice(self) -> str:
        found = await browse(self._site.session)
        parts = [f"{len(found.projects)} projects"]
        parts += [f"{len(found.boards)} boards"] if found.boards is not None else []
        parts += [f"{len(found.filters)} filters"] if found.filters is not None else []
        return f"there are {', '.join(parts)} to choose from"


def _names(names: list[str] | tuple[str, ...]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


async def _taken(code: str, look: _Look) -> Step:
    try:
        says = await look()
    except HubError as fault:
        return Step(code, False, str(fault))
    return Step(code, None, "nobody could tell") if says is None else Step(code, True, says)
