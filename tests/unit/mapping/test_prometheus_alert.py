"""The shipped document for Alertmanager's webhook, on fixtures and on what a real one sent."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.contract import Record
from hub.errors import Unmappable
from hub.mapping import Unknown, apply
from hub.model.words import AlertStatus, Severity
from tests.unit.mapping.samples import alert, prometheus

DOCUMENT = prometheus()


def field(name: str, **changes: object) -> object:
    return apply(DOCUMENT, alert(**changes)).values.get(name)


def test_a_firing_alert_is_filled_in_full() -> None:
    assert apply(DOCUMENT, alert()).values == {
        "title": "Disk full on db-01",
        "status": AlertStatus.FIRING,
        "severity": Severity.CRITICAL,
        "severity_raw": "critical",
        "starts_at": datetime(2026, 1, 5, 2, 0, 0, 123000, tzinfo=UTC),
        "labels": alert().body["labels"],
        "annotations": alert().body["annotations"],
        "service": "shop-db",
        "host": "db-01:9100",
        "environment": "prod",
        "url": "http://prometheus.example.net/graph?g0.expr=up",
        "runbook_url": "https://runbooks.example.net/disk",
    }


def test_the_zero_time_is_no_end() -> None:
    assert field("ends_at") is None
    assert field("ends_at", endsAt="2026-01-05T12:00:00Z") == datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_an_alert_without_labels_and_annotations_is_not_lost() -> None:
    nothing: tuple[dict[str, str] | None, ...] = ({}, None)
    for empty in nothing:
        values = apply(DOCUMENT, alert(labels=empty, annotations=empty)).values
        assert values["title"] == "Alert without a name"
        assert values["labels"] == {}
        assert values["severity"] is Severity.UNKNOWN
        assert "severity_raw" not in values
        assert "service" not in values


def test_a_title_is_the_summary_then_the_title_then_the_name() -> None:
    labels = {"alertname": "DiskFull"}
    assert field("title", annotations={"title": "T"}, labels=labels) == "T"
    assert field("title", annotations={"summary": "", "title": ""}, labels=labels) == "DiskFull"
    assert field("title", annotations={}, labels={"a": "b"}) == "Alert without a name"


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        *((word, Severity.CRITICAL) for word in ("critical", "crit", "page", "fatal", "p1")),
        *((word, Severity.CRITICAL) for word in ("emergency", "disaster", "sev1", "CRITICAL")),
        *((word, Severity.HIGH) for word in ("high", "error", "err", "major", "p2", "sev2")),
        *((word, Severity.AVERAGE) for word in ("average", "medium", "minor", "p3", "sev3")),
        *((word, Severity.WARNING) for word in ("warning", "warn", "ticket", "p4", "SEV4")),
        *((word, Severity.INFO) for word in ("info", "information", "notice", "none", "p5")),
        ("unknown", Severity.UNKNOWN),
        ("", Severity.UNKNOWN),
    ],
)
def test_a_severity_word_is_read_whatever_its_case(word: str, severity: Severity) -> None:
    applied = apply(DOCUMENT, alert(labels={"severity": word}))
    assert applied.values["severity"] is severity
    assert applied.unknown == ()


def test_an_unknown_severity_word_is_unclassified_and_reported_and_the_alert_is_kept() -> None:
    applied = apply(DOCUMENT, alert(labels={"severity": "Katastrophe"}))
    assert applied.values["severity"] is Severity.UNKNOWN
    assert applied.values["severity_raw"] == "Katastrophe"
    assert applied.unknown == (Unknown("severity", "severity", "katastrophe"),)


@pytest.mark.parametrize(
    "name",
    [
        "service",
        "service.name",
        "service_name",
        "app.kubernetes.io/name",
        "app_kubernetes_io_name",
        "app",
    ],
)
def test_the_service_is_read_from_the_usual_labels(name: str) -> None:
    assert field("service", labels={name: "shop-db", "x": "y"}) == "shop-db"


def test_a_named_host_comes_before_the_exporter_that_watches_it() -> None:
    assert field("host", labels={"instance": "exporter:8080", "node": "db-01"}) == "db-01"
    assert field("host", labels={"instance": "db-01:9100"}) == "db-01:9100"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"status": "burning"}, "status"),
        ({"status": None}, "status"),
        ({"startsAt": None}, "startsAt"),
        ({"startsAt": "yesterday"}, "startsAt"),
        ({"startsAt": "0001-01-01T00:00:00Z"}, "startsAt"),
        ({"labels": {"a": {"b": "c"}}}, "labels.a"),
        ({"labels": {"a b": 1}}, 'labels."a b"'),
        ({"labels": "a=b"}, "labels"),
        ({"annotations": {"summary": 5}}, "annotations.summary"),
    ],
)
def test_a_bad_element_is_refused_with_its_path(changes: dict[str, object], path: str) -> None:
    with pytest.raises(Unmappable) as caught:
        apply(DOCUMENT, alert(**changes))
    assert caught.value.path == path


def test_ten_thousand_labels_emoji_and_control_characters_go_through() -> None:
    labels = {f"label_{n}": f"🔥 {n}" for n in range(10_000)}
    labels |= {"alertname": "磁盘满\x00", "severity": "critical\x1b"}
    applied = apply(DOCUMENT, alert(labels=labels, annotations={}))
    assert applied.values["title"] == "磁盘满␀"
    kept = applied.values["labels"]
    assert isinstance(kept, dict)
    assert len(kept) == 10_002
    assert kept["label_9999"] == "🔥 9999"
    assert applied.unknown == (Unknown("severity", "severity", "critical␛"),)


@pytest.mark.needs_reference
def test_every_alert_that_a_real_alertmanager_sent_is_mapped(reference: Path) -> None:
    path = reference / "data" / "captures" / "prometheus-2.42-alertmanager-0.25.json"
    captured = json.loads(path.read_text(encoding="utf-8"))
    elements = list(elements_of(captured))
    assert len(elements) == 19
    for element in elements:
        values = apply(DOCUMENT, Record("alert", "1", element)).values
        fired = element["status"] == "firing"
        assert values["status"] is (AlertStatus.FIRING if fired else AlertStatus.RESOLVED)
        assert ("ends_at" in values) is not fired
        assert values["labels"] == element["labels"]
        wanted = element["annotations"].get("summary") or element["labels"]["alertname"]
        assert values["title"] == wanted


def elements_of(captured: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Build webhook elements: from the recorded posts, and from the full objects of the API."""
    known: dict[str, dict[str, Any]] = {}
    for name in ("am_alerts", "am_alerts_silenced", "am_pushed"):
        for found in captured[name]:
            known[found["fingerprint"]] = found
            yield found | {"status": "firing", "endsAt": "0001-01-01T00:00:00Z"}
            yield found | {"status": "resolved"}
    for hook in captured["all_hooks"]:
        for device, status, starts_at, ends_at, fingerprint in hook["alerts"]:
            whole = known.get(fingerprint, {})
            labels = {"alertname": "LinkLoss", "severity": "critical", "device": device or ""}
            yield {
                "status": status,
                "labels": whole.get("labels", labels),
                "annotations": whole.get("annotations", {}),
                "startsAt": starts_at,
                "endsAt": ends_at,
                "generatorURL": whole.get("generatorURL", ""),
                "fingerprint": fingerprint,
            }
