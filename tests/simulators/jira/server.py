"""Who answers what: the paths of a simulated Jira, its log-in, and the weather before it."""

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from aiohttp import web

from deploy.lab.ports import LOOPBACK
from tests.simulators.jira.reading import ReadingRoutes
from tests.simulators.jira.search import Search, refusal
from tests.simulators.jira.shapes import Shapes
from tests.simulators.jira.site import Site
from tests.simulators.jira.weather import Fault, Weather

EMAIL: Final = "milepost@example.com"
TOKEN: Final = "sim-jira-token"  # noqa: S105 - of a stand-in
_OPEN: Final = ("/rest/api/2/serverInfo", "/rest/api/3/serverInfo")
_SILENT: Final = 3600.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Asked:
    """A request as it came. Shape: header names lower-case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class SimulatedJira:
    """One site over HTTP; use it with `async with`.

    Shape: `asked` has every request that was looked at, in order, unless it does not remember.
           `port` 0 is any free one; `extra` are paths of a test's own: method, path, handler.
    """

    site: Site
    port: int = 0
    weather: Weather = field(default_factory=Weather)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    remembers: bool = True
    extra: list[tuple[str, str, Handler]] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Listen."""
        application = web.Application(middlewares=[self.before], client_max_size=64 * 2**20)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        self.shapes = Shapes(self.site, "")
        self.search = Search(self.site, self.shapes)
        ReadingRoutes(self.site, self.shapes, self.search).add_to(application.router)
        for method, path, handler in self.extra:
            application.router.add_route(method, path, handler)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, self.port).start()
        self.url = f"http://{LOOPBACK}:{self._runner.addresses[0][1]}"
        self.shapes.base = self.url
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()

    def count(self, path: str) -> int:
        """Count the requests whose path contains a text."""
        return sum(path in one.path for one in self.asked)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the hub's own user there."""
        return ZoneInfo(self.site.users[self.site.browser].zone)

    @web.middleware
    async def before(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Note a request, let the weather have it, and ask who it is from."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        if self.remembers:
            self.asked.append(
                Asked(request.method, request.path, dict(request.query), headers, body)
            )
        fault = self.weather.strikes(request)
        if fault is not None and fault.kind != "late_drop":
            return await self._struck(request, fault)
        is_open = request.path in _OPEN or request.path.startswith("/__sim__/")
        if not is_open and not self._may(headers.get("authorization", "")):
            return refusal(401, "Client must be authenticated to access this resource.")
        if body:
            try:
                json.loads(body)
            except ValueError:
                return refusal(400, "There was an error parsing JSON.")
        try:
            answer = await handler(request)
        except web.HTTPNotFound:
            text = '{"status-code":404,"message":"null for uri"}'
            return web.Response(status=404, text=text, content_type="application/json")
        except web.HTTPMethodNotAllowed:
            return web.Response(status=405)
        if fault is not None:
            return self._cut(request)
        return answer

    async def _struck(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.kind == "silence":
            await asyncio.sleep(_SILENT)
        if fault.kind == "drop":
            return self._cut(request)
        return web.Response(
            status=fault.status, headers=dict(fault.headers), text=fault.body,
            content_type=fault.content_type,
        )  # fmt: skip

    @staticmethod
    def _cut(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _may(self, shown: str) -> bool:
        """Tell whether a log-in holds: e-mail and token on a Cloud, a PAT on a Data Center."""
        kind, _, secret = shown.partition(" ")
        if kind == "Bearer":
            return not self.site.cloud and secret == TOKEN
        try:
            said = base64.b64decode(secret).decode()
        except (binascii.Error, ValueError):
            return False
        return kind == "Basic" and said == f"{EMAIL}:{TOKEN}"


def body_of(request: web.Request, raw: bytes) -> dict[str, Any]:
    """Return what a request asks: its query, or its body."""
    asked: dict[str, Any] = dict(request.query)
    if raw:
        said = json.loads(raw)
        if isinstance(said, dict):
            asked |= said
    return asked
