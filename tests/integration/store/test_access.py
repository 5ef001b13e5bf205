"""Tokens and links on both stores."""

import asyncio

import pytest

from hub.store import Database
from hub.store.access import Tokens

pytestmark = pytest.mark.slow


async def test_a_one_time_link_works_once_for_many_who_come_at_once(fresh: Database) -> None:
    tokens = Tokens(fresh)
    link = await tokens.create_link()
    found = await asyncio.gather(*(tokens.redeem(link) for _ in range(5)))
    assert len([one for one in found if one is not None]) == 1
    assert await tokens.redeem(link) is None
