"""The loop that runs long work aside ends after all that it runs."""

import asyncio
import threading

from hub.store.aside import Aside


async def test_who_was_cancelled_still_cleans_up_before_the_end() -> None:
    aside, done, begun = Aside("test"), [], threading.Event()

    async def work() -> None:
        try:
            begun.set()
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)  # as a connection that is given back
            done.append("given back")

    async def last() -> None:
        done.append("closed")

    waiting = asyncio.create_task(aside.run(work))
    await asyncio.to_thread(begun.wait)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await aside.end(last)
    assert done == ["given back", "closed"]


async def test_one_that_never_ran_just_ends() -> None:
    done = []

    async def last() -> None:
        done.append("closed")

    await Aside("test").end(last)
    assert not done
