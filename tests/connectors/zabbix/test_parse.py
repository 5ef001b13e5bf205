from typing import Any

import pytest

from connectors.zabbix import parse
from connectors.zabbix.parse import marker, static
from hub.errors import Anomalous
from tests.connectors.zabbix.rows import ROW, SAID, TRIGGER, pulled


def test_the_key_is_the_event_and_the_series_is_the_trigger() -> None:
    record = pulled()
    assert (record.kind, record.key, record.series) == ("problem", "2", "23133")
    assert record.body["event_url"] == (
        "http://zabbix.example/tr_events.php?triggerid=23133&eventid=2"
    )


def test_opdata_is_no_news_and_tags_have_no_order() -> None:
    """Fact 11: Zabbix computes opdata at each reading, and tells tags in any order."""
    turned = pulled(opdata="0", tags=ROW["tags"][::-1])
    assert turned.version == pulled().version
    assert turned.body["tags"] == pulled().body["tags"]


def test_the_same_tag_twice_is_kept_twice() -> None:
    """Trap 2."""
    twice = [{"tag": "a", "value": "1"}, {"tag": "a", "value": "1"}, {"tag": "a", "value": "2"}]
    assert pulled(tags=twice).body["tags"] == twice
    assert pulled(tags=twice).version != pulled(tags=twice[1:]).version


@pytest.mark.parametrize(
    "changed",
    [
        {"severity": "5"},
        {"acknowledged": "1"},
        {"acknowledges": SAID},
        {"suppressed": "1"},
        {"suppression_data": [{"maintenanceid": "1", "suppress_until": "9"}]},
        {"r_eventid": "4"},
        {"name": "another"},
        {"tags": [*ROW["tags"], {"tag": "ticket", "value": "ERP-1"}]},
    ],
)
def test_what_changes_without_a_new_event_is_news(changed: dict[str, Any]) -> None:
    """Fact 8: the version alone tells that a problem says something new."""
    assert pulled(**changed).version != pulled().version


def test_the_severity_is_the_events_and_not_the_triggers() -> None:
    """Fact 14: a person changed it at the event; the trigger is not even asked for its own."""
    assert pulled(severity="5").body["severity"] == "5"
    assert "priority" not in pulled().body["trigger"]  # type: ignore[operator]


def test_the_hubs_own_acknowledgement_is_no_news() -> None:
    own = {**SAID[1], "action": "6", "message": f"taken (Li) {marker('op-7')}"}
    after = pulled(acknowledged="1", acknowledges=[own])
    assert after.version == pulled().version
    assert after.body["ack"] == {
        "clock": "1795406930", "username": "Admin", "message": "taken (Li)"
    }  # fmt: skip


def test_somebody_elses_acknowledgement_beside_the_hubs_is_news() -> None:
    own = {**SAID[1], "action": "4", "message": f"seen {marker('op-7')}"}
    other = {**SAID[1], "acknowledgeid": "3", "action": "2", "message": ""}
    both = pulled(acknowledged="1", acknowledges=[own, other])
    assert both.version != pulled().version
    assert both.version == pulled(acknowledged="1", acknowledges=[other]).version


def test_a_message_that_only_looks_like_the_hubs_is_somebody_elses() -> None:
    talk = {**SAID[1], "action": "4", "message": "see [milepost:op-7] of yesterday"}
    assert pulled(acknowledges=[talk]).version != pulled().version


def test_the_last_acknowledgement_that_holds_is_told() -> None:
    assert pulled(acknowledged="0", acknowledges=SAID).body["ack"] is None
    held = pulled(acknowledged="1", acknowledges=SAID[1:]).body["ack"]
    assert held == {"clock": "1795406930", "username": "Admin", "message": 'line 1\nline 2 "q"'}


def test_an_ended_problem_says_when_and_by_which_event() -> None:
    """Fact 10: the recovery is attached by `r_eventid`."""
    body = pulled(ended="1795406936", r_eventid="4").body
    assert (body["value"], body["r_eventid"], body["r_clock"]) == ("0", "4", "1795406936")


@pytest.mark.parametrize("lacking", ["eventid", "objectid", "severity", "tags", "acknowledges"])
def test_a_row_without_what_was_asked_for_is_anomalous(lacking: str) -> None:
    row = {name: value for name, value in ROW.items() if name != lacking}
    with pytest.raises(Anomalous, match=lacking):
        from_row(row)


def from_row(row: dict[str, Any]) -> object:
    return parse.pulled(row, TRIGGER, None, "http://zabbix.example/")


def test_macros_of_a_url_are_filled_in_or_the_url_is_not_told() -> None:
    one = TRIGGER.hosts[1:]
    assert static("http://r/{HOST.HOST}?e={EVENT.ID}", "2", "7", one) == "http://r/db-01?e=2"
    assert static("http://r/{HOST.HOST}", "2", "7", TRIGGER.hosts) == ""
    assert static("{$WIKI}/x", "2", "7", one) == ""
    assert static("http://r/", "2", "7", one) == "http://r/"
