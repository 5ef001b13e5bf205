"""The ops side: services, alerts, incidents. Instants are aware and in UTC; None means unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from hub.model.links import Reason
from hub.model.words import (
    AlertStatus,
    DeliveryRole,
    Hardness,
    IncidentStatus,
    Severity,
    Signal,
    Unit,
)

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ServiceDependency:
    """One service needs another one. Impact travels the other way round.

    Shape: with `group` and `needed`, `needed` healthy members of the group are enough (k of n).
    """

    service: str
    hardness: Hardness = Hardness.HARD
    group: str | None = None
    needed: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a service is to a milestone, as the catalogue writes it (title or ref)."""

    project: str
    milestone: str
    role: DeliveryRole = DeliveryRole.DELIVERS


@dataclass(frozen=True, slots=True)
class ServiceMatch:
    """By what an alert is known to be of a service: exact labels, host and host-group globs."""

    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    host_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """Which query says a number about a service, and which connector answers it."""

    signal: Signal
    connector: str
    query: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the catalogue. `tier` 1 is the most important, 4 the least."""

    ref: str
    name: str
    tier: int = 3
    aliases: tuple[str, ...] = ()
    match: ServiceMatch = ServiceMatch()
    depends_on: tuple[ServiceDependency, ...] = ()
    delivers: tuple[Delivery, ...] = ()
    system: str | None = None
    owner: str | None = None
    runbook_url: str | None = None
    environment: str | None = None
    metrics: tuple[Metric, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceState:
    """Last thing heard of one series of source keys (an Alertmanager fingerprint).

    Shape: `told_at` is when it was told; it is no part of the state. `reported_at` is an end that
           was told while nobody could vouch for it. `why` says what an end was inferred from.
    """

    key: str
    starts_at: datetime
    status: AlertStatus
    severity: Severity
    ends_at: datetime | None = None
    told_at: datetime = field(default=_NEVER, compare=False)
    reported_at: datetime | None = None
    why: str = ""


class Spell(NamedTuple):
    """From when until when a former source key of a series fired. None: its end was never told."""

    series: str
    starts_at: datetime
    ends_at: datetime | None


class Flapping(NamedTuple):
    """From when until when an alert flaps, by event time."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """A condition, identified by its identity labels; it fires while any source key fires.

    Shape: `sources` maps a series to its last state. `starts_at` is that of the current episode.
           `ends_at` is None while it fires. `episode` counts from 1. `past` are the former source
           keys of the last hours, as far as flapping needs them.
    Units: `onset_uncertainty_seconds` is how much earlier the fault may have begun.
    """

    ref: str
    connector: str
    identity: str
    title: str
    status: AlertStatus
    severity: Severity
    starts_at: datetime
    severity_raw: str = ""
    ends_at: datetime | None = None
    last_seen_at: datetime | None = None
    count: int = 1
    episode: int = 1
    flaps: int = 0
    incomplete: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    service_hint: str | None = None
    host: str | None = None
    environment: str | None = None
    url: str | None = None
    runbook_url: str | None = None
    onset_uncertainty_seconds: float = 0.0
    sources: Mapping[str, SourceState] = field(default_factory=dict)
    past: tuple[Spell, ...] = ()
    flapping: Flapping | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One thing that happened to an alert; append-only.

    Shape: `event` is one of fired, resolved, severity_changed, re_fired, late, incomplete,
           pending, suppressed, unsuppressed, unverified, expired, flapping, acked. A move of the
           source key has its states: `was` is None where the series was not known. `why` is what
           the move rests on, where the tool's word is not all.
    """

    alert: str
    episode: int
    event: str
    at: datetime
    received_at: datetime
    source_key: str
    was: AlertStatus | None = None
    became: AlertStatus | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One link of an impact chain: why it is there and how sure or strong it is (0..1)."""

    source: str
    target: str
    confidence: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Exposure:
    """How much one milestone is hurt by one incident, with every factor that made the number.

    Shape: `route` is the strongest way from the incident to the milestone, link by link.
    Units: `value` 0..100; `float_days` working days; see domain 3.5.
    """

    milestone: str
    value: float
    factors: Mapping[str, float]
    float_days: float | None = None
    reasons: tuple[Reason, ...] = ()
    route: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Incident:
    """Alerts that are one fault. `opened_at` is the onset of its first alert."""

    ref: str
    title: str
    status: IncidentStatus
    severity: Severity
    priority: int
    priority_base: int
    opened_at: datetime
    acked_at: datetime | None = None
    resolved_at: datetime | None = None
    services: tuple[str, ...] = ()
    milestones: tuple[Exposure, ...] = ()
    reasons: tuple[Reason, ...] = ()
    by_person: bool = False
