"""A change as a CloudEvent 1.0 in structured JSON mode. Pure.

Source: CloudEvents 1.0.2, JSON event format.
"""

from typing import Final, NamedTuple

import orjson

from hub.services.changes import Change

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"


class Letter(NamedTuple):
    """What goes to the exchange: routing key `<kind>.<type>`, id, bytes."""

    key: str
    id: str
    body: bytes


def letter(change: Change, source: str) -> Letter:
    """Wrap a change; `id` is its sequence number, so that a repeat can be seen."""
    name = f"{change.kind}.{change.type}"
    return _sealed(name, str(change.seq), source, change.at.isoformat(), change.ref, _data(change))


def resync(after: int, change: Change, source: str) -> Letter:
    """Say that changes between `after` and this one are no longer kept: read everything anew."""
    at = change.at.isoformat()
    return _sealed("changes.resync", f"resync-{after}", source, at, "changes", {"after": after})


def _sealed(
    name: str, identity: str, source: str, at: str, subject: str, data: dict[str, object]
) -> Letter:
    event = {
        "specversion": "1.0",
        "id": identity,
        "source": source,
        "type": f"milepost.{name}.v1",
        "subject": subject,
        "time": at,
        "datacontenttype": "application/json",
        "data": data,
    }
    return Letter(name, identity, orjson.dumps(event))


def _data(change: Change) -> dict[str, object]:
    return change._asdict() | {"at": change.at.isoformat()}
