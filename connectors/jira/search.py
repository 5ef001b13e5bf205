"""Searching, page by page, in both dialects; no list is taken for whole that is not.

A Cloud pages by a token and may answer short and even empty pages; a Data Center pages by a place.
The library keeps all pages in memory, and goes round for ever where a token comes back.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

import msgspec

from connectors.jira.faults import BadQuery, NotThere
from connectors.jira.session import Session
from connectors.jira.shapes import Found, Whole, page_decoder
from hub.contract import Rejected
from hub.errors import Anomalous, Misconfigured, Transient

T = TypeVar("T")

MOST_EMPTY: Final = 1000
"""So many empty pages one after another are no list any more; arbitrary."""
TOO_MANY_ODD: Final = 5
"""From so many issues on, a page of nothing but odd ones is an odd Jira and no odd issue."""
_LONGEST: Final = 1500
"""Characters of a query that still go into an address; arbitrary, some proxies take 2,000."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for. Shape: `shape` is the type of an issue."""

    jql: str
    fields: Sequence[str]
    shape: Any
    size: int = 100
    reconcile: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """The issues of one page, and those among them that are none."""

    issues: Sequence[Any]
    odd: tuple[Rejected, ...] = ()


class Search:
    """Searches one Jira. Every method raises Transient, Misconfigured, Anomalous."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def pages(self, make: Callable[[], Awaitable[Query]]) -> AsyncIterator[Batch]:
        """Yield the pages of a search.

        Shape:  `make` is asked again when the dialect turns out to be the other one.
        Raises: BadQuery too.
        """
        try:
            async for batch in self._pages(await make()):
                yield batch
        except NotThere as gone:
            if self._session.switched:
                raise Misconfigured(f"{gone}; nor at the path of the other kind of Jira") from None
        else:
            return
        self._session.switch()
        try:
            async for batch in self._pages(await make()):
                yield batch
        except NotThere as gone:
            raise Misconfigured(f"{gone}; nor at the path of the other kind of Jira") from None

    async def _pages(self, query: Query) -> AsyncIterator[Batch]:
        by_token = (await self._session.dialect()).by_token
        async for batch in self._by_token(query) if by_token else self._by_place(query):
            yield batch

    async def count(self, jql: str) -> int:
        """Count what a query finds; a Data Center only."""
        body = await self._asked("search", Query(jql, ("id",), Any, 0), {"startAt": 0})
        return read_page(body, Any)[0].total or 0

    async def _by_token(self, query: Query) -> AsyncIterator[Batch]:
        seen, repeated, empty, more = set[str](), False, 0, dict[str, Any]()
        while True:
            page, odd = await self._page("search/jql", query, more)
            yield Batch(page.issues, odd)
            if page.last or not page.next_token:
                return
            empty = 0 if page.issues else empty + 1
            if (page.next_token in seen and repeated) or empty > MOST_EMPTY:
                raise Anomalous(
                    "search does not come to an end: Jira answers the same token again and again",
                    evidence=f"{len(seen)} tokens, {empty} empty pages",
                )
            repeated = repeated or page.next_token in seen
            seen.add(page.next_token)
            more = {"nextPageToken": page.next_token}

    async def _by_place(self, query: Query) -> AsyncIterator[Batch]:
        start, empty = 0, 0
        while True:
            page, odd = await self._page("search", query, {"startAt": start})
            if page.start not in {None, start}:
                raise Anomalous(f"search was asked from {start} on and answers from {page.start}")
            yield Batch(page.issues, odd)
            count = len(page.issues) + len(odd)
            empty = 0 if count else empty + 1
            start += count or page.most or query.size
            if (not count and page.total is None) or empty > MOST_EMPTY:
                return
            if page.total is not None and start >= page.total:
                return

    async def _page(
        self, path: str, query: Query, more: dict[str, Any]
    ) -> tuple[Whole, tuple[Rejected, ...]]:
        try:
            body = await self._asked(path, query, more)
        except BadQuery as fault:
            if "nextPageToken" in more:
                raise Transient(
                    f"{fault}: it took the query before, so reading begins again"
                ) from None
            raise
        return read_page(body, query.shape)

    async def _asked(self, path: str, query: Query, more: dict[str, Any]) -> bytes:
        """Ask for a page, in the address where that is short enough."""
        fields = list(query.fields)
        if len(query.jql) + sum(map(len, fields)) < _LONGEST and not query.reconcile:
            params = {"jql": query.jql, "fields": ",".join(fields), "maxResults": str(query.size)}
            return await self._session.get(path, params | {k: str(v) for k, v in more.items()})
        body = {"jql": query.jql, "fields": fields, "maxResults": query.size, **more}
        if query.reconcile and path == "search/jql":
            body["reconcileIssues"] = [int(one) for one in query.reconcile]
        return await self._session.post(path, body)


def read_page(body: bytes, shape: Any) -> tuple[Whole, tuple[Rejected, ...]]:
    """Read a page; where an issue is odd, the others are read one by one.

    Raises: Anomalous, when it is no page, or none of many issues on it is one.
    """
    try:
        return page_decoder(shape)(body), ()
    except msgspec.ValidationError:
        pass  # which one it is, the second look tells
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise _no_page(body, fault) from None
    try:
        loose = msgspec.json.decode(body, type=Found)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise _no_page(body, fault) from None
    good, odd = list[Any](), list[Rejected]()
    for number, raw in enumerate(loose.issues):
        try:
            good.append(issue_decoder(shape)(raw))
        except (msgspec.ValidationError, RecursionError) as fault:
            odd.append(_odd(raw, number, str(fault)))
    if not good and len(odd) >= TOO_MANY_ODD:
        raise Anomalous(f"no issue has the promised shape: {odd[0].message}", evidence=body[:4096])
    page = Whole(
        issues=good, next_token=loose.next_token, last=loose.last, start=loose.start,
        most=loose.most, total=loose.total,
    )  # fmt: skip
    return page, tuple(odd)


def _no_page(body: bytes, fault: Exception) -> Anomalous:
    return Anomalous(f"the answer to a search is none of a Jira: {fault}", evidence=body[:4096])


@lru_cache(maxsize=32)
def issue_decoder(shape: Any) -> Callable[[Any], Any]:
    """Return what reads one issue of a type."""
    return cast("Callable[[Any], Any]", msgspec.json.Decoder(shape).decode)


class _Label(msgspec.Struct):
    key: Any = None
    id: Any = None


def _odd(raw: msgspec.Raw, number: int, message: str) -> Rejected:
    what, _, where = message.partition(" - at `$")
    try:
        label = msgspec.json.decode(raw, type=_Label)
    except (msgspec.DecodeError, RecursionError):
        label = _Label()
    name = label.id or label.key or number
    return Rejected("issue", f"{str(name)[:40]}{where.rstrip('`')}", what)


def chunks(ids: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a list."""
    return (ids[at : at + size] for at in range(0, len(ids), size))
