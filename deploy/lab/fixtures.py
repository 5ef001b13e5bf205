"""Pytest fixtures over the lab; `tests/conftest.py` hands them on.

Each server starts when the first test asks for it and ends with the session.
"""

import os
from collections.abc import Iterator

import pytest

from deploy.lab.postgres import Postgres
from deploy.lab.processes import House
from deploy.lab.programs import find


def need_system(name: str) -> None:
    """Skip the running test by the program's name; with CI=true fail it."""
    if find(name) is not None:
        return
    message = f"{name} is not installed"
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
