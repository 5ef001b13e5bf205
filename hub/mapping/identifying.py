"""Rules of a document on identity: which labels do not tell one alert of a tool from another.

    identity:
      - {without: [pod]}
      - {without: [severity], when: {alertname: ["Disk*"]}, connectors: [am-main]}

What all rules that hold leave out is left out together. A rule that would leave an alert without
any label does not hold for it: all alerts of a tool would become one.
"""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from hub.mapping.patterns import like
from hub.mapping.problems import Problems, guess
from hub.mapping.rules import Rule
from hub.mapping.syntax import Node

KEYS: Final = ("without", "when", "connectors")
MOST: Final = 200
"""Rules, labels of a rule, or values of a condition: arbitrary; people write less than ten."""

_CONNECTOR = re.compile(r"[a-z][a-z0-9-]*")
_WITHOUT: Final = "name labels: without: [pod, severity]"


@dataclass(frozen=True, slots=True)
class Leaving:
    """One rule: the labels that leave the identity, of which alerts, of which connectors.

    Shape: `when` maps a label to its values, of which a `*` stands for anything; the alert needs
           one of them for each label. No `connectors` are all of them.
    """

    line: int
    without: frozenset[str]
    when: Mapping[str, tuple[str, ...]]
    connectors: frozenset[str]
    spec: object

    def holds(self, connector: str, labels: Mapping[str, str]) -> bool:
        """Tell whether an alert is one that this rule is about."""
        if self.connectors and connector not in self.connectors:
            return False
        return all(
            any(like(labels.get(name), value) for value in values)
            for name, values in self.when.items()
        )


def left_out(
    rules: tuple[Leaving, ...],
    connector: str,
    labels: Mapping[str, str],
    shown: Mapping[str, str],
    always: AbstractSet[str],
) -> frozenset[str]:
    """Return the labels that the rules leave out of an alert's identity.

    Shape: `labels` are those that identify it, `shown` those that it bears; a condition may speak
           of either. `always` are left out anyhow.
    """
    if not rules:
        return frozenset()
    spoken = {**labels, **shown}
    found: set[str] = set()
    for rule in rules:
        if rule.holds(connector, spoken):
            found |= rule.without
    return frozenset(found) if labels.keys() - found - always else frozenset()


def checked(
    node: Node | None, to: str, rules: tuple[Rule, ...], problems: Problems
) -> tuple[Leaving, ...]:
    """Compile the rules on identity; what is wrong with them is noted."""
    if node is None:
        return ()
    if to != "alert":
        remedy = "remove it; only alerts have identity labels"
        problems.add(node.line, "identity", f"has no meaning for {to or 'this target'}", remedy)
        return ()
    nodes = node.value if isinstance(node.value, tuple) else (node,)
    if not nodes or len(nodes) > MOST:
        remedy = f"write 1 to {MOST} rules, or remove identity"
        problems.add(node.line, "identity", f"has {len(nodes)} rules", remedy)
        return ()
    several = isinstance(node.value, tuple)
    names = [f"identity.{n}" if several else "identity" for n in range(len(nodes))]
    made = [_Draft(name, one, problems).made() for name, one in zip(names, nodes, strict=True)]
    found = tuple(one for one in made if one is not None)
    for rule in found:
        _leaves_some(rule, _known(rules), problems)
    return found


def _leaves_some(rule: Leaving, known: frozenset[str] | None, problems: Problems) -> None:
    """Refuse a rule that leaves nothing of an identity whose labels the document names itself."""
    if known is not None and not known - rule.without:
        what = f"leaves no label: the identity here is {', '.join(sorted(known))}"
        problems.add(rule.line, "identity.without", what, "keep at least one of them")


def _known(rules: tuple[Rule, ...]) -> frozenset[str] | None:
    """Return the identity labels where the document itself names them all."""
    known = {rule.field: rule for rule in rules}
    rule = known.get("identity") or known.get("labels")
    if rule is None:
        return None
    if isinstance(rule.constant, dict) and not rule.paths and rule.constant:
        return frozenset(rule.constant)
    named = re.fullmatch(r"\{(.*)\}", rule.paths[0].text.strip()) if len(rule.paths) == 1 else None
    if named is None or re.search(r"[{}()|\[\]]", named[1]):
        return None
    keys = [part.partition(":")[0].strip().strip('"') for part in named[1].split(",")]
    return frozenset(keys)


class _Draft:
    """One rule on its way from nodes to its value."""

    def __init__(self, name: str, node: Node, problems: Problems) -> None:
        self.name = name
        self.node = node
        self.problems = problems
        self.faults = 0

    def fault(self, line: int, part: str, what: str, remedy: str) -> None:
        self.faults += 1
        self.problems.add(line, f"{self.name}.{part}" if part else self.name, what, remedy)

    def made(self) -> Leaving | None:
        if not isinstance(self.node.value, dict):
            self.fault(self.node.line, "", "is not a rule", "write it as {without: [pod]}")
            return None
        parts = self.node.value
        for key, part in parts.items():
            if key not in KEYS:
                self.fault(part.line, key, "is unknown", guess(key, KEYS))
        without = frozenset(self._without(parts.get("without")))
        when = dict(self._when(parts.get("when")))
        connectors = frozenset(self._connectors(parts.get("connectors")))
        if self.faults:
            return None
        return Leaving(self.node.line, without, when, connectors, self.node.plain())

    def _without(self, node: Node | None) -> Iterator[str]:
        if node is None:
            self.fault(self.node.line, "without", "is missing", _WITHOUT)
            return
        for text in self._texts(node, "without", _WITHOUT):
            if "*" in text:
                remedy = "name each label; all of them would leave none"
                self.fault(node.line, "without", f"{text!r} is no name of a label", remedy)
            yield text

    def _when(self, node: Node | None) -> Iterator[tuple[str, tuple[str, ...]]]:
        if node is None:
            return
        remedy = 'write when: {alertname: ["Disk*"]}'
        if not isinstance(node.value, dict) or not node.value:
            self.fault(node.line, "when", "is not labels with values", remedy)
            return
        for label, values in node.value.items():
            yield label, tuple(self._texts(values, f"when.{label}", remedy))

    def _connectors(self, node: Node | None) -> Iterator[str]:
        if node is None:
            return
        remedy = "write connectors: [am-main]"
        for text in self._texts(node, "connectors", remedy):
            if not _CONNECTOR.fullmatch(text):
                self.fault(node.line, "connectors", f"{text!r} is no id of a connector", remedy)
            yield text

    def _texts(self, node: Node, part: str, remedy: str) -> Iterator[str]:
        items = node.value if isinstance(node.value, tuple) else (node,)
        if not items or len(items) > MOST:
            self.fault(node.line, part, f"names {len(items)}", f"{remedy}; 1 to {MOST}")
        for item in items:
            if not isinstance(item.value, str) or not item.value:
                self.fault(item.line, part, "is not a text", remedy)
            else:
                yield item.value
