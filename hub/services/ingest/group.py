"""What is on its way: deliveries, their records, and what is decided and committed together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from hub.contract import Delivery, Gone, Page, Record
from hub.errors import Unmappable
from hub.linking import DEFAULT_EXCLUDED, FLAPS, NOT_HEARD_SINCE, FlapRule, Regrouping, identity
from hub.mapping import apply, left_out
from hub.model.words import AlertStatus
from hub.services.desks import Accepted
from hub.services.ingest.context import Context
from hub.services.ingest.rows import WriteSet


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
           its first record within the delivery. `kind` is that of the journal: webhook or pull.
    """

    type: str
    delivery: Delivery
    page: Page
    number: int | None = None
    first: int = 0
    kind: str = "webhook"


@dataclass(slots=True)
class Item:
    """One record on its way. `values` are filled when they are needed.

    Shape: with `gone` the record stands only for what ended without evidence.
    """

    arrived: int
    n: int
    record: Record
    ref: str | None = None
    values: dict[str, Any] | None = None
    unfit: Unmappable | None = None
    gone: Gone | None = None


NOTHING_MOVED: Final = Regrouping()


@dataclass(slots=True)
class Group:
    """What is committed together.

    Shape: `refresh` are incidents that are weighed anew, as far as they are open; `relink` are
           alerts whose service is looked up anew; `regrouping` moves alerts whose late onsets
           showed that they belong elsewhere. `doubted` are connectors whose ends nobody vouches
           for, each with the reason; `vouched` is up to when the ends of another are believed,
           `unvouched` who told of a later one. `rule` says what is flapping.
    """

    arrived: Sequence[Arrived]
    items: list[Item]
    now: datetime
    quiet: timedelta
    refresh: Sequence[int] = ()
    again: Again = Again.NO
    relink: Sequence[str] = ()
    regrouping: Regrouping = NOTHING_MOVED
    doubted: Mapping[str, str] = field(default_factory=dict)
    rule: FlapRule = FLAPS
    vouched: Mapping[str, datetime] = field(default_factory=dict)
    unvouched: set[str] = field(default_factory=set)
    answers: list[Accepted] = field(default_factory=list)
    repeats: list[int] = field(default_factory=list)

    def doubt(self, arrived: Arrived, ends_at: datetime | None) -> str | None:
        """Say why an end that was told is not believed; None: it is.

        Shape: what was asked for rests on a look. What came by itself may be an alert that ran out
               because its source died after the last look.
        """
        delivery = arrived.delivery
        if delivery.connector in self.doubted:
            return self.doubted[delivery.connector]
        until = self.vouched.get(delivery.connector)
        if until is None or arrived.kind == "pull" or (ends_at or delivery.received_at) <= until:
            return None
        self.unvouched.add(delivery.connector)
        return NOT_HEARD_SINCE

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
        for gone in one.page.gone:
            # Whoever brings it has said before which alert the series is.
            ref = remembered.get((connector, gone.series))
            if ref is not None:
                record = Record(gone.kind, gone.key, {}, gone.why, gone.series)
                items.append(Item(d, len(one.page.records), record, ref, gone=gone))
    return items


def _identify(item: Item, arrived: Arrived, context: Context) -> None:
    connector = arrived.delivery.connector
    try:
        item.values = mapped(item.record, arrived.type, context)
    except Unmappable as error:
        item.unfit = error
        return
    item.ref = ref_of(connector, arrived.type, item.record, item.values, context)
    if item.record.series:
        context.remember(connector, item.record.series, item.ref)


def ref_of(
    connector: str, type_: str, record: Record, values: dict[str, Any], context: Context
) -> str:
    """Return the ref of the alert that a mapped record speaks of."""
    labels = identity_labels(record, values)
    document = context.documents[f"{type_}/{record.kind}"]
    more = left_out(document.identity, connector, labels, values["labels"], DEFAULT_EXCLUDED)
    return f"{connector}:alert:{identity(connector, labels, DEFAULT_EXCLUDED | more)[:32]}"


def identity_labels(record: Record, values: dict[str, Any]) -> dict[str, str]:
    """Return the labels that tell an alert from others, before any leaves.

    Without labels nothing but the tool's own name of the series does.
    """
    return values.get("identity") or values["labels"] or {"": record.series or record.key}


def mapped(record: Record, type_: str, context: Context) -> dict[str, Any]:
    """Let the active document say what a record means.

    Raises: Unmappable.
    """
    document = context.documents.get(f"{type_}/{record.kind}")
    if document is None:
        raise Unmappable(f"there is no mapping document {type_}/{record.kind}", path="$")
    values = apply(document, record).values
    # A document may be silent on these: what is told is there, until an end is told.
    values.setdefault("labels", {})
    if "status" not in values:
        values["status"] = AlertStatus.RESOLVED if values.get("ends_at") else AlertStatus.FIRING
    if values.get("suppressed") and values["status"] is AlertStatus.FIRING:
        values["status"] = AlertStatus.SUPPRESSED
    return values
