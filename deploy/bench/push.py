"""How soon an alert is told: from its POST to a client of the live stream."""

import asyncio
import time
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson

from deploy.bench.client import Line, request
from deploy.bench.targets import Hub, Store, start_hub
from deploy.bench.traffic import alert, webhook

AUDIENCES: Final = (1, 20)
_PAUSE: Final = 0.4
_PATIENCE: Final = 10.0


@dataclass(frozen=True)
class Told:
    """Milliseconds until the last of `clients` was told, from the POST and from its answer."""

    store: str
    clients: int
    from_post_ms: list[float]
    from_answer_ms: list[float]


@dataclass
class _Client:
    """One reader of the stream; `heard` is when a change at or after a number came in."""

    seq: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, hub: Hub) -> None:
        line = Line(hub.base)
        async for text in line.events(request("GET", "/api/v1/events", hub.reading)):
            if text.startswith(b"id: "):
                self.seq = int(text[4:])
                self.news.set()

    async def heard(self, number: int) -> float:
        """Wait until a change after a number was told; return when."""
        while self.seq <= number:
            self.news.clear()
            await self.news.wait()
        return time.perf_counter()


async def latencies(stores: Iterable[Store], folder: Path, times: int = 40) -> list[Told]:
    """Send one new alert at a time and wait until every client was told."""
    found = []
    for store in stores:
        for clients in AUDIENCES:
            with ExitStack() as ending:
                hub = start_hub(folder / f"push-{store.name}-{clients}", store, ending)
                found.append(await _listening(hub, clients, times))
    return found


async def _listening(hub: Hub, clients: int, times: int) -> Told:
    audience = [_Client() for _ in range(clients)]
    tasks = [asyncio.create_task(one.follow(hub)) for one in audience]
    line, told = Line(hub.base), Told(hub.store.name, clients, [], [])
    await asyncio.sleep(1)
    for number in range(times):
        await asyncio.sleep(_PAUSE)
        body = webhook([alert(number)])
        began = time.perf_counter()
        status, answer = await line.send(request("POST", hub.path, hub.headers, body))
        answered = time.perf_counter()
        if status != 202:  # noqa: PLR2004
            raise RuntimeError(f"not accepted: {status} {answer[:300]!r}")
        receipt = int(orjson.loads(answer)["receipt"].rpartition(":")[2])
        async with asyncio.timeout(_PATIENCE):
            last = max(await asyncio.gather(*(one.heard(receipt) for one in audience)))
        told.from_post_ms.append((last - began) * 1e3)
        told.from_answer_ms.append(max(0.0, last - answered) * 1e3)
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return told
