"""The live stream of changes, as server-sent events: the sockets and the clock of the audience."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

import structlog
from aiohttp import HttpVersion11, hdrs, web

from hub.services.changes import Batch
from hub.services.desks import Feed
from hub.services.numbers import whole
from hub.services.refusals import Refusal, Why
from hub.web.admission import admit
from hub.web.audience import BEAT_SECONDS, Audience, Frame, Listener, missed, resync
from hub.web.call import READERS, SERVICES, SETTINGS, Call
from hub.web.document import EVENTS
from hub.web.operations import Operations
from hub.web.settings import WebSettings
from hub.web.shapes.hub import EventsAsked, Merged

events = Operations("hub")
log = structlog.get_logger(__name__)

_HEADERS: Final = {
    hdrs.CONTENT_TYPE: EVENTS,
    hdrs.CACHE_CONTROL: "no-store",
    "X-Accel-Buffering": "no",
}
# What a client that comes back sends when it has lost count: a number that no hub has given.
_UNKNOWN: Final = -1


class Socket:
    """The line to one client: frames that were made once go straight to its transport."""

    def __init__(self, request: web.Request) -> None:
        assert request.transport is not None  # noqa: S101 - it was prepared a moment ago
        self.transport = request.transport
        self.chunked = request.version >= HttpVersion11

    def write(self, frame: Frame) -> None:
        """Send without waiting."""
        self.transport.write(frame.chunked if self.chunked else frame.plain)

    def open(self) -> bool:
        """Tell whether the client is still there."""
        return not self.transport.is_closing()

    def waiting(self) -> int:
        """Return how many bytes it has not taken yet."""
        size = getattr(self.transport, "get_write_buffer_size", int)
        return int(size())

    def cut(self) -> None:
        """Drop the client at once."""
        abort = getattr(self.transport, "abort", self.transport.close)
        abort()


class Broadcast:
    """The running side of the audience: reads the feed, keeps the beat, ends cleanly."""

    def __init__(self, feed: Feed, settings: WebSettings) -> None:
        self.feed = feed
        self.settings = settings
        self.audience = Audience(
            feed.last_seq, settings.messages_per_second, settings.client_buffer
        )
        self.over = asyncio.Event()
        self._held = asyncio.Event()

    @property
    def newest(self) -> int:
        """The newest number; the feed may know more than was published, or begin after us."""
        return max(self.feed.last_seq, self.audience.seq)

    async def run(self) -> None:
        """Pump until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pump())
            tasks.create_task(self._release())
            tasks.create_task(self._beat())

    async def follow(self, line: Socket, after: int) -> Listener:
        """Tell a client what it missed, then let it listen."""
        return self.audience.join(line, await self._catch_up(line, after))

    async def _catch_up(self, line: Socket, after: int) -> int:
        """Send all that was missed, or `resync`; return how far the client is now."""
        limit = self.settings.resume_limit
        while True:
            known = self.audience.seq
            batch = await self._missed(after, limit)
            if batch is None:
                newest = self.newest
                line.write(resync(newest))
                return newest
            if batch.changes:
                line.write(missed(batch.changes))
                after = batch.changes[-1].seq
                limit -= len(batch.changes)
            # Nothing was published while we read: from here on the audience has the rest.
            if known == self.audience.seq and not batch.changes:
                return max(after, known)

    async def _missed(self, after: int, limit: int) -> Batch | None:
        if not 0 <= after <= self.newest:
            return None
        batch = await self.feed.after(after, limit + 1)
        return None if batch.gap or len(batch.changes) > limit else batch

    async def _pump(self) -> None:
        while True:
            try:
                changes = await self.feed.wait(self.audience.seq)
                self.audience.publish(changes, asyncio.get_running_loop().time())
            except Exception:  # the one place of this entry point
                log.exception("the change feed failed; trying again")
                await asyncio.sleep(1)
            if any(listener.held is not None for listener in self.audience.listeners):
                self._held.set()

    async def _release(self) -> None:
        while True:
            await self._held.wait()
            await asyncio.sleep(BEAT_SECONDS)
            if not self.audience.flush(asyncio.get_running_loop().time()):
                self._held.clear()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self.settings.heartbeat_seconds)
            self.audience.beat()


BROADCAST: Final = web.AppKey("broadcast", Broadcast)


async def broadcasting(app: web.Application) -> AsyncIterator[None]:
    """Run the broadcast as long as the application runs."""
    app[BROADCAST] = broadcast = Broadcast(app[SERVICES].feed, app[SETTINGS])
    running = asyncio.create_task(broadcast.run())
    yield
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def end_streams(app: web.Application) -> None:
    """Let every stream end, so that a shutdown waits for nobody."""
    app[BROADCAST].over.set()


@events.op(
    "GET",
    "/api/v1/events",
    roles=READERS,
    query=EventsAsked,
    out=Merged,
    gives=EVENTS,
)
async def stream_events(call: Call, query: EventsAsked) -> web.StreamResponse | Refusal:
    """Follow changes live, as server-sent events.

    Each message is `event: change` with the change's number as its id. A client that comes back
    gets every change that it missed, or `event: resync` when that is no longer possible: read
    anew. At most ten messages a second are sent; changes beyond that are merged into the newest,
    and `merged` and `kinds` say so. A comment keeps the line open each 15 seconds.
    """
    request = call.request
    broadcast = request.app[BROADCAST]
    if broadcast.over.is_set():
        return Refusal(Why.UNAVAILABLE, "the hub is shutting down")
    given = _resume_from(request, query)
    after = broadcast.newest if given is None else given
    response = web.StreamResponse(headers=_HEADERS)
    await response.prepare(request)
    # An id without data is kept by the client, so a line that breaks at once still resumes.
    start = b"id: %d\n\n" % after if given is None else b"\n"
    await response.write(b": milepost\nretry: 2000\n%b" % start)
    listener = await broadcast.follow(Socket(request), after)
    try:
        await _until_over(request, broadcast, listener)
    finally:
        broadcast.audience.leave(listener)
    return response


def _resume_from(request: web.Request, query: EventsAsked) -> int | None:
    header = request.headers.get("Last-Event-ID")
    if header is None:
        return query.after
    number = whole(header)
    return _UNKNOWN if number is None else number


async def _until_over(request: web.Request, broadcast: Broadcast, listener: Listener) -> None:
    """Wait for the end: shut down, gone, or no longer allowed to listen."""
    while listener.line.open():
        with suppress(TimeoutError):
            await asyncio.wait_for(broadcast.over.wait(), request.app[SETTINGS].recheck_seconds)
            return
        if isinstance(await admit(request, READERS), Refusal):
            return
