"""The part of JQL that a connector may use here; anything else is refused as Jira refuses it.

Source: Atlassian, "Advanced search reference - JQL"; a date literal has minutes and is read in the
time zone of who searches, a bare number is milliseconds since the epoch.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.simulators.jira.site import STATUSES, Issue, Site

Test = Callable[[Issue], bool]

MOST_ORDERS: Final = 7
_TOKEN = re.compile(
    r'\s*(?:(?P<op>>=|<=|!=|=|>|<|\(|\)|,)|"(?P<double>(?:[^"\\]|\\.)*)"'
    r"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<word>[\w.\-]+))"
)
_LITERAL = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?: (\d{1,2}):(\d{2}))?\Z")


class Refused(Exception):
    """What Jira answers 400 to."""


@dataclass(frozen=True)
class Query:
    """A parsed query. Shape: `bounded` False: it restricts nothing; `orders` are (field, down)."""

    test: Test
    bounded: bool
    orders: tuple[tuple[str, bool], ...]


def parse(text: str, site: Site) -> Query:
    """Read a query. Raises: Refused."""
    return _Parser(text, site).query()


class _Parser:
    def __init__(self, text: str, site: Site) -> None:
        self.site = site
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                raise Refused(f"Error in the JQL Query: Unexpected character at {at + 1}.")
            kind = str(found.lastgroup)
            value = found[kind]
            if kind in {"double", "single"}:
                value, kind = re.sub(r"\\(.)", r"\1", value), "text"
            self.tokens.append((kind, value))
            at = found.end()
        self.at = 0

    def query(self) -> Query:
        test: Test = lambda _: True  # noqa: E731 - what restricts nothing
        bounded = False
        if self.at < len(self.tokens) and not self._is_word("order"):
            test, bounded = self._either(), True
        orders: list[tuple[str, bool]] = []
        if self._is_word("order"):
            self.at += 1
            self._expect("by")
            orders.append(self._order())
            while self._take_op(","):
                orders.append(self._order())
        if self.at < len(self.tokens):
            raise Refused(f"Error in the JQL Query: Unexpected '{self.tokens[self.at][1]}'.")
        if len(orders) > MOST_ORDERS:
            raise Refused(f"ORDER BY may name at most {MOST_ORDERS} fields.")
        return Query(test, bounded, tuple(orders))

    def _either(self) -> Test:
        tests = [self._both()]
        while self._is_word("or"):
            self.at += 1
            tests.append(self._both())
        return lambda issue: any(test(issue) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._is_word("and"):
            self.at += 1
            tests.append(self._one())
        return lambda issue: all(test(issue) for test in tests)

    def _one(self) -> Test:
        if self._take_op("("):
            test = self._either()
            if not self._take_op(")"):
                raise Refused("Error in the JQL Query: Expecting ')'.")
            return test
        name = self._word().casefold()
        if self._is_word("in"):
            self.at += 1
            return self._among(name, self._values())
        op = self._op()
        value = self._value()
        if name in {"updated", "created"}:
            return self._instant(name, op, value)
        if op not in {"=", "!="}:
            raise Refused(f"The operator '{op}' is not supported by the '{name}' field.")
        test = self._among(name, [value])
        return test if op == "=" else lambda issue: not test(issue)

    def _among(self, name: str, values: Sequence[tuple[str, str]]) -> Test:
        wanted = {value for _, value in values}
        folded = {value.casefold() for value in wanted}
        match name:
            case "project":
                return self._projects(wanted)
            case "id" | "issue" | "key" | "issuekey":
                found = {one.id for value in wanted if (one := self.site.by_key(value))}
                return lambda issue: issue.id in found
            case "issuetype" | "type":
                return lambda issue: issue.type.casefold() in folded
            case "status":
                return lambda issue: issue.status.casefold() in folded
            case "statuscategory":
                return lambda issue: STATUSES[issue.status][1] in folded
            case "labels":
                return lambda issue: bool(wanted & set(issue.labels))
            case "fixversion":
                ids = {v.id for v in self.site.versions.values() if v.name in wanted}
                ids |= {int(value) for value in wanted if value.isdigit()}
                return lambda issue: bool(ids & set(issue.versions))
            case _:
                said = "does not exist or you do not have permission to view it."
                raise Refused(f"Field '{name}' {said}")

    def _projects(self, wanted: set[str]) -> Test:
        known = {
            word: one.id
            for one in self.site.projects.values()
            if one.visible
            for word in (one.key, one.name, str(one.id))
        }
        for word in sorted(wanted):
            if word not in known:
                raise Refused(f"The value '{word}' does not exist for the field 'project'.")
        ids = {known[word] for word in wanted}
        return lambda issue: issue.project in ids

    def _instant(self, name: str, op: str, value: tuple[str, str]) -> Test:
        kind, text = value
        if kind == "word" and text.lstrip("-").isdigit():
            if not self.site.cloud and not self.site.epoch_jql:
                raise Refused(f"Date value '{text}' for field '{name}' is invalid.")
            at = int(text)
        else:
            at = self._literal(name, text)
        compare: dict[str, Callable[[int], bool]] = {
            ">=": lambda found: found >= at, ">": lambda found: found > at,
            "<=": lambda found: found <= at, "<": lambda found: found < at,
        }  # fmt: skip
        if op not in compare:
            raise Refused(f"The operator '{op}' is not supported by the '{name}' field.")
        test = compare[op]
        return lambda issue: test(getattr(issue, name))

    def _literal(self, name: str, text: str) -> int:
        found = _LITERAL.match(text)
        if found is None:
            raise Refused(
                f"Date value '{text}' for field '{name}' is invalid. Valid formats include: "
                "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd'."
            )
        year, month, day, hour, minute = (int(part or 0) for part in found.groups())
        zone = ZoneInfo(self.site.users[self.site.browser].zone)
        return int(datetime(year, month, day, hour, minute, tzinfo=zone).timestamp() * 1000)

    def _order(self) -> tuple[str, bool]:
        name = self._word().casefold()
        if name not in {"updated", "created", "id", "key", "issuekey"}:
            raise Refused(f"Not able to sort using field '{name}'.")
        down = self._is_word("desc")
        if down or self._is_word("asc"):
            self.at += 1
        return name, down

    def _values(self) -> list[tuple[str, str]]:
        if not self._take_op("("):
            raise Refused("Error in the JQL Query: Expecting '('.")
        values = [self._value()]
        while self._take_op(","):
            values.append(self._value())
        if not self._take_op(")"):
            raise Refused("Error in the JQL Query: Expecting ')'.")
        return values

    def _value(self) -> tuple[str, str]:
        if self.at >= len(self.tokens) or self.tokens[self.at][0] == "op":
            raise Refused("Error in the JQL Query: Expecting a value.")
        self.at += 1
        return self.tokens[self.at - 1]

    def _word(self) -> str:
        kind, value = self._value()
        del kind
        return value

    def _op(self) -> str:
        if self.at >= len(self.tokens) or self.tokens[self.at][0] != "op":
            raise Refused("Error in the JQL Query: Expecting operator.")
        self.at += 1
        return self.tokens[self.at - 1][1]

    def _take_op(self, op: str) -> bool:
        taken = self.at < len(self.tokens) and self.tokens[self.at] == ("op", op)
        self.at += taken
        return taken

    def _is_word(self, word: str) -> bool:
        return self.at < len(self.tokens) and (
            self.tokens[self.at][0] == "word" and self.tokens[self.at][1].casefold() == word
        )

    def _expect(self, word: str) -> None:
        if not self._is_word(word):
            raise Refused(f"Error in the JQL Query: Expecting '{word}'.")
        self.at += 1


def ordered(issues: Sequence[Issue], orders: Sequence[tuple[str, bool]]) -> list[Issue]:
    """Sort issues as a query asks; without an order, the newest first."""
    found = sorted(issues, key=lambda one: one.id, reverse=True)
    for name, down in reversed(orders):
        found.sort(key=_key(name), reverse=down)
    return found


def _key(name: str) -> Callable[[Issue], Any]:
    if name in {"key", "issuekey"}:
        return lambda one: (one.key.rpartition("-")[0], int(one.key.rpartition("-")[2]))
    return lambda one: getattr(one, name)
