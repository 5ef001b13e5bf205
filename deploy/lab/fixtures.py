"""Pytest fixtures over the lab; `tests/conftest.py` hands them on.

Each server starts when the first test asks for it and ends with the session, or with the test
where a test configures it.
"""

import itertools
import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import NoReturn, Protocol

import pytest

from deploy.lab import debian13
from deploy.lab.alertmanager import Alertmanager
from deploy.lab.endpoints import Gauge, Sink
from deploy.lab.node_exporter import NodeExporter
from deploy.lab.ports import NotReady
from deploy.lab.postgres import Postgres
from deploy.lab.processes import House
from deploy.lab.programs import find
from deploy.lab.prometheus import Prometheus, Rule
from deploy.lab.rabbitmq import RabbitMQ
from deploy.lab.redis import Redis
from deploy.lab.zabbix import Zabbix
from deploy.lab.zabbix_objects import Corner

Pair = tuple[Alertmanager, Alertmanager]


class MakePair(Protocol):
    """What makes two Alertmanagers."""

    def __call__(self, webhook_url: str, secret: str, *, clustered: bool = False) -> Pair:
        """Start them."""


_NUMBERS = itertools.count(1)


def need_system(name: str) -> None:
    """Skip the running test by the program's name; with CI=true fail it."""
    if find(name) is not None:
        return
    if name == "zabbix-7.0" and os.geteuid() != 0:
        pytest.skip(f"{name} is for root only: it is entered by chroot")
    _without(f"{name} is not installed")


def _without(message: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{message}, and CI=true", pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def lab() -> Iterator[House]:
    """Return the house in which servers are started."""
    house = House.temporary()
    yield house
    house.raze()


@pytest.fixture(scope="session")
def postgres_server(lab: House) -> Postgres:
    """Return a running PostgreSQL: `create_database()`, `stop()`, `kill()`, `start()`."""
    need_system("postgres")
    return Postgres(lab).start()


@pytest.fixture
def postgres(postgres_server: Postgres) -> Iterator[str]:
    """Return the DSN of an empty database that only this test has."""
    dsn = postgres_server.create_database()
    yield dsn
    postgres_server.drop_database(dsn)


@pytest.fixture(scope="session")
def rabbitmq_server(lab: House) -> RabbitMQ:
    """Return a running RabbitMQ: `stop()`, `kill()`, `start()`; leave it running."""
    need_system("rabbitmq")
    return RabbitMQ(lab).start()


@pytest.fixture
def rabbitmq(rabbitmq_server: RabbitMQ) -> str:
    """Return the address of a running RabbitMQ; use exchanges and queues of your own."""
    return rabbitmq_server.url


@pytest.fixture(scope="session")
def redis_server(lab: House) -> Redis:
    """Return a running Redis: `stop()`, `kill()`, `start()`, `freeze()`; leave it running."""
    need_system("redis")
    return Redis(lab).start()


@pytest.fixture(scope="session")
def node_exporter(lab: House) -> NodeExporter:
    """Return a running node exporter, for a Prometheus to scrape."""
    need_system("node_exporter")
    return NodeExporter(lab).start()


@pytest.fixture(scope="session")
def alertmanager(lab: House) -> Alertmanager:
    """Return a running Alertmanager that tells nobody; `push()` alerts, read its API."""
    need_system("alertmanager")
    return Alertmanager(lab).start()


@pytest.fixture(scope="session")
def prometheus(lab: House) -> Prometheus:
    """Return a running Prometheus without targets and rules: an API to ask."""
    need_system("prometheus")
    return Prometheus(lab).start()


@pytest.fixture
def alertmanager_pair(lab: House) -> Iterator[MakePair]:
    """Return a maker of two Alertmanagers that tell one webhook, strangers unless clustered."""
    need_system("alertmanager")
    made: list[Alertmanager] = []

    def pair(webhook_url: str, secret: str, *, clustered: bool = False) -> Pair:
        both = (
            Alertmanager(lab, f"alertmanager-{next(_NUMBERS)}"),
            Alertmanager(lab, f"alertmanager-{next(_NUMBERS)}"),
        )
        made.extend(both)
        for one in both:
            one.peers = [other.gossip for other in both] if clustered else ()
            one.start(webhook_url, secret)
        return both

    yield pair
    for one in made:
        one.stop()


@pytest.fixture
def prometheus_with_rule(
    lab: House,
) -> Iterator[Callable[[Gauge, Rule, tuple[Alertmanager, ...]], Prometheus]]:
    """Return a maker of a Prometheus that watches a gauge and tells Alertmanagers."""
    need_system("prometheus")
    made: list[Prometheus] = []

    def watching(gauge: Gauge, rule: Rule, tells: tuple[Alertmanager, ...]) -> Prometheus:
        server = Prometheus(lab, f"prometheus-{next(_NUMBERS)}").start(
            targets=[gauge.target], rules=[rule], alertmanagers=[one.target for one in tells]
        )
        made.append(server)
        return server

    yield watching
    for server in made:
        server.stop()


@pytest.fixture(scope="session")
def zabbix(lab: House) -> Zabbix:
    """Return a running Zabbix 6.0; leave it running, and work in a corner of your own."""
    need_system("zabbix")
    return Zabbix(lab).start()


@pytest.fixture(scope="session")
def zabbix7(lab: House) -> Zabbix:
    """Return a running Zabbix 7.0; leave it running, and work in a corner of your own."""
    need_system("zabbix-7.0")
    try:
        debian13.folder()
    except NotReady as reason:
        _without(str(reason))
    return Zabbix(lab, "zabbix7", "7.0").start()


@pytest.fixture
def corner(zabbix: Zabbix) -> Iterator[Corner]:
    """Return a host group of the Zabbix 6.0 that only this test has."""
    ours = Corner.make(zabbix, f"corner-{next(_NUMBERS)}")
    yield ours
    ours.remove()


@pytest.fixture
def corner7(zabbix7: Zabbix) -> Iterator[Corner]:
    """Return a host group of the Zabbix 7.0 that only this test has."""
    ours = Corner.make(zabbix7, f"corner-{next(_NUMBERS)}")
    yield ours
    ours.remove()


@pytest.fixture
async def gauge() -> AsyncIterator[Gauge]:
    """Return a metric to turn up and down."""
    async with Gauge() as endpoint:
        yield endpoint


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    """Return a webhook that keeps what it is sent."""
    async with Sink() as endpoint:
        yield endpoint
