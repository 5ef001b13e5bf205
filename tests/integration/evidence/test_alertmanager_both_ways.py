"""A real Alertmanager and the hub as people run it: polled, silenced from the hub, and killed."""

import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from deploy.lab.alertmanager import Alertmanager
from deploy.lab.processes import House
from tests.integration.hub.client import until
from tests.integration.hub.running import RunningHub

pytestmark = [pytest.mark.slow, pytest.mark.needs_system("alertmanager")]

Seen = Callable[[str, str], Any]


@pytest.fixture(scope="module")
def manager(lab: House, request: pytest.FixtureRequest) -> Iterator[Alertmanager]:
    """Return an Alertmanager that only this module kills."""
    request.getfixturevalue("alertmanager")  # it says so by name when none is installed
    server = Alertmanager(lab, "alertmanager-both-ways").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def hub(manager: Alertmanager, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """Return a hub that only polls it."""
    connector = {
        "type": "prometheus", "alertmanager_urls": [manager.url], "poll_seconds": 0.3,
        "timeout_seconds": 2, "read_only": False, "writes": ["suppress", "unsuppress"],
    }  # fmt: skip
    made = RunningHub(
        tmp_path_factory.mktemp("hub"), "sqlite", connectors={"am": connector}, quiet_seconds=3600
    )
    yield made.start()
    made.stop()


@pytest.fixture
def seen(hub: RunningHub) -> Seen:
    """Wait until an alert of this name is in this state."""

    def look(name: str, status: str) -> Any:
        def find() -> Any:
            found = [a for a in hub.alerts() if a["labels"].get("alertname") == name]
            return found[0] if found and found[0]["status"] == status else None

        return until(find, f"{name} is {status}")

    return look


def push(manager: Alertmanager, name: str, *, lasts: float = 600) -> None:
    now = datetime.now(UTC)
    manager.push(
        [
            {
                "labels": {"alertname": name, "severity": "critical", "service": "shop-db"},
                "startsAt": now.isoformat(),
                "endsAt": (now + timedelta(seconds=lasts)).isoformat(),
            }
        ]
    )


def test_what_no_webhook_told_is_on_the_board_by_polling(
    hub: RunningHub, manager: Alertmanager, seen: Seen
) -> None:
    push(manager, "Polled")
    alert = seen("Polled", "firing")
    assert (alert["severity"], alert["source"]["connector"]) == (5, "am")
    assert hub.api.get("/connectors/am/health")["state"] in {"ok", "unverified"}


def test_fact_19_a_silence_from_the_hub_is_in_alertmanager_and_is_no_end(
    hub: RunningHub, manager: Alertmanager, seen: Seen
) -> None:
    push(manager, "Loud")
    ref = seen("Loud", "firing")["ref"]
    body = {"until": (datetime.now(UTC) + timedelta(hours=1)).isoformat(), "message": "发布窗口"}
    answer = hub.api.ask("POST", f"/alerts/{quote(ref, safe='')}/silence", body)
    assert answer.status == 202, answer.body
    silenced = seen("Loud", "suppressed")
    assert silenced["ends_at"] is None
    (operation,) = hub.api.items("operations", alert=ref)
    assert operation["state"] == "confirmed"
    (held,) = [a for a in manager.alerts() if a["labels"]["alertname"] == "Loud"]
    assert len(held["status"]["silencedBy"]) == 1
    answer = hub.api.ask("POST", f"/alerts/{quote(ref, safe='')}/unsilence", {})
    assert answer.status == 202, answer.body
    seen("Loud", "firing")


def test_trap_6_a_killed_alertmanager_ends_nothing_and_comes_back(
    hub: RunningHub, manager: Alertmanager, seen: Seen
) -> None:
    push(manager, "Stays")
    seen("Stays", "firing")
    manager.stop(signal.SIGKILL)

    def failing() -> Any:
        health = hub.api.get("/connectors/am/health")
        return health if health["state"] == "failing" else None

    health = until(failing, "the connector fails")
    assert manager.url in health["message"]
    assert seen("Stays", "firing")["ends_at"] is None
    manager.start()
    push(manager, "After")
    hub.api.ask("POST", "/connectors/am/sync", {})
    seen("After", "firing")
    seen("Stays", "firing")
