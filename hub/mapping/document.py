"""A mapping document: loaded, checked against the model, and compiled, all at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hub.errors import Misconfigured
from hub.mapping import checking, choosing, headings, identifying, syntax
from hub.mapping.choosing import Choice
from hub.mapping.identifying import Leaving
from hub.mapping.problems import Problems, guess
from hub.mapping.rules import Fill, Rule
from hub.mapping.syntax import Node
from hub.model.targets import TARGETS, Field

KEYS: Final = ("mapping", "to", "version", "when", "fields", "tables", "identity")
NAME: Final = r"[a-z][a-z0-9-]*\.[a-z][a-z0-9_-]*"

_NAME = re.compile(NAME)
_VERSION = re.compile(r"[1-9]\d{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Document:
    """How records of one kind become entities.

    Shape: `mapping` is `<tool>.<kind>`, `to` a target of the model. `rules` stand in the order of
           the document. `name` is the file it came from, `text` its text. `fills` and `watched`
           are what `apply` runs: how each field is filled, and which rules have an `other`.
           `identity` are rules on what does not tell one alert from another. `when` says which
           records are taken: those that all of it takes.
    """

    mapping: str
    to: str
    version: int
    rules: tuple[Rule, ...]
    tables: Mapping[str, Mapping[str, object]]
    name: str
    text: str = field(repr=False)
    fills: tuple[tuple[str, Fill], ...] = field(repr=False)
    watched: tuple[tuple[str, object, Rule], ...] = field(repr=False)
    identity: tuple[Leaving, ...] = ()
    when: tuple[Choice, ...] = ()

    def takes(self, body: Mapping[str, object]) -> bool:
        """Tell whether this document is for a record."""
        return all(one.takes(body) for one in self.when)


def load(text: str, *, name: str) -> Document:
    """Load a document; `name` is the file that its problems are reported under.

    Raises: Misconfigured, with every problem of the document in `problems`.
    """
    problems = Problems(name)
    root = syntax.parse(text, problems)
    document = None if root is None else _checked(root, text, problems)
    if problems.found() or document is None:
        found = problems.lines()
        raise Misconfigured(f"{name}: {len(found)} problem(s) in the mapping", problems=found)
    return document


def _checked(root: Node, text: str, problems: Problems) -> Document | None:
    if not isinstance(root.value, dict):
        problems.add(root.line, "document", "is not a mapping", "begin with mapping: <tool>.<kind>")
        return None
    keys = root.value
    for key, node in keys.items():
        if key not in KEYS:
            problems.add(node.line, key, "is unknown", guess(key, KEYS))
    mapping = _scalar(keys, "mapping", _NAME, "write <tool>.<kind>, as zabbix.problem", problems)
    version = _scalar(keys, "version", _VERSION, "write a whole number from 1 on", problems)
    target = _target(keys, problems)
    tables = _tables(keys, problems)
    rules = _rules(keys, target, tables, problems)
    identity = identifying.checked(keys.get("identity"), target, rules, problems)
    when = choosing.checked(keys.get("when"), target, problems)
    headings.checked(target, rules, problems)
    if problems.found():
        return None
    return Document(
        mapping=mapping,
        to=target,
        version=int(version),
        rules=rules,
        tables={table: dict(_plain(node)) for table, node in tables.items()},
        name=problems.name,
        text=text,
        fills=tuple((rule.field, rule.fill) for rule in rules),
        watched=tuple(
            (rule.field, rule.lookup.other, rule)
            for rule in rules
            if rule.lookup is not None and rule.lookup.other is not None
        ),
        identity=identity,
        when=when,
    )


def _scalar(
    keys: Mapping[str, Node], key: str, form: re.Pattern[str], remedy: str, problems: Problems
) -> str:
    node = keys.get(key)
    if node is None:
        problems.add(1, key, "is missing", remedy)
    elif not isinstance(node.value, str) or not form.fullmatch(node.value):
        problems.add(node.line, key, f"cannot be {node.plain()!r}", remedy)
    else:
        return node.value
    return ""


def _target(keys: Mapping[str, Node], problems: Problems) -> str:
    node = keys.get("to")
    if node is None:
        problems.add(1, "to", "is missing", f"use one of {', '.join(TARGETS)}")
    elif not isinstance(node.value, str) or node.value not in TARGETS:
        known = guess(str(node.plain()), TARGETS)
        problems.add(node.line, "to", f"there is no target {node.plain()!r}", known)
    else:
        return node.value
    return ""


def _tables(keys: Mapping[str, Node], problems: Problems) -> dict[str, Node]:
    node = keys.get("tables")
    if node is None or node.value is None:
        return {}
    if not isinstance(node.value, dict):
        problems.add(node.line, "tables", "is not names with tables", "write name: {word: value}")
        return {}
    for name, table in node.value.items():
        if not isinstance(table.value, dict) or not table.value:
            remedy = "write it as {word: value, …}"
            problems.add(table.line, f"tables.{name}", "is not a table", remedy)
    return node.value


def _rules(
    keys: Mapping[str, Node], target: str, tables: Mapping[str, Node], problems: Problems
) -> tuple[Rule, ...]:
    node = keys.get("fields")
    if node is None or not isinstance(node.value, dict):
        problems.add(
            node.line if node else 1,
            "fields",
            "is missing or no list of fields",
            "write fields: {title: {path: name}, …}",
        )
        return ()
    wanted = TARGETS.get(target)
    if wanted is None:
        return ()  # without a known target there is nothing to check the fields against
    checked = checking.Checked(tables, problems)
    rules = [
        checking.rule(name, rule, known, checked)
        for name, rule in node.value.items()
        if (known := _known(name, rule, target, wanted, problems))
    ]
    for name, known in wanted.items():
        if known.required and name not in node.value:
            remedy = f"the target {target} needs it; add a rule"
            problems.add(node.line, f"fields.{name}", "is missing", remedy)
    for name, table in tables.items():
        if name not in checked.used:
            remedy = "name it in a rule, or remove it"
            problems.add(table.line, f"tables.{name}", "is used by no field", remedy)
    return tuple(rule for rule in rules if rule)


def _known(
    name: str, rule: Node, target: str, wanted: Mapping[str, Field], problems: Problems
) -> Field | None:
    if name not in wanted:
        problems.add(rule.line, f"fields.{name}", f"is no field of {target}", guess(name, wanted))
    return wanted.get(name)


def _plain(table: Node) -> Mapping[str, object]:
    plain = table.plain()
    return plain if isinstance(plain, dict) else {}
