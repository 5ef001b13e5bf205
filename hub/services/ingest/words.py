"""An alert between its row and the model: what is decoded, and what stays bytes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import orjson

from hub.contract import Delivery
from hub.linking import SETTLED, Observation
from hub.model.ops import Alert, SourceState
from hub.model.words import AlertStatus, Severity, Telling
from hub.services.ingest.group import Item
from hub.services.ingest.rows import AlertRow
from hub.services.ingest.trace import past_of
from hub.services.instants import instant, micros

UNREAD: Final = MappingProxyType[str, str]({})
"""Stands for words that were not decoded: they are unchanged while it is this object."""


TOLD: Final[Mapping[AlertStatus, Telling]] = MappingProxyType(
    {
        AlertStatus.PENDING: Telling.PENDING,
        AlertStatus.FIRING: Telling.FIRES,
        AlertStatus.SUPPRESSED: Telling.SUPPRESSED,
        AlertStatus.UNVERIFIED: Telling.DOUBTED,
        AlertStatus.EXPIRED: Telling.GONE,
        AlertStatus.RESOLVED: Telling.ENDED,
    }
)
"""What a tool tells that calls an alert so, in the words of its mapping document."""


def with_words(alert: Alert, seen: Observation) -> Alert:
    """Give an alert the words of an observation, and nothing else."""
    return replace(
        alert,
        title=seen.title,
        severity_raw=seen.severity_raw,
        labels=seen.labels,
        annotations=seen.annotations,
        service_hint=seen.service_hint,
        host=seen.host,
        environment=seen.environment,
        url=seen.url,
        runbook_url=seen.runbook_url,
        onset_uncertainty_seconds=seen.onset_uncertainty_seconds,
    )


def source_of(state: SourceState, version: str, spoke: str | None) -> list[object]:
    """Make what a row keeps of a series.

    Shape: source key, version, start, status, severity, end, receipt that told first that it fires,
           when told, end that nobody could vouch for, what an end was inferred from.
    """
    return [
        state.key,
        version,
        micros(state.starts_at),
        state.status.value,
        int(state.severity),
        None if state.ends_at is None else micros(state.ends_at),
        spoke,
        micros(state.told_at),
        None if state.reported_at is None else micros(state.reported_at),
        state.why,
    ]


def alert_of(row: AlertRow, sources: dict[str, list[Any]]) -> Alert:
    """Make the alert of a row; its words stay undecoded."""
    past, flapping = past_of(row.trace)
    return Alert(
        ref=row.ref,
        connector=row.connector,
        identity="",
        title=row.title,
        status=AlertStatus(row.status),
        severity=Severity(row.severity),
        starts_at=instant(row.starts_at),
        ends_at=None if row.ends_at is None else instant(row.ends_at),
        last_seen_at=instant(row.last_seen_at),
        count=row.seen,
        episode=row.episode,
        flaps=row.flaps,
        incomplete=bool(row.incomplete),
        labels=UNREAD,
        sources={
            series: SourceState(
                key, instant(starts), AlertStatus(status), Severity(severity),
                None if ends is None else instant(ends),
                # Repeats leave their time in the row alone; with one series it is this one's.
                instant(max(told, row.last_seen_at) if len(sources) == 1 else told),
                None if reported is None else instant(reported), why,
            )
            for series, (key, _, starts, status, severity, ends, _, told, reported, why)
            in sources.items()
        },
        past=past,
        flapping=flapping,
    )  # fmt: skip


def observation_of(item: Item, ref: str, delivery: Delivery) -> Observation:
    """Make the observation of a record that was mapped."""
    values, record = item.values, item.record
    assert values is not None  # noqa: S101 - mapped before
    return Observation(
        ref=ref,
        connector=delivery.connector,
        identity="",
        series=record.series or record.key,
        source_key=record.key,
        telling=TOLD[values["status"]],
        starts_at=values["starts_at"],
        severity=values.get("severity", Severity.UNKNOWN),
        received_at=delivery.received_at,
        title=values["title"],
        ends_at=values.get("ends_at"),
        severity_raw=values.get("severity_raw", ""),
        labels=values["labels"],
        annotations=values.get("annotations", {}),
        service_hint=values.get("service"),
        host=values.get("host"),
        environment=values.get("environment"),
        url=values.get("url"),
        runbook_url=values.get("runbook_url"),
        onset_uncertainty_seconds=values.get("onset_uncertainty_seconds", 0.0),
    )


def answer(alert: Alert, series: str, at: datetime, telling: Telling, why: str = "") -> Observation:
    """Make the observation of an end that no record tells of.

    Shape: one that was reported and doubted is then as it was reported, else it is when it was
           missed.
    """
    known = alert.sources[series]
    reported = known.reported_at if why == SETTLED else None
    return Observation(
        ref=alert.ref,
        connector=alert.connector,
        identity="",
        series=series,
        source_key=known.key,
        telling=telling,
        starts_at=known.starts_at,
        severity=known.severity,
        received_at=at,
        title=alert.title,
        ends_at=reported or max(at, known.starts_at),
        why=why,
    )


def body_of(alert: Alert, item: Item, reasons: orjson.Fragment) -> bytes:
    """Encode what lists show of an alert and what only a new observation changes."""
    assert item.values is not None  # noqa: S101 - mapped before
    groups, tags = item.values.get("host_groups"), item.values.get("tags")
    return orjson.dumps(
        {
            "title": alert.title,
            "severity_raw": alert.severity_raw or None,
            "labels": dict(alert.labels),
            **({"tags": tags} if tags else {}),
            "annotations": dict(alert.annotations),
            "service_hint": alert.service_hint,
            "host": alert.host,
            **({"host_groups": groups} if groups else {}),
            "environment": alert.environment,
            **_told_ack(item.values),
            "runbook_url": alert.runbook_url,
            "onset_uncertainty_seconds": alert.onset_uncertainty_seconds,
            "source": {
                "connector": alert.connector,
                "key": item.record.series or item.record.key,
                "url": alert.url,
            },
            "service_reasons": reasons,
        }
    )


def _told_ack(values: dict[str, Any]) -> dict[str, object]:
    """Return the acknowledgement that a tool tells of; nothing when it tells of none."""
    if not values.get("acked"):
        return {}
    by, at, message = values.get("acked_by"), values.get("acked_at"), values.get("ack_message")
    return {"told_ack": {"by": by or "", "at": at, "message": message or "", "origin": "tool"}}
