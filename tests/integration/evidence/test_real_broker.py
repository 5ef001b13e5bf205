"""A running hub tells a real RabbitMQ, goes on without it, and catches up when it is back."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import kombu
import pytest

from deploy.lab.rabbitmq import RabbitMQ
from tests.integration.conftest import MakeHub
from tests.integration.evidence.stream import listening
from tests.integration.hub.client import Client, until
from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert

pytestmark = [pytest.mark.slow, pytest.mark.needs_system("rabbitmq")]

EXCHANGE = "milepost.events"


class Subscriber:
    """Somebody outside with a durable queue of his own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.events: list[dict[str, Any]] = []
        exchange = kombu.Exchange(EXCHANGE, type="topic", durable=True)
        self.queue: Any = kombu.Queue(f"evidence-{uuid4()}", exchange, "#", durable=True)
        with kombu.Connection(url) as connection:
            self.queue(connection).declare()

    def about(self, ref: str) -> list[dict[str, Any]]:
        """Take what came since, and return all that was told of an entity."""
        with kombu.Connection(self.url) as connection:
            queue = self.queue(connection.channel())
            for message in iter(lambda: queue.get(no_ack=True), None):
                assert message.content_type.startswith("application/cloudevents+json")
                self.events.append(json.loads(message.body))
        return [event for event in self.events if event["subject"] == ref]

    def leave(self) -> None:
        """Remove the queue."""
        with kombu.Connection(self.url) as connection:
            self.queue(connection).delete()


@pytest.fixture
def subscriber(rabbitmq: str) -> Iterator[Subscriber]:
    made = Subscriber(rabbitmq)
    yield made
    made.leave()


@pytest.fixture
def hub(running_hub: MakeHub, rabbitmq: str) -> RunningHub:
    return running_hub(bus=rabbitmq, quiet_seconds=3600)


def ready(hub: RunningHub) -> Any:
    given = {"Authorization": f"Bearer {hub.token}"}
    answer = Client(hub.base, "").send("GET", "/readyz", headers=given)
    assert answer.status == 200, answer.body
    return answer.json


def bus_is(hub: RunningHub, *, reached: bool) -> str:
    def look() -> str:
        told = ready(hub)
        said = str(told["faults"].get("bus", "ok"))
        return said if (told["checks"]["bus"] == "ok") == reached else ""

    return until(look, f"the hub says that the bus is {'' if reached else 'not '}reached", 60)


async def test_without_the_broker_all_else_goes_on_and_then_it_is_told_what_it_missed(
    hub: RunningHub, rabbitmq_server: RabbitMQ, subscriber: Subscriber
) -> None:
    """Fact 26, for a whole hub; its /readyz says that the queue is out of reach."""
    await asyncio.to_thread(bus_is, hub, reached=True)
    hub.tell(alert("BeforeIt", environment="before"))
    before = hub.alert("BeforeIt")["ref"]
    [event, *_] = await asyncio.to_thread(until, lambda: subscriber.about(before), "it was told")
    assert (event["specversion"], event["type"]) == ("1.0", "milepost.alert.created.v1")
    assert {"seq", "at", "type", "ref", "kind", "version", "cause"} == set(event["data"])
    await asyncio.to_thread(rabbitmq_server.kill)
    try:
        async with listening(hub.api) as live:
            hub.tell(alert("WithoutIt", environment="without"))
            meanwhile = hub.alert("WithoutIt")["ref"]
            await live.until(lambda told: meanwhile in [one["ref"] for one in told.heard])
        said = await asyncio.to_thread(bus_is, hub, reached=False)
        assert "amqp not reachable since" in said
        assert "lab:lab" not in said
        assert ready(hub)["ready"] is True
    finally:
        await asyncio.to_thread(rabbitmq_server.start)
    await asyncio.to_thread(bus_is, hub, reached=True)
    [event, *_] = await asyncio.to_thread(until, lambda: subscriber.about(meanwhile), "caught up")
    listed = hub.api.get("/changes", after=int(event["id"]) - 1, limit=1)["items"]
    assert listed == [event["data"]]
    # A broker that was killed may hand out twice what it did before; it has the same id.
    for ref in (before, meanwhile):
        assert len({one["id"] for one in subscriber.about(ref)}) == 1
