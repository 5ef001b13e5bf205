"""Decide what a group of deliveries changes. No I/O: rows in, rows out.

Most records of a monitoring tool are repeats, so they take the shortest way: a look-up of the
alert, one comparison, two columns. Only news is mapped, observed, grouped and linked.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

import orjson

from hub.contract import Delivery, Page, Record
from hub.errors import Unmappable
from hub.linking import Observation, Observed, Regrouping, Resolution, identity, observe
from hub.mapping import apply
from hub.model.ops import Alert, SourceState
from hub.model.words import AlertStatus, IncidentStatus, LinkType, Severity
from hub.services.changes import Change
from hub.services.desks import Accepted
from hub.services.ingest.context import Context
from hub.services.ingest.incidents import rebuild
from hub.services.ingest.links import alert_link, expired_link, reason_json
from hub.services.ingest.live import Live, LiveIncident, make_signal
from hub.services.ingest.rows import (
    AlertRow,
    JournalRow,
    OccurrenceRow,
    QuarantineRow,
    Snapshot,
    Touch,
    WriteSet,
)
from hub.services.instants import instant, micros

FIRING: Final = AlertStatus.FIRING
_ENDED: Final = ("resolved", "expired")
_UNREAD: Final = MappingProxyType[str, str]({})
"""Stands for words that were not decoded: they are unchanged while it is this object."""


class Stale(Exception):
    """What is known of incidents is older than the store: read it anew and decide again."""


class NeedIncidents(Exception):
    """An alert goes on in incidents that are not at hand: read them too and decide again."""

    def __init__(self, numbers: Iterable[int]) -> None:
        super().__init__()
        self.numbers = set(numbers)


class Discarded(Exception):
    """The decision was made to be looked at, not to be stored."""

    def __init__(self, changes: WriteSet) -> None:
        super().__init__()
        self.changes = changes


class Again(Enum):
    """Whether a group is new, or read from the journal again (and stored, or only looked at)."""

    NO = "no"
    STORE = "store"
    DIFF = "diff"


@dataclass(slots=True)
class Arrived:
    """A delivery that its connector has unpacked.

    Shape: `number` is its journal number when it is there already; `first` then is the number of
           its first record within the delivery.
    """

    type: str
    delivery: Delivery
    page: Page
    number: int | None = None
    first: int = 0


@dataclass(slots=True)
class Item:
    """One record on its way. `values` are filled when they are needed."""

    arrived: int
    n: int
    record: Record
    ref: str | None = None
    values: dict[str, Any] | None = None
    unfit: Unmappable | None = None


NOTHING_MOVED: Final = Regrouping()


@dataclass(slots=True)
class Group:
    """What is committed together.

    Shape: `refresh` are incidents that are weighed anew, as far as they are open; `relink` are
           alerts whose service is looked up anew; `regrouping` moves alerts whose late onsets
           showed that they belong elsewhere.
    """

    arrived: Sequence[Arrived]
    items: list[Item]
    now: datetime
    quiet: timedelta
    refresh: Sequence[int] = ()
    again: Again = Again.NO
    relink: Sequence[str] = ()
    regrouping: Regrouping = NOTHING_MOVED
    answers: list[Accepted] = field(default_factory=list)
    repeats: list[int] = field(default_factory=list)

    @property
    def refs(self) -> list[str]:
        """The alerts that have to be read, each once."""
        told = {item.ref: None for item in self.items if item.ref is not None}
        told.update(dict.fromkeys(self.relink))
        told.update((move.signal.alert, None) for move in self.regrouping.moves)
        return list(told)


def prepare(arrived: Sequence[Arrived], context: Context) -> list[Item]:
    """Find out which alert each record speaks of."""
    items = []
    remembered = context.refs
    for d, one in enumerate(arrived):
        connector = one.delivery.connector
        for n, record in enumerate(one.page.records):
            item = Item(d, one.first + n, record, remembered.get((connector, record.series)))
            if item.ref is None:
                _identify(item, one, context)
            items.append(item)
    return items


def _identify(item: Item, arrived: Arrived, context: Context) -> None:
    connector = arrived.delivery.connector
    try:
        item.values = _mapped(item.record, arrived.type, context)
    except Unmappable as error:
        item.unfit = error
        return
    # Without labels nothing but the tool's own name of the series tells one alert from another.
    labels = item.values["labels"] or {"": item.record.series or item.record.key}
    item.ref = f"{connector}:alert:{identity(connector, labels)[:32]}"
    if item.record.series:
        context.remember(connector, item.record.series, item.ref)


def _mapped(record: Record, type_: str, context: Context) -> dict[str, Any]:
    document = context.documents.get(f"{type_}/{record.kind}")
    if document is None:
        raise Unmappable(f"there is no mapping document {type_}/{record.kind}", path="$")
    values = apply(document, record).values
    # A document may be silent on these: what is told is there, until an end is told.
    values.setdefault("labels", {})
    if "status" not in values:
        values["status"] = AlertStatus.RESOLVED if values.get("ends_at") else FIRING
    return values


def decide(group: Group, snapshot: Snapshot, context: Context, live: Live) -> WriteSet:
    """Say what a group changes.

    Raises: Stale, NeedIncidents; `live` is then to be thrown away.
    """
    if live.touched or live.seq != snapshot.seq:
        raise Stale
    live.touched = True
    changes = _Decision(group, snapshot, context, live).made()
    if group.again is Again.DIFF:
        raise Discarded(changes)
    return changes


class _Decision:
    """One group's decision under way."""

    def __init__(self, group: Group, snapshot: Snapshot, context: Context, live: Live) -> None:
        self._group = group
        self._context = context
        self._live = live
        self._seq = snapshot.seq
        self._incident_no = snapshot.incident_no
        self._alerts = dict(snapshot.alerts)
        self._sources: dict[str, dict[str, list[Any]]] = {}
        self._touched: dict[str, list[int]] = {}
        self._news: dict[str, str] = {}
        self._dirty: dict[int, LiveIncident] = {}
        self._now = micros(group.now)
        self._out = WriteSet(snapshot.seq, snapshot.incident_no)
        self._receipts: list[str] = []
        self._causes: dict[int, str] = {}

    def made(self) -> WriteSet:
        """Take every delivery and every record in the order received."""
        self._journal()
        for item in self._group.items:
            self._take(item)
        for ref in self._group.relink:
            self._link_again(ref)
        self._regroup()
        self._rest()
        self._pass_time()
        self._tell()
        self._out.seq, self._out.incident_no = self._seq, self._incident_no
        return self._out

    def _number(self) -> int:
        self._seq += 1
        return self._seq

    def _journal(self) -> None:
        self._group.answers = []
        self._group.repeats = [0] * len(self._group.arrived)
        for one in self._group.arrived:
            delivery, page = one.delivery, one.page
            if one.number is not None:
                self._receipts.append(f"{delivery.connector}:{one.number}")
                continue
            number = self._number()
            receipt = f"{delivery.connector}:{number}"
            self._receipts.append(receipt)
            self._group.answers.append(Accepted(len(page.records), receipt))
            spans = [edge for record in page.records for edge in (record.span or (0, 0))]
            self._out.journal.append(
                JournalRow(
                    number, delivery.connector, "webhook", None, micros(delivery.received_at),
                    delivery.content_type, orjson.dumps(dict(delivery.headers)),
                    hashlib.blake2b(delivery.body, digest_size=16).digest(), len(delivery.body),
                    len(page.records), orjson.dumps(spans), delivery.body,
                )
            )  # fmt: skip
            for n, rejected in enumerate(page.rejected):
                evidence = _cut(delivery.body, rejected.span)
                self._quarantine(
                    f"{receipt}!{n}", receipt, one, rejected.kind, rejected.path,
                    rejected.message, evidence,
                )  # fmt: skip

    def _quarantine(
        self, id_: str, receipt: str, one: Arrived, kind: str, path: str, message: str,
        evidence: bytes | None,
    ) -> None:  # fmt: skip
        row = QuarantineRow(
            id_, receipt, one.delivery.connector, f"{one.type}.{kind}", path, message, "open",
            self._now, 0, evidence,
        )  # fmt: skip
        self._out.quarantine.append(row)
        self._change("created", f"hub:quarantine:{id_}", "quarantine", 1, receipt)

    def _take(self, item: Item) -> None:
        ref, record = item.ref, item.record
        if ref is None:
            self._refuse(item, item.unfit)
            return
        row = self._alerts.get(ref)
        if row is not None:
            sources = self._sources.get(ref)
            if sources is None:
                sources = self._sources[ref] = orjson.loads(row.sources)
            known = sources.get(record.series or record.key)
            if self._group.again is not Again.NO and known is not None:
                self._map_again(item, ref, row, known)
                return
            if known is not None and known[0] == record.key and known[1] == record.version:
                self._group.repeats[item.arrived] += 1
                if known[3] not in _ENDED:
                    self._touch(ref, row)
                return
        self._observe(item, ref, row)

    def _map_again(self, item: Item, ref: str, row: AlertRow, known: list[Any]) -> None:
        """Let a changed document speak anew for a record whose events are all counted already."""
        arrived = self._group.arrived[item.arrived]
        if item.values is None:
            try:
                item.values = _mapped(item.record, arrived.type, self._context)
            except Unmappable as error:
                self._refuse(item, error)
                return
        values = item.values
        if known[0] != item.record.key or values["status"].value in _ENDED:
            return  # an older episode, or an end: what is shown comes from the last firing
        if known[6] not in {None, self._receipt(item)}:
            return  # a repeat, which was not news when it came
        known[4] = int(values.get("severity", Severity.UNKNOWN))
        sources = self._sources[ref]
        firing = [source[4] for source in sources.values() if source[3] == "firing"]
        severity = max(firing or [source[4] for source in sources.values()])
        alert = replace(_alert(row, sources), severity=Severity(severity))
        if known[2] >= max(source[2] for source in sources.values()):
            alert = _spoken(alert, _observation(item, ref, arrived.delivery))
        shown = Observed(alert, (), changed=True)
        self._store(item, row, shown, row.receipt, sources)

    def _receipt(self, item: Item) -> str:
        return f"{self._receipts[item.arrived]}#{item.n}"

    def _touch(self, ref: str, row: AlertRow) -> None:
        touch = self._touched.get(ref)
        if touch is None:
            self._touched[ref] = [max(self._now, row.last_seen_at), 1]
        else:
            touch[1] += 1

    def _refuse(self, item: Item, error: Unmappable | None) -> None:
        arrived = self._group.arrived[item.arrived]
        receipt = self._receipts[item.arrived]
        self._quarantine(
            f"{receipt}#{item.n}", receipt, arrived, item.record.kind,
            error.path if error else "$", str(error), _cut(arrived.delivery.body, item.record.span),
        )  # fmt: skip

    def _observe(self, item: Item, ref: str, row: AlertRow | None) -> None:
        arrived = self._group.arrived[item.arrived]
        if item.values is None:
            try:
                item.values = _mapped(item.record, arrived.type, self._context)
            except Unmappable as error:
                self._refuse(item, error)
                return
        sources = self._sources.setdefault(ref, {})
        alert = None if row is None else _alert(row, sources)
        seen = _observation(item, ref, arrived.delivery)
        observed = observe(alert, seen)
        receipt = self._receipt(item)
        self._out.occurrences.extend(
            OccurrenceRow(
                o.alert, o.episode, o.event, micros(o.at), micros(o.received_at), o.source_key,
                receipt,
            )
            for o in observed.occurrences
        )  # fmt: skip
        if alert is not None and not observed.changed:
            if observed.alert is not alert and row is not None:
                self._touch(ref, row)
            return
        self._store(item, row, observed, receipt)

    def _store(
        self,
        item: Item,
        row: AlertRow | None,
        observed: Observed,
        receipt: str,
        sources: dict[str, list[Any]] | None = None,
    ) -> None:
        alert, record = observed.alert, item.record
        series = record.series or record.key
        if sources is None:
            sources = self._sources[alert.ref] = {
                name: _source(state, record.version, self._spoke(item, alert.ref, state))
                if name == series
                else self._sources[alert.ref][name]
                for name, state in alert.sources.items()
            }
        spoken = row is None or alert.labels is not _UNREAD
        service, confidence = (row.service, row.confidence) if row else (None, None)
        body = row.body if row else b""
        if spoken:
            assert item.values is not None  # noqa: S101 - observed from them
            resolution = self._context.catalogue.resolve(
                alert.labels,
                hint=alert.service_hint,
                host=alert.host,
                host_groups=tuple(item.values.get("host_groups") or ()),
                environment=alert.environment,
            )
            service, confidence = resolution.service, resolution.confidence or None
            body = _body(alert, item, self._context.words.of(resolution)[1])
            if row is None or row.service != service:
                self._link(alert.ref, row, resolution)
        new = AlertRow(
            alert.ref, alert.connector, alert.title, alert.status.value, int(alert.severity),
            service, confidence, row.incident if row else None,
            micros(alert.starts_at), None if alert.ends_at is None else micros(alert.ends_at),
            row.first_seen_at if row else micros(alert.last_seen_at or self._group.now),
            micros(alert.last_seen_at or self._group.now),
            alert.count, alert.episode, alert.flaps, alert.incomplete,
            (row.version if row else 0) + 1, receipt, orjson.dumps(sources), body,
        )  # fmt: skip
        new = self._join(row, new, observed, item)
        if row is not None and new._replace(version=row.version) == row:
            return
        self._alerts[alert.ref] = new
        self._news.setdefault(alert.ref, "created" if row is None else "updated")

    def _spoke(self, item: Item, ref: str, state: SourceState) -> str | None:
        """Return the receipt of the record that told first that this source key fires."""
        known = self._sources[ref].get(item.record.series or item.record.key)
        if known is not None and known[0] == state.key and known[6] is not None:
            return str(known[6])
        ended = item.values is None or item.values["status"].value in _ENDED
        return None if ended else self._receipt(item)

    def _join(
        self, row: AlertRow | None, new: AlertRow, observed: Observed, item: Item
    ) -> AlertRow:
        """Let the alert's incident know, and find one for an alert that begins to fire."""
        fired = row is not None and row.status == "firing"
        fires = new.status == "firing"
        if fires and not fired:
            goes_on = None if observed.began or row is None else row.incident
            incident = self._incident(goes_on) if goes_on is not None else None
            if incident is None:
                incident = self._place(new, observed.alert, item)
            incident.active_at = max(incident.active_at, new.starts_at)
            incident.fire(new.severity, new.service, new.confidence or 0.0, new.starts_at / 1e6)
            if row is None or row.incident != incident.no:
                incident.alerts += 1
                hint = observed.alert.service_hint
                if new.service is None and hint:
                    incident.hints[hint] = incident.hints.get(hint, 0) + 1
            self._title(incident, new)
            self._dirty[incident.no] = incident
            return new._replace(incident=incident.no)
        if row is None or row.incident is None or not fired:
            return new
        incident = self._incident(row.incident)
        if incident is not None:
            if not fires:
                incident.end(row.severity, row.service, self._now)
            elif row.severity != new.severity or row.service != new.service:
                self._swap(incident, row, new)
                self._title(incident, new)
            self._dirty[incident.no] = incident
        return new

    def _link_again(self, ref: str) -> None:
        """Look an alert's service up anew: the catalogue or a person's verdict changed."""
        row = self._alerts.get(ref)
        if row is None:
            return
        body = orjson.loads(row.body)
        found = self._context.catalogue.resolve(
            body["labels"],
            hint=body["service_hint"],
            host=body["host"],
            environment=body["environment"],
        )
        if (found.service, found.confidence or None) == (row.service, row.confidence):
            return
        body["service_reasons"] = [reason_json(reason) for reason in found.reasons]
        new = row._replace(
            service=found.service,
            confidence=found.confidence or None,
            version=row.version + 1,
            body=orjson.dumps(body),
        )
        self._link(ref, row, found)
        incident = self._incident(row.incident) if row.incident is not None else None
        if incident is not None and row.status == "firing":
            self._swap(incident, row, new)
        self._alerts[ref] = new
        self._news.setdefault(ref, "updated")

    def _link(self, ref: str, row: AlertRow | None, found: Resolution) -> None:
        """Link an alert to its service, and let go of the one that it was of before."""
        before = None if row is None else row.service
        if before is not None and before != found.service:
            self._out.links.append(expired_link(ref, before, LinkType.AFFECTS, self._now))
        if found.service is not None:
            self._out.links.append(alert_link(ref, found, self._context.words, self._now))

    def _swap(self, incident: LiveIncident, row: AlertRow, new: AlertRow) -> None:
        """Count a firing alert of an incident under its new service and severity."""
        incident.end(row.severity, row.service, self._now)
        incident.count(new.severity, new.service, new.confidence or 0.0, new.starts_at / 1e6)
        incident.forget_silent(row.service)
        self._dirty[incident.no] = incident

    def _regroup(self) -> None:
        """Move alerts whose late onsets showed that they belong elsewhere."""
        for move in self._group.regrouping.moves:
            row = self._alerts.get(move.signal.alert)
            if row is None or row.incident != move.source:
                continue
            source = self._incident(move.source)
            goal = self._live.incidents.get(move.target) or self._open(move.target, row)
            if source is None:
                continue
            goal.take(source, row, self._now)
            if row.status == "firing":
                source.forget_silent(row.service)
            self._title(goal, row)
            self._alerts[row.ref] = row._replace(incident=goal.no, version=row.version + 1)
            self._news.setdefault(row.ref, "updated")
            self._dirty |= {source.no: source, goal.no: goal}
        for empty, target in self._group.regrouping.absorbed.items():
            if (source := self._live.incidents.get(empty)) is not None and not source.alerts:
                source.status = IncidentStatus.MERGED
                source.held["merged_into"] = f"hub:incident:{target}"
                self._dirty[empty] = source

    def _open(self, number: int, row: AlertRow) -> LiveIncident:
        """Open an incident of a given number."""
        self._incident_no = max(self._incident_no, number)
        made = LiveIncident(number, row.title, IncidentStatus.OPEN, row.starts_at, row.starts_at)
        self._live.incidents[number] = made
        return made

    def _incident(self, number: int) -> LiveIncident | None:
        """Return an incident that an alert goes on in; None when a person closed it."""
        found = self._live.incidents.get(number)
        if found is None:
            raise NeedIncidents([number])
        return None if found.status.value in {"closed", "merged", "false_positive"} else found

    def _place(self, new: AlertRow, alert: Alert, item: Item) -> LiveIncident:
        """Find the incident that an alert belongs to by its onset, or open one."""
        values = item.values or {}
        labels = values["labels"] if alert.labels is _UNREAD else alert.labels
        about = {**values, "service_hint": values.get("service")}
        signal = make_signal(self._context, new, labels, about)
        placement = self._live.window.place(signal)
        number = placement.incident
        found = self._live.incidents.get(number) if number is not None else None
        if found is None:
            found = self._open(self._incident_no + 1, new)
        found.opened_at = min(found.opened_at, new.starts_at)
        self._live.window.add(found.no, signal)
        self._live.newest = max(self._live.newest, signal.onset)
        found.told["grouped"] = [reason_json(reason) for reason in placement.reasons]
        return found

    @staticmethod
    def _title(incident: LiveIncident, new: AlertRow) -> None:
        if new.severity > incident.title_severity and "title" not in incident.held:
            incident.title, incident.title_severity = new.title, new.severity

    def _rest(self) -> None:
        """Write what was touched or changed, each alert once."""
        for ref, (seen_at, times) in self._touched.items():
            if ref in self._news:
                row = self._alerts[ref]
                self._alerts[ref] = row._replace(last_seen_at=seen_at, seen=row.seen + times)
            else:
                self._out.touches.append(Touch(ref, seen_at, times))
        for ref, what in self._news.items():
            row = self._alerts[ref]
            self._out.alerts.append(row)
            self._change(what, ref, "alert", row.version, row.receipt)

    def _pass_time(self) -> None:
        """Resolve incidents that have been quiet for long enough."""
        before = micros(self._group.now - self._group.quiet)
        for incident in self._live.incidents.values():
            if incident.resolves_itself(before):
                incident.status, incident.resolved_at = IncidentStatus.RESOLVED, incident.ended_at
                self._dirty[incident.no] = incident
        for number in self._group.refresh:
            refreshed = self._live.incidents.get(number)
            if refreshed is not None and refreshed.is_open and refreshed.version:
                self._dirty[number] = refreshed

    def _tell(self) -> None:
        """Weigh the incidents that changed, once each."""
        cause = self._receipts[-1] if self._receipts else "clock"
        for incident in self._dirty.values():
            made = rebuild(incident, self._context, self._group.now)
            if made is None:
                continue
            self._out.incidents.append(made.row)
            self._out.links.extend(made.links)
            created = incident.version == 1
            self._change(
                "created" if created else "updated", incident.ref, "incident", incident.version,
                cause,
            )  # fmt: skip
            for link in made.links:
                self._change("updated", f"hub:link:{link.id}", "link", 1, cause)
            for milestone in made.milestones:
                self._change("updated", milestone, "milestone", 0, incident.ref)
        unique = {row.id: row for row in self._out.links}
        self._out.links = list(unique.values())

    def _change(self, what: str, ref: str, kind: str, version: int, cause: str) -> None:
        self._out.changes.append(
            Change(self._number(), self._group.now, what, ref, kind, version, cause)
        )


def _spoken(alert: Alert, seen: Observation) -> Alert:
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


def _source(state: SourceState, version: str, spoke: str | None) -> list[object]:
    return [
        state.key,
        version,
        micros(state.starts_at),
        state.status.value,
        int(state.severity),
        None if state.ends_at is None else micros(state.ends_at),
        spoke,
    ]


def _alert(row: AlertRow, sources: dict[str, list[Any]]) -> Alert:
    """Make the alert of a row; its words stay undecoded."""
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
        labels=_UNREAD,
        sources={
            series: SourceState(
                key, instant(starts), AlertStatus(status), Severity(severity),
                None if ends is None else instant(ends),
            )
            for series, (key, _, starts, status, severity, ends, _) in sources.items()
        },
    )  # fmt: skip


def _observation(item: Item, ref: str, delivery: Delivery) -> Observation:
    values, record = item.values, item.record
    assert values is not None  # noqa: S101 - mapped before
    return Observation(
        ref=ref,
        connector=delivery.connector,
        identity="",
        series=record.series or record.key,
        source_key=record.key,
        status=values["status"],
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


def _body(alert: Alert, item: Item, reasons: orjson.Fragment) -> bytes:
    """Encode what lists show of an alert and what only a new observation changes."""
    return orjson.dumps(
        {
            "title": alert.title,
            "severity_raw": alert.severity_raw or None,
            "labels": dict(alert.labels),
            "annotations": dict(alert.annotations),
            "service_hint": alert.service_hint,
            "host": alert.host,
            "environment": alert.environment,
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


def _cut(body: bytes, span: tuple[int, int] | None, most: int = 64 << 10) -> bytes | None:
    return None if span is None else body[span[0] : min(span[1], span[0] + most)]
