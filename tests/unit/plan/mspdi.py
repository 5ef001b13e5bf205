"""The few fields of an MSPDI file that the schedule needs; the connector reads the rest."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lxml import etree

from hub.model.plan import Calendar, Dependency, Task
from hub.model.words import ConstraintType, DependencyType, LagKind, TaskKind, TaskStatus

_NS = {"m": "http://schemas.microsoft.com/project"}
_TYPES = ("FF", "FS", "SF", "SS")
_CONSTRAINTS = tuple(ConstraintType)
_ELAPSED = {"4", "6", "8", "10", "12", "20"}
_PERCENT = {"19", "20", "51", "52"}


@dataclass(frozen=True)
class File:
    start: datetime
    calendar: str
    tasks: list[Task]
    links: list[Dependency]
    calendars: list[Calendar]
    assigned: dict[str, set[str]]


def read(path: Path) -> File:
    root = etree.parse(path, etree.XMLParser(resolve_entities=False)).getroot()
    rows = [
        item
        for item in root.iterfind(".//m:Task", _NS)
        if _text(item, "UID") != "0" and _text(item, "IsNull") != "1"
    ]
    parents: dict[int, str] = {}
    tasks = []
    for item in rows:
        level = int(_text(item, "OutlineLevel") or 1)
        parents[level] = _text(item, "UID")
        tasks.append(_task(item, parents.get(level - 1)))
    links = [link for item in rows for link in _links(item)]
    calendars = [_calendar(item) for item in root.iterfind(".//m:Calendar", _NS)]
    start, calendar = _time(root, "StartDate"), _text(root, "CalendarUID")
    return File(start, calendar, tasks, links, calendars, _assigned(root))


def _assigned(root: etree._Element) -> dict[str, set[str]]:
    hours = {
        _text(item, "UID"): _text(item, "CalendarUID")
        for item in root.iterfind(".//m:Resource", _NS)
        if _text(item, "UID") != "0"
    }
    found: dict[str, set[str]] = {}
    for item in root.iterfind(".//m:Assignment", _NS):
        if calendar := hours.get(_text(item, "ResourceUID")):
            found.setdefault(_text(item, "TaskUID"), set()).add(calendar)
    return found


def _task(item: etree._Element, parent: str | None) -> Task:
    calendar = _text(item, "CalendarUID")
    percent = float(_text(item, "PercentComplete") or 0)
    begun = _time(item, "ActualStart") if _text(item, "ActualStart") else None
    return Task(
        ref=_text(item, "UID"),
        project="p",
        title=_text(item, "Name"),
        kind=TaskKind.MILESTONE if _text(item, "Milestone") == "1" else TaskKind.WORK,
        status=TaskStatus.IN_PROGRESS if begun else TaskStatus.TODO,
        parent=parent,
        start=_time(item, "Start"),
        finish=_time(item, "Finish"),
        actual_start=begun,
        percent=percent,
        duration_minutes=_minutes(_text(item, "Duration")),
        float_source_minutes=int(_text(item, "TotalSlack") or 0) // 10,
        free_float_source_minutes=int(_text(item, "FreeSlack") or 0) // 10,
        critical_source=_text(item, "Critical") == "1",
        constraint=_CONSTRAINTS[int(_text(item, "ConstraintType") or 0)],
        constraint_date=_time(item, "ConstraintDate") if _text(item, "ConstraintDate") else None,
        calendar=calendar if calendar not in {"", "-1"} else None,
        manual=_text(item, "Manual") == "1",
    )


def _links(item: etree._Element) -> list[Dependency]:
    found = []
    for link in item.iterfind("m:PredecessorLink", _NS):
        lag, form = int(_text(link, "LinkLag") or 0), _text(link, "LagFormat")
        kind = LagKind.ELAPSED if form in _ELAPSED else LagKind.WORKING
        if form in _PERCENT:
            kind = LagKind.PERCENT
        found.append(
            Dependency(
                _text(link, "PredecessorUID"),
                _text(item, "UID"),
                DependencyType(_TYPES[int(_text(link, "Type") or 1)]),
                lag if kind is LagKind.PERCENT else lag // 10,
                kind,
            )
        )
    return found


def _calendar(item: etree._Element) -> Calendar:
    week: list[tuple[tuple[int, int], ...] | None] = [None] * 7
    for day in item.iterfind(".//m:WeekDay", _NS):
        number = int(_text(day, "DayType"))
        if number:
            week[(number + 5) % 7] = tuple(
                (_of_day(_text(span, "FromTime")), _of_day(_text(span, "ToTime")) or 1440)
                for span in day.iterfind(".//m:WorkingTime", _NS)
            )
    base = _text(item, "BaseCalendarUID")
    return Calendar(
        ref=_text(item, "UID"),
        title=_text(item, "Name"),
        week=tuple(week),
        base=base if base not in {"", "-1", "0"} else None,
    )


def _text(item: etree._Element, name: str) -> str:
    return item.findtext(f"m:{name}", "", _NS)


def _time(item: etree._Element, name: str) -> datetime:
    return datetime.fromisoformat(_text(item, name))


def _of_day(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:5])


def _minutes(text: str) -> int:
    found = re.fullmatch(r"PT(\d+)H(\d+)M(\d+)S", text)
    assert found, text
    return int(found[1]) * 60 + int(found[2])
