"""Search in both dialects: pages by a token on a Cloud, by a place on a Data Center."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from tests.simulators.jira.jql import Refused, ordered, parse
from tests.simulators.jira.shapes import Shapes
from tests.simulators.jira.site import Issue, Site

DEFAULT: Final = 50
MOST: Final = 100
MOST_IDS: Final = 5000
MOST_RECONCILED: Final = 50
_LIGHT: Final = frozenset({"id", "key", "updated", "created", "project"})
CLOUD_PARAMS: Final = frozenset(
    {"jql", "nextPageToken", "maxResults", "fields", "expand", "reconcileIssues", "fieldsByKeys",
     "properties", "failFast"}
)  # fmt: skip
SERVER_PARAMS: Final = frozenset(
    {"jql", "startAt", "maxResults", "fields", "expand", "validateQuery", "fieldsByKeys"}
)


def refusal(code: int, *messages: str) -> web.Response:
    """Answer as Jira refuses."""
    return web.json_response({"errorMessages": list(messages), "errors": {}}, status=code)


@dataclass
class _Cursor:
    query: str
    left: list[int]


@dataclass
class Search:
    """Answers searches.

    Shape: `short_by` takes that many issues off each page but the last, `empty_next` answers that
           many empty pages with a token, `repeat_token` answers the same token again and again,
           `restless` is an issue that changes at each request.
    """

    site: Site
    shapes: Shapes
    short_by: int = 0
    empty_next: int = 0
    repeat_token: bool = False
    restless: Issue | None = None
    _cursors: dict[str, _Cursor] = field(default_factory=dict)
    _found: tuple[object, list[int]] | None = None

    def cloud(self, asked: dict[str, Any], version: int) -> web.Response:
        """Answer `/search/jql`."""
        self._stir()
        if foreign := set(asked) - CLOUD_PARAMS:
            return refusal(400, f"Unrecognized field '{min(foreign)}'.")
        jql, fields = str(asked.get("jql") or ""), _list(asked.get("fields")) or ["id"]
        reconciled = [int(one) for one in _list(asked.get("reconcileIssues"))]
        if len(reconciled) > MOST_RECONCILED:
            return refusal(400, f"At most {MOST_RECONCILED} issues can be reconciled.")
        bound = f"{jql}|{sorted(reconciled)}"
        token = asked.get("nextPageToken")
        try:
            if token is None:
                left = self._ids(jql, frozenset(reconciled), bounded=True)
            elif token in self._cursors and self._cursors[token].query == bound:
                left = self._cursors[token].left
            else:
                return refusal(400, "The provided next page token is invalid or expired.")
        except Refused as fault:
            return refusal(400, str(fault))
        light = set(fields) <= _LIGHT
        most = min(int(asked.get("maxResults") or DEFAULT), MOST_IDS if light else MOST)
        size = most if len(left) <= most else max(1, most - self.short_by)
        if self.empty_next and left:
            self.empty_next, size = self.empty_next - 1, 0
        page, rest = left[:size], left[size:]
        made: dict[str, Any] = {"issues": self._written(page, fields, version)}
        if rest or (self.repeat_token and token):
            next_ = token if self.repeat_token and token else secrets.token_urlsafe(12)
            self._cursors[next_] = _Cursor(bound, left if self.repeat_token and token else rest)
            return web.json_response({"isLast": False, "nextPageToken": next_, **made})
        return web.json_response({"isLast": True, **made})

    def server(self, asked: dict[str, Any]) -> web.Response:
        """Answer `/search` of a Data Center."""
        self._stir()
        if foreign := set(asked) - SERVER_PARAMS:
            return refusal(400, f"Unrecognized field '{min(foreign)}'.")
        fields = _list(asked.get("fields")) or ["*navigable"]
        start, most = int(asked.get("startAt") or 0), int(asked.get("maxResults") or DEFAULT)
        try:
            ids = self._ids(str(asked.get("jql") or ""), frozenset(), bounded=False)
        except Refused as fault:
            return refusal(400, str(fault))
        most = min(most, 1000)
        size = most if len(ids) - start <= most else max(1, most - self.short_by)
        page = ids[start : start + size]
        return web.json_response(
            {"expand": "names,schema", "startAt": start, "maxResults": most, "total": len(ids),
             "issues": self._written(page, fields, 2)}
        )  # fmt: skip

    def count(self, asked: dict[str, Any]) -> web.Response:
        """Answer `/search/approximate-count`."""
        try:
            ids = self._ids(str(asked.get("jql") or ""), frozenset(), bounded=True)
        except Refused as fault:
            return refusal(400, str(fault))
        return web.json_response({"count": len(ids)})

    def _ids(self, jql: str, reconciled: frozenset[int], *, bounded: bool) -> list[int]:
        known = (jql, reconciled, self.site.changes, self.site.clock if self.site.index_lag else 0)
        if self._found is not None and self._found[0] == known:
            return self._found[1]
        query = parse(jql, self.site)
        if bounded and not query.bounded:
            raise Refused("Unbounded JQL queries are not allowed here. Please add a restriction.")
        seen = (one for one in self.site.indexed(reconciled) if self.site.may_see(one))
        found = [one.id for one in ordered([o for o in seen if query.test(o)], query.orders)]
        self._found = known, found
        return found

    def _written(
        self, page: Sequence[int], fields: Sequence[str], version: int
    ) -> list[dict[str, Any]]:
        # A row shows an issue as it is now, or as the index has it still.
        known = self.site.issues
        if self.site.index_lag > 0:
            known = {one.id: one for one in self.site.indexed()} | known
        return [self.shapes.issue(known[id_], fields, version) for id_ in page if id_ in known]

    def _stir(self) -> None:
        if self.restless is not None:
            self.site.advance(1)
            self.site.edit(self.restless, summary=f"Changed at {self.site.clock}")


def _list(value: object) -> list[str]:
    """Read a list of a body, or of a query as commas part it."""
    if value is None:
        return []
    parts = value if isinstance(value, list) else str(value).split(",")
    return [str(one).strip() for one in parts if str(one).strip()]
