"""What a document of a table says: under which headings each field of a row stands.

A row is read in two steps. Its document only names the columns; what stands in a cell is the
connector's to read, because only there a fault can be told by its cell. So a rule for a row has a
path of one name, or several, and may say that a column is optional and which words mean "none".
"""

from typing import Final

from hub.contract.tables import Heading, Headings
from hub.mapping.paths import Path
from hub.mapping.problems import Problems
from hub.mapping.rules import Rule

TARGET: Final = "plan_row"
_ALLOWED: Final = frozenset({"path", "first_of", "optional", "absent_if"})


def checked(to: str, rules: tuple[Rule, ...], problems: Problems) -> None:
    """Note what a document of a table cannot say."""
    if to != TARGET:
        return
    for rule in rules:
        for key in rule.spec:
            if key not in _ALLOWED:
                what = "has no meaning for a column"
                problems.add(rule.line, f"fields.{rule.field}.{key}", what, "remove it")
        if rule.constant is not None and "first_of" in rule.spec:
            remedy = "name columns only"
            problems.add(rule.line, f"fields.{rule.field}.first_of", "ends in a value", remedy)
        for path in rule.paths:
            if _name(path) is None:
                what = f"{path.text!r} is no heading"
                remedy = "write a heading in double quotes, as '\"Task Name\"'"
                problems.add(rule.line, f"fields.{rule.field}", what, remedy)


def headings(rules: tuple[Rule, ...]) -> Headings:
    """Return the headings of each field that a checked document names."""
    return {
        rule.field: Heading(
            tuple(name for path in rule.paths if (name := _name(path))),
            needed=rule.spec.get("optional") != "true",
            absent=rule.absent_if,
        )
        for rule in rules
    }


def _name(path: Path) -> str | None:
    """Return the one name of a path, or None when it leads deeper."""
    trails = [trail for trail in path.touches if trail]
    return trails[0][0] if len(trails) == 1 and len(trails[0]) == 1 else None
