"""What Alertmanagers list in API v2, in the shape of the webhook. Pure.

The same mapping document reads what is pulled and what is pushed, and an alert that is not
suppressed has the very same body both ways.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from connectors.prometheus import parse
from hub.contract import Record, Rejected
from hub.errors import Unmappable

ZERO_TIME: Final = "0001-01-01T00:00:00Z"
"""How Alertmanager says that there is no such instant."""


class State(msgspec.Struct, frozen=True):
    """Whether an Alertmanager tells of an alert: active, suppressed or unprocessed."""

    state: str
    silenced_by: tuple[str, ...] = msgspec.field(default=(), name="silencedBy")
    inhibited_by: tuple[str, ...] = msgspec.field(default=(), name="inhibitedBy")


class Listed(msgspec.Struct, frozen=True):
    """One alert as one Alertmanager lists it. `ends_at` is when it ends if nobody repeats it."""

    fingerprint: str
    starts_at: str = msgspec.field(name="startsAt")
    updated_at: str = msgspec.field(name="updatedAt")
    status: State
    labels: dict[str, str]
    annotations: dict[str, str] = msgspec.field(default_factory=dict)
    generator_url: str = msgspec.field(default="", name="generatorURL")
    ends_at: str = msgspec.field(default="", name="endsAt")


@dataclass(frozen=True, slots=True)
class Listing:
    """What one Alertmanager said. Shape: `at` is its own clock."""

    alerts: tuple[Listed, ...]
    rejected: tuple[Rejected, ...]
    at: datetime


_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_ONE: Final = msgspec.json.Decoder(Listed)


def listing(body: bytes, at: datetime) -> Listing:
    """Read an answer of `/api/v2/alerts`; a bad element is rejected, the rest counts.

    Raises: ValueError, when it is no list.
    """
    alerts: list[Listed] = []
    rejected: list[Rejected] = []
    for index, raw in enumerate(_LIST.decode(body)):
        try:
            alerts.append(_ONE.decode(raw))
        except parse.UNREADABLE as fault:
            rejected.append(Rejected("alert", f"alerts[{index}]", str(fault)))
    return Listing(tuple(alerts), tuple(rejected), at)


def united(listings: Iterable[Listing]) -> tuple[list[Record], list[Rejected]]:
    """Make one record of each alert, however many Alertmanagers list it.

    Shape: it is suppressed only where each one that lists it says so, and begins where the latest
           says so: that is the firing of the series that counts.
    """
    voices: dict[str, list[Listed]] = {}
    rejected: list[Rejected] = []
    for one in listings:
        rejected += one.rejected
        for alert in one.alerts:
            voices.setdefault(alert.fingerprint, []).append(alert)
    records: list[Record] = []
    for alerts in voices.values():
        try:
            records.append(_record(alerts))
        except Unmappable as fault:
            rejected.append(Rejected("alert", fault.path, str(fault)))
    return records, rejected


def _record(voices: Sequence[Listed]) -> Record:
    latest = max(voices, key=lambda alert: parse.instant(alert.starts_at) or "")
    body: dict[str, object] = {
        "status": "firing",
        "labels": latest.labels,
        "annotations": latest.annotations,
        "startsAt": latest.starts_at,
        "endsAt": ZERO_TIME,
        "generatorURL": latest.generator_url,
        "fingerprint": latest.fingerprint,
    }
    if any(alert.status.state != "suppressed" for alert in voices):
        return parse.alert(body)
    silenced = sorted({one for alert in voices for one in alert.status.silenced_by})
    inhibited = sorted({one for alert in voices for one in alert.status.inhibited_by})
    body |= {"status": "suppressed", "silencedBy": silenced, "inhibitedBy": inhibited}
    # Another silence is news of the same state.
    return parse.alert(body, version=" ".join(["suppressed", *silenced, *inhibited]))
