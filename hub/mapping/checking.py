"""Checks a rule against the model and compiles it; every fault is noted, none stops the check."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from hub.mapping.converters import CONVERTERS, Convert, fits, fitting
from hub.mapping.paths import Path, compiled
from hub.mapping.problems import Problems, guess
from hub.mapping.refused import Refused
from hub.mapping.rules import Rule, filling
from hub.mapping.syntax import Node
from hub.mapping.words import Lookup, typed, vocabulary
from hub.model.targets import Field

SOURCES: Final = ("path", "value", "first_of")
CONTAINERS: Final = ("text_map", "text_list", "text_lists", "raw")
KEYS: Final = (*SOURCES, "as", "table", "fold", "other", "optional", "absent_if")


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a document needs to know beside the rule itself, and what it learns.

    Shape: `used` collects the names of the tables that some rule asks.
    """

    tables: Mapping[str, Node]
    problems: Problems
    used: set[str] = field(default_factory=set)


def rule(name: str, node: Node, wanted: Field, checked: Checked) -> Rule | None:
    """Compile the rule of one field; None, with problems noted, when it cannot be."""
    draft = _Draft(name, node, wanted, checked)
    return draft.compiled() if draft.shaped() else None


class _Draft:
    """A rule on its way from nodes to closures."""

    def __init__(self, name: str, node: Node, wanted: Field, checked: Checked) -> None:
        self.name = name
        self.node = node
        self.wanted = wanted
        self.checked = checked
        self.parts: dict[str, Node] = {}
        self.faults = 0

    def fault(self, part: str, what: str, remedy: str, line: int | None = None) -> None:
        self.faults += 1
        at = self.parts.get(part, self.node)
        place = f"fields.{self.name}.{part}" if part else f"fields.{self.name}"
        self.checked.problems.add(line or at.line, place, what, remedy)

    def shaped(self) -> bool:
        if not isinstance(self.node.value, dict):
            self.fault("", "is not a rule", "write it as {path: name}")
            return False
        self.parts = self.node.value
        for key in self.parts:
            if key not in KEYS:
                self.fault(key, "is unknown", guess(key, KEYS))
        sources = [key for key in SOURCES if key in self.parts]
        if len(sources) != 1:
            found = " and ".join(sources) or "no source"
            self.fault("", f"has {found}", "write exactly one of path, value, first_of")
        return len(sources) == 1

    def compiled(self) -> Rule | None:
        paths = tuple(self._paths())
        constant = self._constant()
        self._consistent(constant)
        lookup = self._lookup()
        turn, how = self._turn(lookup)
        absent_if = frozenset(self._absent_if())
        if self.faults:
            return None
        return Rule(
            field=self.name,
            line=self.node.line,
            paths=paths,
            turn=turn,
            how=how if paths else "value",
            fill=filling(
                paths,
                turn,
                constant=constant,
                absent_if=absent_if,
                missing_ok=self._flag("optional"),
                absent_ok=not self.wanted.required and constant is None,
            ),
            spec={key: part.plain() for key, part in self.parts.items()},
            constant=constant,
            absent_if=absent_if,
            lookup=lookup,
        )

    def _paths(self) -> Iterator[Path]:
        single = self.parts.get("path")
        several = self.parts.get("first_of")
        part = "path" if single else "first_of"
        for node in (single,) if single else _items(several):
            if isinstance(node.value, dict):
                continue  # the constant at the end, see _constant
            if not isinstance(node.value, str):
                self.fault(part, "is not a path", "write one as text: labels.severity", node.line)
                continue
            try:
                yield compiled(node.value)
            except ValueError as error:
                remedy = "see jmespath.org for the grammar; quote names with dots or dashes"
                self.fault(part, f"{node.value!r} {error}", remedy, node.line)

    def _constant(self) -> object:
        node = self.parts.get("value")
        if several := self.parts.get("first_of"):
            node = self._last(several)
        if node is None:
            return None
        if node.value is None:
            self.fault("value", "is empty", "write the constant, or remove the rule", node.line)
            return None
        try:
            return typed(self.wanted, node.plain())
        except Refused as refused:
            what = f"{node.plain()!r} {refused.what}"
            self.fault("value", what, refused.remedy, node.line)
            return None

    def _last(self, several: Node) -> Node | None:
        """Find the constant that may end a `first_of`."""
        if not isinstance(several.value, tuple) or not several.value:
            self.fault("first_of", "is not a list of paths", "write [labels.a, labels.b]")
            return None
        *before, last = several.value
        for node in before:
            if isinstance(node.value, dict):
                remedy = "move it to the end; what follows it is never reached"
                self.fault("first_of", "has a value before its end", remedy, node.line)
        if not isinstance(last.value, dict):
            return None
        if set(last.value) != {"value"}:
            self.fault("first_of", "ends in no value", "write {value: …} or a path", last.line)
            return None
        return last.value["value"]

    def _consistent(self, constant: object) -> None:
        """Refuse keys that have no effect or contradict one another or the model."""
        if "value" in self.parts:
            for key in ("as", "table", "fold", "other", "absent_if", "optional"):
                if key in self.parts:
                    self.fault(key, "has no effect on a value", "remove it, or read a path")
        if "as" in self.parts and "table" in self.parts:
            self.fault("as", "stands beside a table", "keep one: a table takes the word as it is")
        for key in ("fold", "other"):
            if key in self.parts and "table" not in self.parts:
                self.fault(key, "needs a table", "name one with table, or remove it")
        if self._flag("optional") and "value" not in self.parts:
            self._optional(constant)

    def _optional(self, constant: object) -> None:
        if self.wanted.required:
            remedy = "remove optional, or end first_of with {value: …}"
            self.fault("optional", "contradicts the model, which needs this field", remedy)
        elif constant is not None:
            self.fault("optional", "has no effect beside a value", "remove one of the two")

    def _flag(self, key: str) -> bool:
        node = self.parts.get(key)
        if node is None or node.value in ("true", "false"):
            return node is not None and node.value == "true"
        self.fault(key, "is neither true nor false", f"write {key}: true, or remove it")
        return False

    def _absent_if(self) -> Iterator[str]:
        node = self.parts.get("absent_if")
        if node is None:
            return
        for item in node.value if isinstance(node.value, tuple) else (node,):
            if isinstance(item.value, str):
                yield item.value
            else:
                remedy = 'write a text or a list of texts; "" is the empty text, null is absent'
                self.fault("absent_if", "is not a literal", remedy, item.line)

    def _turn(self, lookup: Lookup | None) -> tuple[Convert, str]:
        if lookup is not None:
            return lookup.convert(), f"table {lookup.name}" if lookup.name else "words"
        name = self._as()
        return CONVERTERS[name].convert, name

    def _as(self) -> str:
        """Name the converter; after a fault any will do, because the rule is dropped."""
        node = self.parts.get("as")
        default = self.wanted.holds if self.wanted.holds in CONVERTERS else "raw"
        if node is None:
            return default
        name = node.value if isinstance(node.value, str) else str(node.plain())
        if name not in CONVERTERS:
            self.fault("as", f"there is no converter {name}", guess(name, CONVERTERS))
            return default
        gives = CONVERTERS[name].gives
        if not fits(gives, self.wanted.holds):
            use = " or ".join(fitting(self.wanted.holds)) or "a table"
            self.fault(
                "as", f"{name} gives {gives}, the field is {self.wanted.holds}", f"use {use}"
            )
        return name

    def _lookup(self) -> Lookup | None:
        if "table" in self.parts:
            return self._table(self.parts["table"])
        if self.wanted.words is not None and "as" not in self.parts:
            return Lookup("", vocabulary(self.wanted.words))
        return None

    def _table(self, named: Node) -> Lookup | None:
        name = named.value if isinstance(named.value, str) else str(named.plain())
        table = self.checked.tables.get(name)
        if table is None:
            remedy = guess(name, self.checked.tables) if self.checked.tables else "write it"
            self.fault("table", f"there is no table {name}", remedy)
            return None
        self.checked.used.add(name)
        if self.wanted.holds in CONTAINERS:
            self.fault("table", f"gives one word, the field is {self.wanted.holds}", "remove it")
        fold = self._flag("fold")
        return Lookup(name, self._entries(name, table, fold=fold), fold, self._other())

    def _entries(self, name: str, table: Node, *, fold: bool) -> dict[str, object]:
        found: dict[str, object] = {}
        for word, node in table.value.items() if isinstance(table.value, dict) else ():
            value = self._word(node, f"tables.{name}.{word}")
            key = word.casefold() if fold else word
            if fold and found.get(key, value) != value:
                self._elsewhere(
                    node.line,
                    f"tables.{name}.{word}",
                    f"differs from another spelling of it, and fields.{self.name} folds case",
                    "give both one value, or remove fold",
                )
            found[key] = value
        return found

    def _other(self) -> object:
        node = self.parts.get("other")
        return None if node is None else self._word(node, f"fields.{self.name}.other")

    def _word(self, node: Node, place: str) -> object:
        """Make a value of the field out of a word of ours, once, when the document is loaded."""
        if node.value is None:
            self._elsewhere(node.line, place, "is empty", "write a value; quote null and ~")
            return None
        try:
            return typed(self.wanted, node.plain())
        except Refused as refused:
            what = f"{node.plain()!r} {refused.what} (used by fields.{self.name})"
            self._elsewhere(node.line, place, what, refused.remedy)
            return None

    def _elsewhere(self, line: int, place: str, what: str, remedy: str) -> None:
        self.faults += 1
        self.checked.problems.add(line, place, what, remedy)


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.value if node is not None and isinstance(node.value, tuple) else ()
