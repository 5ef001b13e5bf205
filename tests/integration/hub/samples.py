"""What the tests send: alerts as an Alertmanager tells them, and small plans as MSPDI."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

NO_END = "0001-01-01T00:00:00Z"
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
"""A start that lies in the past, so that later episodes do too."""


def at(minutes: float = 0, seconds: float = 0) -> str:
    """Return an instant after `START`."""
    return (START + timedelta(minutes=minutes, seconds=seconds)).isoformat().replace("+00:00", "Z")


def alert(
    name: str,
    *,
    status: str = "firing",
    starts: str | None = None,
    ends: str = NO_END,
    fingerprint: str | None = None,
    annotations: Mapping[str, str] | None = None,
    **labels: str,
) -> dict[str, Any]:
    """Return one alert; its fingerprint follows from its labels, as Alertmanager's does."""
    marks = {"alertname": name, **labels}
    digest = hashlib.blake2b(json.dumps(marks, sort_keys=True).encode(), digest_size=8).hexdigest()
    return {
        "status": status,
        "labels": marks,
        "annotations": dict(annotations or {}),
        "startsAt": starts or at(),
        "endsAt": ends,
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": fingerprint or digest,
    }


def resolved(told: Mapping[str, Any], ends: str) -> dict[str, Any]:
    """Return the end of an alert."""
    return {**told, "status": "resolved", "endsAt": ends}


def envelope(alerts: Sequence[object], **fields: object) -> bytes:
    """Return the webhook of some alerts."""
    told = {
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "milepost",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example",
        "alerts": list(alerts),
    }
    return json.dumps({**told, **fields}).encode()


def plan(
    milestones: Mapping[str, str] | Sequence[tuple[str, str]],
    *,
    title: str = "ERP",
    work: Sequence[str] = (),
    links: Sequence[tuple[int, int]] = (),
) -> bytes:
    """Return an MSPDI file: tasks of one day from UID 1 on, then milestones from UID 101 on.

    Shape: a milestone is a title and its date; `links` are (predecessor, successor) by UID.
    """
    named = list(milestones.items() if isinstance(milestones, Mapping) else milestones)
    rows = [
        _row(uid, name, "2026-03-02T08:00:00", "2026-03-02T17:00:00", links)
        for uid, name in enumerate(work, 1)
    ]
    rows += [
        _row(uid, name, f"{day}T17:00:00", f"{day}T17:00:00", links, milestone=True)
        for uid, (name, day) in enumerate(named, 101)
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Project xmlns="http://schemas.microsoft.com/project">'
        f"<Title>{escape(title)}</Title><StartDate>2026-03-02T08:00:00</StartDate>"
        f"<MinutesPerDay>480</MinutesPerDay><Tasks>{''.join(rows)}</Tasks></Project>\n"
    ).encode()


def _row(
    uid: int,
    name: str,
    start: str,
    finish: str,
    links: Sequence[tuple[int, int]],
    *,
    milestone: bool = False,
) -> str:
    before = "".join(
        f"<PredecessorLink><PredecessorUID>{one}</PredecessorUID><Type>1</Type></PredecessorLink>"
        for one, other in links
        if other == uid
    )
    return (
        f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>{escape(name)}</Name>"
        f"<OutlineLevel>1</OutlineLevel><Start>{start}</Start><Finish>{finish}</Finish>"
        f"<Duration>{'PT0H0M0S' if milestone else 'PT8H0M0S'}</Duration>"
        f"<Milestone>{int(milestone)}</Milestone>{before}</Task>"
    )


def day(days: int) -> str:
    """Return the calendar day so many days from today."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
