"""An alert over its life, told over HTTP to a hub that really runs."""

from collections.abc import Callable
from importlib.resources import files

import pytest

from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import NO_END, alert, at, envelope, resolved

pytestmark = pytest.mark.slow

CHANGING = {"last_seen_at", "count"}


@pytest.fixture(scope="module")
def hub(shared_hub: Callable[..., RunningHub]) -> RunningHub:
    return shared_hub(quiet_seconds=3600)


def events(hub: RunningHub, name: str) -> list[str]:
    return [one["event"] for one in hub.alert(name)["occurrences"]]


def test_a_first_firing_is_an_alert_with_its_record_and_provenance(hub: RunningHub) -> None:
    told = alert("First", severity="critical", environment="first")
    receipt = hub.tell(told)
    found = hub.alert("First")
    assert found["status"] == "firing"
    assert (found["severity"], found["severity_raw"]) == (5, "critical")
    assert (found["count"], found["episode"], found["incomplete"]) == (1, 1, False)
    assert found["starts_at"] == at().replace("Z", "+00:00")
    assert found["ends_at"] is None
    assert found["raw"] == told
    assert found["receipt"] == f"{receipt}#0"
    assert found["provenance"]["severity"]["path"] == "labels.severity"
    assert [one["event"] for one in found["occurrences"]] == ["fired"]


def test_a_repeat_changes_last_seen_and_count_only(hub: RunningHub) -> None:
    told = alert("Repeated", severity="warning", environment="repeat")
    hub.tell(told)
    before = hub.alert("Repeated")
    hub.tell(told)
    hub.tell({**told, "annotations": {"summary": "7 instead of 6"}})
    after = hub.alert("Repeated")
    assert {name for name in before if before[name] != after[name]} == CHANGING
    assert after["count"] == 3
    assert after["last_seen_at"] > before["last_seen_at"]


def test_a_repeat_is_no_change_that_is_told(hub: RunningHub) -> None:
    told = alert("Quiet repeat", environment="quiet-repeat")
    hub.tell(told)
    seq = hub.seq()
    hub.tell(told)
    ref = hub.alert("Quiet repeat")["ref"]
    assert ref not in [one["ref"] for one in hub.api.get("/changes", after=seq)["items"]]


def test_a_resolve_ends_the_alert_when_the_tool_says(hub: RunningHub) -> None:
    told = alert("Ended", environment="ended")
    hub.tell(told)
    hub.tell(resolved(told, at(7)))
    found = hub.alert("Ended")
    assert found["status"] == "resolved"
    assert found["ends_at"] == at(7).replace("Z", "+00:00")
    assert events(hub, "Ended") == ["fired", "resolved"]


def test_a_resolve_told_twice_changes_nothing(hub: RunningHub) -> None:
    told = alert("Ended twice", environment="ended-twice")
    hub.tell(told)
    hub.tell(resolved(told, at(7)))
    before = hub.alert("Ended twice")
    hub.tell(resolved(told, at(7)))
    assert hub.alert("Ended twice") == before


def test_the_same_start_after_the_end_changes_nothing(hub: RunningHub) -> None:
    told = alert("Late echo", environment="late-echo")
    hub.tell(told)
    hub.tell(resolved(told, at(7)))
    before = hub.alert("Late echo")
    hub.tell(told)
    after = hub.alert("Late echo")
    assert [one["reason"] for one in after.pop("refused")] == ["resolved_is_final"]
    assert after == {name: value for name, value in before.items() if name != "refused"}
    bearer = {"Authorization": f"Bearer {hub.token}"}
    metrics = hub.api.send("GET", "/metrics", headers=bearer).body.decode()
    assert 'moves_refused_total{connector="am",reason="resolved_is_final"} 1.0' in metrics


def test_a_new_start_within_the_flap_gap_goes_on_with_the_episode(hub: RunningHub) -> None:
    told = alert("Flapping", environment="flapping")
    hub.tell(told)
    hub.tell(resolved(told, at(5)))
    incident = hub.alert("Flapping")["incident"]
    hub.tell({**told, "startsAt": at(8)})
    found = hub.alert("Flapping")
    assert (found["status"], found["episode"], found["flaps"]) == ("firing", 1, 1)
    assert found["incident"] == incident
    assert events(hub, "Flapping") == ["fired", "resolved", "re_fired"]


def test_a_new_start_beyond_the_flap_gap_opens_an_episode(hub: RunningHub) -> None:
    told = alert("Anew", environment="anew")
    hub.tell(told)
    hub.tell(resolved(told, at(5)))
    hub.tell({**told, "startsAt": at(90)})
    found = hub.alert("Anew")
    assert (found["status"], found["episode"], found["flaps"]) == ("firing", 2, 0)


def test_an_older_episode_that_arrives_late_is_history_only(hub: RunningHub) -> None:
    told = alert("Late", environment="late")
    hub.tell({**told, "startsAt": at(60)})
    before = hub.alert("Late")
    hub.tell(resolved(told, at(5)))
    after = hub.alert("Late")
    for name in ("status", "starts_at", "ends_at", "episode", "severity", "incident"):
        assert after[name] == before[name], name
    assert "late" in events(hub, "Late")


def test_a_resolve_without_a_firing_is_kept_as_incomplete(hub: RunningHub) -> None:
    hub.tell(resolved(alert("Only its end", environment="incomplete"), at(4)))
    found = hub.alert("Only its end")
    assert (found["status"], found["incomplete"], found["incident"]) == ("resolved", True, None)
    assert events(hub, "Only its end") == ["incomplete"]


def test_the_firing_that_comes_after_its_end_completes_the_episode(hub: RunningHub) -> None:
    told = alert("Out of order", environment="out-of-order")
    hub.tell(resolved(told, at(4)))
    hub.tell(told)
    found = hub.alert("Out of order")
    assert (found["status"], found["incomplete"]) == ("resolved", False)


def test_two_senders_that_know_nothing_of_each_other_give_one_alert(hub: RunningHub) -> None:
    told = alert("Two senders", environment="two-senders")
    for url in ("http://one.example", "http://two.example"):
        hub.tell(told, externalURL=url)
    assert hub.alert("Two senders")["count"] == 2
    for url in ("http://one.example", "http://two.example"):
        hub.tell(resolved(told, at(9)), externalURL=url)
    assert hub.alert("Two senders")["status"] == "resolved"


def test_replicas_of_a_prometheus_are_one_alert_that_fires_while_any_fires(
    hub: RunningHub,
) -> None:
    one = alert("Replicas", environment="replicas", replica="a")
    two = alert("Replicas", environment="replicas", replica="b")
    assert one["fingerprint"] != two["fingerprint"]
    hub.tell(one, two)
    hub.tell(resolved(two, at(9)))
    assert hub.alert("Replicas")["status"] == "firing"
    hub.tell(resolved(one, at(11)))
    found = hub.alert("Replicas")
    assert (found["status"], found["ends_at"]) == ("resolved", at(11).replace("Z", "+00:00"))


def test_another_severity_label_is_another_alert(hub: RunningHub) -> None:
    # Severity is an identity label until an admin says otherwise.
    hub.tell(
        alert("Loud", environment="loud", severity="warning"),
        alert("Loud", environment="loud", severity="critical"),
    )
    found = [one for one in hub.alerts() if one["labels"]["alertname"] == "Loud"]
    assert sorted(one["severity"] for one in found) == [2, 5]


def test_what_the_sender_left_out_is_not_resolved(hub: RunningHub) -> None:
    one, two = (alert("Cut", environment="cut", instance=name) for name in "ab")
    hub.tell(one, two)
    hub.tell(one, truncatedAlerts=1)
    found = [a for a in hub.alerts() if a["labels"]["alertname"] == "Cut"]
    assert [a["status"] for a in found] == ["firing", "firing"]


def test_each_alert_speaks_for_itself_not_the_group(hub: RunningHub) -> None:
    fires, over = (alert("Mixed", environment="mixed", instance=name) for name in "ab")
    hub.tell(fires, over)
    hub.tell(fires, resolved(over, at(3)), status="firing")
    found = {a["labels"]["instance"]: a["status"] for a in hub.alerts(q="Mixed")}
    assert found == {"a": "firing", "b": "resolved"}


def test_an_end_before_its_start_is_no_end_before_the_start(hub: RunningHub) -> None:
    told = alert("Backwards", environment="backwards", starts=at(10))
    hub.tell(told)
    hub.tell(resolved(told, at(5)))
    found = hub.alert("Backwards")
    assert (found["status"], found["ends_at"]) == ("resolved", found["starts_at"])


def test_the_answer_counts_the_records_and_names_the_receipt(hub: RunningHub) -> None:
    answer = hub.post(envelope([alert(f"Counted {n}", environment="counted") for n in range(3)]))
    assert answer.status == 202
    assert answer.json["accepted"] == 3
    assert answer.json["receipt"].startswith("am:")


def test_a_group_without_alerts_is_accepted(hub: RunningHub) -> None:
    assert hub.post(envelope([])).json["accepted"] == 0


def test_the_zero_time_is_no_end(hub: RunningHub) -> None:
    hub.tell(alert("Endless", environment="endless", ends=NO_END))
    assert hub.alert("Endless")["ends_at"] is None


def test_an_alert_is_as_severe_as_the_loudest_of_its_replicas(
    running_hub: Callable[..., RunningHub],
) -> None:
    hub = running_hub(start=False)
    shipped = files("mappings").joinpath("prometheus", "alert.yaml").read_text("utf-8")
    hub.write(
        "mappings/prometheus/alert.yaml",
        shipped.replace("first_of: [labels.severity,", "first_of: [annotations.level,"),
    )
    hub.start()
    one = alert("Louder", replica="a", annotations={"level": "warning"})
    two = alert("Louder", replica="b", annotations={"level": "critical"})
    hub.tell(one)
    assert hub.alert("Louder")["severity"] == 2
    hub.tell(two)
    found = hub.alert("Louder")
    assert found["severity"] == 5
    assert hub.incident_of("Louder")["severity"] == 5
    assert "severity_changed" in [o["event"] for o in found["occurrences"]]
    hub.tell(resolved(two, at(4)))
    assert hub.alert("Louder")["severity"] == 2
    assert hub.incident_of("Louder")["severity"] == 2
