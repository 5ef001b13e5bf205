"""A stand-in for the hub: the built dashboard, and canned answers that a test may change.

It answers in the shapes of the API document, with the headers that the hub sends, and refuses
what is not there. It is no second hub: nothing is computed here.
"""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from hub.services.access import Role
from hub.web.api import may
from tests.e2e.connected import ONBOARDING, done, health, survey
from tests.e2e.measured import points

STATIC = Path(__file__).resolve().parents[2] / "hub/web/static"
TOKEN = "a-token-for-tests"  # noqa: S105  # opens nothing but this stand-in


class StandIn:
    """Canned lists, a live stream that tests write to, and switches for what goes wrong."""

    def __init__(
        self,
        lists: dict[str, list[dict[str, Any]]],
        whole: dict[str, dict[str, Any]] | None = None,
        *,
        open_to_all: bool = True,
    ) -> None:
        self.lists = lists
        self.open_to_all = open_to_all
        self.broken: set[str] = set()
        self.whole = whole or {}
        self.role = "ops"
        self.retried: list[str] = []
        self.acted: list[tuple[str, str, dict[str, Any]]] = []
        self.asked: list[str] = []
        self.schedules: dict[str, dict[str, Any]] = {}
        self.streams: dict[web.StreamResponse, asyncio.Task[None] | None] = {}
        self.accepts_streams = True
        self._seq = 0
        self._sessions: set[str] = set()

    def application(self) -> web.Application:
        """Return the routes of the stand-in."""
        app = web.Application(middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/api/v1/me", self._me),
                web.post("/api/v1/session", self._log_in),
                web.get("/api/v1/events", self._events),
                web.get("/api/v1/sample", self._sample),
                web.post("/api/v1/quarantine/{id}/retry", self._retry),
                web.get("/api/v1/alerts/counts", self._counts),
                web.get("/api/v1/alerts/groups", self._groups),
                web.post("/api/v1/alerts/{ref}/ack", self._acknowledge),
                web.get("/api/v1/connectors/{id}/health", self._health),
                web.get("/api/v1/connectors/{id}/onboarding", self._onboarding),
                web.get("/api/v1/connectors/{id}/survey", self._survey),
                web.post("/api/v1/connectors/{id}/{act}", self._act),
                web.get("/api/v1/services/{ref}/series", self._series),
                web.get("/api/v1/projects/{ref}/schedule", self._schedule),
                web.get("/api/v1/{kind}", self._list),
                web.get("/api/v1/{kind}/{ref}", self._one),
                web.static("/assets", STATIC / "assets"),
                web.get("/{anything:.*}", self._index),
            ]
        )
        return app

    async def tell(self, kind: str, ref: str) -> None:
        """Send one change to every open stream."""
        self._seq += 1
        change = {"seq": self._seq, "at": datetime.now(UTC).isoformat(), "type": "updated"}
        data = json.dumps({**change, "ref": ref, "kind": kind, "version": 2, "cause": "test"})
        for stream in tuple(self.streams):
            await stream.write(f"id: {self._seq}\nevent: change\ndata: {data}\n\n".encode())

    def hang_up(self) -> None:
        """Cut every live stream and accept no new one."""
        self.accepts_streams = False
        for task in tuple(self.streams.values()):
            if task is not None:
                task.cancel()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        path = request.path.removeprefix("/api/v1/")
        self.asked.append(path)
        session = request.cookies.get("session", "")
        known = self.open_to_all or session in self._sessions or path == "session"
        if request.path.startswith("/api/") and not known:
            return _problem(401, "Who are you?")
        if path.split("/")[0] in self.broken:
            return _problem(503, "The store is away")
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _index(self, _: web.Request) -> web.Response:
        nonce = secrets.token_urlsafe(12)
        page = (STATIC / "index.html").read_text("utf-8").replace("__CSP_NONCE__", nonce)
        policy = (
            "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; "
            f"style-src 'self' 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
        )
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _sample(self, _: web.Request) -> web.Response:
        empty = not any(self.lists.values())
        state = {"loaded": False, "since": None, "by": None, "offered": empty}
        return web.json_response(state)

    async def _me(self, _: web.Request) -> web.Response:
        organisation = {"name": "智慧办公", "timezone": "Asia/Shanghai", "locale": "zh-CN"}
        who = {
            "name": "li.na",
            "role": self.role,
            "may": may(Role(self.role)),
            "via": "session",
            "csrf": "c",
            "version": "0.1.0",
        }
        return web.json_response({**who, "organisation": organisation})

    async def _log_in(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body != {"token": TOKEN}:
            return _problem(401, "Unknown token")
        session = secrets.token_urlsafe(8)
        self._sessions.add(session)
        response = web.Response(status=204)
        response.set_cookie("session", session, httponly=True)
        return response

    async def _retry(self, request: web.Request) -> web.Response:
        """Let a record fit that is retried, so that it is gone from the list."""
        named = request.match_info["id"]
        self.retried.append(named)
        self.lists["quarantine"] = [q for q in self.lists["quarantine"] if q["id"] != named]
        return web.json_response({"id": named, "state": "solved", "message": None})

    async def _counts(self, request: web.Request) -> web.Response:
        found = Counter(
            (one["status"], one["severity"]) for one in self.lists["alerts"] if _fits(one, request)
        )
        items = [{"status": s, "severity": n, "alerts": many} for (s, n), many in found.items()]
        return web.json_response({"items": items, "as_of": datetime.now(UTC).isoformat()})

    async def _groups(self, _: web.Request) -> web.Response:
        """Give canned groups: what they are of is for the hub to say."""
        plain = {"alerts": 3, "firing": 2, "severity": 4, "newest_at": "2026-03-02T08:00:00Z"}
        items = [{**plain, "key": key, "title": key} for key in ("office-db", None)]
        now = datetime.now(UTC).isoformat()
        return web.json_response({"items": items, "next": None, "total": 2, "as_of": now})

    async def _acknowledge(self, request: web.Request) -> web.Response:
        """Acknowledge what fires."""
        ref, message = request.match_info["ref"], (await request.json())["message"]
        one = next(one for one in self.lists["alerts"] if one["ref"] == ref)
        if one["status"] != "firing":
            return _problem(409, f"{ref} is {one['status']}")
        one["ack"] = {"by": "li.na", "at": datetime.now(UTC).isoformat(), "message": message}
        return web.json_response(one)

    async def _health(self, request: web.Request) -> web.Response:
        one = self._connector(request)
        return _problem(404, "No such connector") if one is None else self._told(health, one)

    async def _onboarding(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        hook = f"{request.url.origin()}/hooks/{name}"
        return web.json_response({"connector": name, "hook": hook, "text": ONBOARDING})

    async def _survey(self, request: web.Request) -> web.Response:
        return web.json_response(survey(request.match_info["id"], datetime.now(UTC)))

    async def _act(self, request: web.Request) -> web.Response:
        """Do what an admin asks of a connector; note it."""
        one, act = self._connector(request), request.match_info["act"]
        body = await request.json() if request.can_read_body else {}
        self.acted.append((request.match_info["id"], act, body))
        return (
            _problem(404, "No such connector") if one is None else self._told(done, one, act, body)
        )

    def _connector(self, request: web.Request) -> dict[str, Any] | None:
        named = request.match_info["id"]
        return next((one for one in self.lists["connectors"] if one["id"] == named), None)

    def _told(self, answer: Callable[..., dict[str, Any]], *given: Any) -> web.Response:
        return web.json_response(answer(*given, datetime.now(UTC)))

    async def _list(self, request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        if kind in self.whole:
            return web.json_response(self.whole[kind])
        if kind not in self.lists:
            return _problem(404, "No such list")
        items = [one for one in self.lists[kind] if _fits(one, request)]
        limit = int(request.query.get("limit", "50"))
        total = len(items) if request.query.get("count") else None
        more = "more" if len(items) > limit else None
        now = datetime.now(UTC).isoformat()
        return web.json_response(
            {"items": items[:limit], "next": more, "total": total, "as_of": now}
        )

    async def _one(self, request: web.Request) -> web.Response:
        kind, ref = request.match_info["kind"], request.match_info["ref"]
        for one in self.lists.get(f"{kind} in full", []) + self.lists.get(kind, []):
            if one["ref"] == ref:
                return web.json_response(one)
        return _problem(404, f"No {kind} {ref}")

    async def _schedule(self, request: web.Request) -> web.Response:
        known = self.schedules.get(request.match_info["ref"])
        return _problem(404, "No such plan") if known is None else web.json_response(known)

    async def _series(self, request: web.Request) -> web.Response:
        name, since = request.query["name"], request.query["from"]
        if name in self.broken:
            return _problem(503, "The store is away")
        return web.json_response(points(request.match_info["ref"], name, since))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        if not self.accepts_streams:
            return _problem(503, "No streams")
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        await stream.write(b": hello\n\n")
        self.streams[stream] = asyncio.current_task()
        try:
            await asyncio.Event().wait()
        finally:
            self.streams.pop(stream)
        return stream


def _fits(one: dict[str, Any], request: web.Request) -> bool:
    for name in {*request.query} - {"limit", "count", "sort", "cursor", "q"}:
        if str(one.get(name)) not in request.query.getall(name):
            return False
    return True


def _problem(status: int, title: str) -> web.Response:
    return web.json_response(
        {"type": "about:blank", "title": title, "status": status, "detail": f"{title}."},
        status=status,
        content_type="application/problem+json",
        headers={"X-Request-Id": "req-42"},
    )
