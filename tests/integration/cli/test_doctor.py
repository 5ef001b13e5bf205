"""`milepost doctor` and `check` try the real thing on both stores, and leave nothing behind."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from deploy.lab.rabbitmq import RabbitMQ
from tests.integration.cli.folder import Folder

pytestmark = pytest.mark.slow
Checks = dict[str, tuple[bool | None, str]]


def doctor(folder: Folder, settings: str, *, ok: bool) -> Checks:
    folder.write("milepost.yaml", settings)
    told = folder.run("doctor", "--json", status=0 if ok else 1).json
    assert told["ok"] is ok
    return {one["check"]: (one["ok"], one["detail"]) for one in told["checks"]}


def test_an_empty_store_is_no_fault_and_stays_empty(
    folder: Folder, empty_store: Callable[[], str]
) -> None:
    settings = f"store: {json.dumps(empty_store())}\n"
    for _ in range(2):
        ok, detail = doctor(folder, settings, ok=True)["store"]
        assert ok
        assert "nothing stored yet" in detail
        assert "sound" in folder.run("check").out
        assert folder.run("token", "list", "--json").json == {"tokens": []}
    assert not (folder.path / "data").exists()


def test_a_store_that_stands_is_read_and_written(
    folder: Folder, empty_store: Callable[[], str]
) -> None:
    folder.environment["STORE_URL"] = empty_store()
    settings = "store: env:STORE_URL\n"
    folder.write("milepost.yaml", settings)
    folder.run("token", "create", "--role", "ops")
    ok, detail = doctor(folder, settings, ok=True)["store"]
    assert (ok, detail.partition(": ")[2]) == (True, "can be read and written")


def test_a_store_that_refuses_the_log_in_says_so(folder: Folder) -> None:
    settings = "store: postgresql://nobody@127.0.0.1:1/none\n"
    ok, detail = doctor(folder, settings, ok=False)["store"]
    assert not ok
    assert "cannot be opened" in detail


def test_a_plan_that_is_none_and_documents_with_faults_are_told(folder: Folder) -> None:
    folder.write("plan.xml", "this is no plan")
    folder.write("services.yaml", "services: [{name: nameless}]\n")
    found = doctor(folder, "connectors: {p: {type: msproject, path: plan.xml}}\n", ok=False)
    assert found["p: file"] == (False, f"{folder.path}/plan.xml: is no plan that can be read")
    assert not found["documents"][0]
    assert "services.yaml:1" in found["documents"][1]
    gone = doctor(folder, "connectors: {p: {type: msproject, path: none.xml}}\n", ok=False)
    assert not gone["p: file"][0]


class Refusing(BaseHTTPRequestHandler):
    """A tool that wants to know who asks."""

    def do_GET(self) -> None:
        self.send_response(200 if self.headers.get("X-Key") == "right" else 401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    """Return the address of a tool that wants a key."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("key", "refused"), [("right", False), ("wrong", True)])
def test_an_address_is_asked_and_not_only_dialled(
    folder: Folder, address: str, key: str, *, refused: bool
) -> None:
    one = f"{{type: prometheus, prometheus_url: '{address}', headers: {{X-Key: {key}}}}}"
    ok, detail = doctor(folder, f"connectors: {{am: {one}}}\n", ok=False)["am: prometheus"]
    assert not ok  # it is none
    assert ("401" in detail) is refused
    assert ("`headers`" in detail) is refused


def test_trap_22_a_connector_that_checks_no_certificates_is_named(folder: Folder) -> None:
    one = "{type: prometheus, webhook_secret: s, verify_tls: %s}"
    off, on = one % "false", one % "true"
    found = doctor(folder, f"connectors: {{off: {off}, on: {on}}}\n", ok=True)
    ok, detail = found["off: certificates"]
    assert ok is None
    assert "ca_file" in detail
    assert "n/a  off: certificates" in folder.run("doctor").out
    assert "on: certificates" not in found


@pytest.mark.needs_system("rabbitmq")
def test_a_broker_is_logged_in_to(folder: Folder, rabbitmq_server: RabbitMQ) -> None:
    url = rabbitmq_server.url
    assert doctor(folder, f"bus: {json.dumps(url)}\n", ok=True)["bus"] == (True, "amqp: logged in")
    scheme, _, rest = url.partition("://")
    wrong = f"{scheme}://nobody:hunter2@{rest.rpartition('@')[2]}"
    ok, detail = doctor(folder, f"bus: {json.dumps(wrong)}\n", ok=False)["bus"]
    assert not ok
    assert "hunter2" not in detail
