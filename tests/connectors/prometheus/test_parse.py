import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from connectors.prometheus import parse
from hub.contract import Page, Record, Rejected
from hub.errors import Anomalous

FIXTURES = Path(__file__).parent / "fixtures"


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def envelope(*alerts: Mapping[str, object], **more: object) -> bytes:
    return json.dumps({"version": "4", "alerts": alerts, **more}).encode()


def an_alert(**fields: object) -> dict[str, object]:
    return {
        "status": "firing",
        "labels": {"alertname": "A"},
        "startsAt": "2026-01-05T10:00:00Z",
        "fingerprint": "00000000000000aa",
        **fields,
    }


def without(name: str) -> dict[str, object]:
    return {key: value for key, value in an_alert().items() if key != name}


def keys(page: Page) -> list[tuple[str, str]]:
    return [(record.key, record.version) for record in page.records]


def test_a_firing_alert_keeps_every_field_it_came_with() -> None:
    body = fixture("firing")
    page = parse.page(body)
    assert [record.body for record in page.records] == json.loads(body)["alerts"]
    assert page.rejected == ()


def test_the_key_is_fingerprint_and_start_and_the_version_is_the_state() -> None:
    (record,) = parse.page(fixture("firing")).records
    assert record.key == f"{record.body['fingerprint']}/{record.body['startsAt']}"
    assert record.series == record.body["fingerprint"]
    assert (record.kind, record.version) == ("alert", "firing")


def test_a_resolve_has_the_key_of_the_firing_it_ends() -> None:
    (firing,) = parse.page(fixture("firing")).records
    (resolved,) = parse.page(fixture("resolved")).records
    assert resolved.key == firing.key
    assert resolved.version == "resolved"


def test_the_same_resolve_again_is_a_repeat_whatever_its_end() -> None:
    """Fact 15."""
    ends = ("2026-01-05T10:30:00Z", "2026-01-05T10:30:01Z")
    again = [keys(parse.page(envelope(an_alert(status="resolved", endsAt=end)))) for end in ends]
    assert again[0] == again[1]


def test_each_alert_has_its_own_state_not_the_groups() -> None:
    """Fact 16."""
    body = fixture("partly_resolved")
    assert json.loads(body)["status"] == "firing"
    assert [r.version for r in parse.page(body).records] == ["resolved", "firing", "firing"]


def test_the_zero_end_stays_as_sent() -> None:
    """Fact 16: it means that there is no end."""
    (record,) = parse.page(fixture("firing")).records
    assert record.body["endsAt"] == "0001-01-01T00:00:00Z"


def test_alerts_that_alertmanager_left_out_are_counted() -> None:
    """Fact 17."""
    page = parse.page(fixture("truncated"))
    assert len(page.records) == 2
    assert page.hints == {"truncated": 3}


@pytest.mark.parametrize(
    "spelling",
    [
        "2026-01-05T10:00:00.123Z",
        "2026-01-05T10:00:00.123000000Z",
        # API v2 prints this one as the first of these.
        "2026-01-05T10:00:00.123456789Z",
        "2026-01-05T18:00:00.123+08:00",
        "2026-01-05T04:30:00.123-05:30",
    ],
)
def test_one_instant_gives_one_key_however_it_is_spelt(spelling: str) -> None:
    page = parse.page(envelope(an_alert(startsAt=spelling)))
    assert keys(page) == [("00000000000000aa/2026-01-05T10:00:00.123Z", "firing")]


def test_a_later_start_is_another_key_of_the_same_series() -> None:
    later = an_alert(startsAt="2026-01-05T10:00:00.001Z")
    first, second = parse.page(envelope(an_alert(), later)).records
    assert first.key != second.key
    assert first.series == second.series


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("[!fv]*.json")), ids=lambda path: path.stem)
def test_a_span_is_the_element_in_the_delivery(path: Path) -> None:
    body = path.read_bytes()
    page = parse.page(body)
    parts: list[Record | Rejected] = [*page.records, *page.rejected]
    spans = sorted(part.span for part in parts if part.span)
    assert [json.loads(body[a:b]) for a, b in spans] == json.loads(body)["alerts"]


def test_spans_are_right_when_an_earlier_list_has_the_same_alerts() -> None:
    inner = json.dumps([an_alert(), an_alert()])
    body = f'{{"alerts": {inner}, "version": "4", "alerts" : {inner}}}'.encode()
    page = parse.page(body)
    assert [json.loads(body[a:b]) for a, b in (r.span for r in page.records if r.span)] == [
        record.body for record in page.records
    ]


def test_a_bad_alert_is_refused_with_its_place_and_the_rest_counts() -> None:
    page = parse.page(fixture("one_bad_among_good"))
    assert [record.series[-1] for record in page.records] == ["1", "3"]
    (bad,) = page.rejected
    assert (bad.kind, bad.path) == ("alert", "alerts[1].labels")
    assert bad.message == "labels['replicas'] is a number, not text"


@pytest.mark.parametrize(
    ("alert", "path", "message"),
    [
        (without("fingerprint"), ".fingerprint", "fingerprint is missing"),
        (an_alert(fingerprint=7), ".fingerprint", "fingerprint is a number, not text"),
        (an_alert(fingerprint=""), ".fingerprint", "not a short printable text"),
        (an_alert(fingerprint="a\x00b"), ".fingerprint", "not a short printable text"),
        (an_alert(fingerprint="a" * 129), ".fingerprint", "not a short printable text"),
        (an_alert(status="suppressed"), ".status", "neither firing nor resolved"),
        (an_alert(status=None), ".status", "status is null, not text"),
        (without("startsAt"), ".startsAt", "startsAt is missing"),
        (an_alert(startsAt="yesterday"), ".startsAt", "not an instant of RFC 3339"),
        (an_alert(startsAt="2026-01-05T10:00:00"), ".startsAt", "not an instant of RFC 3339"),
        (an_alert(startsAt="2026-13-05T10:00:00Z"), ".startsAt", "not an instant of RFC 3339"),
        (an_alert(startsAt="0001-01-01T00:00:00Z"), ".startsAt", "not an instant of RFC 3339"),
        (an_alert(startsAt="0001-01-01T00:00:00+08:00"), ".startsAt", "not an instant"),
        (an_alert(startsAt="9999-12-31T23:59:59-08:00"), ".startsAt", "not an instant"),
        (an_alert(labels=["a"]), ".labels", "labels is a list, not an object of texts"),
        (an_alert(labels={"a": None}), ".labels", "labels['a'] is null, not text"),
        (an_alert(annotations={"a": {}}), ".annotations", "annotations['a'] is an object"),
    ],
)
def test_a_misshapen_alert_is_refused(alert: dict[str, object], path: str, message: str) -> None:
    page = parse.page(envelope(an_alert(), alert))
    (bad,) = page.rejected
    assert bad.path == f"alerts[1]{path}"
    assert message in bad.message
    assert len(page.records) == 1


@pytest.mark.parametrize("element", [b"7", b"null", b'"text"', b"[]"])
def test_an_element_that_is_no_object_is_refused(element: bytes) -> None:
    (bad,) = parse.page(b'{"version":"4","alerts":[' + element + b"]}").rejected
    assert bad.path == "alerts[0]"
    assert bad.message.startswith("an alert is an object, not ")


@pytest.mark.parametrize("element", [b'{"labels":"\xff"}', b'{"x":1e999}'])
def test_an_unreadable_element_does_not_take_the_others_with_it(element: bytes) -> None:
    good = json.dumps(an_alert()).encode()
    page = parse.page(b'{"version":"4","alerts":[' + good + b" , " + element + b"," + good + b"]}")
    assert len(page.records) == 2
    assert page.rejected[0].message.startswith("cannot be read as JSON: ")


@pytest.mark.parametrize("half", [r"\ud83d", r"\udc00", r"\uD83Dx", r"\ud83d\ud83d", r"\\\ud800"])
@pytest.mark.parametrize("place", ["value", "name", "fingerprint"])
def test_half_of_a_character_spoils_only_the_alert_that_has_it(half: str, place: str) -> None:
    good = json.dumps(an_alert())
    bad = {
        "value": good.replace('"labels": {', f'"labels": {{"odd": "{half}", ', 1),
        "name": good.replace('"labels": {', f'"labels": {{"{half}": "odd", ', 1),
        "fingerprint": good.replace('"fingerprint": "', f'"fingerprint": "{half}', 1),
    }[place]
    before = f'{{"version": "4", "commonLabels": {{"odd": "{half}"}}, "alerts": ['
    body = f"{before}{good}, {bad}, {good}]}}"
    found = parse.page(body.encode())
    assert [record.body for record in found.records] == [json.loads(good)] * 2
    (refused,) = found.rejected
    assert (refused.path, "surrogate pair" in refused.message) == ("alerts[1]", True)
    assert refused.span is not None
    assert body[slice(*refused.span)] == bad


def test_what_only_looks_like_half_of_a_character_stays() -> None:
    told = an_alert(
        labels={"escaped": r"\ud800", "pair": "\U0001f600", "two": r"\\" + "\U0001f600"}
    )
    body = json.dumps({"version": "4", "commonLabels": {"x": "\ud800"}, "alerts": [told]})
    (record,) = parse.page(body.encode()).records
    assert record.body == told


def test_an_alert_without_labels_counts() -> None:
    page = parse.page(fixture("no_labels"))
    assert len(page.records) == 1
    assert page.rejected == ()


def test_emoji_and_control_characters_stay_as_they_came() -> None:
    records = parse.page(fixture("emoji_and_controls")).records
    summaries = [r.body["annotations"] for r in records]
    assert summaries == [
        {"summary": "plain"},
        {"summary": "🔥 磁盘已满"},
        {"summary": "tab\tbell\x07nul\x00end"},
    ]


def test_ten_thousand_labels_stay_as_they_came() -> None:
    labels = {f"label_{n}": f"value {n}" for n in range(10_000)}
    (record,) = parse.page(envelope(an_alert(labels=labels))).records
    assert record.body["labels"] == labels


def test_an_empty_list_of_alerts_is_an_empty_page() -> None:
    assert parse.page(envelope()).records == ()


def test_notes_of_bad_elements_end_somewhere() -> None:
    page = parse.page(b'{"version":"4","alerts":[' + b",".join([b"1"] * 5000) + b"]}")
    assert len(page.rejected) == 1001
    assert "all later bad ones" in page.rejected[-1].message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"not json", "not JSON"),
        (b'{"version":"4","alerts":[', "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"[]", "is an object, not a list"),
        (b"null", "is an object, not null"),
        (b"{}", '"version" is not "4"'),
        (b'{"version":4,"alerts":[]}', '"version" is not "4"'),
        (b'{"version":"4"}', '"alerts" is not a list'),
        (b'{"version":"4","alerts":{}}', '"alerts" is not a list'),
        (b'{"version":"4","alerts":[],"truncatedAlerts":"3"}', '"truncatedAlerts" is not'),
        (b'{"version":"4","alerts":[],"truncatedAlerts":-1}', '"truncatedAlerts" is not'),
        (fixture("version_3"), '"version" is not "4"'),
        (fixture("from_grafana"), "a webhook of Grafana"),
        (fixture("from_jira"), "a webhook of Jira"),
        (fixture("from_zabbix"), "a webhook of Zabbix"),
    ],
)
def test_what_is_not_alertmanagers_envelope_is_refused_whole(body: bytes, message: str) -> None:
    with pytest.raises(Anomalous, match=message):
        parse.page(body)


NESTINGS: dict[str, Callable[[bytes, bytes], bytes]] = {
    "everything": lambda left, right: left + right,
    "an element": lambda left, right: b'{"version":"4","alerts":[' + left + right + b"]}",
    "beside": lambda left, right: b'{"version":"4","alerts":[],"x":' + left + right + b"}",
}


@pytest.mark.parametrize("place", NESTINGS)
def test_deep_nesting_is_refused_and_does_not_crash(place: str) -> None:
    body = NESTINGS[place](b"[" * 200_000, b"]" * 200_000)
    with pytest.raises(Anomalous, match="not JSON"):
        parse.page(body)
