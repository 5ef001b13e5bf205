"""OpenSLO v1, as far as it is read: ratios of events over a rolling window.

What is not read is refused by name, with what to write instead; nothing is left out silently.
Source: the OpenSLO specification, apiVersion openslo/v1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final, NoReturn

import yaml

from hub.errors import Misconfigured
from hub.objectives.burning import Objective

VERSION: Final = "openslo/v1"
MIN_EVENTS: Final = "milepost/min-events"
"""The annotation that says below how many events in a window nothing can be said."""

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN: Final = re.compile(r"([1-9]\d{0,5})([mhdw])", re.ASCII)
_SHARE: Final = re.compile(r"\d{1,3}(?:\.\d{1,15})?", re.ASCII)
_LONGEST: Final = 1 << 20


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
    """One objective of one SLO. Shape: `name` tells several objectives of one SLO apart."""

    name: str
    service: str
    objective: Objective
    indicator: Indicator


def load(text: str, *, name: str) -> tuple[Declared, ...]:
    """Read the SLOs of a file; `name` is the file that its faults are reported under.

    Raises: Misconfigured, with every fault of the file in `problems`.
    """
    reading = _Reading(name)
    found = tuple(reading.file(text))
    if reading.problems:
        count = len(reading.problems)
        raise Misconfigured(f"{name}: {count} problem(s)", problems=tuple(reading.problems))
    return found


class _Fault(Exception):
    """One objective cannot be read; the fault is noted."""


class _Reading:
    def __init__(self, name: str) -> None:
        self._name = name
        self.problems: list[str] = []

    def file(self, text: str) -> list[Declared]:
        documents = self._documents(text)
        indicators = {
            _text(_at(one, "metadata", "name")): one
            for one in documents
            if one.get("kind") == "SLI"
        }
        found: list[Declared] = []
        for slo in (one for one in documents if one.get("kind") == "SLO"):
            where = _text(_at(slo, "metadata", "name")) or "an SLO without metadata.name"
            try:
                found += self._slo(slo, where, indicators)
            except _Fault:
                continue
        if not found and not self.problems:
            self._note("the file", "holds no SLO", f"write apiVersion: {VERSION}, kind: SLO")
        return found

    def _documents(self, text: str) -> list[Mapping[str, Any]]:
        if len(text) > _LONGEST:
            self._note("the file", "is too long", "split it")
            return []
        try:
            parsed = [one for one in yaml.safe_load_all(text) if one is not None]
        except (yaml.YAMLError, ValueError, RecursionError) as fault:
            self._note("the file", f"is not YAML: {fault}", "mend it")
            return []
        for one in parsed:
            if not isinstance(one, dict) or one.get("apiVersion") != VERSION:
                self._note("a document", f"is not of apiVersion {VERSION}", "write that version")
        return [one for one in parsed if isinstance(one, dict) and one.get("apiVersion") == VERSION]

    def _slo(
        self, slo: Mapping[str, Any], where: str, indicators: Mapping[Any, Mapping[str, Any]]
    ) -> list[Declared]:
        method = _at(slo, "spec", "budgetingMethod")
        if method != "Occurrences":
            said = f"is {_text(method) or 'missing'}"
            self._refuse(f"{where}.spec.budgetingMethod", said, "only Occurrences is read")
        period = self._period(slo, f"{where}.spec.timeWindow")
        indicator = self._indicator(slo, where, indicators)
        min_events = self._min_events(slo, where)
        objectives = _at(slo, "spec", "objectives")
        if not isinstance(objectives, list) or not objectives:
            self._refuse(f"{where}.spec.objectives", "is missing", "list at least one target")
        found = []
        for index, one in enumerate(objectives):
            place = f"{where}.spec.objectives[{index}]"
            objective = Objective(self._target(one, place), period, min_events)
            more = _text(_at(one, "displayName")) or (index if len(objectives) > 1 else None)
            name = where if more is None else f"{where}/{more}"
            service = _text(_at(slo, "spec", "service")) or ""
            found.append(Declared(name, service, objective, indicator))
        return found

    def _target(self, one: object, place: str) -> Fraction:
        share, percent = _at(one, "target"), _at(one, "targetPercent")
        if (share is None) == (percent is None):
            self._refuse(place, "needs a target", "write target: 0.999 or targetPercent: 99.9")
        said = share if percent is None else percent
        if isinstance(said, bool | list | dict) or not _SHARE.fullmatch(str(said)):
            self._refuse(place, "has a target that is no number", "write target: 0.999")
        # By its digits: 0.999 is meant, and not the binary number beside it.
        target = Fraction(str(said)) / (1 if percent is None else 100)
        if not 0 <= target < 1:
            self._refuse(
                place, "has no budget", "a target lies from 0 to below 1: 100 % can only be missed"
            )
        return target

    def _period(self, slo: Mapping[str, Any], place: str) -> timedelta:
        listed = _at(slo, "spec", "timeWindow")
        window = listed[0] if isinstance(listed, list) and len(listed) == 1 else None
        match = _SPAN.fullmatch(_text(_at(window, "duration")) or "")
        if match is None:
            self._refuse(place, "is not one window", "write [{duration: 30d, isRolling: true}]")
        if _at(window, "isRolling") is not True:
            self._refuse(place, "follows the calendar", "only isRolling: true is read")
        return timedelta(**{_UNITS[match[2]]: int(match[1])})

    def _min_events(self, slo: Mapping[str, Any], where: str) -> float:
        said = _at(slo, "metadata", "annotations", MIN_EVENTS)
        place = f"{where}.metadata.annotations[{MIN_EVENTS}]"
        try:
            number = 1.0 if said is None else float(said)
        except (TypeError, ValueError):
            number = 0.0
        if not 0 < number < float("inf"):
            self._refuse(place, "is no number above 0", 'write "100", or leave it out for 1')
        return number

    def _indicator(
        self, slo: Mapping[str, Any], where: str, indicators: Mapping[Any, Mapping[str, Any]]
    ) -> Indicator:
        named = _text(_at(slo, "spec", "indicatorRef"))
        spec = _at(slo, "spec", "indicator", "spec")
        place = f"{where}.spec.indicator"
        if spec is None and named is not None:
            spec, place = _at(indicators.get(named), "spec"), f"SLI {named}.spec"
            if spec is None:
                self._refuse(
                    f"{where}.spec.indicatorRef", f"{named!r} is not in this file", "add it"
                )
        ratio = _at(spec, "ratioMetric")
        if ratio is None:
            self._refuse(
                place, "is no ratio of events", "write ratioMetric with good or bad, and total"
            )
        counter = _at(ratio, "counter")
        if not isinstance(counter, bool):
            self._refuse(f"{place}.ratioMetric.counter", "is missing", "write true or false")
        parts = [word for word in ("good", "bad") if _at(ratio, word) is not None]
        if len(parts) != 1:
            self._refuse(f"{place}.ratioMetric", "needs good or bad, not both", "write one")
        part = self._query(ratio, parts[0], counter, f"{place}.ratioMetric")
        total = self._query(ratio, "total", counter, f"{place}.ratioMetric")
        return Indicator(part, parts[0] == "good", total)

    def _query(self, ratio: object, word: str, counter: bool, place: str) -> Query:  # noqa: FBT001
        metric = _at(ratio, word, "metricSource")
        query = _at(metric, "spec", "query")
        if not isinstance(query, str) or not query.strip():
            where = f"{place}.{word}.metricSource.spec.query"
            self._refuse(where, "is missing", "write the query of the events")
        source = _text(_at(metric, "metricSourceRef")) or _text(_at(metric, "type"))
        return Query(query.strip(), counter, source)

    def _note(self, place: str, wrong: str, remedy: str) -> None:
        self.problems.append(f"{self._name}: {place}: {wrong}; {remedy}")

    def _refuse(self, place: str, wrong: str, remedy: str) -> NoReturn:
        self._note(place, wrong, remedy)
        raise _Fault


def _at(value: object, *names: str) -> Any:
    """Go down a path of keys; None where it leads nowhere."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: object) -> str | None:
    """Return a text; a document may hold anything else, however large, in its place."""
    return value if isinstance(value, str) and value else None
