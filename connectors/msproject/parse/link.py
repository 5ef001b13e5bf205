"""Links between tasks. Kept small until all rows are known, then told apart and handed out."""

from array import array
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from connectors.msproject.parse.circles import bound, cycles
from connectors.msproject.parse.tally import Tally
from connectors.msproject.parse.task import PROJECT_UID
from connectors.msproject.parse.words import Words, digest, flag, number, text
from hub.contract import Record
from hub.errors import Anomalous

MOST_MINUTES: Final = 166 * 366 * 24 * 60
"""What lies between the first and the last date that MS Project can hold."""
MOST_PERCENT: Final = 1_000_000
"""Arbitrary: ten thousand times as long as the task before."""
FINISH_START: Final = "1"
"""What a link without a type is. Source: Project XML Data Interchange, PredecessorLink/Type."""

_WORKING: Final = frozenset({"3", "5", "7", "9", "11", "21", "35", "37", "39", "41", "43", "53"})
_ELAPSED: Final = frozenset({"4", "6", "8", "10", "12", "36", "38", "40", "42", "44"})
_PERCENT: Final = frozenset({"19", "51"})
_ELAPSED_PERCENT: Final = frozenset({"20", "52"})

_NAMES: Final = ("Type", "CrossProject", "CrossProjectName", "LinkLag", "LagFormat")
Form = tuple[object, ...]
"""What a link says beside its ends: the values of _NAMES. Ten thousands share a handful."""


class Links:
    """The links of one file.

    Source: Microsoft, Project XML Data Interchange, PredecessorLink: LinkLag counts tenths of a
            minute, or per cent where LagFormat says so.
    """

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._clear()

    def _clear(self) -> None:
        self._successors: list[str] = []
        self._predecessors: list[str] = []
        self._numbers = array("I")
        self._forms = array("I")
        self._known_forms: dict[Form, int] = {}

    def add(self, successor: str, links: list[Words], known: Mapping[str, str]) -> None:
        """Keep the links of one row, each once. Shape: `known` has one copy of each UID."""
        said: list[tuple[str, Form]] = []
        numbers: dict[str, int] = {}
        for link in links:
            uid = text(link, "PredecessorUID") or ""
            form = tuple(link.get(name) for name in _NAMES)
            if (uid, form) in said:
                self._tally.note("link_repeated", f"task {successor}: predecessor {_end(link)}")
                continue
            said.append((uid, form))
            numbers[_end(link)] = numbers.get(_end(link), 0) + 1
            self._successors.append(successor)
            self._predecessors.append(known.get(uid, uid))
            self._numbers.append(numbers[_end(link)])
            self._forms.append(self._known_forms.setdefault(form, len(self._known_forms)))

    def records(self, known: Collection[str]) -> Iterator[Record]:
        """Hand out the links whose ends are in the file, and note the others; once.

        Shape: the key is `pred>succ#n`, n counting the links of that pair from 1.
        """
        inner = array("I")
        for place, (successor, n, link) in enumerate(self._told()):
            if self._refused(successor, link, known):
                continue
            if not _external(link):
                inner.append(place)
            yield self._record(successor, link, f"{_end(link)}>{successor}#{n}")
        place_of = {uid: n for n, uid in enumerate(known)} if inner else {}
        before = array("I", (place_of[self._predecessors[n]] for n in inner))
        after = array("I", (place_of[self._successors[n]] for n in inner))
        self._clear()
        names = list(place_of)
        for circle in cycles(bound(names, before, after)):
            self._tally.note("cycle", " > ".join(circle))

    def _told(self) -> Iterator[tuple[str, int, Words]]:
        forms = list(self._known_forms)
        rows = zip(self._successors, self._predecessors, self._numbers, self._forms, strict=True)
        for successor, predecessor, n, form in rows:
            said = zip(("PredecessorUID", *_NAMES), (predecessor, *forms[form]), strict=True)
            yield successor, n, {name: value for name, value in said if value}

    def _refused(self, successor: str, link: Words, known: Collection[str]) -> bool:
        place = f"task {successor}: predecessor {_end(link)}"
        if successor == PROJECT_UID or (_end(link) == PROJECT_UID and not _external(link)):
            self._tally.note("link_to_project_row", place)
        elif successor not in known or not (_external(link) or _end(link) in known):
            self._tally.note("link_to_unknown_task", place)
        else:
            return False
        return True

    def _record(self, successor: str, link: Words, key: str) -> Record:
        link_type = text(link, "Type") or FINISH_START
        lag, kind = self._lag(link, key)
        derived: Words = {
            "predecessor": _end(link),
            "successor": successor,
            "type": link_type,
            "lag": lag,
            "lag_kind": kind,
        }
        if _external(link):
            project, task = _other(link)
            derived |= {"external": project, "predecessor": task}
            self._tally.note("external_link", f"task {successor}: {_end(link)}")
        if link_type not in {"0", "1", "2", "3"}:
            self._tally.note("link_type_unknown", f"{key}: Type {link_type}")
        self._tally.link(link_type, lag=bool(lag))
        body = {**link, "derived": derived}
        return Record(kind="dependency", key=key, body=body, version=digest(body))

    def _lag(self, link: Words, key: str) -> tuple[float, str]:
        lag = number(link, "LinkLag") or 0.0
        form = text(link, "LagFormat") or "7"
        if form in _PERCENT or form in _ELAPSED_PERCENT:
            if form in _ELAPSED_PERCENT and lag:
                self._tally.note("elapsed_percent_lag", f"{key}: {lag:g} %")
            _bounded(key, lag, MOST_PERCENT)
            return _whole(lag), "percent"
        if form not in _WORKING and form not in _ELAPSED and lag:
            self._tally.note("lag_format_unknown", f"{key}: LagFormat {form}")
        _bounded(key, lag, 10 * MOST_MINUTES)
        return _whole(lag / 10), "elapsed" if form in _ELAPSED else "working"


def _bounded(key: str, lag: float, most: float) -> None:
    if abs(lag) > most:
        raise Anomalous(
            f"{key}: LinkLag {lag:g} is more than a plan can last; mend it in MS Project"
        )


def _external(link: Words) -> bool:
    return flag(link, "CrossProject") and text(link, "CrossProjectName") is not None


def _end(link: Words) -> str:
    name = text(link, "CrossProjectName") if _external(link) else text(link, "PredecessorUID")
    return name or ""


def _other(link: Words) -> tuple[str, str]:
    # MS Project writes `path\file.mpp\12`: the other file, and the task's number in it.
    name = _end(link)
    project, backslash, task = name.rpartition("\\")
    return (project, task) if backslash and task else (name, text(link, "PredecessorUID") or "")


def _whole(value: float) -> float:
    return int(value) if value.is_integer() else value
