import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import kombu
import pytest
from structlog.testing import capture_logs

from hub.bus import FilePosition, MemoryBus, open_bus, opening
from hub.errors import Misconfigured
from hub.services.changes import Change
from tests.integration.bus.written import WrittenLog, until


@pytest.mark.parametrize("url", ["", "rabbit", "http://x", "kafka://user:hunter2@x"])
def test_an_unknown_bus_is_refused_with_those_that_are_known(url: str) -> None:
    with pytest.raises(Misconfigured, match="amqp://") as refusal:
        open_bus(url)
    assert "hunter2" not in str(refusal.value)


def test_a_missing_client_is_said_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "find_spec", lambda _name: None)
    with pytest.raises(Misconfigured, match="needs the Python package redis"):
        open_bus("rediss://127.0.0.1/0")


@pytest.mark.parametrize("url", ["filesystem://", "memory://somewhere"])
def test_fact_25_a_weak_transport_says_what_it_cannot_promise(url: str) -> None:
    with capture_logs() as logs:
        open_bus(url)
    (said,) = logs
    assert said["event"] == "bus_promises_less"
    assert "for development only" in said["detail"]


def test_a_confirming_transport_has_nothing_to_admit() -> None:
    with capture_logs() as logs:
        open_bus("amqp://127.0.0.1")
    assert logs == []


async def test_a_transport_without_confirms_is_told_too(written: WrittenLog) -> None:
    name = f"test-{uuid4()}"
    bus = open_bus("memory://", queue=name)
    await bus.start(written)
    bus.publish(written.write(3))
    await until(bus, lambda health: health.told == written.last_seq)
    await bus.stop()
    with kombu.Connection("memory://") as connection:
        queue: Any = kombu.Queue(name, channel=connection.channel())
        messages = list(iter(lambda: queue.get(no_ack=True), None))
    assert [json.loads(message.body)["id"] for message in messages] == ["1", "4", "7"]


def test_the_memory_bus_tells_each_listener(written: WrittenLog) -> None:
    bus = MemoryBus()
    heard: list[Change] = []
    stop = bus.subscribe(heard.extend)
    bus.publish(written.write(2))
    stop()
    bus.publish(written.write(1))
    assert heard == written.changes[:2]
    assert bus.health().reachable
    assert bus.health().told == written.last_seq


def test_a_listener_that_fails_does_not_keep_the_others_from_hearing(
    written: WrittenLog,
) -> None:
    bus = MemoryBus()
    heard: list[Change] = []
    bus.subscribe(failing)
    bus.subscribe(heard.extend)
    with capture_logs() as logs:
        bus.publish(written.write(2))
    assert heard == written.changes
    assert logs[0]["log_level"] == "error"


def failing(_changes: Sequence[Change]) -> None:
    raise RuntimeError("a bug")


def test_a_position_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "bus.position"
    assert FilePosition(path).load() is None
    FilePosition(path).save(42)
    assert FilePosition(path).load() == 42


def test_a_position_that_is_no_number_names_the_file_and_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "bus.position"
    path.write_text("forty-two")
    with pytest.raises(Misconfigured, match=r"bus\.position holds no sequence number; remove it"):
        FilePosition(path).load()
