"""Rows of the plan: what each says, and what only its place in the file tells."""

from typing import Final

from lxml.etree import _Element

from connectors.msproject.parse.fields import Fields
from connectors.msproject.parse.tally import Tally
from connectors.msproject.parse.words import (
    Words,
    digest,
    flag,
    many,
    minutes,
    number,
    text,
    wall,
    words,
)
from hub.contract import Record

PROJECT_UID: Final = "0"
"""The row that stands for the project itself: never a task, and often declared last."""

_ELAPSED: Final = frozenset({"4", "6", "8", "10", "12", "36", "38", "40", "42", "44"})
_BASELINES: Final = range(11)
_SKIP: Final = frozenset({"TimephasedData", "Project"})
_COMPLETE: Final = 100.0


class Outline:
    """Turns rows into records one row late: only the next row tells whether this one is a summary.

    Shape: a row's parent is the nearest row above it with a smaller OutlineLevel.
    Source: Microsoft, Project XML Data Interchange, Task element and its children.
    """

    def __init__(self, tally: Tally, fields: Fields) -> None:
        self._tally = tally
        self._fields = fields
        self._path: list[tuple[int, str]] = []
        self._waiting: tuple[int, str, Words] | None = None
        self._order = 0

    def add(self, element: _Element) -> tuple[str, Words, list[Words]] | None:
        """Take in a row; return its UID, words and links, or None when it is blank.

        Shape: links are taken out of the words, so that a new link does not change the task.
        """
        body = words(element, _SKIP)
        if flag(body, "IsNull"):
            self._tally.count["null_tasks"] += 1
            return None
        links = many(body, "PredecessorLink")
        body.pop("PredecessorLink", None)
        return text(body, "UID") or "", body, links

    def place(self, uid: str, body: Words, calendar: str | None) -> Record | None:
        """Give a row its place; return the row before it, now that it is known what that is."""
        level = int(number(body, "OutlineLevel") or 0)
        before = self.last(next_level=level)
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        self._order += 1
        derived: Words = {"order": self._order}
        if self._path:
            derived["parent"] = self._path[-1][1]
        if calendar is not None:
            derived["calendar"] = calendar
        body["derived"] = derived
        self._path.append((level, uid))
        self._waiting = (level, uid, body)
        return before

    def last(self, next_level: int = -1) -> Record | None:
        """Return the row that waits, if there is one."""
        if self._waiting is None:
            return None
        level, uid, body = self._waiting
        self._waiting = None
        return self._record(uid, body, summary=next_level > level)

    def _record(self, uid: str, body: Words, *, summary: bool) -> Record:
        self._tally.task(body, summary=summary)
        place = f"task {uid} {text(body, 'Name') or ''}".strip()
        derived = body["derived"]
        if isinstance(derived, dict):
            derived |= _derived(body, place, self._tally, summary=summary)
        body["custom"] = self._fields.custom(body, place, self._tally)
        _note(body, place, self._tally)
        return Record(kind="task", key=uid, body=body, version=digest(body))


def _derived(body: Words, place: str, tally: Tally, *, summary: bool) -> Words:
    found: Words = {
        "row_kind": _row_kind(body, summary=summary),
        "progress": _progress(body),
        "baselines": _baselines(body, place, tally),
    }
    if text(body, "Name") is None:
        tally.note("task_without_name", place)
        found["row"] = f"#{text(body, 'ID') or text(body, 'UID')}"
    return found


def _row_kind(body: Words, *, summary: bool) -> str:
    # MS Project marks a summary of length zero as a milestone by itself, so the summary wins.
    if summary:
        return "summary"
    return "milestone" if flag(body, "Milestone") else "task"


def _progress(body: Words) -> str:
    percent = number(body, "PercentComplete")
    if text(body, "Active") in {"0", "false"}:
        return "inactive"
    if text(body, "ActualFinish") or (percent is not None and percent >= _COMPLETE):
        return "complete"
    if text(body, "ActualStart") or percent:
        return "started"
    return "unknown" if percent is None else "not_started"


def _baselines(body: Words, place: str, tally: Tally) -> list[Words]:
    found: list[Words] = []
    for one in many(body, "Baseline"):
        which = number(one, "Number") or 0.0
        if which not in _BASELINES:
            continue
        cost = number(one, "Cost")
        values: Words = {
            "number": int(which),
            "start": _date(one, "Start", place, tally),
            "finish": _date(one, "Finish", place, tally),
            "work_minutes": minutes(text(one, "Work")),
            "cost": None if cost is None else cost / 100,
        }
        found.append({name: value for name, value in values.items() if value is not None})
    return found


def _date(one: Words, name: str, place: str, tally: Tally) -> str | None:
    said = text(one, name)
    at = wall(said)
    if said and at is None:
        tally.note("date_out_of_range", f"{place}: Baseline {name} {said}")
    return at.isoformat() if at else None


def _note(body: Words, place: str, tally: Tally) -> None:
    milestone = flag(body, "Milestone")
    summary = isinstance(body["derived"], dict) and body["derived"]["row_kind"] == "summary"
    if milestone and summary:
        tally.note("summary_milestone", place)
    elif milestone and minutes(text(body, "Duration")):
        tally.note("milestone_with_duration", f"{place}: {text(body, 'Duration')}")
    if flag(body, "Manual") and not (text(body, "Start") and text(body, "Finish")):
        tally.note("manual_without_dates", place)
    if text(body, "DurationFormat") in _ELAPSED and minutes(text(body, "Duration")):
        tally.note("elapsed_duration", f"{place}: {text(body, 'Duration')}")
    if flag(body, "ExternalTask"):
        tally.note("external_task", f"{place} of {text(body, 'ExternalTaskProject') or 'unknown'}")
    if flag(body, "IsSubproject"):
        tally.note("subproject", f"{place}: {text(body, 'SubprojectName') or 'unnamed'}")
