"""What a mapping document makes of records, as the API shows it. Pure.

The steps are those of `hub.mapping.explain`, the entity is that of `apply`, which ingest and replay
call; so a preview cannot differ from what is stored.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Final

from hub.contract import Record
from hub.errors import Misconfigured, Unmappable
from hub.mapping import Coverage, Document, Step, apply, coverage, explain
from hub.mapping.texts import clean
from hub.services.refusals import Fault, Refusal, Why

_WHOLE: Final = 1 << 63
"""Beyond it a number is no integer of JSON readers any more."""


def previewed(document: Document, record: Record) -> dict[str, object]:
    """Map one record; return every step, and the entity if the whole record fits."""
    steps = explain(document, record)
    entity: object = None
    warnings: list[dict[str, str]] = []
    try:
        applied = apply(document, record)
    except Unmappable:
        pass  # the steps say each thing that does not fit, not only the first
    else:
        entity = plain(applied.values)
        warnings = [
            {"code": "unknown-word", "field": one.field, "table": one.table, "word": one.word}
            for one in applied.unknown
        ]
    return {
        "to": document.to,
        "taken": document.takes(record.body),
        "steps": [_step(step) for step in steps],
        "entity": entity,
        "errors": [_error(step) for step in steps if step.problem],
        "warnings": warnings,
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "field": step.field,
        "path": step.path,
        "value": plain(step.source),
        "converter": step.how,
        "result": plain(step.value),
    }


def _error(step: Step) -> dict[str, object]:
    return {"field": step.field, "path": step.path, "line": step.line, "msg": step.problem}


def covered(document: Document, name: str, records: Iterable[Record]) -> dict[str, object]:
    """Measure a document against records."""
    found = coverage(document, records)
    return {
        "document": name,
        "records": found.records,
        "unmapped": _unmapped(document, found),
        "unused": [
            {"path": leaf.path, "count": leaf.count, "examples": leaf.examples}
            for leaf in found.unused
        ],
    }


def _unmapped(document: Document, found: Coverage) -> list[dict[str, object]]:
    """List the unknown words, most frequent first, each under a field that asks for its table."""
    fields = {
        rule.lookup.name or f"fields.{rule.field}": rule
        for rule in reversed(document.rules)
        if rule.lookup is not None
    }
    rows: list[tuple[int, dict[str, object]]] = []
    for place, words in found.unmapped.items():
        rule = fields[place]
        path = " | ".join(one.text for one in rule.paths)
        rows += [
            (-count, {"field": rule.field, "path": path, "word": word, "count": count})
            for word, count in words.items()
        ]
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def refused(error: Misconfigured, type_: str = "mapping") -> Refusal:
    """Refuse a document, naming the line of each fault."""
    return Refusal(Why.INVALID, str(error), faults(error.problems, type_))


def faults(problems: Iterable[str], type_: str) -> tuple[Fault, ...]:
    """Make faults of problems in the form `file:line: place: what; remedy`."""
    parts = (line.partition(": ") for line in problems)
    return tuple(Fault(place, type_, what) for place, _, what in parts)


def plain(value: object) -> object:
    """Make JSON of a value: instants in RFC 3339, words as text, nothing that JSON cannot say."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value) if -_WHOLE <= value < _WHOLE else str(value)
    if isinstance(value, float):
        return value
    if isinstance(value, Mapping):
        return {clean(str(name)): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return clean(str(value))
