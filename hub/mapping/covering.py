"""Coverage: what of a tool's records a document uses, what it leaves, which words it knows not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from hub.contract import Record
from hub.errors import Unmappable
from hub.mapping.applying import MAX_WORD, apply
from hub.mapping.document import Document
from hub.mapping.paths import ANY, EACH, Trail, join
from hub.mapping.texts import clean, shown

MAX_PATHS: Final = 2000
"""Arbitrary; one alert may have 10,000 labels, and nobody reads so long a list."""

_EXAMPLES: Final = 3
_MAX_DEPTH: Final = 32


@dataclass(slots=True)
class Leaf:
    """One place in the records: how many have it, and up to three different values."""

    path: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a document does with a set of records.

    Shape: `used` and `unused` go by falling count. `unmapped` maps a table (or `fields.status`,
           for a field's own words) to its unknown words. `refused` counts the records that would
           be quarantined, by path; `examples` has one sentence for each. `more_paths` counts the
           leaves left out.
    """

    records: int
    mapped: int
    used: tuple[Leaf, ...]
    unused: tuple[Leaf, ...]
    unmapped: Mapping[str, Mapping[str, int]]
    refused: Mapping[str, int]
    examples: Mapping[str, str]
    more_paths: int = 0


def coverage(document: Document, records: Iterable[Record]) -> Coverage:
    """Measure a document against records; one pass, memory bounded by the number of paths."""
    count = _Count(document)
    for record in records:
        count.take(record)
    return count.result()


class _Count:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.touches = {
            trail for rule in document.rules for path in rule.paths for trail in path.touches
        } | {trail for one in document.when for trail in one.path.touches}
        self.records = self.mapped = self.more = 0
        self.leaves: dict[Trail, Leaf] = {}
        self.unmapped: dict[str, Counter[str]] = {}
        self.refused: Counter[str] = Counter()
        self.examples: dict[str, str] = {}

    def take(self, record: Record) -> None:
        self.records += 1
        if not self.document.takes(record.body):
            self.mapped += 1  # left out on purpose, which is no fault
            return
        self._words(record)
        values: dict[Trail, object] = dict(_leaves(record.body, ()))
        for trail, value in values.items():
            self._leaf(trail, value)
        try:
            apply(self.document, record)
        except Unmappable as unmappable:
            self.refused[unmappable.path] += 1
            self.examples.setdefault(unmappable.path, str(unmappable))
        else:
            self.mapped += 1

    def result(self) -> Coverage:
        ordered = sorted(self.leaves.items(), key=lambda item: (-item[1].count, item[1].path))
        return Coverage(
            records=self.records,
            mapped=self.mapped,
            used=tuple(leaf for trail, leaf in ordered if self._is_used(trail)),
            unused=tuple(leaf for trail, leaf in ordered if not self._is_used(trail)),
            unmapped=self.unmapped,
            refused=self.refused,
            examples=self.examples,
            more_paths=self.more,
        )

    def _words(self, record: Record) -> None:
        for rule in self.document.rules:
            word = rule.unknown_word(record.body)
            if word is not None and rule.lookup is not None:
                place = rule.lookup.name or f"fields.{rule.field}"
                words = self.unmapped.setdefault(place, Counter())
                word = clean(word)[:MAX_WORD]
                words[word if word in words or len(words) < MAX_PATHS else "…"] += 1

    def _leaf(self, trail: Trail, value: object) -> None:
        leaf = self.leaves.get(trail)
        if leaf is None:
            if len(self.leaves) >= MAX_PATHS:
                self.more += 1
                return
            leaf = self.leaves[trail] = Leaf(join(trail))
        leaf.count += 1
        if len(leaf.examples) < _EXAMPLES and (example := shown(value)) not in leaf.examples:
            leaf.examples.append(example)

    def _is_used(self, trail: Trail) -> bool:
        return any(_covers(touched, trail) for touched in self.touches)


def _covers(touched: Trail, trail: Trail) -> bool:
    """Tell whether a path reads this place; who reads an object reads all that is inside it."""
    names = tuple(name for name in trail if name != EACH)
    return len(touched) <= len(names) and all(
        mine in (ANY, theirs) for mine, theirs in zip(touched, names, strict=False)
    )


def _leaves(value: object, trail: Trail) -> Iterator[tuple[Trail, object]]:
    """Walk to the values that are no containers; an empty container is one itself."""
    if len(trail) < _MAX_DEPTH and value:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                yield from _leaves(inner, (*trail, str(name)))
            return
        if isinstance(value, (list, tuple)):
            for inner in value:
                yield from _leaves(inner, (*trail, EACH))
            return
    yield trail, value
