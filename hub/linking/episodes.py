"""The states of an alert over its source keys: what one more observation changes.

An alert is watched by one or more *series* (an Alertmanager fingerprint, a Zabbix trigger); each
series says one *source key* after another. What counts of a series is its latest source key, so
the state of the alert is a function of those alone: deliveries may come in any order and any
number of times and end in the same state. Pure: no clock, no store.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from hub.model.ops import Alert, Occurrence, SourceState
from hub.model.words import ENDED, AlertStatus, Severity

FLAP_GAP: Final = timedelta(minutes=5)
"""A firing that begins so soon after the end belongs to the same episode."""

# What beats what where two things are told at the same instant, and among the series of an alert.
_RANK: Final[dict[AlertStatus, int]] = {
    AlertStatus.PENDING: 0,
    AlertStatus.SUPPRESSED: 1,
    AlertStatus.UNVERIFIED: 2,
    AlertStatus.FIRING: 3,
    AlertStatus.EXPIRED: 4,
    AlertStatus.RESOLVED: 5,
}
_NOT_YET: Final = datetime.max.replace(tzinfo=UTC)
_EVENTS: Final[Mapping[AlertStatus, str]] = MappingProxyType(
    {
        AlertStatus.PENDING: "pending",
        AlertStatus.SUPPRESSED: "suppressed",
        AlertStatus.UNVERIFIED: "unverified",
        AlertStatus.FIRING: "fired",
        AlertStatus.EXPIRED: "expired",
        AlertStatus.RESOLVED: "resolved",
    }
)
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Observation(NamedTuple):
    """One record of one series, mapped.

    Shape: `ref`, `connector`, `identity` name the alert; `series` and `source_key` what was told.
           `ends_at` counts only with an ended or unverified status. From `title` on: what
           the alert shows.
    """

    ref: str
    connector: str
    identity: str
    series: str
    source_key: str
    status: AlertStatus
    starts_at: datetime
    severity: Severity
    received_at: datetime
    title: str
    ends_at: datetime | None = None
    severity_raw: str = ""
    labels: Mapping[str, str] = _NOTHING
    annotations: Mapping[str, str] = _NOTHING
    service_hint: str | None = None
    host: str | None = None
    environment: str | None = None
    url: str | None = None
    runbook_url: str | None = None
    onset_uncertainty_seconds: float = 0.0
    why: str = ""


class Observed(NamedTuple):
    """What an observation did.

    Shape: `alert` is the very same object when there is nothing to write. `changed` is False when
           at most `last_seen_at` and `count` differ. `began` says that an episode opened.
    """

    alert: Alert
    occurrences: tuple[Occurrence, ...]
    changed: bool
    began: bool = False


class State(NamedTuple):
    """The part of an alert that follows from its sources alone."""

    status: AlertStatus
    severity: Severity
    starts_at: datetime
    ends_at: datetime | None


def is_repeat(alert: Alert, series: str, starts_at: datetime, status: AlertStatus) -> bool:
    """Tell whether a record says nothing new: at most `last_seen_at` and `count` change."""
    known = alert.sources.get(series)
    if known is None or known.starts_at != starts_at:
        return False
    return known.status is status or (known.status in ENDED and not alert.incomplete)


def observe(alert: Alert | None, seen: Observation, *, flap_gap: timedelta = FLAP_GAP) -> Observed:
    """Take one observation into an alert, or begin an alert with it."""
    if alert is None:
        return _first(seen)
    known = alert.sources.get(seen.series)
    if known is None or seen.starts_at > known.starts_at:
        return _newer(alert, seen, known, flap_gap)
    if seen.starts_at < known.starts_at:
        if seen.status is AlertStatus.PENDING:  # what it was before it fired is known better
            return Observed(alert, (), changed=False)
        return Observed(alert, (_occurrence(alert, seen, "late"),), changed=False)
    return _same_key(alert, seen, known)


def state(sources: Iterable[SourceState]) -> State:
    """Derive the state of an alert from the latest source key of each of its series.

    Shape: it fires while any series fires, with the highest firing severity. `starts_at` is the
           beginning of the unbroken stretch that leads to the present or to the last end.
    """
    known = tuple(sources)
    if len(known) == 1:
        only = known[0]
        return State(only.status, only.severity, only.starts_at, only.ends_at)
    stretch = _last_stretch(known)
    voices = [source for source in stretch if source.ends_at is None] or stretch
    status = max((source.status for source in voices), key=_RANK.__getitem__)
    return State(
        status,
        max(source.severity for source in voices if source.status is status),
        min(source.starts_at for source in stretch),
        None if status not in ENDED else max(_end(source) for source in stretch),
    )


def _last_stretch(sources: Iterable[SourceState]) -> list[SourceState]:
    """Keep the sources that overlap, one after another, up to the last end."""
    by_end = sorted(sources, key=_end, reverse=True)
    stretch, since = [by_end[0]], by_end[0].starts_at
    for source in by_end[1:]:
        if _end(source) < since:
            break
        stretch.append(source)
        since = min(since, source.starts_at)
    return stretch


def _end(source: SourceState) -> datetime:
    return _NOT_YET if source.ends_at is None else source.ends_at


def _first(seen: Observation) -> Observed:
    source = _source(seen)
    incomplete = seen.status in ENDED
    alert = Alert(
        ref=seen.ref,
        connector=seen.connector,
        identity=seen.identity,
        status=seen.status,
        severity=seen.severity,
        starts_at=seen.starts_at,
        ends_at=source.ends_at,
        last_seen_at=seen.received_at,
        incomplete=incomplete,
        sources={seen.series: source},
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
    event = "incomplete" if incomplete else _EVENTS[seen.status]
    return Observed(alert, (_occurrence(alert, seen, event),), changed=True, began=True)


def _newer(
    alert: Alert, seen: Observation, known: SourceState | None, flap_gap: timedelta
) -> Observed:
    """Take in a source key that is later than all of its series before."""
    ended = seen.status in ENDED
    gap = seen.starts_at - _last_sign(alert, seen, known)
    began, flapped = gap > flap_gap, timedelta(0) < gap <= flap_gap
    told = _merged(
        alert,
        seen,
        _source(seen),
        episode=alert.episode + began,
        flaps=(0 if began else alert.flaps) + flapped,
        incomplete=ended and (gap > timedelta(0) or alert.incomplete),
    )
    event = "incomplete" if ended else "re_fired" if flapped else _EVENTS[seen.status]
    return Observed(told, _happened(alert, told, seen, event), changed=True, began=began)


def _last_sign(alert: Alert, seen: Observation, known: SourceState | None) -> datetime:
    """Return until when the alert is known to have fired, as seen from a later source key."""
    others = (source for series, source in alert.sources.items() if series != seen.series)
    if any(source.ends_at is None for source in others):
        return seen.starts_at
    if alert.ends_at is not None:
        return alert.ends_at
    if known is not None and known.status is AlertStatus.PENDING:
        return seen.starts_at  # it was about to fire, and now it does
    # Its end was never told: the last instant at which it surely fired is its own beginning.
    return seen.starts_at if known is None else known.starts_at


def _same_key(alert: Alert, seen: Observation, known: SourceState) -> Observed:
    """Take in a source key that is already known: an end, or a repeat."""
    source = _joined(known, _source(seen))
    completes = alert.incomplete and known.status in ENDED and seen.status not in ENDED
    if source == known and not completes:
        if known.status in ENDED:
            return Observed(alert, (), changed=False)
        again = touched(alert, seen.received_at)
        return Observed(
            replace(again, sources={**alert.sources, seen.series: source}), (), changed=False
        )
    told = _merged(
        alert,
        seen,
        source,
        episode=alert.episode,
        flaps=alert.flaps,
        incomplete=alert.incomplete and not completes,
    )
    event = "late" if completes else None
    if source.status is not known.status:
        event = _EVENTS[source.status]
        if known.status is AlertStatus.SUPPRESSED and source.status is AlertStatus.FIRING:
            event = "unsuppressed"
    return Observed(told, _happened(alert, told, seen, event), changed=True)


def touched(alert: Alert, received_at: datetime, times: int = 1) -> Alert:
    """Count repeats: only `last_seen_at` and `count` change."""
    return replace(
        alert, last_seen_at=_latest(alert.last_seen_at, received_at), count=alert.count + times
    )


def _source(seen: Observation) -> SourceState:
    # An end without a time is known no better than by its arrival; none is before its start.
    end = max(seen.ends_at or seen.received_at, seen.starts_at)
    doubted = seen.status is AlertStatus.UNVERIFIED
    return SourceState(
        seen.source_key,
        seen.starts_at,
        seen.status,
        seen.severity,
        end if seen.status in ENDED else None,
        seen.received_at,
        end if doubted else None,
        seen.why,
    )


def _joined(one: SourceState, other: SourceState) -> SourceState:
    """Join two tellings of one source key; the order does not matter.

    Shape: a true end is final, and the earliest of several counts. Else the last telling wins.
    """
    both = (one, other)
    final = [source for source in both if source.status is AlertStatus.RESOLVED]
    newest = final
    if final:
        told_at = min(source.told_at for source in final)
        told, status = final, AlertStatus.RESOLVED
    else:
        told_at = max(source.told_at for source in both)
        newest = [source for source in both if source.told_at == told_at]
        status = max((source.status for source in newest), key=_RANK.__getitem__)
        told = [source for source in newest if source.status is status]
    return SourceState(
        max(one.key, other.key),
        one.starts_at,
        status,
        max(source.severity for source in newest),
        min((source.ends_at for source in told if source.ends_at is not None), default=None),
        told_at,
        min((s.reported_at for s in told if s.reported_at is not None), default=None),
        max(source.why for source in told),
    )


def _merged(
    alert: Alert,
    seen: Observation,
    source: SourceState,
    *,
    episode: int,
    flaps: int,
    incomplete: bool,
) -> Alert:
    """Put a source into an alert; what it shows comes from the latest firing."""
    sources = {**alert.sources, seen.series: source}
    status, severity, starts_at, ends_at = state(sources.values())
    shown = seen if _speaks(alert, seen) else alert
    return Alert(
        ref=alert.ref,
        connector=alert.connector,
        identity=alert.identity,
        status=status,
        severity=severity,
        starts_at=starts_at,
        ends_at=ends_at,
        last_seen_at=_latest(alert.last_seen_at, seen.received_at),
        count=alert.count + 1,
        episode=episode,
        flaps=flaps,
        incomplete=incomplete,
        sources=sources,
        title=shown.title,
        severity_raw=shown.severity_raw,
        labels=shown.labels,
        annotations=shown.annotations,
        service_hint=shown.service_hint,
        host=shown.host,
        environment=shown.environment,
        url=shown.url,
        runbook_url=shown.runbook_url,
        onset_uncertainty_seconds=shown.onset_uncertainty_seconds,
    )


def _speaks(alert: Alert, seen: Observation) -> bool:
    """Tell whether the alert shows this observation's words: not those of an end or of the past."""
    latest = max(source.starts_at for source in alert.sources.values())
    return seen.status not in ENDED and seen.starts_at >= latest


def _happened(
    before: Alert, after: Alert, seen: Observation, event: str | None
) -> tuple[Occurrence, ...]:
    running = before.ends_at is None and after.ends_at is None
    louder = running and before.severity is not after.severity
    events = (event, "severity_changed" if louder else None)
    return tuple(_occurrence(after, seen, name) for name in events if name)


def _occurrence(alert: Alert, seen: Observation, event: str) -> Occurrence:
    ended = event in {"resolved", "expired", "unverified"} or (
        event == "incomplete" and seen.ends_at is not None
    )
    at = seen.ends_at if ended and seen.ends_at is not None else seen.starts_at
    if event in {"suppressed", "unsuppressed"}:
        at = seen.received_at  # nobody says since when
    return Occurrence(alert.ref, alert.episode, event, at, seen.received_at, seen.source_key)


def _latest(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
