"""What a subscriber may rely on: facts 23 to 28 of the brokers, on real ones."""

import asyncio
import json
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import kombu
import pytest

from hub.bus import open_bus
from hub.bus.line import DELIVERIES
from tests.integration.bus.test_rabbitmq import running
from tests.integration.bus.written import WrittenLog, until

pytestmark = [pytest.mark.slow, pytest.mark.needs_system("rabbitmq")]
BATCH = 20


@pytest.fixture
def name(rabbitmq: str) -> Iterator[str]:
    """Name a queue, and remove it and what is beside it at the end."""
    name = f"test-{uuid4()}"
    yield name
    with kombu.Connection(rabbitmq) as connection:
        for one in (name, f"{name}.dead"):
            kombu.Queue(one, channel=connection.channel(), no_declare=True).delete()


async def fill(url: str, name: str, written: WrittenLog, many: int) -> list[int]:
    """Let the bus tell so many changes to a queue of this name; return their numbers."""
    async with running(open_bus(url, queue=name), written) as bus:
        bus.publish(written.write(many))
        await until(bus, lambda health: health.told == written.last_seq)
    return [change.seq for change in written.changes]


def take(url: str, name: str, book: str, *, dies: bool) -> None:
    """Take batches: store each, then acknowledge it; die with a batch that is only stored."""
    stored = sqlite3.connect(book)
    stored.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, times INTEGER)")
    with kombu.Connection(url) as connection:
        channel = connection.channel()
        channel.basic_qos(0, BATCH, False)
        queue: Any = kombu.Queue(name, channel=channel, no_declare=True)
        held: list[Any] = []
        while (message := queue.get()) is not None:
            held.append(message)
            if len(held) == BATCH:
                _store(stored, held)
                if dies:
                    os.kill(os.getpid(), signal.SIGKILL)
                for one in held:
                    one.ack()
                held = []
        _store(stored, held)
        for one in held:
            one.ack()


def _store(stored: sqlite3.Connection, held: list[Any]) -> None:
    ids = [(json.loads(message.body)["id"],) for message in held]
    stored.executemany(
        "INSERT INTO seen VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET times = times + 1", ids
    )
    stored.commit()


async def test_facts_24_25_a_killed_reader_of_batches_loses_nothing_and_a_key_drops_the_repeats(
    rabbitmq: str, written: WrittenLog, name: str, tmp_path: Path
) -> None:
    numbers = await fill(rabbitmq, name, written, 5 * BATCH + 7)
    book = str(tmp_path / "book.db")
    process = multiprocessing.get_context("spawn").Process
    for dies in (True, False):
        reader = process(target=take, args=(rabbitmq, name, book), kwargs={"dies": dies})
        reader.start()
        reader.join(60)
        assert reader.exitcode == (-9 if dies else 0)
    with sqlite3.connect(book) as stored:
        seen = dict(stored.execute("SELECT id, times FROM seen"))
    assert sorted(map(int, seen)) == numbers
    assert sorted(seen.values()) == [1] * (len(numbers) - BATCH) + [2] * BATCH


async def test_fact_28_poison_ends_beside_the_queue_and_does_not_block_it(
    rabbitmq: str, written: WrittenLog, name: str
) -> None:
    poison, fine = await fill(rabbitmq, name, written, 2)
    deliveries, taken = 0, list[int]()
    with kombu.Connection(rabbitmq) as connection:
        queue: Any = kombu.Queue(name, channel=connection.channel(), no_declare=True)
        while fine not in taken:
            message = queue.get()
            assert message is not None
            number = int(json.loads(message.body)["id"])
            if number == poison:
                deliveries += 1
                message.requeue()
            else:
                message.ack()
                taken.append(number)
        dead: Any = kombu.Queue(f"{name}.dead", channel=connection.channel(), no_declare=True)
        while deliveries < DELIVERIES:
            message = queue.get()
            assert message is not None
            deliveries += 1
            message.requeue()
        buried = await _first(dead)
    assert deliveries == DELIVERIES
    assert int(json.loads(buried.body)["id"]) == poison
    assert buried.headers["x-first-death-reason"] == "delivery_limit"


async def test_what_a_reader_rejects_ends_beside_the_queue_at_once(
    rabbitmq: str, written: WrittenLog, name: str
) -> None:
    (number,) = await fill(rabbitmq, name, written, 1)
    with kombu.Connection(rabbitmq) as connection:
        queue: Any = kombu.Queue(name, channel=connection.channel(), no_declare=True)
        queue.get().reject()
        dead: Any = kombu.Queue(f"{name}.dead", channel=connection.channel(), no_declare=True)
        buried = await _first(dead)
    assert int(json.loads(buried.body)["id"]) == number
    assert buried.headers["x-first-death-reason"] == "rejected"


async def _first(queue: Any) -> Any:
    """Wait for a message: what is dead-lettered arrives a moment later."""
    async with asyncio.timeout(30):
        while (message := queue.get(no_ack=True)) is None:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
    return message
