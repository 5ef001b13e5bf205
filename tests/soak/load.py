"""Load on a running hub that remembers exactly what was answered and what was only sent."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from tests.integration.hub.running import SECRET
from tests.integration.hub.samples import alert, at, envelope, resolved

SENDERS = 8


@dataclass
class Told:
    """What the hub was told, by fingerprint.

    Shape: `sent` and `answered` count the records of each alert; `ending` are those whose end was
           sent, `ended` those where that was answered; `receipts` are of answered deliveries.
    """

    sent: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    ending: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    receipts: list[str] = field(default_factory=list)


class Load:
    """Senders of new alerts, repeats and ends, five a delivery, until the hub goes away."""

    def __init__(self, seed: int) -> None:
        self.told = Told()
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._numbers: Iterator[int] = itertools.count()
        self._known: list[dict[str, Any]] = []

    def _record(self) -> dict[str, Any]:
        kind = self._chance.random()
        if self._known and kind < 0.4:
            return self._chance.choice(self._known)
        if self._known and kind < 0.5:
            return resolved(self._chance.choice(self._known), at(1))
        new = alert(f"Load{next(self._numbers)}", service=f"svc-{self._chance.randrange(20)}")
        self._known.append(new)
        return new

    async def until_gone(self, base: str, kill_after: int, kill: Any) -> None:
        """Send; after so many answers call `kill`; end when the last sender finds nobody."""
        self._left = kill_after
        self._kill = kill
        await asyncio.gather(*(self._sender(base) for _ in range(SENDERS)))

    async def _sender(self, base: str) -> None:
        place = urlsplit(base)
        try:
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
        except OSError:
            return
        try:
            while True:
                await self._deliver(reader, writer)
        except (OSError, EOFError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _deliver(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        records = [self._record() for _ in range(5)]
        body = envelope(records)
        marks = [one["fingerprint"] for one in records]
        ends = {one["fingerprint"] for one in records if one["status"] == "resolved"}
        self.told.sent.update(marks)
        self.told.ending |= ends
        writer.write(
            b"POST /hooks/am HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer %b\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (SECRET.encode(), len(body), body)
        )
        status, answer = await _answer(reader)
        if status != 202:
            return
        self.told.answered.update(marks)
        self.told.receipts.append(answer["receipt"])
        self.told.ended |= ends
        self._left -= 1
        if self._left == 0:  # a little later, so that it hits any step of a commit
            loop = asyncio.get_running_loop()
            loop.call_later(self._chance.uniform(0, 0.03), self._kill)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, Any]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    return int(head.split(b" ", 2)[1]), orjson.loads(await reader.readexactly(length))
