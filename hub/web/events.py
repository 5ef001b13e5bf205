"""The live stream of changes, as server-sent events."""

from aiohttp import web

from hub.web.call import READERS
from hub.web.document import EVENTS
from hub.web.operations import Operations
from hub.web.shapes.hub import EventsAsked, Merged

events = Operations("hub")


@events.op(
    "GET",
    "/api/v1/events",
    roles=READERS,
    query=EventsAsked,
    out=Merged,
    gives=EVENTS,
    raw=True,
)
async def stream_events(request: web.Request) -> web.StreamResponse:
    """Follow changes live, as server-sent events.

    Each message is `event: change` with the change's number as its id. A client that comes back
    gets every change that it missed, or `event: resync` when that is no longer possible: read
    anew. At most ten messages a second are sent; changes beyond that are merged into the newest,
    and `merged` and `kinds` say so. A comment keeps the line open each 15 seconds.
    """
    raise NotImplementedError
