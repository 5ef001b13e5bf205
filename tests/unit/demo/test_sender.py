"""The demo's sender speaks Alertmanager's webhook, version 4, over real HTTP."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from typing import Any

import pytest

from deploy.demo.sender import Gone, post, tell
from hub.app.sample.catalogue import services
from hub.app.sample.story import ALERTS, LENGTH, body, moments

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WEBHOOK = {
    "version",
    "groupKey",
    "truncatedAlerts",
    "status",
    "receiver",
    "groupLabels",
    "commonLabels",
    "commonAnnotations",
    "externalURL",
    "alerts",
}
ALERT = {
    "status",
    "labels",
    "annotations",
    "startsAt",
    "endsAt",
    "generatorURL",
    "fingerprint",
}


class Hub:
    """A hub that takes webhooks, keeps them, and answers what it is told to."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.secrets: set[str | None] = set()
        self.answers: list[int] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                hub.bodies.append(json.loads(content))
                hub.secrets.add(self.headers["Authorization"])
                self.send_response(hub.answers.pop(0) if hub.answers else 202)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/am-main"


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    thread = threading.Thread(target=hub.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield hub
    hub.server.shutdown()
    hub.server.server_close()
    thread.join()


def test_a_body_has_every_field_of_version_four() -> None:
    alerts = list(ALERTS.values())
    sent = body("firing", alerts, {alert.name: AT for alert in alerts}, AT)
    assert set(sent) == WEBHOOK
    assert sent["version"] == "4"
    for entry in sent["alerts"]:
        assert set(entry) == ALERT
        assert entry["endsAt"] == "0001-01-01T00:00:00Z"
        assert re.fullmatch(r"[0-9a-f]{16}", entry["fingerprint"])
        assert all(isinstance(value, str) and value for value in entry["labels"].values())
        assert datetime.fromisoformat(entry["startsAt"]) == AT


def test_a_resolve_keeps_the_start_and_says_the_end() -> None:
    alert = ALERTS["PortalSlow"]
    end = AT.replace(minute=9)
    entry = body("resolved", [alert], {alert.name: AT}, end)["alerts"][0]
    assert datetime.fromisoformat(entry["startsAt"]) == AT
    assert datetime.fromisoformat(entry["endsAt"]) == end


def test_the_fingerprint_depends_on_the_labels_alone() -> None:
    prints = {alert.fingerprint for alert in ALERTS.values()}
    assert len(prints) == len(ALERTS)


def test_everything_that_fires_is_resolved_before_the_story_begins_anew() -> None:
    firing: set[str] = set()
    for moment in moments():
        names = {alert.name for alert in moment.alerts}
        if moment.status == "firing":
            assert not firing & names
            firing |= names
        else:
            assert names <= firing
            firing -= names
    assert not firing
    assert all(earlier.at <= later.at for earlier, later in pairwise(moments()))
    assert moments()[-1].at < LENGTH


def test_some_alerts_belong_to_no_service_and_the_others_to_known_ones() -> None:
    known = {service["ref"] for service in services()}
    named = {alert.service for alert in ALERTS.values()}
    assert "" in named
    assert named - {""} <= known


def test_the_network_fault_is_unrelated_to_the_database() -> None:
    needs = {
        item["ref"]: {need["service"] for need in item.get("depends_on", ())} for item in services()
    }
    assert not needs["branch-network"]
    assert all("branch-network" not in wanted for wanted in needs.values())


def test_the_whole_story_arrives_with_the_secret(hub: Hub) -> None:
    tell(hub.url, "s3cret", speed=10_000)
    assert len(hub.bodies) == len(moments())
    assert hub.secrets == {"Bearer s3cret"}


def test_a_busy_hub_is_asked_again(hub: Hub) -> None:
    hub.answers = [503]
    alert = ALERTS["PortalSlow"]
    assert post(hub.url, "s", body("firing", [alert], {alert.name: AT}, AT)) == 202
    assert len(hub.bodies) == 2


def test_the_sender_ends_when_nobody_listens() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/hooks/am-main"
        with pytest.raises(Gone):
            tell(url, "s", speed=10_000)
