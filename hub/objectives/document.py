"""OpenSLO v1, as far as it is read: ratios of events over a rolling window.

What is not read is refused by name and line, with what to write instead; nothing is left out
silently.
Source: the OpenSLO specification, apiVersion openslo/v1.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final, NoReturn

import yaml

from hub.errors import Misconfigured
from hub.objectives.burning import Objective
from hub.objectives.counting import WINDOW, countable

VERSION: Final = "openslo/v1"
MIN_EVENTS: Final = "milepost/min-events"
"""The annotation that says below how many events in a window nothing can be said."""

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN: Final = re.compile(r"([1-9]\d{0,5})([mhdw])", re.ASCII)
_SHARE: Final = re.compile(r"\d{1,3}(?:\.\d{1,15})?", re.ASCII)
_LONGEST: Final = 1 << 20
_Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Where a number of events comes from.

    Shape: `source` names the data source where the document does; `counter`: it only ever grows,
           until it begins anew.
    """

    query: str
    counter: bool
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is counted. Shape: `part` are the bad events, or where `is_good` the good ones."""

    part: Query
    is_good: bool
    total: Query


@dataclass(frozen=True, slots=True)
class Declared:
    """One objective of one SLO.

    Shape: `name` tells several objectives of one SLO apart; `line` is where its SLO begins.
    """

    name: str
    service: str
    objective: Objective
    indicator: Indicator
    title: str = ""
    line: int = 1


def load(text: str, *, name: str) -> tuple[Declared, ...]:
    """Read the SLOs of a file; `name` is the file that its faults are reported under.

    Raises: Misconfigured, with all faults of the file, `file:line: place: what; remedy`.
    """
    reading = _Reading(name)
    found = tuple(reading.file(text))
    if reading.problems:
        count = len(reading.problems)
        raise Misconfigured(f"{name}: {count} problem(s)", problems=tuple(reading.problems))
    return found


class _Fault(Exception):
    """One objective cannot be read; the fault is noted."""


@dataclass(frozen=True, slots=True)
class _Document:
    """One document of the file: what it says, and the nodes that know their lines."""

    says: Mapping[str, Any]
    node: yaml.Node
    title: str

    def at(self, *place: str | int) -> Any:
        """Go down a path; None where it leads nowhere."""
        return _at(self.says, *place)

    def line(self, place: _Place) -> int:
        """Return the line of a place, or of what is nearest above it."""
        node, line = self.node, _line(self.node)
        for part in place:
            pairs = node.value if isinstance(node, yaml.MappingNode) else ()
            named = [(key, value) for key, value in pairs if key.value == part]
            if isinstance(part, int) and isinstance(node, yaml.SequenceNode):
                named = [(value, value) for value in node.value[part : part + 1]]
            if not named:
                break
            line, node = _line(named[0][0]), named[0][1]
        return line


class _Reading:
    def __init__(self, name: str) -> None:
        self._name = name
        self.problems: list[str] = []

    def file(self, text: str) -> list[Declared]:
        documents = self._documents(text)
        indicators = {
            _text(one.at("metadata", "name")): one for one in documents if one.at("kind") == "SLI"
        }
        found: list[Declared] = []
        for slo in (one for one in documents if one.at("kind") == "SLO"):
            try:
                found += self._slo(slo, indicators)
            except _Fault:
                continue
        if not found and not self.problems:
            self._note(1, "the file", "holds no SLO", f"write apiVersion: {VERSION}, kind: SLO")
        return found

    def _documents(self, text: str) -> list[_Document]:
        if len(text) > _LONGEST:
            self._note(1, "the file", "is too long", "split it")
            return []
        try:
            parsed = [one for one in _parsed(text) if one[0] is not None]
        except (yaml.YAMLError, ValueError, TypeError, RecursionError) as fault:
            mark = getattr(fault, "problem_mark", None)
            what = str(getattr(fault, "problem", None) or fault).split("\n", 1)[0]
            line = 1 if mark is None else mark.line + 1
            self._note(line, "the file", f"is not YAML: {what}", "mend it")
            return []
        found = []
        for says, node in parsed:
            if not isinstance(says, dict) or says.get("apiVersion") != VERSION:
                what = f"is not of apiVersion {VERSION}"
                self._note(_line(node), "a document", what, "write that version")
                continue
            title = _text(_at(says, "metadata", "name")) or "an SLO without metadata.name"
            found.append(_Document(says, node, title))
        return found

    def _slo(self, slo: _Document, indicators: Mapping[Any, _Document]) -> list[Declared]:
        method = slo.at("spec", "budgetingMethod")
        if method != "Occurrences":
            said = f"is {_text(method) or 'missing'}"
            self._refuse(slo, ("spec", "budgetingMethod"), said, "only Occurrences is read")
        service = _text(slo.at("spec", "service"))
        if service is None:
            self._refuse(slo, ("spec", "service"), "is missing", "name a service of services.yaml")
        period = self._period(slo)
        indicator = self._indicator(slo, indicators)
        min_events = self._min_events(slo)
        objectives = slo.at("spec", "objectives")
        if not isinstance(objectives, list) or not objectives:
            self._refuse(slo, ("spec", "objectives"), "is missing", "list at least one target")
        found = []
        for index, one in enumerate(objectives):
            target = self._target(slo, ("spec", "objectives", index))
            more = _text(_at(one, "displayName")) or (index if len(objectives) > 1 else None)
            name = slo.title if more is None else f"{slo.title}/{more}"
            title = _text(slo.at("metadata", "displayName")) or name
            objective = Objective(target, period, min_events)
            found.append(Declared(name, service, objective, indicator, title, slo.line(())))
        return found

    def _target(self, slo: _Document, place: _Place) -> Fraction:
        share, percent = slo.at(*place, "target"), slo.at(*place, "targetPercent")
        if (share is None) == (percent is None):
            self._refuse(slo, place, "needs a target", "write target: 0.999 or targetPercent: 99.9")
        said, word = (share, "target") if percent is None else (percent, "targetPercent")
        place = (*place, word)
        if isinstance(said, bool | list | dict) or not _SHARE.fullmatch(str(said)):
            self._refuse(slo, place, "is no number", "write target: 0.999")
        # By its digits: 0.999 is meant, and not the binary number beside it.
        target = Fraction(str(said)) / (1 if percent is None else 100)
        if not 0 <= target < 1:
            remedy = "a target lies from 0 to below 1: 100 % can only be missed"
            self._refuse(slo, place, "leaves no budget", remedy)
        return target

    def _period(self, slo: _Document) -> timedelta:
        place = ("spec", "timeWindow")
        listed = slo.at(*place)
        window = listed[0] if isinstance(listed, list) and len(listed) == 1 else None
        match = _SPAN.fullmatch(_text(_at(window, "duration")) or "")
        if match is None:
            remedy = "write [{duration: 30d, isRolling: true}]"
            self._refuse(slo, place, "is not one window", remedy)
        if _at(window, "isRolling") is not True:
            self._refuse(slo, place, "follows the calendar", "only isRolling: true is read")
        return timedelta(**{_UNITS[match[2]]: int(match[1])})

    def _min_events(self, slo: _Document) -> float:
        place = ("metadata", "annotations", MIN_EVENTS)
        said = slo.at(*place)
        try:
            number = 1.0 if said is None else float(said)
        except (TypeError, ValueError):
            number = 0.0
        if not 0 < number < float("inf"):
            self._refuse(slo, place, "is no number above 0", 'write "100", or leave it out for 1')
        return number

    def _indicator(self, slo: _Document, indicators: Mapping[Any, _Document]) -> Indicator:
        named = _text(slo.at("spec", "indicatorRef"))
        place: _Place = ("spec", "indicator", "spec")
        if slo.at(*place) is None and named is not None:
            if named not in indicators:
                what = f"{named!r} is not in this file"
                self._refuse(slo, ("spec", "indicatorRef"), what, "add it")
            slo, place = indicators[named], ("spec",)
        place = (*place, "ratioMetric")
        ratio = slo.at(*place)
        if ratio is None:
            remedy = "write ratioMetric with good or bad, and total"
            self._refuse(slo, place[:-1], "is no ratio of events", remedy)
        counter = _at(ratio, "counter")
        if not isinstance(counter, bool):
            self._refuse(slo, (*place, "counter"), "is missing", "write true or false")
        parts = [word for word in ("good", "bad") if _at(ratio, word) is not None]
        if len(parts) != 1:
            self._refuse(slo, place, "needs good or bad, not both", "write one")
        part = self._query(slo, (*place, parts[0]), counter=counter)
        total = self._query(slo, (*place, "total"), counter=counter)
        return Indicator(part, parts[0] == "good", total)

    def _query(self, slo: _Document, place: _Place, *, counter: bool) -> Query:
        metric = slo.at(*place, "metricSource")
        query = _at(metric, "spec", "query")
        place = (*place, "metricSource", "spec", "query")
        if not isinstance(query, str) or not query.strip():
            self._refuse(slo, place, "is missing", "write the query of the events")
        if not countable(query.strip()):
            remedy = (
                'write a bare selector, like http_requests_total{job="shop"}, or count the events'
                f" of a window yourself, like sum(increase(http_requests_total[{WINDOW}]))"
            )
            self._refuse(slo, place, "cannot be counted over a window", remedy)
        source = _text(_at(metric, "metricSourceRef")) or _text(_at(metric, "type"))
        return Query(query.strip(), counter, source)

    def _note(self, line: int, place: str, wrong: str, remedy: str) -> None:
        self.problems.append(f"{self._name}:{line}: {place}: {wrong}; {remedy}")

    def _refuse(self, slo: _Document, place: _Place, wrong: str, remedy: str) -> NoReturn:
        steps = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
        self._note(slo.line(place), slo.title + "".join(steps), wrong, remedy)
        raise _Fault


def _parsed(text: str) -> Iterator[tuple[Any, yaml.Node]]:
    """Read every document twice over: as plain values, and as nodes with their lines."""
    loader = yaml.SafeLoader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            assert node is not None  # noqa: S101 - the check said so
            yield loader.construct_document(node), node
    finally:
        loader.dispose()


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _at(value: object, *place: str | int) -> Any:
    """Go down a path of keys and places; None where it leads nowhere."""
    for part in place:
        if isinstance(part, int):
            value = value[part] if isinstance(value, list) and part < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def _text(value: object) -> str | None:
    """Return a text; a document may hold anything else, however large, in its place."""
    return value if isinstance(value, str) and value else None
