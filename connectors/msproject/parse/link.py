"""Links between tasks. Kept small until all rows are known, then told apart and handed out."""

import sys
from collections.abc import Container, Iterator
from typing import Final

from connectors.msproject.parse.tally import Tally
from connectors.msproject.parse.task import PROJECT_UID
from connectors.msproject.parse.words import Words, digest, flag, number, text
from hub.contract import Record

FINISH_START: Final = "1"
"""What a link without a type is. Source: Project XML Data Interchange, PredecessorLink/Type."""

MAX_CYCLES: Final = 20
"""Arbitrary: a plan with more circles than this needs mending, not a longer list."""

_WORKING: Final = frozenset({"3", "5", "7", "9", "11", "21", "35", "37", "39", "41", "43", "53"})
_ELAPSED: Final = frozenset({"4", "6", "8", "10", "12", "36", "38", "40", "42", "44"})
_PERCENT: Final = frozenset({"19", "51"})
_ELAPSED_PERCENT: Final = frozenset({"20", "52"})

_NAMES: Final = (
    "PredecessorUID",
    "Type",
    "CrossProject",
    "CrossProjectName",
    "LinkLag",
    "LagFormat",
)
Told = tuple[str, int, tuple[object, ...]]
"""A link as it waits: the successor, its number among those of its pair, the values of _NAMES."""


class Links:
    """The links of one file.

    Source: Microsoft, Project XML Data Interchange, PredecessorLink: LinkLag counts tenths of a
            minute, or per cent where LagFormat says so.
    """

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._told: list[Told] = []

    def add(self, successor: str, links: list[Words]) -> None:
        """Keep the links of one row, each once."""
        said: list[tuple[object, ...]] = []
        numbers: dict[str, int] = {}
        for link in links:
            values = tuple(_interned(link.get(name)) for name in _NAMES)
            if values in said:
                self._tally.note("link_repeated", f"task {successor}: predecessor {_end(link)}")
                continue
            said.append(values)
            numbers[_end(link)] = numbers.get(_end(link), 0) + 1
            self._told.append((successor, numbers[_end(link)], values))

    def records(self, known: Container[str]) -> Iterator[Record]:
        """Hand out the links whose ends are in the file, and note the others; once.

        Shape: the key is `pred>succ#n`, n counting the links of that pair from 1.
        """
        kept: dict[str, set[str]] = {}
        for successor, n, values in self._told:
            link = {name: value for name, value in zip(_NAMES, values, strict=True) if value}
            if self._refused(successor, link, known):
                continue
            if not _external(link):
                kept.setdefault(successor, set()).add(_end(link))
            yield self._record(successor, link, f"{_end(link)}>{successor}#{n}")
        self._told.clear()
        for circle in cycles(kept):
            self._tally.note("cycle", " > ".join(circle))

    def _refused(self, successor: str, link: Words, known: Container[str]) -> bool:
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
            return _whole(lag), "percent"
        if form not in _WORKING and form not in _ELAPSED and lag:
            self._tally.note("lag_format_unknown", f"{key}: LagFormat {form}")
        return _whole(lag / 10), "elapsed" if form in _ELAPSED else "working"


def cycles(predecessors: dict[str, set[str]]) -> Iterator[list[str]]:
    """Name circles, each as the tasks on it with the first one again at the end; eats its input."""
    for _ in range(MAX_CYCLES):
        _trim(predecessors)
        if not predecessors:
            return
        circle = _walk(predecessors)
        yield circle
        for uid in circle:
            predecessors.pop(uid, None)


def _trim(predecessors: dict[str, set[str]]) -> None:
    # What has no predecessor left is on no circle; taking it away frees those that follow it.
    successors: dict[str, list[str]] = {}
    for uid, before in predecessors.items():
        for one in before:
            successors.setdefault(one, []).append(uid)
    free = [uid for uid in successors if uid not in predecessors]
    while free:
        gone = free.pop()
        for uid in successors.get(gone, ()):
            if uid in predecessors:
                predecessors[uid].discard(gone)
                if not predecessors[uid]:
                    del predecessors[uid]
                    free.append(uid)


def _walk(predecessors: dict[str, set[str]]) -> list[str]:
    uid = next(iter(predecessors))
    path: dict[str, None] = {}
    while uid not in path:
        path[uid] = None
        uid = min(predecessors[uid])
    circle = list(path)
    circle = circle[circle.index(uid) :]
    return [uid, *reversed(circle)]


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


def _interned(value: object) -> object:
    # Ten thousands of links share a handful of words; one copy of each is enough.
    return sys.intern(value) if isinstance(value, str) else value
