"""What counts here: the projects that an admin named, or all that are seen, and their versions."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from connectors.jira import jql, parse
from connectors.jira.faults import NotThere
from connectors.jira.search import chunks
from connectors.jira.session import Session, decoded
from connectors.jira.shapes import Project, Version
from hub.contract import Record
from hub.errors import Anomalous, Misconfigured

MOST_NAMED: Final = 50
"""More keys than this, and the whole list is asked for instead of each."""
_AT_ONCE: Final = 4
_PAGE: Final = 50


class _Projects(msgspec.Struct):
    values: list[Project]
    last: bool = msgspec.field(name="isLast", default=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """What counts now.

    Shape: `lacking` are keys that an admin named and nobody sees; `lost` the ids of projects that
           were seen before. Where something is lost, what is not found may only be hidden.
    """

    projects: tuple[Mapping[str, Any], ...]
    lacking: tuple[str, ...] = ()
    lost: frozenset[str] = frozenset()
    named: bool = False
    clause: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """Return the ids of the projects."""
        return frozenset(str(one["id"]) for one in self.projects)

    @property
    def blind(self) -> bool:
        """Whether something that counts cannot be seen."""
        return bool(self.lost or self.lacking)

    @property
    def empty(self) -> bool:
        """Whether nothing can be searched for: no project that counts is seen."""
        return self.named and not self.projects

    @property
    def jql(self) -> str:
        """Write what counts; "" where everything does."""
        keys = [str(one["key"]) for one in self.projects]
        within = jql.among("project", keys) if self.named else ""
        return jql.both(within, jql.apart(self.clause))

    def takes(self, project: object) -> bool:
        """Tell whether a project counts, by its id."""
        return not self.named or str(project) in self.ids


class Tables:
    """The small tables of one Jira. Every method raises Transient, Misconfigured, Anomalous."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def scope(self, known: Mapping[str, str]) -> Scope:
        """Ask what counts. Shape: `known` are keys of projects that counted before, by id."""
        settings = self._session.settings
        wanted = settings.projects
        found = await self._projects(wanted)
        ids = {str(one["id"]) for one in found}
        seen_as = {str(one["key"]).upper() for one in found}
        # A project that got another key is still found by the old one, under its new key.
        lost = frozenset(
            id_ for id_, key in known.items() if id_ not in ids and (not wanted or key in wanted)
        )
        lacking = tuple(one for one in wanted if one not in seen_as) if wanted else ()
        lacking = lacking if len(found) < len(wanted) else ()
        if wanted and not found and not lost:
            raise Misconfigured(
                f"the user sees none of the projects {', '.join(wanted)}; correct `projects`, or "
                "give the account the permission to browse them"
            )
        return Scope(tuple(found), lacking, lost, bool(wanted), settings.jql)

    async def _projects(self, wanted: Sequence[str]) -> list[Any]:
        """List the projects that are seen, or those of them that are wanted, by their ids."""
        if 0 < len(wanted) <= MOST_NAMED:
            named = [one for key in wanted if (one := await self.project(key)) is not None]
        else:
            named = await self.listed()
            if wanted:
                named = [one for one in named if str(one["key"]).upper() in wanted]
        return sorted({one["id"]: one for one in named}.values(), key=_by_id)

    async def project(self, name: str) -> Any:
        """Ask for a project by key or id; None where nobody sees it."""
        try:
            body = await self._session.get(f"project/{name}")
        except NotThere:
            return None
        return decoded(body, Project, "project")

    async def listed(self) -> list[Any]:
        """List all projects that the user sees."""
        if not (await self._session.dialect()).cloud:
            return decoded(await self._session.get("project"), list[Project], "project")
        found: list[Any] = []
        while True:
            params = {"startAt": str(len(found)), "maxResults": str(_PAGE)}
            body = await self._session.get("project/search", params)
            page = decoded(body, _Projects, "project/search")
            found += page.values
            if page.last:
                return found
            if not page.values:
                raise Anomalous("the list of projects ends before its end", evidence=body[:4096])

    async def records(self, scope: Scope) -> list[Record]:
        """Return the records of the projects that count, and of their versions."""
        base = self._session.settings.base
        records = [parse.project(one, base) for one in scope.projects]
        for few in chunks(scope.projects, _AT_ONCE):
            for of, versions in zip(
                few, await asyncio.gather(*map(self._versions, few)), strict=True
            ):
                records += (parse.version(one, of, base) for one in versions)
        return records

    async def _versions(self, project: Mapping[str, Any]) -> list[Any]:
        try:
            body = await self._session.get(f"project/{project['id']}/versions")
        except NotThere:
            return []  # it went away a moment ago; the next look says so
        return decoded(body, list[Version], "project/versions")

    async def version(self, id_: str) -> Any:
        """Ask for one version; None where nobody sees it."""
        try:
            return decoded(await self._session.get(f"version/{id_}"), Version, "version")
        except NotThere:
            return None


def _by_id(one: Mapping[str, Any]) -> tuple[int, str]:
    id_ = str(one["id"])
    return len(id_), id_
