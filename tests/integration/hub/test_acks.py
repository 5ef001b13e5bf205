"""A person says that somebody cares for an alert, on a hub that really runs."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.integration.hub.client import Answer, until
from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert, at, resolved

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def hub(shared_hub: Callable[..., RunningHub]) -> RunningHub:
    return shared_hub(quiet_seconds=3600)


def acknowledge(hub: RunningHub, ref: str, message: str = "on it") -> Answer:
    return hub.api.ask("POST", f"/alerts/{quote(ref, safe='')}/ack", {"message": message})


def told_after(hub: RunningHub, seq: int) -> list[str]:
    return [one["ref"] for one in hub.api.get("/changes", after=seq)["items"]]


def test_an_acknowledged_alert_says_who_cares_since_when_and_why(hub: RunningHub) -> None:
    hub.tell(alert("Cared for", environment="ack"))
    before = hub.alert("Cared for")
    answer = acknowledge(hub, before["ref"], "磁盘已在扩容")
    assert answer.status == 200, answer.body
    after = hub.alert("Cared for")
    assert before["ack"] is None
    assert after["ack"]["message"] == "磁盘已在扩容"
    assert after["ack"]["by"]
    assert after["ack"] == answer.json["ack"]
    assert after["version"] == before["version"] + 1
    assert [one["event"] for one in after["occurrences"]] == ["fired", "acked"]


def test_it_is_told_to_readers_and_audited(hub: RunningHub) -> None:
    hub.tell(alert("Told ack", environment="told-ack"))
    ref = hub.alert("Told ack")["ref"]
    seq = hub.seq()
    acknowledge(hub, ref)
    until(lambda: ref in told_after(hub, seq), "the change of the alert")
    noted = hub.api.get("/audit", action="alert.ack", ref=ref)["items"]
    assert len(noted) == 1


def test_news_and_repeats_leave_it(hub: RunningHub) -> None:
    told = alert("Kept ack", environment="kept-ack", annotations={"summary": "1"})
    hub.tell(told)
    acknowledge(hub, hub.alert("Kept ack")["ref"])
    hub.tell(told)
    hub.tell({**told, "fingerprint": "f" * 16})  # another source of the same alert: news
    found = hub.alert("Kept ack")
    assert found["ack"]["message"] == "on it"
    assert found["count"] == 3


def test_a_new_episode_asks_again(hub: RunningHub) -> None:
    told = alert("Again", environment="again-ack")
    hub.tell(told)
    acknowledge(hub, hub.alert("Again")["ref"])
    hub.tell(resolved(told, at(7)))
    hub.tell({**told, "startsAt": at(60)})
    found = hub.alert("Again")
    assert (found["episode"], found["ack"]) == (2, None)


def test_what_is_over_has_nothing_to_acknowledge(hub: RunningHub) -> None:
    told = alert("Over", environment="over-ack")
    hub.tell(told)
    hub.tell(resolved(told, at(7)))
    answer = acknowledge(hub, hub.alert("Over")["ref"])
    assert answer.status == 409
    assert "resolved" in answer.json["detail"]


def test_an_unknown_alert_is_named(hub: RunningHub) -> None:
    answer = acknowledge(hub, "am:alert:none")
    assert answer.status == 404
    assert "am:alert:none" in answer.json["detail"]
