"""Two loopback endpoints that a test holds in its hand: a metric to turn, a webhook to look into.

They are real HTTP servers and no stand-ins: what Prometheus scrapes and what Alertmanager calls.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

from deploy.lab.ports import LOOPBACK


@dataclass
class Endpoint:
    """One HTTP server; use it with `async with`.

    Shape: `port` 0 is any free one; a fixed one can be told to a server before this listens.
    """

    path: str
    port: int = field(default=0, kw_only=True)
    _runner: web.AppRunner | None = None
    _port: int = 0

    @property
    def url(self) -> str:
        """Return the address of the endpoint."""
        return f"http://{self.target}{self.path}"

    @property
    def target(self) -> str:
        """Return host:port."""
        return f"{LOOPBACK}:{self._port}"

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        """Listen."""
        application = web.Application(client_max_size=64 * 2**20)
        application.router.add_route("*", self.path, self.answer)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, self.port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()


@dataclass
class Gauge(Endpoint):
    """A metric that Prometheus scrapes; set `value` and the alert rule over it fires or ends."""

    path: str = "/metrics"
    metric: str = "lab_value"
    value: float = 0

    async def answer(self, request: web.Request) -> web.Response:
        """Answer in the text format."""
        del request
        return web.Response(text=f"# TYPE {self.metric} gauge\n{self.metric} {self.value}\n")


@dataclass
class Series(Endpoint):
    """A metric that Prometheus scrapes, with one series for each mark that is raised now."""

    path: str = "/metrics"
    metric: str = "lab_trouble"
    raised: set[str] = field(default_factory=set)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer in the text format."""
        del request
        lines = [f'{self.metric}{{mark="{mark}"}} 1\n' for mark in sorted(self.raised)]
        return web.Response(text="".join([f"# TYPE {self.metric} gauge\n", *lines]))


@dataclass(frozen=True)
class Posted:
    """What a webhook call brought: header names lower-case."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Sink(Endpoint):
    """A webhook that keeps what it is sent; `status` is what it answers."""

    path: str = "/hooks/sink"
    status: int = 202
    posted: list[Posted] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        """Keep the call."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.posted.append(Posted(headers, await request.read()))
        self._news.set()
        return web.Response(status=self.status)

    async def until(self, enough: Callable[[list[Posted]], bool], seconds: float = 30) -> None:
        """Wait until what was posted is enough.

        Raises: TimeoutError.
        """
        async with asyncio.timeout(seconds):
            while not enough(self.posted):
                self._news.clear()
                await self._news.wait()
