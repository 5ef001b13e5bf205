"""Carry alerts over to what a changed document makes of their identity.

The record that told first of each series is read again from the journal and mapped by the active
document; so an alert that says nothing new for days is of its new identity at once. What goes on is
carried over before anything else is decided; what ended follows in pieces.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson
import structlog

from hub.contract import Delivery, Receiver, Record
from hub.errors import Anomalous, Unmappable
from hub.linking import FLAPS, NO_TAGS, FlapRule
from hub.mapping import Document
from hub.services.ingest.context import Context
from hub.services.ingest.group import Item, mapped, ref_of
from hub.services.ingest.ports import Carrying, CarryStore, Placed
from hub.services.ingest.rows import AlertRow, OccurrenceRow, Spoken
from hub.services.ingest.words import alert_of, body_of, observation_of, with_words
from hub.services.instants import instant
from hub.services.pulled import reread

PIECE: Final = 200
"""Alerts in one transaction: arbitrary, some tenths of a second."""
BODIES: Final = 20
"""Deliveries held at once: each may have 10 MiB."""
CAUSE: Final = "hub:identity"
_FIELDS: Final = ("identity", "labels")

log = structlog.get_logger(__name__)

Unpackers = Mapping[str, tuple[str, Receiver | None]]


@dataclass(frozen=True, slots=True)
class Read:
    """A record of the journal, read again, and when and by whom it was told."""

    connector: str
    record: Record


@dataclass(slots=True)
class Found:
    """What became of some alerts when they were looked at under a document.

    Shape: `unreadable` are refs of alerts whose records are not kept any more or do not fit: they
           stay as they are. `labels` are those that each series is told apart by.
    """

    carrying: Carrying
    unreadable: list[str] = field(default_factory=list)
    values: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)


def digest_of(document: Document) -> str:
    """Return a digest of all by which a document tells alerts apart."""
    rules = {rule.field: rule for rule in document.rules if rule.field in _FIELDS}
    tables = {r.lookup.name: document.tables[r.lookup.name] for r in rules.values() if r.lookup}
    said = [
        [leaving.spec for leaving in document.identity],
        {name: rule.spec for name, rule in rules.items()},
        tables,
    ]
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


class Planner:
    """Finds out which alert each series of stored alerts is of."""

    def __init__(self, store: CarryStore, unpackers: Unpackers) -> None:
        self._store = store
        self._unpackers = unpackers

    async def plan(self, rows: Sequence[AlertRow], context: Context) -> Found:
        """Place every series of these alerts."""
        history = await self._store.told([row.ref for row in rows])
        wanted = {row.ref: _receipts(row, history) for row in rows}
        receipts = {r for series in wanted.values() for found in series.values() for r in found}
        records = await self._records(receipts)
        found = await asyncio.to_thread(self._placed, rows, wanted, records, context)
        await self._own(found, history)
        return found

    def _placed(
        self,
        rows: Sequence[AlertRow],
        wanted: Mapping[str, Mapping[str, Sequence[str]]],
        records: Mapping[str, Sequence[Read]],
        context: Context,
    ) -> Found:
        found = Found(Carrying())
        placed: list[Placed] = []
        for row in rows:
            mine = [
                self._place(row, series, _pick(row, series, receipts, records), context, found)
                for series, receipts in wanted[row.ref].items()
            ]
            if any(one.goal != row.ref for one in mine):
                placed += mine
        found.carrying = Carrying(tuple(placed))
        return found

    def _place(
        self, row: AlertRow, series: str, read: Read | None, context: Context, found: Found
    ) -> Placed:
        type_ = self._unpackers[row.connector][0]
        values = None if read is None else _mapped(read.record, type_, context)
        if read is None or values is None:
            if row.ref not in found.unreadable:
                found.unreadable.append(row.ref)
            return Placed(row.ref, series, row.ref)
        found.values[row.ref, series] = values
        goal = ref_of(row.connector, type_, read.record, values, context)
        if row.ref in context.pinned:
            context.pinned.setdefault(goal, context.pinned[row.ref])
        return Placed(row.ref, series, goal, _words(row, goal, read, values, context))

    async def _own(self, found: Found, history: Sequence[OccurrenceRow]) -> None:
        """Find out whose each earlier source key is, where an alert is parted."""
        goals: dict[str, dict[str, str]] = {}
        for placed in found.carrying.placed:
            goals.setdefault(placed.ref, {})[placed.series] = placed.goal
        parted = {ref for ref, known in goals.items() if len(set(known.values())) > 1}
        told = [one for one in history if one.alert in parted and one.receipt]
        if not told:
            return
        records = await self._records({one.receipt for one in told})
        owners: dict[tuple[str, str], str] = {}
        for one in told:
            for read in records.get(one.receipt, ()):
                series = read.record.series or read.record.key
                if read.record.key == one.source_key and series in goals[one.alert]:
                    owners[one.alert, one.source_key] = goals[one.alert][series]
        found.carrying = replace(found.carrying, owners=owners)

    async def _records(self, receipts: set[str]) -> dict[str, list[Read]]:
        """Read records of the journal again; what is not kept any more is left out."""
        wanted: dict[int, set[str]] = {}
        for receipt in receipts:
            number = receipt.rpartition(":")[2].partition("#")[0]
            if number.isdecimal():
                wanted.setdefault(int(number), set()).add(receipt)
        numbers = sorted(wanted)
        found: dict[str, list[Read]] = {}
        for at in range(0, len(numbers), BODIES):
            bodies = await self._store.bodies(numbers[at : at + BODIES])
            found |= await asyncio.to_thread(self._unpacked, bodies, wanted)
        return found

    def _unpacked(
        self, bodies: Mapping[int, tuple[str, bytes]], wanted: Mapping[int, set[str]]
    ) -> dict[str, list[Read]]:
        found: dict[str, list[Read]] = {}
        for number, (connector, body) in bodies.items():
            known = self._unpackers.get(connector)
            if known is None:
                continue
            try:
                records = reread(known[1], body).records
            except Anomalous:
                continue  # it was accepted once; a newer release reads it otherwise
            for receipt in wanted[number]:
                n = receipt.partition("#")[2]
                some = records[int(n) : int(n) + 1] if n.isdecimal() else ()
                found[receipt] = [Read(connector, record) for record in some]
        return found


def _receipts(row: AlertRow, history: Sequence[OccurrenceRow]) -> dict[str, list[str]]:
    """Return by which receipts a record of each series may be found, the best first."""
    found: dict[str, list[str]] = {}
    for series, source in orjson.loads(row.sources).items():
        told = [
            one.receipt
            for one in history
            if one.alert == row.ref and one.source_key == source[0] and one.receipt
        ]
        spoke = [source[6]] if source[6] else []
        found[series] = list(dict.fromkeys([*spoke, *told, row.receipt]))
    return found


def _pick(
    row: AlertRow, series: str, receipts: Sequence[str], records: Mapping[str, Sequence[Read]]
) -> Read | None:
    for receipt in receipts:
        for read in records.get(receipt, ()):
            mine = read.record.series or read.record.key
            if read.connector == row.connector and mine == series:
                return read
    return None


def _mapped(record: Record, type_: str, context: Context) -> dict[str, Any] | None:
    try:
        return mapped(record, type_, context)
    except Unmappable:
        return None


def _words(
    row: AlertRow, goal: str, read: Read, values: dict[str, Any], context: Context
) -> Spoken:
    """Say what a record would show, should its series speak for an alert."""
    item = Item(0, 0, read.record, goal, values)
    told = Delivery(row.connector, instant(row.last_seen_at), "", b"", {})
    alert = with_words(alert_of(row, orjson.loads(row.sources)), observation_of(item, goal, told))
    resolution = context.service_of(
        goal,
        alert.labels,
        hint=alert.service_hint,
        host=alert.host,
        host_groups=tuple(values.get("host_groups") or ()),
        environment=alert.environment,
        tags=values.get("tags") or NO_TAGS,
    )
    return Spoken(
        alert.title,
        resolution.service,
        resolution.confidence or None,
        body_of(alert, item, context.words.of(resolution)[1]),
    )


class Carrier:
    """Keeps the stored alerts at the identity that the active documents say."""

    def __init__(self, store: CarryStore, unpackers: Unpackers, flaps: FlapRule = FLAPS) -> None:
        self._store = store
        self._unpackers = unpackers
        self._flaps = flaps
        self._planner = Planner(store, unpackers)
        self._known: dict[str, str] = {}
        self._rest: list[str] = []
        self._after = ""
        self._digests: dict[str, str] = {}
        self.carried: dict[tuple[str, str], str] = {}
        """Series that are of another alert since, by connector and series."""

    @property
    def due(self) -> bool:
        """Tell whether alerts that ended wait to be carried over."""
        return bool(self._rest)

    async def go_on(self, context: Context) -> bool:
        """Carry over what goes on, when a document tells alerts apart otherwise than before.

        Shape: whether any alert changed.
        """
        digests = {n: digest_of(d) for n, d in context.documents.items() if d.to == "alert"}
        if digests == self._known:
            return False
        stored = await self._store.identified()
        names = {
            name
            for name, digest in digests.items()
            if stored.get(name) != digest or self._known.get(name, digest) != digest
        }
        types = {name.partition("/")[0] for name in names}
        connectors = sorted(id_ for id_, (type_, _) in self._unpackers.items() if type_ in types)
        self.carried.clear()
        done = await self._all(connectors, context) if connectors else 0
        self._known, self._digests = digests, {name: digests[name] for name in names}
        self._rest, self._after = connectors, ""
        if names and not await self._store.count(connectors):
            self._rest = []
            await self._store.note_identified(self._digests)
        if done:
            log.info("alerts carried over to another identity", alerts=done)
        return done > 0

    def give_up(self) -> None:
        """Leave the rest of what ended as it is, until the hub starts again."""
        self._rest = []

    async def follow(self, context: Context) -> bool:
        """Carry over a piece of what ended; return whether any alert changed."""
        rows = await self._store.alerts(self._rest, going_on=False, after=self._after, limit=PIECE)
        done = await self._carry(rows, context)
        if len(rows) < PIECE:
            self._rest = []
            await self._store.note_identified(self._digests)
        else:
            self._after = rows[-1].ref
        return done > 0

    async def _all(self, connectors: Sequence[str], context: Context) -> int:
        after, done = "", 0
        while True:
            rows = await self._store.alerts(connectors, going_on=True, after=after, limit=PIECE)
            done += await self._carry(rows, context)
            if len(rows) < PIECE:
                return done
            after = rows[-1].ref

    async def _carry(self, rows: Sequence[AlertRow], context: Context) -> int:
        found = await self._planner.plan(rows, context)
        carrying = replace(found.carrying, rule=self._flaps)
        if not carrying.placed:
            return 0
        for one in carrying.placed:
            self.carried[one.ref.partition(":")[0], one.series] = one.goal
        return await self._store.carry(carrying, CAUSE)
