"""Rows that the hot path reads and writes, in the order of their columns.

Plain tuples: at thousands of alerts a second a dataclass per row would cost more than the decision.
Instants are whole microseconds since the epoch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hub.services.changes import Change


class AlertRow(NamedTuple):
    """One alert as stored. `sources`, `body` and `trace` are encoded JSON.

    Shape: `trace` is what flapping needs of the past, and what was refused lately.
    """

    ref: str
    connector: str
    title: str
    status: str
    severity: int
    service: str | None
    confidence: float | None
    incident: int | None
    starts_at: int
    ends_at: int | None
    first_seen_at: int
    last_seen_at: int
    seen: int
    episode: int
    flaps: int
    incomplete: bool
    version: int
    receipt: str
    sources: bytes
    body: bytes
    flapping_until: int | None = None
    trace: bytes | None = None


class Spoken(NamedTuple):
    """What a record says of its alert, as a row holds it."""

    title: str
    service: str | None
    confidence: float | None
    body: bytes


class JournalRow(NamedTuple):
    """One delivery as received. `spans` are the byte ranges of its records, two ints each."""

    id: int
    connector: str
    kind: str
    name: str | None
    received_at: int
    content_type: str | None
    headers: bytes
    digest: bytes
    size: int
    records: int
    spans: bytes
    body: bytes


class Touch(NamedTuple):
    """A repeat: nothing but these two columns changes."""

    ref: str
    last_seen_at: int
    seen: int


class OccurrenceRow(NamedTuple):
    """One thing that happened to an alert."""

    alert: str
    episode: int
    event: str
    at: int
    received_at: int
    source_key: str
    receipt: str
    was: str | None = None
    became: str | None = None
    why: str | None = None


class RefusedMove(NamedTuple):
    """What was told of an alert and moved nothing; it is in the alert's trace."""

    alert: str
    connector: str
    source_key: str
    telling: str
    reason: str
    receipt: str
    new: bool


class FormerRow(NamedTuple):
    """An alert that an incident had, and that fires anew in another one."""

    incident: int
    alert: str


class IncidentRow(NamedTuple):
    """One incident as stored."""

    no: int
    title: str
    status: str
    severity: int
    priority: int
    exposure: float
    opened_at: int
    active_at: int
    ended_at: int | None
    resolved_at: int | None
    alerts: int
    firing: int
    version: int
    state: bytes
    exposures: bytes
    body: bytes


class LinkRow(NamedTuple):
    """One link as stored."""

    id: str
    source: str
    target: str
    type: str
    state: str
    confidence: float
    rule: str
    by_whom: str | None
    at: int
    version: int
    body: bytes


class QuarantineRow(NamedTuple):
    """One record that did not fit, with the failing path."""

    id: str
    receipt: str
    connector: str
    kind: str
    path: str
    message: str
    state: str
    at: int
    attempts: int
    evidence: bytes | None


class PositionRow(NamedTuple):
    """Up to where a source was read."""

    connector: str
    cursor: str
    at: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the store held when the decision began; nobody else can write until it is stored."""

    seq: int
    incident_no: int
    alerts: Mapping[str, AlertRow]


@dataclass(slots=True)
class WriteSet:
    """What one group of deliveries changes; stored whole or not at all.

    Shape: a ref stands in `alerts` or in `touches`, never in both; each list holds a key once.
           `returned` were former members and are members again: no key is of both lists.
           `refused` is for the log and the counters only.
    """

    seq: int
    incident_no: int
    journal: list[JournalRow] = field(default_factory=list)
    alerts: list[AlertRow] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    occurrences: list[OccurrenceRow] = field(default_factory=list)
    former: list[FormerRow] = field(default_factory=list)
    returned: list[FormerRow] = field(default_factory=list)
    incidents: list[IncidentRow] = field(default_factory=list)
    links: list[LinkRow] = field(default_factory=list)
    quarantine: list[QuarantineRow] = field(default_factory=list)
    positions: list[PositionRow] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    refused: list[RefusedMove] = field(default_factory=list)
