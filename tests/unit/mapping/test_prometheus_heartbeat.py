"""The shipped document for a heartbeat that stays away."""

from datetime import UTC, datetime, timedelta

from connectors.prometheus import hearts
from connectors.prometheus.hearts import Heart
from hub.mapping import apply, load
from hub.model.words import AlertStatus, Severity
from tests.conftest import ROOT

PATH = ROOT / "mappings" / "prometheus" / "heartbeat.yaml"
LABELS = {"alertname": "Watchdog", "severity": "none", "cluster": "msk", "service": "monitoring"}
HEARD = datetime(2026, 1, 5, 2, 0, 0, 123000, tzinfo=UTC)
HEART = Heart(hearts.series(LABELS), LABELS, HEARD, timedelta(minutes=5))
DOCUMENT = load(PATH.read_text("utf-8"), name=PATH.name)


def test_it_fires_from_when_it_was_heard_last_and_says_so_in_words() -> None:
    values = apply(DOCUMENT, hearts.missing(HEART)).values
    assert values == {
        "title": "Prometheus is not heard: its heartbeat stays away",
        "status": AlertStatus.FIRING,
        "severity": Severity.CRITICAL,
        "starts_at": HEARD,
        "labels": {
            "alertname": "Watchdog",
            "cluster": "msk",
            "service": "monitoring",
            "heartbeat": "missing",
        },
        "service": "monitoring",
    }


def test_it_ends_when_it_is_heard_again_as_the_same_alert() -> None:
    missing = hearts.missing(HEART)
    again = Heart(HEART.series, LABELS, HEARD + timedelta(minutes=9), timedelta(0))
    back = hearts.back(again, missing.key)
    values = apply(DOCUMENT, back).values
    assert (back.key, back.series) == (missing.key, missing.series)
    assert values["status"] is AlertStatus.RESOLVED
    assert (values["starts_at"], values["ends_at"]) == (HEARD, again.seen_at)
