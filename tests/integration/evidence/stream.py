"""Somebody who listens to the live stream while other things happen."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, ClientTimeout

from tests.integration.hub.client import PATIENCE, Client


@dataclass
class Listener:
    """What the stream told."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, block: list[str]) -> None:
        """Take in one message of the stream."""
        said = dict(line.split(": ", 1) for line in block if not line.startswith(":"))
        if said.get("event") == "change":
            change = json.loads(said["data"])
            assert said["id"] == str(change["seq"])
            self.heard.append(change)
            self._news.set()

    def about(self, kind: str) -> list[dict[str, Any]]:
        """Return the changes of a kind."""
        return [one for one in self.heard if one["kind"] == kind]

    async def until(self, enough: Callable[["Listener"], bool]) -> None:
        """Wait until enough was told."""
        async with asyncio.timeout(PATIENCE):
            while not enough(self):
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def listening(client: Client) -> AsyncIterator[Listener]:
    """Open the stream, and listen until the end of the block."""
    listener = Listener()
    headers = {"Authorization": f"Bearer {client.token}"}
    async with (
        ClientSession(timeout=ClientTimeout(total=None), headers=headers) as http,
        http.get(f"{client.base}/api/v1/events") as answer,
    ):
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"

        async def read() -> None:
            block: list[str] = []
            async for line in answer.content:
                if text := line.decode().rstrip("\n"):
                    block.append(text)
                else:
                    listener.take(block)
                    block = []

        task = asyncio.create_task(read())
        try:
            yield listener
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
