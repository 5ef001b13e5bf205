"""How Alertmanager calls an alert: against what real ones called theirs."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.prometheus.identity import fingerprint, told
from connectors.prometheus.receiver import Receiver
from connectors.prometheus.server import naming
from connectors.prometheus.settings import Settings
from deploy.lab.alertmanager import Alertmanager
from tests.connectors.prometheus.test_captures import envelopes


@pytest.mark.needs_reference
def test_fact_22_the_fingerprint_is_that_of_every_recorded_alert(reference: Path) -> None:
    recorded = reference / "data" / "captures" / "prometheus-2.42-alertmanager-0.25.json"
    seen = 0
    for webhook in envelopes(json.loads(recorded.read_text())):
        for alert in of(webhook):
            assert fingerprint(alert["labels"]) == alert["fingerprint"]
            seen += 1
    assert seen > 10


def of(webhook: dict[str, object]) -> Iterator[dict[str, Any]]:
    found = webhook["alerts"]
    assert isinstance(found, list)
    yield from found


@pytest.mark.needs_system("alertmanager")
def test_a_real_alertmanager_calls_odd_labels_the_same(alertmanager: Alertmanager) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    odd = {
        "alertname": "Odd",
        "z": "\x7f\\\"'{}=,",
        "a": "莫斯科 🚚",
        "Z": " ",
        "a_": "1",
        "a1": "2",
    }
    alertmanager.push([{"labels": {**odd, "empty": ""}, "endsAt": soon}])
    (found,) = [one for one in alertmanager.alerts() if one["labels"].get("alertname") == "Odd"]
    assert fingerprint(told({**odd, "empty": ""}, {})) == found["fingerprint"]


names = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,5}", fullmatch=True)
label_sets = st.dictionaries(names, st.text(min_size=1, max_size=5), max_size=5)


@given(label_sets)
def test_a_fingerprint_depends_on_labels_and_on_no_order(labels: dict[str, str]) -> None:
    backwards = dict(reversed(labels.items()))
    assert fingerprint(backwards) == fingerprint(labels)
    assert fingerprint({**labels, "more": "x"}) != fingerprint(labels) or labels.get("more") == "x"


def test_a_label_of_the_alert_wins_over_an_external_one() -> None:
    assert told({"a": "1", "e": ""}, {"a": "2", "b": "3"}) == {"a": "1", "b": "3"}


@pytest.mark.parametrize(
    ("config", "external"),
    [
        ("", {}),
        ("scrape_configs: []\n", {}),
        ("global:\n  external_labels:\n    a: b\n    n: 1\nrest:\n- x\n", {"a": "b", "n": "1"}),
        ("alerting:\n  alert_relabel_configs:\n  - action: drop\n", None),
        ("alerting:\n  alertmanagers:\n  - alert_relabel_configs:\n    - action: drop\n", None),
        ("alerting:\n  alertmanagers:\n  - scheme: http\n", {}),
    ],
)  # fmt: skip
def test_the_configuration_says_under_which_labels_alerts_are_told(
    config: str, external: dict[str, str] | None
) -> None:
    assert naming(config).external == external


def webhook(*alerts: dict[str, object]) -> bytes:
    return json.dumps({"version": "4", "alerts": alerts}).encode()


def alert(**labels: str) -> dict[str, object]:
    return {
        "status": "firing",
        "labels": labels,
        "annotations": {},
        "startsAt": "2026-01-05T10:00:00Z",
        "fingerprint": fingerprint(labels),
    }


@pytest.mark.parametrize(
    ("heartbeat", "kept"),
    [
        (None, ["High", "Dead"]),
        ({"labels": {"alertname": "Dead", "x": "é"}}, ["Watchdog", "High"]),
        ({"labels": {"alertname": "Dead", "x": "y"}}, ["Watchdog", "High", "Dead"]),
    ],
)
def test_a_heartbeat_in_a_webhook_is_no_alert_of_the_board(
    heartbeat: object, kept: list[str]
) -> None:
    receiver = Receiver(Settings.model_validate({"heartbeat": heartbeat}))
    body = webhook(
        alert(alertname="Watchdog", severity="none"),
        alert(alertname="High", note="Watchdog Dead"),
        alert(alertname="Dead", x="é"),
    )
    names = [record.body["labels"]["alertname"] for record in receiver.unpack(body).records]  # type: ignore[index]
    assert names == kept
