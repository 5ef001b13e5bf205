"""A store that cannot be written, read or found: 503, and the sender's next try succeeds."""

import json
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from deploy.lab.postgres import Postgres
from tests.integration.hub.client import Client, until
from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert, envelope

pytestmark = pytest.mark.slow

MakeHub = Callable[..., RunningHub]


@contextmanager
def refusing_writes(hub: RunningHub, server: Postgres | None) -> Iterator[None]:
    """Let the store refuse every write, as a full or read-only disk does."""
    if server is None:
        with closing(sqlite3.connect(hub.data / "milepost.db", isolation_level=None)) as raw:
            raw.execute(
                "CREATE TRIGGER full BEFORE INSERT ON journal BEGIN "
                "SELECT RAISE(FAIL, 'database or disk is full'); END"
            )
            yield
            raw.execute("DROP TRIGGER full")
        return
    database = hub.store.rpartition("/")[2]
    server.run(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    hang_up(server, database)
    yield
    server.run(f"ALTER DATABASE {database} SET default_transaction_read_only = off")
    hang_up(server, database)


def hang_up(server: Postgres, database: str) -> None:
    server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "  # noqa: S608 - our own name
        f"WHERE datname = '{database}' AND pid <> pg_backend_pid()"
    )


def server_of(request: pytest.FixtureRequest, hub: RunningHub) -> Postgres | None:
    if hub.store == "sqlite":
        return None
    server = request.getfixturevalue("postgres_server")
    assert isinstance(server, Postgres)
    return server


def accepted(hub: RunningHub, body: bytes) -> bool:
    return hub.post(body).status == 202


def test_a_store_that_takes_nothing_is_503_and_the_retry_succeeds(
    running_hub: MakeHub, request: pytest.FixtureRequest
) -> None:
    """Fact 20, the hub: no 2xx before the commit."""
    hub = running_hub()
    hub.tell(alert("Before", environment="a"))
    body = envelope([alert("During", environment="b")])
    with refusing_writes(hub, server_of(request, hub)):
        answer = hub.post(body)
        assert answer.status == 503
        assert answer.headers["retry-after"]
        assert answer.headers["content-type"] == "application/problem+json"
        assert json.loads(hub.api.send("GET", "/healthz").body) == {"status": "ok"}
    until(lambda: accepted(hub, body), "the retry is taken")
    hub.restart()
    assert hub.alert("During")["count"] == 1
    assert hub.alert("Before")["count"] == 1


@contextmanager
def without_room(hub: RunningHub, server: Postgres | None) -> Iterator[None]:
    """Let the store's files grow no more; PostgreSQL says what it says of a full disk."""
    if server is None:
        grown = max(path.stat().st_size for path in hub.data.iterdir())
        _, hard = resource.prlimit(hub.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(hub.pid, resource.RLIMIT_FSIZE, (grown, hard))
        yield
        resource.prlimit(hub.pid, resource.RLIMIT_FSIZE, (hard, hard))
        return
    server.run(
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file'; END $$",
        hub.store,
    )
    server.run(
        "CREATE TRIGGER no_room BEFORE INSERT ON journal EXECUTE FUNCTION no_room()", hub.store
    )
    yield
    server.run("DROP TRIGGER no_room ON journal", hub.store)


def test_a_full_disk_is_503_and_the_retry_succeeds(
    running_hub: MakeHub, request: pytest.FixtureRequest
) -> None:
    hub = running_hub()
    hub.tell(alert("Before", environment="a"))
    body = envelope([alert("Full", environment="b", padding="x" * 500_000)])
    with without_room(hub, server_of(request, hub)):
        assert hub.post(body).status == 503
        assert hub.post(body).status == 503
        assert hub.alert("Before")["count"] == 1
        told = hub.api.send("GET", "/readyz", headers={"Authorization": f"Bearer {hub.token}"})
        assert told.status == 503
        assert told.json["checks"]["store"] == "takes_nothing"
        assert told.json["faults"]["store"].startswith("the store takes nothing: ")
        told = Client(hub.base, "").send("GET", "/readyz")
        assert (told.status, told.json["faults"]) == (503, None)
    until(lambda: accepted(hub, body), "the retry is taken")
    assert hub.api.send("GET", "/readyz").status == 200
    hub.restart()
    assert hub.alert("Full")["count"] == 1
    assert hub.alert("Before")["count"] == 1


def test_a_store_that_cannot_be_made_ends_in_status_1_with_the_remedy(
    running_hub: MakeHub,
) -> None:
    hub = running_hub(start=False)
    if hub.store == "sqlite":
        hub.write("data", "a file, not a folder")
        remedy = "give --data a folder that can be written"
    else:
        hub.store = hub.store.replace("lab@", "lab:hunter2@").rpartition("/")[0] + "/nowhere"
        hub.configure()
        remedy = "check `store:` in milepost.yaml"
    for words in (("serve", "--port", "0"), ("token", "create", "--role", "ops")):
        done = hub.cli(*words, status=1)
        assert remedy in done.stderr
        assert "Traceback" not in done.stderr
        assert "hunter2" not in done.stderr


@pytest.fixture
def on_postgres(postgres: str, tmp_path: Path) -> Iterator[RunningHub]:
    hub = RunningHub(tmp_path, postgres)
    yield hub.start()
    hub.stop()


@pytest.mark.needs_system("postgres")
def test_a_database_that_crashes_and_comes_back_is_found_again(
    on_postgres: RunningHub, postgres_server: Postgres
) -> None:
    hub = on_postgres
    hub.tell(alert("Before", environment="a"))
    body = envelope([alert("After", environment="b")])
    postgres_server.kill()
    assert hub.post(body).status == 503
    assert hub.api.send("GET", "/readyz").status == 503
    postgres_server.start()
    until(lambda: accepted(hub, body), "the retry is taken")
    until(lambda: hub.api.send("GET", "/readyz").status == 200, "it is ready again")
    assert hub.alert("Before")["count"] == 1
    assert hub.alert("After")["count"] == 1
