"""A real Zabbix and the hub as people run it: a problem comes in, an acknowledgement goes back."""

import secrets
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from deploy.lab.zabbix_objects import Corner, Host, Trigger
from deploy.lab.zabbix_sender import Value
from tests.integration.hub.client import until
from tests.integration.hub.running import RunningHub

pytestmark = [pytest.mark.slow, pytest.mark.needs_system("zabbix")]
RELEASES = [
    pytest.param("zabbix", id="6.0"),
    pytest.param("zabbix7", id="7.0", marks=pytest.mark.needs_system("zabbix-7.0")),
]
WRITES = ["acknowledge", "comment", "severity", "close"]


class Both:
    """A corner of a Zabbix, a host in it, and a hub that looks at nothing else."""

    def __init__(self, corner: Corner, hub: RunningHub, host: Host) -> None:
        self.corner, self.hub, self.host = corner, hub, host

    def send(self, value: float) -> None:
        self.corner.zabbix.send(self.host.name, "db.connections", value)

    def alert(self, status: str) -> Any:
        """Wait for the alert of the host to be in a state."""

        def look() -> Any:
            mine = [one for one in self.hub.alerts() if one["host"] == self.host.name]
            found = [one for one in mine if one["status"] == status]
            return found[0] if found else None

        return until(look, f"an alert that is {status}")

    def events(self) -> Any:
        """Return the problems as Zabbix has them, those too that are over."""
        return self.corner.zabbix.api(
            "event.get",
            {
                "output": "extend", "hostids": [self.host.hostid], "value": 1,
                ("select_acknowledges" if self.corner.zabbix.release == "6.0" else
                 "selectAcknowledges"): "extend",
            },
        )  # fmt: skip

    def event(self) -> Any:
        """Return the only problem."""
        (found,) = self.events()
        return found

    def write(self, ref: str, what: str, **body: object) -> Any:
        answer = self.hub.api.ask("POST", f"/alerts/{quote(ref, safe='')}/{what}", body)
        assert answer.status in {200, 202}, answer.body
        return answer.json

    def settled(self, ref: str, write: str) -> Any:
        """Wait until a write to the tool has come to its end."""

        def look() -> Any:
            found = self.hub.api.items("operations", alert=ref, write=write)
            over = [one for one in found if one["settled_at"] is not None]
            return over[0] if over else None

        return until(look, f"{write} is settled")


@pytest.fixture(params=RELEASES, scope="module")
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Corner, RunningHub]]:
    """Return a host group of a Zabbix, and a hub that looks at it."""
    corner = Corner.make(request.getfixturevalue(request.param), f"both-{secrets.token_hex(3)}")
    token = corner.user(f"{corner.name}-hub", role="User role")
    connector = {
        "type": "zabbix", "url": corner.zabbix.url, "token": token,
        "host_groups": [corner.name], "poll_seconds": 0.5, "read_only": False, "writes": WRITES,
    }  # fmt: skip
    hub = RunningHub(
        tmp_path_factory.mktemp("hub"), "sqlite", connectors={"zbx": connector}, quiet_seconds=1
    )
    yield corner, hub.start()
    hub.stop()
    corner.remove()


@pytest.fixture
def both(shop: tuple[Corner, RunningHub]) -> Both:
    """Return a host of one test."""
    corner, hub = shop
    return Both(
        corner,
        hub,
        corner.host(triggers=[Trigger("db.connections", tags={"service": "shop-db"})]),
    )


def test_a_problem_is_on_the_board_and_an_acknowledgement_with_its_message_is_in_zabbix(
    both: Both,
) -> None:
    both.send(95)
    alert = both.alert("firing")
    assert (alert["severity"], alert["host"]) == (4, both.host.name)
    both.write(alert["ref"], "ack", message="磁盘已在扩容")
    done = both.settled(alert["ref"], "acknowledge")
    assert (done["state"], done["by"]) == ("confirmed", done["wanted"]["by"])
    event = both.event()
    assert event["acknowledged"] == "1"
    (told,) = event["acknowledges"]
    assert "磁盘已在扩容" in told["message"]


def test_a_trigger_that_fires_twice_within_a_second_fires(both: Both) -> None:
    """Zabbix tells time by the second: only the number of an event says which is the later."""
    second = int(time.time())
    host = both.host.name
    values = (95, 1, 95, 1, 95)
    both.corner.zabbix.send_all([Value(host, "db.connections", v, second) for v in values])
    until(lambda: len(both.events()) == 3, "Zabbix has three problems of that second")
    assert {one["clock"] for one in both.events()} == {str(second)}
    firing = both.alert("firing")
    both.send(1)
    assert both.alert("resolved")["ref"] == firing["ref"]


def test_trap_15_what_we_wrote_is_no_news_and_is_not_written_again(both: Both) -> None:
    both.send(95)
    ref = both.alert("firing")["ref"]
    both.write(ref, "ack", message="on it")
    both.settled(ref, "acknowledge")
    polls = both.hub.api.get("/connectors/zbx/health")["last_success_at"]
    until(
        lambda: both.hub.api.get("/connectors/zbx/health")["last_success_at"] > polls,
        "another poll",
    )
    time.sleep(1.5)  # two more polls: nothing must come of them
    assert len(both.event()["acknowledges"]) == 1
    assert len(both.hub.api.items("operations", alert=ref)) == 1
    assert both.hub.api.one("alerts", ref)["ack"]["message"] == "on it"


def test_a_severity_a_comment_and_a_close_reach_zabbix_and_come_back(both: Both) -> None:
    both.send(95)
    ref = both.alert("firing")["ref"]
    both.write(ref, "severity", severity=5, message="go-live is at risk")
    assert both.settled(ref, "severity")["state"] == "confirmed"
    both.write(ref, "comment", message="called the DBA")
    assert both.settled(ref, "comment")["state"] == "confirmed"
    assert both.event()["severity"] == "5"
    both.write(ref, "close", message="restarted")
    assert both.settled(ref, "close")["state"] == "confirmed"
    both.alert("resolved")


def test_the_end_in_zabbix_ends_the_alert_here(both: Both) -> None:
    both.send(95)
    ref = both.alert("firing")["ref"]
    both.send(5)
    ended = both.alert("resolved")
    assert ended["ref"] == ref
    assert ended["ends_at"] is not None


def test_fact_9_a_deleted_trigger_ends_the_alert_as_gone(both: Both) -> None:
    both.send(95)
    both.alert("firing")
    both.corner.zabbix.api("trigger.delete", list(both.host.triggers.values()))
    gone = both.hub.api.one("alerts", both.alert("expired")["ref"])
    assert gone["occurrences"][-1]["event"] == "expired"


def test_a_write_that_is_switched_off_is_refused_with_the_remedy(both: Both) -> None:
    both.send(95)
    ref = both.alert("firing")["ref"]
    answer = both.hub.api.ask(
        "POST", f"/alerts/{quote(ref, safe='')}/silence", {"until": "2099-01-01T00:00:00Z"}
    )
    assert answer.status == 409
    assert "`writes`" in answer.json["detail"]


def test_the_kill_switch_holds_an_acknowledgement_back(both: Both) -> None:
    both.send(95)
    ref = both.alert("firing")["ref"]
    stopped = both.hub.api.ask("POST", "/connectors/zbx/writes", {"stopped": True})
    assert stopped.json["stopped"] is True
    both.write(ref, "ack", message="held back")
    (waiting,) = both.hub.api.items("operations", alert=ref)
    assert waiting["state"] == "planned"
    time.sleep(1.2)  # the sender looks each second
    assert both.event()["acknowledged"] == "0"
    both.hub.api.ask("POST", "/connectors/zbx/writes", {"stopped": False})
    assert both.settled(ref, "acknowledge")["state"] == "confirmed"


def test_a_check_tells_what_holds(both: Both) -> None:
    found = both.hub.api.ask("POST", "/connectors/zbx/check").json
    assert [step["code"] for step in found["steps"] if step["done"] is False] == []
    assert both.corner.zabbix.release in " ".join(step["says"] for step in found["steps"])
