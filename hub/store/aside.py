"""An event loop on a thread of its own: what goes through many rows there holds up nobody here."""

import asyncio
from collections.abc import Callable, Coroutine
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")

_PATIENCE_SECONDS = 5


class Aside:
    """Runs coroutines aside. What they use belongs to that loop: it is opened and closed there."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine to its end; who is cancelled while waiting cancels it too."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = Thread(target=self._loop.run_forever, name=self._name, daemon=True)
            self._thread.start()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work(), self._loop))

    async def end(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Let what still runs there come to its end, then run `last`, then stop the loop."""
        loop, thread, self._loop = self._loop, self._thread, None
        if loop is None or thread is None:
            return
        try:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_ended(last), loop))
        finally:
            loop.call_soon_threadsafe(loop.stop)
            await asyncio.to_thread(thread.join)
            loop.close()


async def _ended(last: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Wait for all others: who was cancelled still gives its connection back."""
    me = asyncio.current_task()
    while others := {task for task in asyncio.all_tasks() if task is not me}:
        _, hanging = await asyncio.wait(others, timeout=_PATIENCE_SECONDS)
        for task in hanging:
            task.cancel()
    await last()
