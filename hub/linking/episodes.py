"""The episodes of an alert over its source keys: what one more observation changes.

An alert is watched by one or more *series* (an Alertmanager fingerprint, a Zabbix trigger); each
series says one *source key* after another. What counts of a series is its latest source key, so
the state of the alert is a function of those alone: deliveries may come in any order and any
number of times and end in the same state. Which state follows from a telling is said in `states`.
Pure: no clock, no store.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from hub.linking.flapping import FLAPS, FlapRule, flapping, flaps_of, remembered, stretches
from hub.linking.states import MOVES, RANK, move
from hub.model.ops import Alert, Occurrence, SourceState, Spell
from hub.model.words import ENDED, AlertStatus, Refused, Severity, Telling

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
_ENDS: Final = frozenset(
    {Telling.ENDED, Telling.DOUBTED, Telling.GONE, Telling.SETTLED, Telling.TIMED_OUT}
)
_SAYS_WHY: Final = ENDED | {AlertStatus.UNVERIFIED}
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Observation(NamedTuple):
    """One record of one series, mapped.

    Shape: `ref`, `connector`, `identity` name the alert; `series` and `source_key` what was told.
           `ends_at` counts only with an end, believed or not. From `title` on: what the alert
           shows. `why` is what an end or its doubt rests on.
    """

    ref: str
    connector: str
    identity: str
    series: str
    source_key: str
    telling: Telling
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
           at most `last_seen_at`, `count` and what flapping needs differ. `began` says that an
           episode opened. `refused` is why what was told moved nothing.
    """

    alert: Alert
    occurrences: tuple[Occurrence, ...]
    changed: bool
    began: bool = False
    refused: Refused | None = None


class State(NamedTuple):
    """The part of an alert that follows from its sources alone."""

    status: AlertStatus
    severity: Severity
    starts_at: datetime
    ends_at: datetime | None


def observe(alert: Alert | None, seen: Observation, *, rule: FlapRule = FLAPS) -> Observed:
    """Take one observation into an alert, or begin an alert with it.

    Shape: the hub's own word on a key that nobody told of begins nothing; there is always an alert.
    """
    known = None if alert is None else alert.sources.get(seen.series)
    if alert is None or known is None or _is_newer(seen, known):
        to = MOVES[None][seen.telling]
        if isinstance(to, Refused):
            assert alert is not None  # noqa: S101 - the hub answers only what it was told
            return Observed(alert, (), changed=False, refused=to)
        source = _source(seen, to)
        return _first(seen, source) if alert is None else _newer(alert, seen, source, known, rule)
    if seen.starts_at < known.starts_at or seen.source_key != known.key:
        return _late(alert, seen, rule)
    to = move(known.status, known.told_at, seen.telling, seen.received_at)
    if isinstance(to, Refused):
        return _refused(alert, seen, known, to)
    return _same_key(alert, seen, known, to, rule)


def _is_newer(seen: Observation, known: SourceState) -> bool:
    """Tell whether a source key is later than the one that is known of its series.

    Shape: a tool that tells time by the second (Zabbix) may begin two in one; they are numbered.
    """
    if seen.starts_at != known.starts_at:
        return seen.starts_at > known.starts_at
    key, before = seen.source_key, known.key
    return key != before and (len(key), key) > (len(before), before)


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
    status = max((source.status for source in voices), key=RANK.__getitem__)
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


def _first(seen: Observation, source: SourceState) -> Observed:
    incomplete = source.status in ENDED
    alert = Alert(
        ref=seen.ref,
        connector=seen.connector,
        identity=seen.identity,
        status=source.status,
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
    event = "incomplete" if incomplete else _EVENTS[source.status]
    told = (_moved(alert, seen, event, source, None),)
    return Observed(alert, told, changed=True, began=True)


def _newer(
    alert: Alert,
    seen: Observation,
    source: SourceState,
    known: SourceState | None,
    rule: FlapRule,
) -> Observed:
    """Take in a source key that is later than all of its series before."""
    ended = source.status in ENDED
    gap = seen.starts_at - _last_sign(alert, seen, known)
    began, flapped = gap > rule.gap, timedelta(0) < gap <= rule.gap
    past = alert.past
    if known is not None and known.status is not AlertStatus.PENDING:
        before = Spell(seen.series, known.starts_at, known.ends_at)
        past = remembered(past, before, seen.starts_at, rule)
    told = _merged(
        alert,
        seen,
        source,
        rule,
        episode=alert.episode + began,
        flaps=(0 if began else alert.flaps) + flapped,
        incomplete=ended and (gap > timedelta(0) or alert.incomplete),
        past=past,
    )
    event = "incomplete" if ended else "re_fired" if flapped else _EVENTS[source.status]
    was = None if known is None else known.status
    happened = _happened(alert, told, seen, _moved(told, seen, event, source, was))
    return Observed(told, happened, changed=True, began=began)


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


def _late(alert: Alert, seen: Observation, rule: FlapRule) -> Observed:
    """Take note of a former source key: it says nothing of the present, but may show that it flaps.

    Shape: what it was before it fired is known better.
    """
    if seen.telling is Telling.PENDING:
        return Observed(alert, (), changed=False, refused=Refused.PENDING_IS_PAST)
    late = _occurrence(alert, seen, "late", seen.starts_at)
    spell = Spell(seen.series, seen.starts_at, None)
    if seen.telling is Telling.ENDED:
        spell = spell._replace(ends_at=_end_told(seen))
    newest = max(source.starts_at for source in alert.sources.values())
    past = remembered(alert.past, spell, newest, rule)
    if past == alert.past:
        return Observed(alert, (late,), changed=False)
    flaps = flaps_of(stretches((*past, *_spells(alert.sources))), rule)
    told = _built(alert, alert, rule, past=past, flaps=max(alert.flaps, flaps))
    marked = _marked(alert, told, seen)
    return Observed(told, (late, *marked), changed=bool(marked) or told.flaps != alert.flaps)


def _refused(alert: Alert, seen: Observation, known: SourceState, why: Refused) -> Observed:
    """Leave the state of a source key as it is; a beginning that was missing is one now."""
    if why is Refused.TOLD_EARLIER:
        again = _built(alert, alert, seen_at=seen.received_at, count=1)
        return Observed(again, (), changed=False, refused=why)
    if alert.incomplete and known.status in ENDED and seen.telling not in _ENDS:
        told = _merged(alert, seen, known, incomplete=False)
        return Observed(told, (_occurrence(told, seen, "late", seen.starts_at),), changed=True)
    return Observed(alert, (), changed=False, refused=why)


def _same_key(
    alert: Alert, seen: Observation, known: SourceState, to: AlertStatus, rule: FlapRule
) -> Observed:
    """Take in a source key that is already known: a move, or a repeat."""
    source = _source(seen, to)
    if to is known.status:
        return _repeated(alert, seen, known, _joined(known, source, seen.telling), rule)
    completes = alert.incomplete and known.status in ENDED and seen.telling not in _ENDS
    told = _merged(alert, seen, source, rule, incomplete=alert.incomplete and not completes)
    freed = known.status is AlertStatus.SUPPRESSED and to is AlertStatus.FIRING
    event = "unsuppressed" if freed else _EVENTS[to]
    moved = _moved(told, seen, event, source, known.status, again=True)
    return Observed(told, _happened(alert, told, seen, moved), changed=True)


def _repeated(
    alert: Alert, seen: Observation, known: SourceState, source: SourceState, rule: FlapRule
) -> Observed:
    """Take in what leaves a source key in its state: mostly nothing but when it was told."""
    if source == known:
        if source.status in ENDED:
            return Observed(alert, (), changed=False)
        sources = {**alert.sources, seen.series: source}
        again = _built(alert, alert, sources=sources, seen_at=seen.received_at, count=1)
        return Observed(again, (), changed=False)
    told = _merged(alert, seen, source, rule)
    return Observed(told, _happened(alert, told, seen), changed=True)


def _end_told(seen: Observation) -> datetime:
    # An end without a time is known no better than by its arrival; none is before its start.
    return max(seen.ends_at or seen.received_at, seen.starts_at)


def _source(seen: Observation, to: AlertStatus) -> SourceState:
    end = _end_told(seen) if to in _SAYS_WHY else None
    doubted = to is AlertStatus.UNVERIFIED
    return SourceState(
        seen.source_key,
        seen.starts_at,
        to,
        seen.severity,
        None if doubted else end,
        seen.received_at,
        end if doubted else None,
        "" if end is None else seen.why,
    )


def _joined(known: SourceState, told: SourceState, telling: Telling) -> SourceState:
    """Join two tellings that say the same state; the order does not matter.

    Shape: of several ends the earliest counts. Else the last telling wins.
    """
    if known.status is AlertStatus.RESOLVED:
        if telling is not Telling.ENDED:
            return known
    elif told.told_at != known.told_at:
        return told if told.told_at > known.told_at else known
    return SourceState(
        known.key,
        known.starts_at,
        known.status,
        max(known.severity, told.severity),
        _earliest(known.ends_at, told.ends_at),
        min(known.told_at, told.told_at),
        _earliest(known.reported_at, told.reported_at),
        max(known.why, told.why),
    )


def _merged(
    alert: Alert,
    seen: Observation,
    source: SourceState,
    rule: FlapRule | None = None,
    *,
    episode: int | None = None,
    flaps: int | None = None,
    incomplete: bool | None = None,
    past: tuple[Spell, ...] | None = None,
) -> Alert:
    """Put a source into an alert; what it shows comes from the latest firing."""
    return _built(
        alert,
        seen if _speaks(alert, seen) else alert,
        rule,
        sources={**alert.sources, seen.series: source},
        seen_at=seen.received_at,
        count=1,
        episode=episode,
        flaps=flaps,
        incomplete=incomplete,
        past=past,
    )


def _built(
    alert: Alert,
    shown: Alert | Observation,
    rule: FlapRule | None = None,
    *,
    sources: Mapping[str, SourceState] | None = None,
    seen_at: datetime | None = None,
    count: int = 0,
    episode: int | None = None,
    flaps: int | None = None,
    incomplete: bool | None = None,
    past: tuple[Spell, ...] | None = None,
) -> Alert:
    """Build an alert once, with what is left out as it was; `replace` would cost twice as much.

    Shape: without a rule its state is as it was.
    """
    heard = alert.sources if sources is None else sources
    before = alert.past if past is None else past
    now = State(alert.status, alert.severity, alert.starts_at, alert.ends_at)
    mark = alert.flapping
    if rule is not None:
        now = state(heard.values())
        if 2 * (len(before) + len(heard)) >= rule.transitions:  # a spell begins and ends
            mark = flapping(stretches((*before, *_spells(heard))), mark, rule)
    return Alert(
        ref=alert.ref,
        connector=alert.connector,
        identity=alert.identity,
        status=now.status,
        severity=now.severity,
        starts_at=now.starts_at,
        ends_at=now.ends_at,
        last_seen_at=alert.last_seen_at
        if seen_at is None
        else _latest(alert.last_seen_at, seen_at),
        count=alert.count + count,
        episode=alert.episode if episode is None else episode,
        flaps=alert.flaps if flaps is None else flaps,
        incomplete=alert.incomplete if incomplete is None else incomplete,
        sources=heard,
        past=before,
        flapping=mark,
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


def _spells(sources: Mapping[str, SourceState]) -> Iterable[Spell]:
    """Return when the series fire or fired last; what is only about to fire does not."""
    return (
        Spell(series, source.starts_at, source.ends_at)
        for series, source in sources.items()
        if source.status is not AlertStatus.PENDING
    )


def _speaks(alert: Alert, seen: Observation) -> bool:
    """Tell whether the alert shows this observation's words: not those of an end or of the past."""
    return seen.telling not in _ENDS and all(
        seen.starts_at >= source.starts_at for source in alert.sources.values()
    )


def _happened(
    before: Alert, after: Alert, seen: Observation, *moves: Occurrence
) -> tuple[Occurrence, ...]:
    if before.severity is not after.severity and before.ends_at is None and after.ends_at is None:
        moves = (*moves, _occurrence(after, seen, "severity_changed", seen.starts_at))
    if after.flapping is before.flapping:
        return moves
    return (*moves, *_marked(before, after, seen))


def _marked(before: Alert, after: Alert, seen: Observation) -> tuple[Occurrence, ...]:
    """Tell once that an alert flaps, when it begins to."""
    mark, known = after.flapping, before.flapping
    if mark is None or (known is not None and mark.since <= known.until):
        return ()
    return (_occurrence(after, seen, "flapping", mark.since),)


def _moved(
    alert: Alert,
    seen: Observation,
    event: str,
    source: SourceState,
    was: AlertStatus | None,
    *,
    again: bool = False,
) -> Occurrence:
    """Note the move of a source key; `again`: it was known, so nobody says since when it is so."""
    at = source.ends_at or source.reported_at
    if at is None:
        begun = not again and source.status is not AlertStatus.SUPPRESSED
        at = seen.starts_at if begun else seen.received_at
    return Occurrence(
        alert.ref, alert.episode, event, at, seen.received_at, seen.source_key, was, source.status,
        seen.why,
    )  # fmt: skip


def _occurrence(alert: Alert, seen: Observation, event: str, at: datetime) -> Occurrence:
    return Occurrence(alert.ref, alert.episode, event, at, seen.received_at, seen.source_key)


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return one if other is None else other if one is None else min(one, other)


def _latest(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
