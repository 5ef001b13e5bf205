import json

import pytest

from connectors.zabbix import CONNECTOR, push
from hub.contract import Receiver
from hub.errors import Anomalous
from tests.connectors.zabbix.rows import FIXTURES, FRONTEND, SAID, pulled, pushed, row_of


def receiver(secret: str | None) -> Receiver:
    assert CONNECTOR.receiver
    settings = {"url": "http://zabbix.example", "token": "t", "webhook_secret": secret}
    return CONNECTOR.receiver(CONNECTOR.settings.model_validate(settings))


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_right_secret_is_let_in(scheme: str) -> None:
    assert receiver("s3cret").authentic({"authorization": f"{scheme} s3cret"}, b"")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer guess", "Basic s3cret", "Bearer \udcff"])
def test_everything_else_is_refused(header: str) -> None:
    assert not receiver("s3cret").authentic({"authorization": header}, b"")
    assert not receiver(None).authentic({"authorization": header}, b"")
    assert not receiver("s3cret").authentic({}, b"")


def test_pull_and_push_of_a_new_problem_are_the_same_record() -> None:
    """Trap 3."""
    assert row_of(pushed("began")) == row_of(pulled())
    assert pushed("began").version == pulled().version
    assert pushed("began").key == pulled().key
    assert pushed("began").series == pulled().series


def test_pull_and_push_of_an_acknowledged_problem_are_the_same_record() -> None:
    """Trap 3, and the acknowledgement out of the log of updates."""
    known = pulled(severity="5", acknowledged="1", acknowledges=SAID[1:])
    assert row_of(pushed("acknowledged")) == row_of(known)
    assert pushed("acknowledged").body["ack"] == known.body["ack"]
    assert pushed("acknowledged").version == known.version


def test_pull_and_push_of_an_ended_problem_are_the_same_record() -> None:
    """Trap 3; fact 10: `event_id` is the problem's, `recovery_id` the recovery's."""
    known = pulled("1795406936", severity="5", r_eventid="4", acknowledges=SAID)
    assert row_of(pushed("ended")) == row_of(known)
    assert pushed("ended").version == known.version


def test_macros_that_zabbix_left_are_not_told() -> None:
    """Fact 12."""
    body = pushed("began", trigger_url="{$WIKI}", event_opdata="{EVENT.OPDATA}").body
    assert "{" not in json.dumps(body["trigger"]).replace('{"', "")
    assert (body["r_eventid"], body["opdata"], len(body["hosts"])) == ("0", "", 2)  # type: ignore[arg-type]


def test_tags_are_json_within_the_json() -> None:
    """Fact 12, trap 2."""
    assert pushed("began").body["tags"] == [
        {"tag": "service", "value": "shop-db"},
        {"tag": "site", "value": "a"},
        {"tag": "site", "value": "b"},
    ]


def test_a_manual_close_is_told_twice_and_ends_the_problem_once() -> None:
    """Fact 12: an update with value 0, then the recovery: one record, one version."""
    first = pushed("ended", event_update_status="1")
    assert (first.key, first.version) == (pushed("ended").key, pushed("ended").version)
    assert first.body == pushed("ended").body


def test_the_times_of_the_log_follow_the_zone_of_the_sender() -> None:
    shifted = pushed("acknowledged", event_time="12:08:47", event_clock="1795406927").body
    assert isinstance(shifted["ack"], dict)
    assert shifted["ack"]["clock"] == str(1795406930 - 8 * 3600)


def test_a_user_whom_the_webhook_may_not_see_has_no_name() -> None:
    log = '2026.11.23 04:08:50 "Inaccessible user"\nActions: acknowledged.'
    ack = pushed("acknowledged", event_update_history=log).body["ack"]
    assert ack == {"clock": "1795406930", "username": None, "message": ""}


def test_what_is_no_event_of_a_trigger_gives_no_record() -> None:
    told = json.loads((FIXTURES / "began.json").read_text())
    body = json.dumps({**told, "event_source": "3", "event_object": "4"}).encode()
    assert push.page(body, FRONTEND).records == ()


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"event_id": "{EVENT.ID}"}, "event_id"),
        ({"event_clock": None}, "event_clock"),
        ({"event_nseverity": "High"}, "event_nseverity"),
        ({"event_tags": "[1]"}, "event_tags"),
        ({"event_tags": "{"}, "event_tags"),
        ({"event_value": "0"}, "recovery_id"),
        ({"event_update_history": '2026.13.45 99:99:99 "x"\n'}, "event_update_history"),
    ],
)
def test_a_problem_that_tells_too_little_goes_to_quarantine(
    changed: dict[str, object], path: str
) -> None:
    told = json.loads((FIXTURES / "began.json").read_text())
    body = json.dumps({**told, **changed}).encode()
    page = push.page(body, FRONTEND)
    assert page.records == ()
    assert [(one.kind, one.path, one.span) for one in page.rejected] == [
        ("problem", path, (0, len(body)))
    ]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "is an object"),
        (b'{"alerts": [], "receiver": "x"}', "Alertmanager"),
        (b'{"a": 1}', "no event_id"),
    ],
)
def test_what_is_not_our_media_types_is_refused_whole(body: bytes, says: str) -> None:
    with pytest.raises(Anomalous, match=says):
        push.page(body, FRONTEND)
