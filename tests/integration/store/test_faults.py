"""A store that is away may be asked again; a fault of our own shows itself."""

import asyncio
from collections.abc import Awaitable
from threading import Event

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError

from hub.store import Database
from hub.store.database import Writing
from hub.store.tables import token

pytestmark = pytest.mark.slow
SECRET = b"of a test"


def twice(writing: Writing) -> None:
    row = {"id": "t1", "kind": "token", "hash": SECRET, "name": "n", "role": "ops", "created_at": 1}
    writing.connection.execute(insert(token).values(row))
    writing.connection.execute(insert(token).values(row))


async def test_a_row_that_is_there_twice_is_no_reason_to_try_again(fresh: Database) -> None:
    with pytest.raises(IntegrityError) as found:
        await fresh.write(twice)
    assert SECRET.decode() not in str(found.value)
    assert await fresh.read(lambda c: c.execute(text("SELECT id FROM token")).all()) == []


class Long:
    """Work that takes as long as the test wants."""

    def __init__(self) -> None:
        self.began, self.go_on = Event(), Event()

    def __call__(self, within: Connection | Writing) -> bool:
        del within
        self.began.set()
        return self.go_on.wait(10)

    async def interrupted(self, working: Awaitable[bool]) -> bool:
        """Do something else in the midst of it; False: nobody could."""
        task = asyncio.ensure_future(working)
        await asyncio.to_thread(self.began.wait, 10)
        self.go_on.set()
        return await task


async def test_a_long_read_holds_up_nobody_else(fresh: Database) -> None:
    work = Long()
    assert await work.interrupted(fresh.read(work))


async def test_a_long_write_holds_up_nobody_else(fresh: Database) -> None:
    work = Long()
    assert await work.interrupted(fresh.write(work))
