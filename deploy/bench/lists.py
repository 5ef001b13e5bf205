"""The first page of open alerts with 10,000 and with 100,000 alerts stored, asked in turn."""

import asyncio
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.bench.client import Line, request
from deploy.bench.targets import Hub, Store, start_hub
from deploy.bench.traffic import Sender, webhook

SIZES: Final = (10_000, 100_000)
_PAGE: Final = "/api/v1/alerts?status=firing&limit=50"
_BODY: Final = 100
_WARM: Final = 5


@dataclass(frozen=True)
class Pages:
    """How long the first page took, in milliseconds, with so many alerts stored."""

    store: str
    stored: int
    took_ms: list[float]


async def first_pages(stores: Iterable[Store], folder: Path, times: int = 100) -> list[Pages]:
    """Fill two hubs for each store, then ask both in turn."""
    found = []
    for store in stores:
        with ExitStack() as ending:
            hubs = [
                start_hub(folder / f"list-{store.name}-{size}", store, ending) for size in SIZES
            ]
            for hub, size in zip(hubs, SIZES, strict=True):
                await _fill(hub, size)
            lines = [Line(hub.base) for hub in hubs]
            pages = [Pages(store.name, size, []) for size in SIZES]
            for turn in range(_WARM + times):
                for hub, line, page in zip(hubs, lines, pages, strict=True):
                    took = await _ask(hub, line)
                    if turn >= _WARM:
                        page.took_ms.append(took)
            for line in lines:
                line.close()
            found += pages
    return found


async def _fill(hub: Hub, size: int) -> None:
    """Store alerts as tools do: by webhooks, on eight connections."""
    lines = [Line(hub.base) for _ in range(8)]
    senders = [Sender.of(n, len(lines), first=0, pool=size) for n in range(len(lines))]

    async def send(line: Line, sender: Sender) -> None:
        while alerts := sender.fresh(_BODY):
            status, body = await line.send(request("POST", hub.path, hub.headers, webhook(alerts)))
            if status != 202:  # noqa: PLR2004
                raise RuntimeError(f"the hub refused to be filled: {status} {body[:300]!r}")

    await asyncio.gather(*map(send, lines, senders))
    for line in lines:
        line.close()


async def _ask(hub: Hub, line: Line) -> float:
    data = request("GET", _PAGE, hub.reading)
    began = time.perf_counter()
    status, body = await line.send(data)
    took = (time.perf_counter() - began) * 1e3
    if status != 200 or body.count(b'"ref"') < 50:  # noqa: PLR2004
        raise RuntimeError(f"no full page: {status} {body[:300]!r}")
    return took
