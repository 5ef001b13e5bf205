"""Hubs that really run, each on both stores."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deploy.lab.postgres import Postgres
from tests.integration.hub.running import RunningHub

STORES = ("sqlite", pytest.param("postgres", marks=pytest.mark.needs_system("postgres")))

MakeHub = Callable[..., RunningHub]


@pytest.fixture(params=STORES, scope="module")
def empty_store(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Return a maker of `store:` settings that each name an empty store."""
    if request.param == "sqlite":
        yield lambda: "sqlite"
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    made: list[str] = []

    def make() -> str:
        made.append(server.create_database())
        return made[-1]

    yield make
    for dsn in made:
        server.drop_database(dsn)


@pytest.fixture
def running_hub(
    empty_store: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeHub]:
    """Return a maker of hubs that run; `start=False` only makes the folder."""
    yield from _hubs(empty_store, tmp_path_factory)


@pytest.fixture(scope="module")
def shared_hub(
    empty_store: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeHub]:
    """Return a maker of hubs that run until the tests of a module are over."""
    yield from _hubs(empty_store, tmp_path_factory)


def _hubs(
    empty_store: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeHub]:
    made: list[RunningHub] = []

    def make(*, start: bool = True, **settings: Any) -> RunningHub:
        folder = tmp_path_factory.mktemp("hub")
        made.append(RunningHub(folder, empty_store(), **settings))
        return made[-1].start() if start else made[-1]

    yield make
    for hub in made:
        hub.stop()
