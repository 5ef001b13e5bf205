"""Webhooks that are wrong, hostile or odd: each gets a clear answer and spoils nothing else."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.hub.client import Client
from tests.integration.hub.running import SECRET, RunningHub
from tests.integration.hub.samples import alert, envelope

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def hub(shared_hub: Callable[..., RunningHub]) -> RunningHub:
    return shared_hub(quiet_seconds=3600)


def refusals(hub: RunningHub) -> list[Any]:
    return hub.api.items("quarantine", state="refused")


def counted(hub: RunningHub) -> dict[str, int]:
    """Return what is stored, to see that nothing was added."""
    source = next(one for one in hub.api.items("connectors") if one["id"] == "am")
    return {
        "alerts": len(hub.alerts()),
        "quarantine": len(hub.api.items("quarantine")),
        "deliveries": source["deliveries"],
        "audit": len(hub.api.items("audit")),
    }


def test_a_webhook_of_another_tool_is_refused_and_kept_as_evidence(hub: RunningHub) -> None:
    body = json.dumps({"event_id": "17", "trigger_id": "4", "value": "1"}).encode()
    answer = hub.post(body)
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Zabbix" in answer.json["detail"]
    (kept,) = [one for one in refusals(hub) if "Zabbix" in one["message"]]
    assert kept["evidence"] == body.decode()
    assert kept["connector"] == "am"


def test_evidence_is_capped_and_the_same_bytes_are_kept_once(hub: RunningHub) -> None:
    body = json.dumps({"webhookEvent": "jira:issue_updated", "padding": "x" * 300_000}).encode()
    assert [hub.post(body).status for _ in range(3)] == [422, 422, 422]
    (kept,) = [one for one in refusals(hub) if "Jira" in one["message"]]
    assert len(kept["evidence"]) == 64 << 10
    assert body.decode().startswith(kept["evidence"])


@pytest.mark.parametrize("secret", ["wrong", "", SECRET + "x", SECRET.upper()])
def test_a_wrong_secret_is_refused_and_nothing_is_stored(hub: RunningHub, secret: str) -> None:
    before = counted(hub)
    answer = hub.post(envelope([alert("Unauthenticated")]), secret=secret)
    assert answer.status == 401
    assert "www-authenticate" in answer.headers
    assert hub.post(b"not even JSON", secret=secret).status == 401
    assert counted(hub) == before


def test_a_missing_secret_is_refused(hub: RunningHub) -> None:
    body = envelope([alert("Unauthenticated")])
    assert Client(hub.base, "").send("POST", "/hooks/am", body).status == 401


def test_secrets_never_reach_the_log_or_an_answer(hub: RunningHub) -> None:
    answer = hub.post(b"{}", secret="a-guess-that-must-not-be-logged")  # noqa: S106
    refused = hub.post(b'{"version": "3"}')
    log = hub.log.read_text()
    assert "a-guess-that-must-not-be-logged" not in log + answer.body.decode()
    assert SECRET not in log + refused.body.decode()


@pytest.mark.parametrize("name", ["nobody", "AM", "file", "am%2F..", "%00", "am%0d%0aX:y"])
def test_an_unknown_connector_is_not_found(hub: RunningHub, name: str) -> None:
    before = counted(hub)
    assert hub.post(envelope([alert("Nowhere")]), connector=name).status == 404
    assert counted(hub) == before


def test_a_body_of_11_mb_is_too_large_even_with_the_secret(hub: RunningHub) -> None:
    before = counted(hub)
    answer = hub.post(b" " * (11 << 20))
    assert answer.status == 413
    assert str(10 << 20) in answer.json["detail"]
    assert counted(hub) == before


def test_too_large_is_said_before_the_secret_is_looked_at(hub: RunningHub) -> None:
    assert hub.post(b" " * (11 << 20), secret="wrong").status == 413  # noqa: S106


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"alert!",
        b'{"version": "4", "alerts": [',
        b"\xff\xfe\x00",
        b'{"version": "4", "alerts": []}{}',
        b"[" * 100_000,
        b'{"version": "4", "alerts": ' + b"[" * 100_000,
        b"null",
        b"[]",
        b'"text"',
        b'{"version": "4"}',
        b'{"version": 4, "alerts": []}',
        b'{"version": "3", "alerts": []}',
        b'{"version": "4", "alerts": {}}',
        b'{"version": "4", "alerts": [], "truncatedAlerts": -1}',
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)
def test_what_is_no_envelope_is_refused_with_a_sentence(hub: RunningHub, body: bytes) -> None:
    before = counted(hub)
    answer = hub.post(body)
    assert answer.status == 422
    assert len(answer.json["detail"]) > 10
    after = counted(hub)
    assert (after["alerts"], after["deliveries"]) == (before["alerts"], before["deliveries"])


@pytest.mark.parametrize(
    ("bad", "path"),
    [
        (17, "alerts[1]"),
        (None, "alerts[1]"),
        ({"labels": {}}, "alerts[1].fingerprint"),
        ({**alert("Bad"), "status": "maybe"}, "alerts[1].status"),
        ({**alert("Bad"), "startsAt": "yesterday"}, "alerts[1].startsAt"),
        ({**alert("Bad"), "startsAt": "0001-01-01T00:00:00Z"}, "alerts[1].startsAt"),
        ({**alert("Bad"), "labels": {"n": 1}}, "alerts[1].labels"),
        ({**alert("Bad"), "fingerprint": "a\x00b"}, "alerts[1].fingerprint"),
        ({**alert("Bad"), "labels": {"nul\x00": 1}}, "alerts[1].labels"),
    ],
)
def test_one_bad_element_goes_to_the_quarantine_and_the_rest_counts(
    hub: RunningHub, bad: object, path: str
) -> None:
    good = [alert(f"Beside a bad one {n}", environment="bad-element") for n in range(2)]
    answer = hub.post(envelope([good[0], bad, good[1]]))
    assert answer.status == 202
    assert answer.json["accepted"] == 2
    (kept,) = hub.api.items("quarantine", receipt=answer.json["receipt"])
    assert (kept["path"], kept["state"]) == (path, "open")
    assert json.loads(kept["evidence"]) == bad


def test_an_alert_without_labels_is_an_alert(hub: RunningHub) -> None:
    told = {**alert("x", fingerprint="0000000000000001"), "labels": {}, "annotations": {}}
    hub.tell(told)
    hub.tell({**told, "fingerprint": "0000000000000002"})
    found = [one for one in hub.alerts() if not one["labels"]]
    assert {one["title"] for one in found} == {"Alert without a name"}
    assert len(found) == 2


def test_an_alert_whose_labels_are_null_is_an_alert(hub: RunningHub) -> None:
    told = {**alert("x", fingerprint="0000000000000003"), "labels": None, "annotations": None}
    answer = hub.post(envelope([told]))
    assert answer.json["accepted"] == 1
    assert hub.api.items("quarantine", receipt=answer.json["receipt"]) == []


def test_ten_thousand_labels_are_kept(hub: RunningHub) -> None:
    labels = {"alertname": "Many labels", **{f"label_{n}": f"value {n}" for n in range(10_000)}}
    hub.tell({**alert("Many labels"), "labels": labels})
    assert hub.alert("Many labels")["labels"] == labels


def test_a_label_of_a_megabyte_is_kept(hub: RunningHub) -> None:
    hub.tell(alert("Long label", text="x" * (1 << 20), environment="long"))
    assert len(hub.alert("Long label")["labels"]["text"]) == 1 << 20


def test_emoji_and_every_script_come_back_as_they_are(hub: RunningHub) -> None:
    words = "🔥 数据库宕机 \u202eRTL\u202c naïve 👩‍💻 \U0001f600"
    hub.tell(alert("Emoji 🔥", summary=words, annotations={"summary": words}))
    found = hub.alert("Emoji 🔥")
    assert found["annotations"] == {"summary": words}
    assert found["labels"]["summary"] == words


def test_control_characters_are_shown_and_the_record_stays_as_it_came(hub: RunningHub) -> None:
    told = alert("Controls", note="a\x00b\x1b[31mc\x7fd", environment="controls")
    told["annotations"] = {"summary": "NUL \x00 here", "nul\x00name": "x"}
    hub.tell(told)
    found = hub.alert("Controls")
    assert found["title"] == "NUL ␀ here"
    assert found["labels"]["note"] == "a␀b␛[31mc␡d"
    assert found["raw"] == told


def test_half_of_a_character_puts_aside_the_alert_that_has_it(hub: RunningHub) -> None:
    told = [alert("Half", environment="surrogate"), alert("Whole beside half")]
    body = envelope(told).replace(b'"surrogate"', b'"\\ud83d"')
    answer = hub.post(body)
    assert (answer.status, answer.json["accepted"]) == (202, 1)
    (aside,) = hub.api.items("quarantine", receipt=answer.json["receipt"])
    assert "surrogate" in aside["message"]
    assert r"\ud83d" in aside["evidence"]
    assert hub.alert("Whole beside half")["status"] == "firing"


@pytest.mark.parametrize(
    "starts",
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-02T00:00:00+14:00"],
)
def test_a_start_at_the_end_of_time_is_stored_or_put_aside(hub: RunningHub, starts: str) -> None:
    answer = hub.post(envelope([alert("Far away", starts=starts, environment=starts[:4])]))
    assert answer.status == 202
    stored = answer.json["accepted"]
    aside = hub.api.items("quarantine", receipt=answer.json["receipt"])
    assert stored + len(aside) >= 1
    assert hub.alerts(q="Far away") or aside


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "caf\xe9"},
        {"Content-Type": "application/json; x=\xff"},
        {"X-Request-Id": "a\tb"},
        {"User-Agent": "x" * 7000},
    ],
)
def test_odd_headers_do_not_keep_a_delivery_out(hub: RunningHub, headers: dict[str, str]) -> None:
    answer = hub.post(envelope([alert("Odd headers", environment="headers")]), **headers)
    assert answer.status == 202, (answer.body, hub.errors())


def test_a_sender_that_says_another_type_is_read_by_its_bytes(hub: RunningHub) -> None:
    body = envelope([alert("Typed as text", environment="typed")])
    assert hub.post(body, **{"Content-Type": "text/plain"}).status == 202


def test_reading_it_all_back_still_works(hub: RunningHub) -> None:
    """Last: whatever was told above, every list can be read."""
    for kind in ("alerts", "incidents", "links", "quarantine", "connectors", "services", "audit"):
        hub.api.items(kind)
    assert hub.api.get("/search", q="Far")["items"]
    assert hub.post(envelope([alert("After all that")])).status == 202
