"""Pulling work: what changed since, all that is there, and what became of what is not.

Reading follows `updated`, which only ever goes on, with no upper bound and six minutes of overlap:
search knows of a change some time after it was made. What moves no issue (a version, a link taken
away elsewhere, a deletion) the small tables and the census tell. The cursor moves at the end of a
pass, so that one cut short begins again.
"""

import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from connectors.jira import jql, parse
from connectors.jira.fates import Fates
from connectors.jira.faults import BadQuery
from connectors.jira.patience import Patience
from connectors.jira.position import Position
from connectors.jira.scope import Scope, Tables
from connectors.jira.search import Batch, Query
from connectors.jira.settings import Settings
from connectors.jira.shapes import Seen, issue_type
from connectors.jira.site import Site
from hub.contract import Cursor, Gone, Known, Named, Page, Record, Rejected, Standing, Wire

BUNDLE: Final = 1000
"""So many issues make a page of the hub's: one transaction."""
REMEMBERED: Final = 20_000
"""What was told lately is not told again; arbitrary, some 4 MB."""
SMALL: Final = 20
"""Projects up to which the tables are asked for in each pass; more of them every five minutes."""
TABLES_SECONDS: Final = 300.0
_ODD: Final = "odd"


class Source:
    """The port `hub.contract.Source`."""

    def __init__(
        self,
        settings: Settings,
        wire: Wire,
        *,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.site = Site(settings, wire, patience=patience, clock=clock)
        self._patience = self.site.session.patience
        self._tables = Tables(self.site.session)
        self._clock = clock
        self._told: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._cursor: Cursor | None = None
        self._known: dict[str, str] = {}
        self._tables_due = 0.0
        self._hidden = frozenset[str]()

    async def read(self, since: Cursor | None) -> AsyncIterator[Page]:
        """Yield projects and versions, then issues by their last change, each with its links.

        Shape: only the last page has a cursor. What was told before, in the same version, is left
               out.
        """
        position = Position.of(since)
        self._patience.at_stake = False
        if since is None or since != self._cursor:
            self._told.clear()
            self._tables_due, self._hidden = 0.0, frozenset()
        scope = await self._scope(position)
        hints, gone = Hints(self.site), self._lost(scope)
        page = _Bundle()
        if self._clock() >= self._tables_due:
            page.add(self._news(await self._tables.records(scope)))
            self._tables_due = self._clock() + (
                TABLES_SECONDS if len(scope.projects) > SMALL else 0
            )
        newest = ""
        async for batch in self._changed(scope, position):
            self._patience.at_stake = True
            newest = await self._take(batch, page, newest)
            if page.issues >= BUNDLE:
                yield page.closed()
                self._remember(page)
                page = _Bundle()
        updated = max(position.updated, parse.milliseconds(newest) if newest else 0)
        seen = {str(one["id"]): str(one["key"]).upper() for one in scope.projects}
        lost = {id_: key for id_, key in self._known.items() if id_ in scope.lost}
        cursor = Position(updated, lost | seen).cursor()
        if page.records or page.rejected or gone or cursor != since:
            yield replace(page.closed(), cursor=cursor, gone=gone)
            self._remember(page)
            self._hidden = scope.lost
        self._cursor = cursor
        if said := hints.found(scope):
            yield Page((), hints=said)

    def _lost(self, scope: Scope) -> tuple[Gone, ...]:
        """Return the projects that were there before, told once."""
        news = scope.lost - self._hidden
        if news:
            self._told.clear()  # once they are back they are told anew, versions and all
        return tuple(Gone(parse.PROJECT, "", parse.project_key(id_), "unseen") for id_ in news)

    async def _scope(self, position: Position) -> Scope:
        self._known = {**self._known, **position.projects}
        scope = await self._tables.scope(self._known)
        self._known |= {str(one["id"]): str(one["key"]).upper() for one in scope.projects}
        return scope

    async def _changed(self, scope: Scope, position: Position) -> AsyncIterator[Batch]:
        """Yield what changed since, in whichever words this Jira understands."""
        if scope.empty:
            return
        layout = await self.site.layout()
        shape = issue_type(layout.custom)
        since = await self.site.since(position.since)

        async def made() -> Query:
            order = (await self.site.session.dialect()).order
            text = jql.both(scope.jql, since) or jql.EVERYTHING
            return Query(f"{text} {order}", layout.asked, shape)

        try:
            async for batch in self.site.search.pages(made):
                yield batch
        except BadQuery:
            if not since or '"' in since:
                raise
            self.site.only_minutes()
            since = await self.site.since(position.since)
            async for batch in self.site.search.pages(made):
                yield batch

    async def _take(self, batch: Batch, page: "_Bundle", newest: str) -> str:
        """Put the issues of a batch on a page; return the last change so far."""
        layout = await self.site.layout()
        make = parse.Issues(self.site.settings.base, layout).record
        page.rejected += (one for one in batch.odd if self._is_news(one))
        for issue in batch.issues:
            try:
                record = make(issue)
                beside = list(page.beside.records(record))
            except (KeyError, TypeError, ValueError, AttributeError) as fault:
                if self._is_news(odd := _odd(issue, fault)):
                    page.rejected.append(odd)
                continue
            newest = max(newest, record.version)
            if self._told.get((record.kind, record.key)) != record.version:
                page.issues += 1
                page.records.append(record)
                page.records += beside
        return newest

    def _news(self, records: Iterable[Record]) -> list[Record]:
        return [one for one in records if self._told.get((one.kind, one.key)) != one.version]

    def _is_news(self, odd: Rejected) -> bool:
        return self._told.get((_ODD, odd.path)) != odd.message

    def _remember(self, page: "_Bundle") -> None:
        """Keep in mind what the hub has stored."""
        for odd in page.rejected:
            self._told[_ODD, odd.path] = odd.message
        for one in page.records:
            self._told[one.kind, one.key] = one.version
            self._told.move_to_end((one.kind, one.key))
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)

    async def census(self) -> AsyncIterator[Page]:
        """Yield the tables as records, and the id and last change of every issue that counts."""
        self._patience.at_stake = False
        scope = await self._scope(Position())
        hints = Hints(self.site)
        yield Page(tuple(await self._tables.records(scope)))
        if scope.empty:
            return
        seen = set[str]()

        async def made() -> Query:
            dialect = await self.site.session.dialect()
            text = f"{scope.jql or jql.EVERYTHING} {dialect.order}"
            return Query(text, ("updated",), Seen, dialect.census_size)

        async for batch in self.site.search.pages(made):
            self._patience.at_stake = True
            named, rejected = list[Named](), list(batch.odd)
            for one in batch.issues:
                if one.id in seen:
                    continue  # it changed meanwhile and moved to a later page
                seen.add(one.id)
                try:
                    version = parse.stamp(one.fields.updated)
                except ValueError as fault:
                    rejected.append(Rejected(parse.ISSUE, f"{one.id}.fields.updated", str(fault)))
                    version = one.fields.updated
                named.append(Named(parse.ISSUE, one.id, version))
            yield Page((), rejected=tuple(rejected), hints=hints.found(scope), named=tuple(named))

    async def fate(self, missing: Sequence[Known]) -> Page:
        """Say what became of issues and versions: as they are, deleted, left, or unseen."""
        scope = await self._scope(Position())
        return await Fates(self.site, self._tables, scope).of(missing)

    async def standing(self) -> Standing:
        """Tell that Jira answers, and still knows who asks."""
        self._patience.at_stake = False
        await self.site.myself()
        return Standing(True)


class _Bundle:
    """A page of the hub's while it is filled."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.rejected: list[Rejected] = []
        self.issues = 0
        self.beside = parse.Beside()

    def add(self, records: Iterable[Record]) -> None:
        """Put records on it."""
        self.records += records

    def closed(self) -> Page:
        """Return it as it is."""
        return Page(tuple(self.records), rejected=tuple(self.rejected))


def _odd(issue: Any, fault: Exception) -> Rejected:
    """Put aside an issue without what every issue has."""
    said = f"without {fault}" if isinstance(fault, KeyError) else str(fault)
    return Rejected(parse.ISSUE, f"{issue['id']}.fields", f"is no issue: {said}")


class Hints:
    """What a pass says about itself, for the health of the connector."""

    def __init__(self, site: Site) -> None:
        self._session = site.session
        self._again, self._waited = site.session.patience.again, site.session.patience.waited

    def found(self, scope: Scope) -> dict[str, int]:
        """Return what is not nought."""
        patience = self._session.patience
        said = {
            "dialect_switched": self._session.switched,
            "projects_unseen": len(scope.lost | set(scope.lacking)) if scope.blind else 0,
            "asked_again": patience.again - self._again,
            "waited_seconds": round(patience.waited - self._waited),
        }
        return {name: count for name, count in said.items() if count}
