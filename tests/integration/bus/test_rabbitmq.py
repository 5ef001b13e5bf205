"""The bus over a real RabbitMQ."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import kombu
import pytest

from deploy.lab.rabbitmq import RabbitMQ
from hub.bus import FilePosition, line, open_bus
from hub.bus.line import EXCHANGE
from hub.services.telling import Bus, ChangeLog
from tests.integration.bus.written import WrittenLog, until

pytestmark = [pytest.mark.slow, pytest.mark.needs_system("rabbitmq")]


@asynccontextmanager
async def running(bus: Bus, changes: ChangeLog) -> AsyncIterator[Bus]:
    await bus.start(changes)
    try:
        yield bus
    finally:
        await bus.stop()


class Subscriber:
    """Somebody outside with a durable queue of his own."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        exchange = kombu.Exchange(EXCHANGE, type="topic", durable=True)
        self.queue: Any = kombu.Queue(f"test-{uuid4()}", exchange, routing_key=key, durable=True)
        with kombu.Connection(url) as connection:
            self.queue(connection).declare()

    def messages(self) -> list[Any]:
        """Take what is in the queue now."""
        with kombu.Connection(self.url) as connection:
            queue = self.queue(connection.channel())
            taken = list(iter(lambda: queue.get(no_ack=True), None))
            for message in taken:
                assert message.content_type.startswith("application/cloudevents+json")
            return taken

    def ids(self) -> list[int]:
        return [int(json.loads(message.body)["id"]) for message in self.messages()]

    def leave(self) -> None:
        with kombu.Connection(self.url) as connection:
            self.queue(connection).delete()


@pytest.fixture
def subscribe(rabbitmq: str) -> Iterator[Callable[[str], Subscriber]]:
    made: list[Subscriber] = []

    def subscriber(key: str) -> Subscriber:
        made.append(Subscriber(rabbitmq, key))
        return made[-1]

    yield subscriber
    for one in made:
        one.leave()


Subscribe = Callable[[str], Subscriber]


async def test_every_change_arrives_once_in_order_as_a_cloudevent(
    rabbitmq: str, subscribe: Subscribe, written: WrittenLog
) -> None:
    subscriber = subscribe("alert.*")
    async with running(open_bus(rabbitmq, source="/milepost/example"), written) as bus:
        bus.publish(written.write(1200))
        await until(bus, lambda health: health.told == written.last_seq)
    messages = subscriber.messages()
    events = [json.loads(message.body) for message in messages]
    assert [int(event["id"]) for event in events] == [change.seq for change in written.changes]
    assert events[1] == {
        "specversion": "1.0",
        "id": "4",
        "source": "/milepost/example",
        "type": "milepost.alert.updated.v1",
        "subject": "am:alert:4",
        "time": "2026-01-05T12:00:04+00:00",
        "datacontenttype": "application/json",
        "data": {
            "seq": 4,
            "at": "2026-01-05T12:00:04+00:00",
            "type": "updated",
            "ref": "am:alert:4",
            "kind": "alert",
            "version": 2,
            "cause": "r",
        },
    }
    assert messages[1].delivery_info["routing_key"] == "alert.updated"
    assert messages[1].properties["delivery_mode"] == 2


async def test_what_was_there_before_the_first_start_is_not_told(
    rabbitmq: str, subscribe: Subscribe, written: WrittenLog
) -> None:
    subscriber = subscribe("#")
    written.write(5)
    async with running(open_bus(rabbitmq), written) as bus:
        (fresh,) = written.write(1)
        bus.publish([fresh])
        await until(bus, lambda health: health.told == fresh.seq)
    assert subscriber.ids() == [fresh.seq]


async def test_a_change_that_nobody_rang_for_is_told_all_the_same(
    rabbitmq: str, subscribe: Subscribe, written: WrittenLog
) -> None:
    subscriber = subscribe("#")
    async with running(open_bus(rabbitmq), written) as bus:
        await until(bus, lambda health: health.reachable)
        (fresh,) = written.write(1)
        await until(bus, lambda health: health.told == fresh.seq)
    assert subscriber.ids() == [fresh.seq]


async def test_facts_23_26_a_broker_that_is_killed_in_the_stream_misses_nothing(
    rabbitmq_server: RabbitMQ, subscribe: Subscribe, written: WrittenLog
) -> None:
    subscriber = subscribe("#")
    async with running(open_bus(rabbitmq_server.url), written) as bus:
        await until(bus, lambda health: health.reachable)
        stream = asyncio.create_task(write_slowly(written, bus))
        await until(bus, lambda health: health.told > 0)
        await asyncio.to_thread(rabbitmq_server.kill)
        lost = await until(bus, lambda health: not health.reachable)
        assert lost.detail
        await asyncio.to_thread(rabbitmq_server.start)
        back = await until(bus, lambda health: health.reachable)
        assert back.since > lost.since
        await stream
        await until(bus, lambda health: health.told == written.last_seq)
    ids = subscriber.ids()
    assert list(dict.fromkeys(ids)) == [change.seq for change in written.changes]


async def write_slowly(written: WrittenLog, bus: Bus) -> None:
    for _ in range(600):
        bus.publish(written.write(5))
        await asyncio.sleep(0.01)


async def test_a_broker_that_hangs_is_noticed_though_nothing_is_sent(
    rabbitmq_server: RabbitMQ, written: WrittenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "HEARTBEAT_SECONDS", 1)
    async with running(open_bus(rabbitmq_server.url), written) as bus:
        await until(bus, lambda health: health.reachable)
        rabbitmq_server.house.freeze(rabbitmq_server.name)
        lost = await until(bus, lambda health: not health.reachable)
        rabbitmq_server.house.thaw(rabbitmq_server.name)
        assert lost.detail
        await until(bus, lambda health: health.reachable)


async def test_a_restarted_hub_tells_what_came_meanwhile(
    rabbitmq: str, subscribe: Subscribe, written: WrittenLog, tmp_path: Path
) -> None:
    subscriber = subscribe("#")
    position = FilePosition(tmp_path / "bus.position")
    async with running(open_bus(rabbitmq, position=position), written) as bus:
        bus.publish(written.write(3))
        await until(bus, lambda health: health.told == written.last_seq)
    written.write(3)
    async with running(open_bus(rabbitmq, position=position), written) as bus:
        await until(bus, lambda health: health.told == written.last_seq)
    assert subscriber.ids() == [change.seq for change in written.changes]


async def test_a_position_of_another_store_begins_with_the_newest_change(
    rabbitmq: str, subscribe: Subscribe, written: WrittenLog, tmp_path: Path
) -> None:
    subscriber = subscribe("#")
    position = FilePosition(tmp_path / "bus.position")
    position.save(10**9)
    written.write(3)
    async with running(open_bus(rabbitmq, position=position), written) as bus:
        (fresh,) = written.write(1)
        await until(bus, lambda health: health.told == fresh.seq)
    assert subscriber.ids() == [fresh.seq]
    assert position.load() == fresh.seq


async def test_changes_that_are_no_longer_kept_are_announced_as_a_gap(
    rabbitmq: str, subscribe: Subscribe, written: WrittenLog, tmp_path: Path
) -> None:
    subscriber = subscribe("#")
    position = FilePosition(tmp_path / "bus.position")
    first, *_ = written.write(4)
    position.save(first.seq)
    written.forgotten = written.changes[2].seq
    async with running(open_bus(rabbitmq, position=position), written) as bus:
        await until(bus, lambda health: health.told == written.last_seq)
    gap, last = [json.loads(message.body) for message in subscriber.messages()]
    assert gap["type"] == "milepost.changes.resync.v1"
    assert gap["data"] == {"after": first.seq}
    assert last["id"] == str(written.last_seq)


async def test_fact_27_what_no_queue_wants_is_confirmed_and_gone(
    rabbitmq: str, subscribe: Subscribe, written: WrittenLog
) -> None:
    async with running(open_bus(rabbitmq), written) as bus:
        bus.publish(written.write(1))
        await until(bus, lambda health: health.told == written.last_seq)
    assert subscribe("#").ids() == []


async def test_a_named_queue_keeps_every_change_for_a_subscriber_to_come(
    rabbitmq: str, written: WrittenLog
) -> None:
    name = f"test-{uuid4()}"
    async with running(open_bus(rabbitmq, queue=name), written) as bus:
        bus.publish(written.write(3))
        await until(bus, lambda health: health.told == written.last_seq)
    with kombu.Connection(rabbitmq) as connection:
        queue: Any = kombu.Queue(name, channel=connection.channel(), no_declare=True)
        assert queue.queue_declare(passive=True).message_count == 3
        queue.delete()


async def test_a_wrong_password_is_said_without_saying_it(
    rabbitmq: str, written: WrittenLog
) -> None:
    async with running(open_bus(rabbitmq.replace("lab:lab", "lab:hunter2")), written) as bus:
        health = await until(bus, lambda health: health.detail not in {"", "connecting"})
    assert not health.reachable
    assert "ACCESS_REFUSED" in health.detail
    assert "hunter2" not in health.detail


async def test_without_a_broker_publishing_returns_and_stopping_ends(
    written: WrittenLog, free_tcp_port: int
) -> None:
    bus = open_bus(f"amqp://lab:lab@127.0.0.1:{free_tcp_port}//")
    async with running(bus, written):
        for _ in range(1000):
            bus.publish(written.write(1))
        health = await until(bus, lambda health: "refused" in health.detail)
    assert health.told == 0
