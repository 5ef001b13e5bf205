from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Posted, Sink
from deploy.lab.fixtures import MakePair
from deploy.lab.node_exporter import NodeExporter
from deploy.lab.ports import greets, request, until
from deploy.lab.processes import House
from deploy.lab.prometheus import WATCHDOG, Prometheus, Rule
from deploy.lab.redis import Redis

SECRET = "s" * 24


@pytest.fixture
def house() -> Iterator[House]:
    found = House.temporary()
    yield found
    found.raze()


def holds(claim: Callable[[], bool]) -> None:
    until(claim, lambda: True, seconds=20)


def asked(server: Prometheus, path: str) -> bytes:
    return request(server.port, "GET", f"/api/v1/{path}")[1]


@pytest.mark.needs_system("redis")
def test_redis_has_what_it_took_after_a_crash(house: House) -> None:
    redis = Redis(house).start()
    assert greets(redis.port, b"SET milestone launch\r\n", b"+OK")
    # The append-only file is written before the answer, and synced each second.
    redis.kill()
    redis.start()
    assert greets(redis.port, b"GET milestone\r\n", b"$6\r\nlaunch")


@pytest.mark.needs_system("redis")
def test_a_frozen_redis_takes_connections_and_says_nothing(redis_server: Redis) -> None:
    redis_server.freeze()
    try:
        with pytest.raises(TimeoutError):
            greets(redis_server.port, b"PING\r\n", b"+PONG")
    finally:
        redis_server.thaw()
    holds(lambda: greets(redis_server.port, b"PING\r\n", b"+PONG"))


@pytest.mark.slow
@pytest.mark.needs_system("prometheus", "node_exporter")
def test_targets_and_rules_change_while_prometheus_runs(
    house: House, node_exporter: NodeExporter
) -> None:
    server = Prometheus(house).start(rules=[WATCHDOG])
    holds(lambda: b'"alertname":"Watchdog"' in asked(server, "alerts"))
    server.set_rules([Rule("Other", "vector(1)")])
    holds(lambda: b'"alertname":"Other"' in asked(server, "alerts"))
    assert b"Watchdog" not in asked(server, "alerts")
    server.set_targets([node_exporter.target], {"service": "shop-db"})
    up = "query?query=up%7Bservice%3D%22shop-db%22%7D%20%3D%3D%201"
    holds(lambda: b'"service":"shop-db"' in asked(server, up))


@pytest.mark.needs_system("prometheus")
def test_a_rule_that_cannot_be_read_is_refused(prometheus: Prometheus) -> None:
    with pytest.raises(ValueError, match="failed to reload config"):
        prometheus.set_rules([Rule("Broken", "vector(")])
    prometheus.set_rules([])


@pytest.mark.needs_system("alertmanager")
def test_a_silenced_alert_is_suppressed_until_the_silence_expires(
    alertmanager: Alertmanager,
) -> None:
    alertmanager.push([{"labels": {"alertname": "Silenced", "service": "shop-db"}}])

    def state() -> list[str]:
        alerts = [one for one in alertmanager.alerts() if one["labels"]["alertname"] == "Silenced"]
        return [one["status"]["state"] for one in alerts]

    holds(lambda: state() == ["active"])
    silence = alertmanager.silence({"alertname": "Silenced"}, timedelta(minutes=5))
    holds(lambda: state() == ["suppressed"])
    alertmanager.expire(silence)
    holds(lambda: state() == ["active"])


@pytest.mark.slow
@pytest.mark.needs_system("alertmanager")
async def test_a_clustered_pair_tells_once_and_strangers_tell_twice(
    alertmanager_pair: MakePair, sink: Sink
) -> None:
    alert = {"labels": {"alertname": "Clustered"}}
    pair = alertmanager_pair(sink.url, SECRET, clustered=True)
    holds(lambda: all(peers(one) == 2 for one in pair))
    for one in pair:
        one.push([alert])
    await sink.until(lambda posted: told(posted, "Clustered") == 1)
    strangers = alertmanager_pair(sink.url, SECRET)
    for one in strangers:
        one.push([{"labels": {"alertname": "Strange"}}])
    # By the time that both strangers have told, the second of the pair would have too.
    await sink.until(lambda posted: told(posted, "Strange") == 2)
    assert told(sink.posted, "Clustered") == 1


def peers(one: Alertmanager) -> int:
    said = request(one.port, "GET", "/api/v2/status")[1]
    return said.count(b'"address":')


def told(posted: list[Posted], name: str) -> int:
    return sum(f'"alertname":"{name}"'.encode() in one.body for one in posted)


@pytest.mark.needs_system("redis")
def test_a_frozen_server_that_is_stopped_ends_in_order_and_need_not_be_killed(
    house: House,
) -> None:
    redis = Redis(house).start()
    redis.freeze()
    redis.stop()
    assert "ready to exit" in (house.root / "redis.log").read_text()
