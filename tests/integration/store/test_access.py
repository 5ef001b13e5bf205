"""Tokens and links on both stores."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.services.access import Principal, Role
from hub.store import Database
from hub.store.access import Tokens

pytestmark = pytest.mark.slow


async def test_a_one_time_link_works_once_for_many_who_come_at_once(fresh: Database) -> None:
    tokens = Tokens(fresh)
    link = await tokens.create_link()
    found = await asyncio.gather(*(tokens.redeem(link) for _ in range(5)))
    assert len([one for one in found if one is not None]) == 1
    assert await tokens.redeem(link) is None


async def test_the_use_of_a_token_is_written_down_once_an_hour(fresh: Database) -> None:
    tokens = Tokens(fresh)
    made = await tokens.create_token(Role.OPS, "night shift", None)
    (known,) = await tokens.tokens()
    assert (known.id, known.name, known.used_at) == (made.id, "night shift", None)
    assert await tokens.by_token(made.token) is not None
    (used,) = await tokens.tokens()
    assert used.used_at is not None
    back = text("UPDATE token SET used_at = used_at - :n")
    await fresh.write(lambda w: w.connection.execute(back, {"n": 60_000_000}))
    await tokens.by_token(made.token)
    (still,) = await tokens.tokens()
    assert still.used_at == used.used_at - timedelta(minutes=1)
    await fresh.write(lambda w: w.connection.execute(back, {"n": 3_600_000_000}))
    await tokens.by_token(made.token)
    (anew,) = await tokens.tokens()
    assert anew.used_at is not None
    assert anew.used_at > still.used_at


@pytest.mark.parametrize("value", ["\udcff\udcfe", "mp_\ud800", ""])
async def test_what_no_secret_can_be_is_nobodys(fresh: Database, value: str) -> None:
    tokens = Tokens(fresh)
    await tokens.create_link()
    assert await tokens.by_token(value) is None
    assert await tokens.by_session(value) is None
    assert await tokens.redeem(value) is None
    await tokens.close_session(value)


async def test_sessions_and_links_are_not_listed_as_tokens(fresh: Database) -> None:
    tokens = Tokens(fresh)
    await tokens.create_link()
    await tokens.open_session(Principal("ada", Role.OPS, "token", "t"))
    assert await tokens.tokens() == []


async def test_a_revoked_token_ends_with_its_sessions_and_no_others(fresh: Database) -> None:
    tokens = Tokens(fresh)
    made, other = [await tokens.create_token(Role.OPS, "same name", None) for _ in "ab"]
    sessions = []
    for one in (made, other):
        who = await tokens.by_token(one.token)
        assert who is not None
        session = await tokens.open_session(who)
        assert session is not None
        sessions.append(session)
    ended = await tokens.revoke_token(made.id, "ada")
    assert ended is not None
    assert ended.revoked_at is not None
    assert await tokens.by_token(made.token) is None
    assert await tokens.by_session(sessions[0]) is None
    assert await tokens.by_token(other.token) is not None
    assert await tokens.by_session(sessions[1]) is not None
    assert await tokens.revoke_token(made.id, "ada") == ended
    query = text("SELECT who, ref FROM audit WHERE action = 'token.revoke'")
    told = await fresh.read(lambda c: [tuple(row) for row in c.execute(query)])
    assert told == [("ada", made.id)]


async def test_no_session_outlives_the_token_that_it_is_opened_with(fresh: Database) -> None:
    tokens = Tokens(fresh)
    made = await tokens.create_token(Role.OPS, "an hour", timedelta(hours=1))
    who = await tokens.by_token(made.token)
    assert who is not None
    assert await tokens.open_session(who) is not None
    query = text("SELECT expires_at, kind FROM token ORDER BY kind")
    ends = await fresh.read(lambda c: {row.kind: row.expires_at for row in c.execute(query)})
    assert ends["session"] == ends["token"]
    await tokens.revoke_token(made.id, "ada")  # between the look at the token and the session
    assert await tokens.open_session(who) is None
    short = await tokens.create_token(Role.OPS, "over", timedelta(seconds=-1))
    assert await tokens.open_session(Principal("over", Role.OPS, "token", short.id)) is None


async def test_a_session_is_no_token_to_revoke(fresh: Database) -> None:
    tokens = Tokens(fresh)
    await tokens.open_session(Principal("ada", Role.OPS, "token", "abc"))
    assert await tokens.revoke_token("abc", "ada") is None
    assert await tokens.revoke_token("%", "ada") is None
