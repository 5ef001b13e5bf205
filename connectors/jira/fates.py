"""What became of what is not listed any more: as it is now, deleted, left, or only hidden.

A moved issue keeps its id. What Jira does not show it calls "does not exist or you do not have
permission": where a project of ours is hidden, so may be its issues, and nothing else is said.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from connectors.jira import jql, parse
from connectors.jira.faults import BadQuery, NotThere
from connectors.jira.scope import Scope, Tables
from connectors.jira.search import Query, chunks, issue_decoder, read_page
from connectors.jira.shapes import Seen, issue_type
from connectors.jira.site import Site
from hub.contract import Gone, Known, Page, Record, Rejected
from hub.errors import Anomalous

BULK: Final = 100
RECONCILED: Final = 50
"""Both are what Jira takes at once."""


class Fates:
    """Asks about things by name. Every method raises Transient, Misconfigured, Anomalous."""

    def __init__(self, site: Site, tables: Tables, scope: Scope) -> None:
        self._site, self._tables, self._scope = site, tables, scope
        self._records: list[Record] = []
        self._rejected: list[Rejected] = []
        self._gone: list[Gone] = []

    async def of(self, missing: Sequence[Known]) -> Page:
        """Say what became of each."""
        issues = [one for one in missing if one.kind == parse.ISSUE and one.key.isdecimal()]
        for few in chunks(issues, BULK if not self._scope.clause else RECONCILED):
            await self._issues(few)
        for one in missing:
            if one.kind == parse.VERSION:
                await self._version(one)
            elif one.kind == parse.PROJECT:
                await self._project(one)
        return Page(tuple(self._records), rejected=tuple(self._rejected), gone=tuple(self._gone))

    async def _issues(self, few: Sequence[Known]) -> None:
        layout = await self._site.layout()
        make = parse.Issues(self._site.settings.base, layout).record
        beside = parse.Beside()
        found: dict[str, Any] = {}
        for one in await self._fetched([one.key for one in few]):
            found[one["id"]] = one
        odd = {one.path.partition(".")[0] for one in self._rejected}
        counting = await self._counting(found)
        for known in few:
            issue = found.get(known.key)
            if issue is None:
                if known.key not in odd:
                    self._bury(known, self._lost())
            elif known.key not in counting:
                self._bury(known, "left")
            else:
                try:
                    record = make(issue)
                    more = list(beside.records(record))
                except (KeyError, TypeError, ValueError, AttributeError) as fault:
                    message = f"is no issue: {fault!r}"
                    self._rejected.append(Rejected(parse.ISSUE, f"{known.key}.fields", message))
                    continue
                self._records += (record, *more)

    async def _fetched(self, ids: Sequence[str]) -> Sequence[Any]:
        """Return the issues that are there, wherever they moved."""
        layout = await self._site.layout()
        shape, session = issue_type(layout.custom), self._site.session
        if (await session.dialect()).cloud:
            wanted = {"issueIdsOrKeys": list(ids), "fields": list(layout.asked)}
            return self._read(await session.post("issue/bulkfetch", wanted), shape)
        text = f"id in ({', '.join(ids)})"
        asked = {
            "jql": text, "fields": list(layout.asked), "maxResults": len(ids), "startAt": 0,
            "validateQuery": False,
        }  # fmt: skip
        found: list[Any] = []
        with suppress(BadQuery):  # an older one refuses the query for one id that is not there
            found += self._read(await session.post("search", asked), shape)
        there = {one["id"] for one in found}
        for id_ in ids:
            if id_ not in there and (one := await self._single(id_, shape)) is not None:
                found.append(one)
        return found

    async def _single(self, id_: str, shape: Any) -> Any:
        layout = await self._site.layout()
        params = {"fields": ",".join(layout.asked)}
        try:
            body = await self._site.session.get(f"issue/{id_}", params)
        except NotThere:
            return None
        try:
            return issue_decoder(shape)(body)
        except (ValueError, RecursionError) as fault:
            raise Anomalous(f"issue {id_} has not the promised shape: {fault}") from None

    def _read(self, body: bytes, shape: Any) -> Sequence[Any]:
        page, odd = read_page(body, shape)
        self._rejected += odd
        return page.issues

    async def _counting(self, found: Mapping[str, Any]) -> frozenset[str]:
        """Return which of the issues count here: in one of our projects, and in the clause."""
        inside = [
            id_
            for id_, one in found.items()
            if self._scope.takes((one["fields"].get("project") or {}).get("id"))
        ]
        if not inside or not self._scope.clause:
            return frozenset(inside)

        async def made() -> Query:
            text = jql.both(f"id in ({', '.join(inside)})", jql.apart(self._scope.clause))
            # What was created a moment ago is not in the index yet, unless it is asked for.
            return Query(text, ("updated",), Seen, BULK, reconcile=inside)

        search = self._site.search
        return frozenset([one.id async for b in search.pages(made) for one in b.issues])

    async def _version(self, known: Known) -> None:
        one = await self._tables.version(known.key.removeprefix("v"))
        if one is None:
            return self._bury(known, self._lost())
        of = {str(p["id"]): p for p in self._scope.projects}.get(str(one.get("projectId")))
        if of is None:
            return self._bury(known, "left")
        self._records.append(parse.version(one, of, self._site.settings.base))
        return None

    async def _project(self, known: Known) -> None:
        one = await self._tables.project(known.key.removeprefix("p"))
        if one is None:
            self._bury(known, "unseen")
        elif self._scope.takes(one["id"]):
            self._records.append(parse.project(one, self._site.settings.base))
        else:
            self._bury(known, "left")

    def _lost(self) -> str:
        return "unseen" if self._scope.blind else "deleted"

    def _bury(self, known: Known, why: str) -> None:
        self._gone.append(Gone(known.kind, known.series, known.key, why))
