"""The live stream over a real socket: how it begins, resumes, ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from hub.web import WebSettings, application
from hub.web.events import BROADCAST
from tests.unit.web.conftest import Client, Served, bearer
from tests.unit.web.fakes import Fakes, change

EVENTS = "/api/v1/events"


@asynccontextmanager
async def stream(
    client: Client, path: str = EVENTS, **headers: str
) -> AsyncIterator[ClientResponse]:
    answer = await client.get(path, headers=bearer("viewer", **headers))
    assert answer.status == 200, await answer.text()
    try:
        yield answer
    finally:
        answer.close()


async def block(answer: ClientResponse) -> list[str]:
    """Read on to the next empty line."""
    lines = []
    async with asyncio.timeout(10):
        while line := (await answer.content.readline()).decode().rstrip("\n"):
            lines.append(line)
    return lines


async def seen(answer: ClientResponse, number: int) -> list[str]:
    """Return the first line of the next blocks."""
    return [(await block(answer))[0] for _ in range(number)]


async def listeners(client: Client, number: int) -> None:
    """Wait until so many listen."""
    assert client.app is not None
    audience = client.app[BROADCAST].audience
    async with asyncio.timeout(10):
        while len(audience.listeners) != number:  # noqa: ASYNC110 - joining rings no bell
            await asyncio.sleep(0.005)


async def test_it_begins_with_a_comment_a_pause_and_a_place_to_come_back_to(
    fakes: Fakes, client: Client
) -> None:
    async with stream(client) as answer:
        assert answer.content_type == "text/event-stream"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Encoding" not in answer.headers
        assert await block(answer) == [": milepost", "retry: 2000", "id: 0"]
        await listeners(client, 1)
        fakes.feed.add(change(4))
        assert (await block(answer))[:2] == ["id: 4", "event: change"]


async def test_who_is_new_hears_nothing_old_even_when_the_feed_began_late(
    fakes: Fakes, client: Client
) -> None:
    fakes.feed.log += [change(n) for n in range(1, 10)]
    async with stream(client) as answer:
        assert (await block(answer))[-1] == "id: 9"
        await listeners(client, 1)
        fakes.feed.add(change(10))
        assert await seen(answer, 1) == ["id: 10"]


@pytest.mark.parametrize("how", ["header", "query"])
async def test_who_comes_back_gets_every_change_that_was_missed(
    fakes: Fakes, client: Client, how: str
) -> None:
    fakes.feed.add(*(change(n) for n in (3, 5, 6, 9)))
    path, headers = (
        (EVENTS, {"Last-Event-ID": "3"}) if how == "header" else (f"{EVENTS}?after=3", {})
    )
    async with stream(client, path, **headers) as answer:
        assert await block(answer) == [": milepost", "retry: 2000"]
        assert await seen(answer, 3) == ["id: 5", "id: 6", "id: 9"]
        await listeners(client, 1)
        fakes.feed.add(change(12))
        assert await seen(answer, 1) == ["id: 12"]


async def test_the_header_wins_over_the_address(fakes: Fakes, client: Client) -> None:
    fakes.feed.add(*(change(n) for n in (3, 5)))
    async with stream(client, f"{EVENTS}?after=1", **{"Last-Event-ID": "3"}) as answer:
        assert await seen(answer, 2) == [": milepost", "id: 5"]


async def test_five_hundred_missed_changes_come_one_by_one(fakes: Fakes, client: Client) -> None:
    fakes.feed.add(*(change(n) for n in range(1, 501)))
    async with stream(client, f"{EVENTS}?after=0") as answer:
        assert await seen(answer, 501) == [": milepost", *(f"id: {n}" for n in range(1, 501))]


@pytest.mark.parametrize(
    ("kept_from", "newest", "last"),
    [
        (0, 501, "0"),
        (5, 9, "3"),
        (0, 9, "10"),
        (0, 9, "nonsense"),
        (0, 9, "-4"),
        (0, 9, "٣"),
        (0, 9, "9" * 5000),
    ],
)
async def test_what_cannot_be_told_one_by_one_is_told_to_read_anew(
    fakes: Fakes, client: Client, kept_from: int, newest: int, last: str
) -> None:
    fakes.feed.add(*(change(n) for n in range(1, newest + 1)))
    fakes.feed.kept_from = kept_from
    async with stream(client, **{"Last-Event-ID": last}) as answer:
        await block(answer)
        assert await block(answer) == [
            f"id: {newest}",
            "event: resync",
            f'data: {{"seq":{newest}}}',
        ]
        await listeners(client, 1)
        fakes.feed.add(change(newest + 1))
        assert await seen(answer, 1) == [f"id: {newest + 1}"]


async def test_a_change_while_the_past_is_read_is_neither_lost_nor_told_twice(
    fakes: Fakes, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.feed.add(change(1), change(2))
    plain = fakes.feed.after

    async def slow(seq: int, limit: int = 1000) -> Any:
        batch = await plain(seq, limit)
        if fakes.feed.last_seq < 5:
            fakes.feed.add(change(fakes.feed.last_seq + 1))
            await asyncio.sleep(0.02)
        return batch

    monkeypatch.setattr(fakes.feed, "after", slow)
    async with stream(client, f"{EVENTS}?after=1") as answer:
        assert await seen(answer, 5) == [": milepost", "id: 2", "id: 3", "id: 4", "id: 5"]
        await listeners(client, 1)
        fakes.feed.add(change(6))
        assert await seen(answer, 1) == ["id: 6"]


async def test_a_burst_arrives_as_few_messages_that_end_at_the_newest(
    fakes: Fakes, client: Client
) -> None:
    async with stream(client) as answer:
        await block(answer)
        await listeners(client, 1)
        for start in range(1, 2001, 100):
            fakes.feed.add(*(change(n) for n in range(start, start + 100)))
            await asyncio.sleep(0)
        ids: list[str] = []
        while not ids or ids[-1] != "id: 2000":
            ids += await seen(answer, 1)
        assert len(ids) <= 10


async def test_the_line_is_kept_open(fakes: Fakes, settings: WebSettings) -> None:
    app = application(fakes.services(), replace(settings, heartbeat_seconds=0.01))
    async with TestClient(Served(app)) as client, stream(client) as answer:
        await block(answer)
        assert await seen(answer, 2) == [": still here", ": still here"]


async def test_a_shutdown_ends_every_stream_cleanly(fakes: Fakes, settings: WebSettings) -> None:
    server = Served(application(fakes.services(), settings))
    async with TestClient(server) as client, stream(client) as answer:
        await block(answer)
        await listeners(client, 1)
        async with asyncio.timeout(5):
            await asyncio.gather(server.close(), answer.content.read())
        assert answer.content.at_eof()


async def test_a_reader_whose_token_is_gone_hears_no_more(
    fakes: Fakes, settings: WebSettings
) -> None:
    app = application(fakes.services(), replace(settings, recheck_seconds=0.01))
    async with TestClient(Served(app)) as client, stream(client) as answer:
        await block(answer)
        del fakes.access.tokens["viewer"]
        async with asyncio.timeout(5):
            assert await answer.content.read() == b""


async def test_who_leaves_is_forgotten(fakes: Fakes, settings: WebSettings) -> None:
    app = application(fakes.services(), replace(settings, heartbeat_seconds=0.02))
    async with TestClient(Served(app)) as client:
        async with stream(client) as answer:
            await block(answer)
            await listeners(client, 1)
        await listeners(client, 0)


async def test_a_reader_who_takes_nothing_is_cut_off(fakes: Fakes, settings: WebSettings) -> None:
    app = application(fakes.services(), replace(settings, client_buffer=10_000))
    async with TestClient(Served(app)) as client, stream(client) as answer:
        await block(answer)
        await listeners(client, 1)
        answer.connection.transport.pause_reading()  # type: ignore[union-attr]
        huge = "x" * 2_000_000
        for n in range(1, 9):
            fakes.feed.add(change(n, ref=huge))
            await asyncio.sleep(0.01)
        await listeners(client, 0)


async def test_a_feed_that_fails_once_is_asked_again(
    fakes: Fakes, settings: WebSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, failures = fakes.feed.wait, [RuntimeError("away")]

    async def flaky(seq: int) -> Any:
        if failures:
            raise failures.pop()
        return await plain(seq)

    monkeypatch.setattr(fakes.feed, "wait", flaky)
    async with TestClient(Served(application(fakes.services(), settings))) as client:
        fakes.feed.add(change(3))
        async with stream(client, f"{EVENTS}?after=0") as answer:
            assert await seen(answer, 2) == [": milepost", "id: 3"]
            fakes.feed.add(change(4))
            assert await seen(answer, 1) == ["id: 4"]


async def test_the_stream_is_for_readers_of_streams(client: Client) -> None:
    nobody = await client.get(EVENTS)
    other = await client.get(EVENTS, headers=bearer("viewer", Accept="application/json"))
    wrong = await client.get(f"{EVENTS}?after=x", headers=bearer("viewer"))
    assert [nobody.status, other.status, wrong.status] == [401, 406, 422]
