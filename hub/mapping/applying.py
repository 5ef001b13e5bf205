"""From a record to the values of an entity: `apply` for ingest and replay, `explain` for people.

Both run the same compiled `fill` of each rule, so a preview cannot differ from what is stored.
"""

from dataclasses import dataclass
from typing import Final

from hub.contract import Record
from hub.errors import Unmappable
from hub.mapping.document import Document
from hub.mapping.refused import Refused
from hub.mapping.rules import Body, Rule
from hub.mapping.texts import clean, shown

MAX_WORD: Final = 200


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word that no table holds and that `other` stood in for; it belongs on a work list."""

    field: str
    table: str
    word: str


@dataclass(slots=True)  # not frozen: building a frozen one costs twice as much, once per record
class Applied:
    """What a document makes of a record. Shape: an absent field is not in `values`."""

    values: dict[str, object]
    unknown: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """How one field was filled, for a person to read.

    Shape: `value` None means absent. `problem` says why the record is quarantined, if it is.
           `unknown` is the word that `other` stood in for.
    """

    field: str
    path: str
    source: object
    how: str
    value: object
    line: int
    problem: str = ""
    unknown: str | None = None


def apply(document: Document, record: Record) -> Applied:
    """Fill every field that the document names.

    Raises: Unmappable, naming field, path, value and remedy, at the first that does not fit.
    """
    body = record.body
    values: dict[str, object] = {}
    field = ""
    try:
        for field, fill in document.fills:
            value = fill(body)
            if value is not None:
                values[field] = value
    except Refused as refused:
        raise _unmappable(document, field, body, refused) from None
    applied = Applied(values)
    for field, other, rule in document.watched:
        if values.get(field) is other:  # cheap, and no unknown word gets past it
            applied.unknown += _unknown(rule, body)
    return applied


def explain(document: Document, record: Record) -> list[Step]:
    """Show how each field is filled, a step for each rule, faults included."""
    return [_step(rule, record.body) for rule in document.rules]


def _step(rule: Rule, body: Body) -> Step:
    path, source = rule.origin(body)
    try:
        value = rule.fill(body)
    except Refused as refused:
        problem = _sentence(rule, path, source, refused)
        return Step(rule.field, path, source, rule.how, None, rule.line, problem)
    return Step(
        rule.field, path, source, rule.how, value, rule.line, unknown=rule.unknown_word(body)
    )


def _unknown(rule: Rule, body: Body) -> tuple[Unknown, ...]:
    word = rule.unknown_word(body)
    if word is None or rule.lookup is None:
        return ()
    return (Unknown(rule.field, rule.lookup.name, clean(word)[:MAX_WORD]),)


def _unmappable(document: Document, field: str, body: Body, refused: Refused) -> Unmappable:
    rule = next(rule for rule in document.rules if rule.field == field)
    path, source = rule.origin(body)
    return Unmappable(_sentence(rule, path, source, refused), path=path + refused.where)


def _sentence(rule: Rule, path: str, source: object, refused: Refused) -> str:
    value = refused.part if refused.where else source
    said = "" if source is None else f"{shown(value)} "
    return f"{rule.field}: {path}{refused.where}: {said}{refused.what}; {refused.remedy}"
