"""Decide what a group of deliveries changes. No I/O: rows in, rows out.

Most records of a monitoring tool are repeats, so they take the shortest way: a look-up of the
alert, one comparison, two columns. Only news is mapped, observed, grouped and linked.
"""

from dataclasses import replace
from typing import Any, Final

import orjson

from hub.errors import Unmappable
from hub.linking import (
    NO_TAGS,
    SETTLED,
    TIMED_OUT,
    Observation,
    Observed,
    Resolution,
    observe,
)
from hub.model.ops import Alert, SourceState
from hub.model.words import ENDED, AlertStatus, LinkType, Refused, Severity, Telling
from hub.services.ingest.context import Context
from hub.services.ingest.group import Again, Discarded, Group, Item, Stale, mapped
from hub.services.ingest.ledger import Ledger
from hub.services.ingest.links import alert_link, expired_link
from hub.services.ingest.live import Live
from hub.services.ingest.membership import Membership
from hub.services.ingest.rows import AlertRow, OccurrenceRow, RefusedMove, Snapshot, Touch, WriteSet
from hub.services.ingest.trace import refusing, traced
from hub.services.ingest.words import (
    UNREAD,
    alert_of,
    answer,
    body_of,
    observation_of,
    source_of,
    with_words,
)
from hub.services.instants import micros

_ANSWERS: Final = {SETTLED: Telling.SETTLED, TIMED_OUT: Telling.TIMED_OUT}
"""The hub's own words on an end that it doubted."""


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
        self._ledger = Ledger(snapshot, group.now)
        self._incidents = Membership(live, context, self._ledger, snapshot.alerts.values())
        self._alerts = dict(snapshot.alerts)
        self._sources: dict[str, dict[str, list[Any]]] = {}
        self._touched: dict[str, list[int]] = {}
        self._told = [micros(one.delivery.received_at) for one in group.arrived]
        self._news: dict[str, str] = {}
        self._out = self._ledger.out

    def made(self) -> WriteSet:
        """Take every delivery and every record in the order received."""
        group = self._group
        self._ledger.journal(group)
        for item in group.items:
            self._take(item)
        for ref in group.relink:
            self._link_again(ref)
        self._regroup()
        self._rest()
        self._incidents.pass_time(micros(group.now - group.quiet), tuple(group.refresh))
        receipts = self._ledger.receipts
        self._incidents.weigh(group.now, receipts[-1] if receipts else "clock")
        self._out.links = list({row.id: row for row in self._out.links}.values())
        return self._out

    def _take(self, item: Item) -> None:
        ref, record = item.ref, item.record
        if ref is None:
            self._ledger.refuse(item, self._group.arrived[item.arrived], item.unfit)
            return
        row = self._alerts.get(ref)
        if item.gone is not None:
            if row is not None:
                self._end(item, ref, row)
            return
        if row is not None:
            sources = self._sources.get(ref)
            if sources is None:
                sources = self._sources[ref] = orjson.loads(row.sources)
            known = sources.get(record.series or record.key)
            if self._group.again is not Again.NO and known is not None:
                self._map_again(item, ref, row, known)
                return
            # The end that was doubted comes again in the same words when a look bears it out.
            if (
                known is not None
                and known[0] == record.key
                and known[1] == record.version
                and known[3] != AlertStatus.UNVERIFIED
            ):
                self._group.repeats[item.arrived] += 1
                if known[3] not in ENDED:
                    self._touch(ref, row, item)
                return
        self._observe(item, ref, row)

    def _end(self, item: Item, ref: str, row: AlertRow) -> None:
        """End a series that its tool no longer has; what it fires again is told as ever."""
        sources = self._sources.setdefault(ref, orjson.loads(row.sources))
        alert = alert_of(row, sources)
        known = alert.sources.get(item.record.series)
        if known is None or known.key != item.record.key or known.status in ENDED:
            return
        delivery, why = self._group.arrived[item.arrived].delivery, item.record.version
        # Where silence is no evidence now, the next look that may be believed tells it anew.
        doubted = delivery.connector in self._group.doubted
        telling = _ANSWERS.get(why, Telling.SILENT if doubted else Telling.GONE)
        seen = answer(alert, item.record.series, delivery.received_at, telling, why)
        observed = observe(alert, seen, rule=self._group.rule)
        receipt = self._ledger.receipt(item)
        self._note(observed, receipt)
        if observed.refused is not None:
            self._refuse(ref, known, seen, observed.refused, receipt)
            return
        self._store(item, row, observed, receipt)

    def _values(self, item: Item) -> dict[str, Any] | None:
        """Map a record, or put it into the quarantine."""
        arrived = self._group.arrived[item.arrived]
        if item.values is None:
            try:
                item.values = mapped(item.record, arrived.type, self._context)
            except Unmappable as error:
                self._ledger.refuse(item, arrived, error)
        return item.values

    def _map_again(self, item: Item, ref: str, row: AlertRow, known: list[Any]) -> None:
        """Let a changed document speak anew for a record whose events are all counted already."""
        values = self._values(item)
        if values is None:
            return
        if known[0] != item.record.key or values["status"].value in ENDED:
            return  # an older episode, or an end: what is shown comes from the last firing
        if known[6] not in {None, self._ledger.receipt(item)}:
            return  # a repeat, which was not news when it came
        known[4] = int(values.get("severity", Severity.UNKNOWN))
        sources = self._sources[ref]
        firing = [source[4] for source in sources.values() if source[3] == "firing"]
        severity = max(firing or [source[4] for source in sources.values()])
        alert = replace(alert_of(row, sources), severity=Severity(severity))
        if known[2] >= max(source[2] for source in sources.values()):
            alert = with_words(
                alert, observation_of(item, ref, self._group.arrived[item.arrived].delivery)
            )
        shown = Observed(alert, (), changed=True)
        self._store(item, row, shown, row.receipt, sources)

    def _touch(self, ref: str, row: AlertRow, item: Item) -> None:
        told = self._told[item.arrived]
        touch = self._touched.get(ref)
        if touch is None:
            self._touched[ref] = [max(told, row.last_seen_at), 1]
        else:
            touch[0] = max(touch[0], told)
            touch[1] += 1

    def _observe(self, item: Item, ref: str, row: AlertRow | None) -> None:
        values = self._values(item)
        if values is None:
            return
        sources = self._sources.setdefault(ref, {})
        alert = None if row is None else alert_of(row, sources)
        arrived = self._group.arrived[item.arrived]
        seen = observation_of(item, ref, arrived.delivery)
        if seen.telling is Telling.ENDED:
            why = self._group.doubt(arrived, seen.ends_at)
            if why is not None:
                seen = seen._replace(telling=Telling.DOUBTED, why=why)
        if alert is not None:
            seen = _as_known(alert, seen, values)
        observed = observe(alert, seen, rule=self._group.rule)
        receipt = self._ledger.receipt(item)
        self._note(observed, receipt)
        if alert is None or row is None or observed.changed:
            self._store(item, row, observed, receipt)
            return
        if observed.refused is not None:
            self._refuse(ref, alert.sources[seen.series], seen, observed.refused, receipt)
        if observed.alert.past is not alert.past:
            self._trace(ref, traced(row.trace, observed.alert))
        elif observed.alert is not alert:
            self._same_state(item, row, alert, observed.alert, seen)

    def _refuse(
        self, ref: str, known: SourceState, seen: Observation, why: Refused, receipt: str
    ) -> None:
        """Keep what was told and moved nothing, once, on its alert."""
        trace = refusing(
            self._alerts[ref].trace,
            {
                "at": seen.received_at, "source_key": seen.source_key, "state": known.status,
                "telling": seen.telling, "reason": why, "receipt": receipt,
            },
        )  # fmt: skip
        self._out.refused.append(
            RefusedMove(
                ref, seen.connector, seen.source_key, seen.telling.value, why.value, receipt,
                trace is not None,
            )
        )  # fmt: skip
        if trace is not None:
            self._trace(ref, trace)

    def _trace(self, ref: str, trace: bytes | None) -> None:
        """Write a trace, which is no news."""
        self._alerts[ref] = self._alerts[ref]._replace(trace=trace)
        self._news.setdefault(ref, "")

    def _same_state(
        self, item: Item, row: AlertRow, before: Alert, alert: Alert, seen: Observation
    ) -> None:
        """Take in another version of a record whose state is as it was: words, tags, a version."""
        known = before.sources[seen.series]
        latest = max(source.starts_at for source in alert.sources.values())
        if seen.received_at < known.told_at or seen.starts_at < latest:
            self._touch(row.ref, row, item)
            return
        if alert.status is not AlertStatus.UNVERIFIED:
            alert = with_words(alert, seen)
        self._store(item, row, Observed(alert, (), changed=True), self._ledger.receipt(item))

    def _note(self, observed: Observed, receipt: str) -> None:
        self._out.occurrences.extend(
            OccurrenceRow(
                o.alert, o.episode, o.event, micros(o.at), micros(o.received_at), o.source_key,
                receipt, o.was, o.became, o.why or None,
            )
            for o in observed.occurrences
        )  # fmt: skip

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
                name: source_of(
                    state,
                    self._version(item, alert.ref, state),
                    self._spoke(item, alert.ref, state),
                )
                if name == series
                else self._sources[alert.ref][name]
                for name, state in alert.sources.items()
            }
        spoken = row is None or alert.labels is not UNREAD
        service, confidence = (row.service, row.confidence) if row else (None, None)
        body = row.body if row else b""
        if spoken:
            assert item.values is not None  # noqa: S101 - observed from them
            resolution = self._context.service_of(
                alert.ref,
                alert.labels,
                hint=alert.service_hint,
                host=alert.host,
                host_groups=tuple(item.values.get("host_groups") or ()),
                environment=alert.environment,
                tags=item.values.get("tags") or NO_TAGS,
            )
            service, confidence = resolution.service, resolution.confidence or None
            body = body_of(alert, item, self._context.words.of(resolution)[1])
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
            None if alert.flapping is None else micros(alert.flapping.until),
            traced(row.trace if row else None, alert),
        )  # fmt: skip
        values = item.values or {}
        new = self._incidents.join(row, new, alert, values, began=observed.began)
        if row is not None:
            if new._replace(version=row.version) == row:
                return
            seen = new._replace(
                version=row.version, sources=row.sources, receipt=row.receipt, seen=row.seen,
                last_seen_at=row.last_seen_at,
            )  # fmt: skip
            if seen == row:  # nothing that anybody sees: no news, but known as a repeat from now on
                self._alerts[alert.ref] = new._replace(version=row.version)
                self._news.setdefault(alert.ref, "")
                return
        self._alerts[alert.ref] = new
        self._news[alert.ref] = self._news.get(alert.ref) or (
            "created" if row is None else "updated"
        )

    def _version(self, item: Item, ref: str, state: SourceState) -> str:
        """Return which version of a source key was told last; a late record is of a former one."""
        known = self._sources[ref].get(item.record.series or item.record.key)
        if known is not None and known[0] == state.key != item.record.key:
            return str(known[1])
        return item.record.version

    def _spoke(self, item: Item, ref: str, state: SourceState) -> str | None:
        """Return the receipt of the record that told first that this source key fires."""
        known = self._sources[ref].get(item.record.series or item.record.key)
        if known is not None and known[0] == state.key and known[6] is not None:
            return str(known[6])
        ended = item.values is None or item.values["status"].value in ENDED
        return None if ended else self._ledger.receipt(item)

    def _link_again(self, ref: str) -> None:
        """Look an alert's service up anew: the catalogue or a person's verdict changed."""
        row = self._alerts.get(ref)
        if row is None:
            return
        body = orjson.loads(row.body)
        found = self._context.service_of(
            ref,
            body["labels"],
            hint=body["service_hint"],
            host=body["host"],
            host_groups=tuple(body.get("host_groups", ())),
            environment=body["environment"],
            tags=body.get("tags") or NO_TAGS,
        )
        if (found.service, found.confidence or None) == (row.service, row.confidence):
            return
        body["service_reasons"] = self._context.words.of(found)[1]
        new = row._replace(
            service=found.service,
            confidence=found.confidence or None,
            version=row.version + 1,
            body=orjson.dumps(body),
        )
        self._link(ref, row, found)
        self._incidents.serve(row, new)
        self._alerts[ref] = new
        self._news[ref] = self._news.get(ref) or "updated"

    def _link(self, ref: str, row: AlertRow | None, found: Resolution) -> None:
        """Link an alert to its service, and let go of the one that it was of before."""
        before = None if row is None else row.service
        if before is not None and before != found.service:
            self._out.links.append(expired_link(ref, before, LinkType.AFFECTS, self._ledger.now))
        if found.service is not None:
            self._out.links.append(alert_link(ref, found, self._context.words, self._ledger.now))

    def _regroup(self) -> None:
        """Move alerts whose late onsets showed that they belong elsewhere."""
        for move in self._group.regrouping.moves:
            row = self._alerts.get(move.signal.alert)
            moved = row and self._incidents.move(row, move.source, move.target)
            if moved:
                self._alerts[moved.ref] = moved
                self._news[moved.ref] = self._news.get(moved.ref) or "updated"
        self._incidents.absorb(self._group.regrouping)

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
            if what:
                self._ledger.change(what, ref, "alert", row.version, row.receipt)


def _as_known(alert: Alert, seen: Observation, values: dict[str, Any]) -> Observation:
    """Take silence about suppression as what was known of it."""
    known = alert.sources.get(seen.series)
    if known is None or known.starts_at != seen.starts_at:
        return seen
    unsaid = "acked" in values and "suppressed" not in values  # a webhook of such a tool
    if unsaid and known.status is AlertStatus.SUPPRESSED and seen.telling is Telling.FIRES:
        return seen._replace(telling=Telling.SUPPRESSED)
    return seen
