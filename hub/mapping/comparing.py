"""The difference between two versions of a document: in their words, and in what they make."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from hub.contract import Record
from hub.errors import Unmappable
from hub.mapping.applying import apply
from hub.mapping.document import Document
from hub.mapping.texts import shown

MAX_CHANGES = 1000
"""Arbitrary; how many records are listed one by one. All are counted."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a new version makes of one record that the old one made otherwise.

    Shape: `fields` maps a field to its value before and after; None is absent. `before` and
           `after` are the reasons why the record did not or does not fit; "" when it fits.
    """

    key: str
    fields: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference as counts, as a list of records, and as lines about the documents.

    Shape: `changed` fit both versions, `broken` fit the old one only, `mended` the new one only;
           each lists at most `limit` records, and the `*_count` fields count them all. `fields`
           counts the changed records by field.
    """

    records: int
    changed: tuple[Change, ...]
    broken: tuple[Change, ...]
    mended: tuple[Change, ...]
    changed_count: int
    broken_count: int
    mended_count: int
    fields: Mapping[str, int]
    summary: tuple[str, ...]


def diff(
    old: Document, new: Document, records: Iterable[Record], *, limit: int = MAX_CHANGES
) -> Diff:
    """Apply two versions to the same records and tell where they part."""
    listed: dict[str, list[Change]] = {"changed": [], "broken": [], "mended": []}
    counted: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    total = 0
    for record in records:
        total += 1
        change = _change(old, new, record)
        if change is None:
            continue
        kind = _kind(change)
        counted[kind] += 1
        fields.update(list(change.fields))
        if len(listed[kind]) < limit:
            listed[kind].append(change)
    return Diff(
        records=total,
        changed=tuple(listed["changed"]),
        broken=tuple(listed["broken"]),
        mended=tuple(listed["mended"]),
        changed_count=counted["changed"],
        broken_count=counted["broken"],
        mended_count=counted["mended"],
        fields=fields,
        summary=tuple(summary(old, new)),
    )


def summary(old: Document, new: Document) -> Iterator[str]:
    """Say what differs between two documents, a line for each rule or table word."""
    for key, before, after in (
        ("mapping", old.mapping, new.mapping),
        ("to", old.to, new.to),
        ("version", old.version, new.version),
    ):
        if before != after:
            yield f"{key}: {before} → {after}"
    yield from _lines("fields", _specs(old), _specs(new))
    yield from _lines("when", _choices(old), _choices(new))
    yield from _lines("identity", _leavings(old), _leavings(new))
    for name in sorted({*old.tables, *new.tables}):
        yield from _lines(f"tables.{name}", old.tables.get(name, {}), new.tables.get(name, {}))


def _change(old: Document, new: Document, record: Record) -> Change | None:
    before, was = _outcome(old, record)
    after, now = _outcome(new, record)
    if was or now:
        return Change(record.key, {}, was, now) if bool(was) != bool(now) else None
    fields = {
        name: (before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }
    return Change(record.key, fields) if fields else None


def _outcome(document: Document, record: Record) -> tuple[Mapping[str, object], str]:
    if not document.takes(record.body):
        return {}, ""
    try:
        return apply(document, record).values, ""
    except Unmappable as unmappable:
        return {}, str(unmappable)


def _kind(change: Change) -> str:
    if change.after:
        return "broken"
    return "mended" if change.before else "changed"


def _specs(document: Document) -> Mapping[str, object]:
    return {rule.field: rule.spec for rule in document.rules}


def _choices(document: Document) -> Mapping[str, object]:
    return {one.path.text: list(one.words) for one in document.when}


def _leavings(document: Document) -> Mapping[str, object]:
    return {str(n): rule.spec for n, rule in enumerate(document.identity)}


def _lines(place: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if name not in after:
            yield f"{place}.{name}: removed, was {shown(before[name])}"
        elif name not in before:
            yield f"{place}.{name}: added, {shown(after[name])}"
        elif before[name] != after[name]:
            yield f"{place}.{name}: {shown(before[name])} → {shown(after[name])}"
