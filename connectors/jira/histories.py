"""What hangs on an issue, whole: changes, comments and logged work; and the feeds of the latter.

A search embeds the first few of each and says nothing of the others. Every method raises Transient,
Misconfigured, Anomalous; NotThere where there is no such issue.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import msgspec

from connectors.jira.faults import NotThere
from connectors.jira.search import chunks
from connectors.jira.session import Session, decoded
from hub.errors import Anomalous

Row = Mapping[str, Any]

PAGE: Final = 100
LISTED: Final = 1000
"""So many worklogs Jira shows, or names in a feed, at once."""


class _Rows(msgspec.Struct):
    """A page of rows, under whichever name."""

    total: int | None = None
    last: bool | None = msgspec.field(name="isLast", default=None)
    values: list[dict[str, Any]] | None = None
    comments: list[dict[str, Any]] | None = None
    worklogs: list[dict[str, Any]] | None = None
    histories: list[dict[str, Any]] | None = None

    @property
    def rows(self) -> list[dict[str, Any]]:
        for held in (self.values, self.comments, self.worklogs, self.histories):
            if held is not None:
                return held
        return []


class _WithChangelog(msgspec.Struct):
    changelog: _Rows


class _Named(msgspec.Struct):
    id: int = msgspec.field(name="worklogId")
    at: int = msgspec.field(name="updatedTime")


class _Feed(msgspec.Struct):
    values: list[_Named]
    until: int
    last: bool = msgspec.field(name="lastPage", default=True)


class Histories:
    """Reads what hangs on issues of one Jira."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def changes(self, issue: str) -> list[Row]:
        """Return the changes of an issue, the oldest first.

        Shape: {id, created, author, items: [{field, fieldId, from, fromString, to, toString}]}; ids
               in from and to, words beside them, and either may be null.
        """
        try:
            found = await self._paged(f"issue/{issue}/changelog")
        except NotThere:
            # A Data Center has no pages of it, and shows all of it with the issue.
            params = {"expand": "changelog", "fields": "updated"}
            body = await self._session.get(f"issue/{issue}", params)
            page = decoded(body, _WithChangelog, "issue/changelog").changelog
            found = list[Row](page.rows)
            if page.total is not None and page.total > len(found):
                raise Anomalous(
                    f"issue {issue} has {page.total} changes, and Jira shows {len(found)}"
                ) from None
        return sorted(found, key=_by_time)

    async def comments(self, issue: str) -> list[Row]:
        """Return the comments of an issue, the oldest first. Shape: `body` is for `richtext`."""
        return await self._paged(f"issue/{issue}/comment")

    async def worklogs(self, issue: str) -> list[Row]:
        """Return the work logged on an issue. Units: `timeSpentSeconds` is seconds."""
        return await self._paged(f"issue/{issue}/worklog")

    async def _paged(self, path: str) -> list[Row]:
        found: dict[str, Row] = {}
        start = 0
        while True:
            params = {"startAt": str(start), "maxResults": str(PAGE)}
            page = decoded(await self._session.get(path, params), _Rows, path)
            found |= {str(one.get("id", start + n)): one for n, one in enumerate(page.rows)}
            start += len(page.rows)
            if page.last or (page.total is not None and start >= page.total):
                return list(found.values())
            if not page.rows:
                raise Anomalous(f"the list at {path} ends at {start} of {page.total}")

    async def worklogs_written(self, since: int) -> AsyncIterator[tuple[int, int]]:
        """Yield worklogs that were written since, by any issue: id and when.

        Units: milliseconds since the epoch. Jira does not name those of the last minute yet.
        """
        async for one in self._feed("worklog/updated", since):
            yield one

    async def worklogs_deleted(self, since: int) -> AsyncIterator[tuple[int, int]]:
        """Yield worklogs that were deleted since: id and when. Units: as above."""
        async for one in self._feed("worklog/deleted", since):
            yield one

    async def _feed(self, path: str, since: int) -> AsyncIterator[tuple[int, int]]:
        seen = set[tuple[int, int]]()
        while True:
            body = await self._session.get(path, {"since": str(since)})
            page = decoded(body, _Feed, path)
            for one in page.values:
                if (one.id, one.at) not in seen:
                    seen.add((one.id, one.at))
                    yield one.id, one.at
            if page.last and len(page.values) < LISTED:
                return
            if page.until <= since:
                # A full page of one instant: there is no way to ask for the others.
                raise Anomalous(f"more than {LISTED} worklogs of one instant at {path}")
            since = page.until

    async def worklogs_by_id(self, ids: list[int]) -> list[Row]:
        """Return worklogs by their ids, as far as they are seen."""
        found: list[Row] = []
        for few in chunks(ids, LISTED):
            body = await self._session.post("worklog/list", {"ids": list(few)})
            found += decoded(body, list[dict[str, Any]], "worklog/list")
        return found


def _by_time(one: Row) -> tuple[str, int]:
    id_ = str(one.get("id", ""))
    return str(one.get("created", "")), int(id_) if id_.isdecimal() else 0
