"""Resources and assignments: who does the work, and how much of it."""

from collections.abc import Container
from typing import Final

from lxml.etree import _Element

from connectors.msproject.parse.calendar import Calendars
from connectors.msproject.parse.fields import Fields
from connectors.msproject.parse.tally import Tally
from connectors.msproject.parse.task import PROJECT_UID
from connectors.msproject.parse.words import Words, digest, flag, many, rejected, text, words
from hub.contract import Record, Rejected

UNASSIGNED: Final = frozenset({"0", "-65535"})
"""Resource UIDs that mean nobody. Source: Project XML Data Interchange, Assignment/ResourceUID."""

_KINDS: Final = {"0": "material", "1": "work", "2": "cost"}
_SKIP: Final = frozenset({"TimephasedData"})


def resource(
    element: _Element, fields: Fields, calendars: Calendars, tally: Tally
) -> Record | Rejected | None:
    """Read one resource; None for the row that means nobody and for blank rows."""
    body = words(element, _SKIP)
    uid = text(body, "UID")
    if uid is None:
        tally.note("record_without_uid", f"resource {text(body, 'Name')}")
        return rejected("resource", element, f"the resource {text(body, 'Name')!r} has no UID")
    if uid == "0":
        return None
    tally.count["resources"] += 1
    if flag(body, "IsNull"):
        return None
    place = f"resource {uid} {text(body, 'Name') or ''}".strip()
    if any(len(many(body, *path)) > 1 for path in _TABLES):
        tally.note("rates", place)
    derived: Words = {"resource_kind": _kind(body)}
    used = calendars.used(body)
    if used is not None:
        derived["calendar"] = used
    if text(body, "Name") is None:
        derived["row"] = f"#{text(body, 'ID') or uid}"
    body["derived"] = derived
    body["custom"] = fields.custom(body, place, tally)
    return Record(kind="resource", key=uid, body=body, version=digest(body))


def assignment(
    element: _Element, tasks: Container[str] | None, tally: Tally
) -> Record | Rejected | None:
    """Read one assignment; None when its task is not in the file or is the project itself.

    Shape: `tasks` is None as long as not all rows are known.
    """
    body = words(element, _SKIP)
    uid, task = text(body, "UID"), text(body, "TaskUID")
    place = f"assignment {uid}: task {task}"
    if task is None or (tasks is not None and task not in tasks):
        tally.note("assignment_to_unknown_task", place)
        return None
    if tally.origin is not None and _is_made_up(body):
        return None
    tally.count["assignments"] += 1
    if task == PROJECT_UID:
        tally.note("assignment_to_project_row", place)
        return None
    if uid is None:
        tally.note("record_without_uid", place)
        return rejected("assignment", element, f"an assignment of task {task} has no UID")
    who = text(body, "ResourceUID")
    body["derived"] = {"task": task} | ({"resource": who} if who not in UNASSIGNED | {None} else {})
    return Record(kind="assignment", key=uid, body=body, version=digest(body))


def _is_made_up(body: Words) -> bool:
    """Tell whether MPXJ wrote it for a task that has none: it has neither a GUID nor a past."""
    nobody = text(body, "ResourceUID") in UNASSIGNED | {None}
    return nobody and text(body, "GUID") is None and text(body, "CreationDate") is None


def _kind(body: Words) -> str:
    # Cost resources came with 2007: older readers see them as material ones.
    if flag(body, "IsCostResource"):
        return "cost"
    said = text(body, "Type") or "1"
    return _KINDS.get(said, said)


_TABLES: Final = (("Rates", "Rate"), ("AvailabilityPeriods", "AvailabilityPeriod"))
