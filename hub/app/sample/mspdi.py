"""Writes the sample plan as Microsoft Project XML (MSPDI), the way MS Project saves one.

Units: money is in hundredths (rates are not), slack and lag in tenths of a minute, working time
       as ISO 8601 hours that never become days.
Source: Microsoft's description of the Project XML data interchange schema.
"""

import uuid
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Final
from xml.etree import ElementTree as ET

from hub.app.sample import holidays
from hub.app.sample.axis import DAY, STATUS, Axis
from hub.app.sample.network import links
from hub.app.sample.plan import KEY, ROLES, TITLE
from hub.app.sample.work import Task, assignments, labour, progress, sum_costs

_NAMESPACE: Final = "http://schemas.microsoft.com/project"
_LINK_TYPES: Final = {"FF": 0, "FS": 1, "SF": 2, "SS": 3}
_OWNER_FIELD: Final = 188743731  # Text1 of a task
_IDS: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "demo.milepost.invalid")


def document(tasks: list[Task], axis: Axis) -> bytes:
    """Write the whole file."""
    root = ET.Element("Project", xmlns=_NAMESPACE)
    _head(root, tasks, axis)
    fields = _child(_child(root, "ExtendedAttributes"), "ExtendedAttribute")
    _put(fields, FieldID=_OWNER_FIELD, FieldName="Text1", Alias="责任方 Owner")
    _calendar(_child(root, "Calendars"), axis)
    rows = _child(root, "Tasks")
    _project_row(rows, tasks, axis)
    for task in tasks:
        _task(rows, task, tasks, axis)
    _resources(_child(root, "Resources"))
    _assignments(_child(root, "Assignments"), tasks, axis)
    ET.indent(root, "\t")
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}\n'.encode()


def _head(root: ET.Element, tasks: list[Task], axis: Axis) -> None:
    _put(
        root,
        SaveVersion=14,
        Name=f"{KEY.lower()}.xml",
        GUID=_guid("project"),
        Title=TITLE,
        CreationDate=axis.starts(0),
        LastSaved=axis.ends(STATUS),
        ScheduleFromStart=1,
        StartDate=axis.starts(0),
        FinishDate=axis.ends(max(task.now.finish for task in tasks)),
        CriticalSlackLimit=0,
        CurrencyDigits=2,
        CurrencySymbol="¥",
        CurrencyCode="CNY",
        CalendarUID=1,
        DefaultStartTime="09:00:00",
        DefaultFinishTime="18:00:00",
        MinutesPerDay=DAY,
        MinutesPerWeek=5 * DAY,
        DaysPerMonth=20,
        HonorConstraints=1,
        MultipleCriticalPaths=0,
        BaselineForEarnedValue=0,
        StatusDate=axis.ends(STATUS),
        CurrentDate=axis.ends(STATUS),
    )


def _calendar(parent: ET.Element, axis: Axis) -> None:
    calendar = _child(parent, "Calendar")
    _put(calendar, UID=1, Name="标准 Standard", IsBaseCalendar=1, BaseCalendarUID=-1)
    week = _child(calendar, "WeekDays")
    for day_type in range(1, 8):  # 1 is Sunday
        day = _child(week, "WeekDay")
        works = day_type not in (1, 7)
        _put(day, DayType=day_type, DayWorking=works)
        if works:
            _hours(day)
    exceptions = _child(calendar, "Exceptions")
    for year in range(axis.days[0].year, axis.days[-1].year + 1):
        for title, first, last in holidays.days_off(year):
            _exception(exceptions, title, first, last)
        for swap in holidays.swap_days(year):
            _hours(_exception(exceptions, "调休上班 Swap working day", swap, swap, works=True))


def _exception(
    parent: ET.Element, title: str, first: date, last: date, *, works: bool = False
) -> ET.Element:
    exception = _child(parent, "Exception")
    _put(exception, EnteredByOccurrences=0)
    end = datetime.combine(last, time(23, 59))
    _put(_child(exception, "TimePeriod"), FromDate=datetime.combine(first, time()), ToDate=end)
    days = (last - first) // timedelta(days=1) + 1
    _put(exception, Occurrences=days, Name=title, Type=1, DayWorking=works)
    return exception


def _hours(day: ET.Element) -> None:
    times = _child(day, "WorkingTimes")
    for start, end in (("09:00:00", "12:00:00"), ("13:00:00", "18:00:00")):
        _put(_child(times, "WorkingTime"), FromTime=start, ToTime=end)


def _project_row(parent: ET.Element, tasks: list[Task], axis: Axis) -> None:
    """Write row 0, in which MS Project keeps the project's own sums."""
    leaves = [task for task in tasks if task.row.code]
    cost = sum_costs([task.cost for task in leaves])
    finish = max(task.now.finish for task in leaves)
    row = _child(parent, "Task")
    _put(row, UID=0, GUID=_guid("row 0"), ID=0, Name=TITLE, Active=1, Manual=0, IsNull=0)
    _put(row, WBS="0", OutlineNumber="0", OutlineLevel=0, Priority=500)
    _put(row, Start=axis.starts(0), Finish=axis.ends(finish), Duration=_span(finish))
    _put(row, Milestone=0, Summary=1, Critical=1, TotalSlack=0, FreeSlack=0)
    _put(row, PercentComplete=progress([task.now for task in leaves]))
    _put(row, Cost=100 * cost.now, ActualCost=100 * cost.actual, FixedCost=0)
    _put(row, ACWP=100 * cost.actual, BCWS=100 * cost.planned, BCWP=100 * cost.earned)
    promised = max(task.promised.finish for task in leaves)
    baseline = _child(row, "Baseline")
    _put(baseline, Number=0, Start=axis.starts(0), Finish=axis.ends(promised))
    _put(baseline, Duration=_span(promised), Cost=100 * cost.budget)


def _task(parent: ET.Element, task: Task, tasks: list[Task], axis: Axis) -> None:
    row = _child(parent, "Task")
    dates, worked = task.now, max(0, min(STATUS, task.now.finish) - task.now.start)
    start, finish = _wall(axis, task, dates.start), axis.ends(dates.finish)
    slack = 0 if task.done else 10 * dates.total_slack
    _put(row, UID=task.uid, GUID=_guid(task.outline), ID=task.uid, Name=task.row.title)
    _put(row, Active=1, Manual=0, Type=1, IsNull=0, WBS=task.outline, OutlineNumber=task.outline)
    _put(row, OutlineLevel=task.row.level + 1, Priority=500, Start=start, Finish=finish)
    _put(row, Duration=_span(dates.finish - dates.start), DurationFormat=7)
    _put(row, Work=_span(_work(task)), Milestone=task.row.milestone, Summary=not task.row.code)
    _put(row, Critical=task.critical, FreeSlack=0 if task.done else 10 * dates.free_slack)
    _put(row, TotalSlack=slack, PercentComplete=task.percent, PercentWorkComplete=task.percent)
    _put(row, Cost=100 * task.cost.now)
    if task.percent:
        _put(row, ActualStart=start)
    if task.percent == 100:  # noqa: PLR2004 - per cent
        _put(row, ActualFinish=finish)
    _put(row, ActualDuration=_span(worked), ActualCost=100 * task.cost.actual)
    _put(row, RemainingDuration=_span(dates.finish - dates.start - worked))
    _put(row, RemainingCost=100 * (task.cost.now - task.cost.actual))
    _put(row, ACWP=100 * task.cost.actual, FixedCost=100 * _fixed(task), FixedCostAccrual=2)
    _put(row, ConstraintType=4 if task.row.not_before else 0, CalendarUID=-1)
    if task.row.not_before:
        _put(row, ConstraintDate=axis.starts(task.row.not_before * DAY))
    _put(row, BCWS=100 * task.cost.planned, BCWP=100 * task.cost.earned)
    uids = {other.row.code: other.uid for other in tasks if other.row.code}
    for link in links(task.row.after):
        _put(
            _child(row, "PredecessorLink"),
            PredecessorUID=uids[link.predecessor],
            Type=_LINK_TYPES[link.type],
            CrossProject=0,
            LinkLag=10 * link.lag,
            LagFormat=7,
        )
    _put(_child(row, "ExtendedAttribute"), FieldID=_OWNER_FIELD, Value=_owner(task))
    baseline = _child(row, "Baseline")
    _put(baseline, Number=0, Start=_wall(axis, task, task.promised.start))
    _put(baseline, Finish=axis.ends(task.promised.finish))
    _put(baseline, Duration=_span(task.promised.finish - task.promised.start))
    _put(baseline, Cost=100 * task.cost.budget)


def _resources(parent: ET.Element) -> None:
    for uid, (code, role) in enumerate(ROLES.items(), 1):
        resource = _child(parent, "Resource")
        _put(resource, UID=uid, GUID=_guid(f"role {code}"), ID=uid, Name=role.title, Type=1)
        _put(resource, IsNull=0, Group=code, MaxUnits=role.heads, CalendarUID=1)
        _put(resource, StandardRate=role.rate, StandardRateFormat=2)


def _assignments(parent: ET.Element, tasks: list[Task], axis: Axis) -> None:
    numbers = count(1)
    resources = {code: uid for uid, code in enumerate(ROLES, 1)}
    for task in tasks:
        for code, units in assignments(task.row):
            work = int(units * (task.now.finish - task.now.start))
            done = work * task.percent // 100
            row = _child(parent, "Assignment")
            _put(row, UID=next(numbers), GUID=_guid(f"{task.outline} {code}"), TaskUID=task.uid)
            _put(row, ResourceUID=resources[code], PercentWorkComplete=task.percent)
            _put(row, ActualWork=_span(done), Cost=100 * work * ROLES[code].rate // 60)
            _put(row, Finish=axis.ends(task.now.finish), RemainingWork=_span(work - done))
            _put(row, Start=axis.starts(task.now.start), Units=float(units), Work=_span(work))


def _work(task: Task) -> int:
    """Compute the working minutes of all people on a row."""
    span = task.now.finish - task.now.start
    return int(sum(units * span for _, units in assignments(task.row)))


def _fixed(task: Task) -> int:
    """Compute what a row costs beside its people; a heading has none. Units: CNY."""
    return task.cost.now - labour(task.row, task.row.days) if task.row.code else 0


def _owner(task: Task) -> str:
    roles = assignments(task.row)
    return ROLES[roles[0][0]].title if roles else ROLES["PM"].title


def _wall(axis: Axis, task: Task, minute: int) -> datetime:
    """Place a start: a milestone ends the day before it, other work begins a morning."""
    return axis.ends(minute) if task.row.milestone else axis.starts(minute)


def _guid(name: str) -> str:
    return str(uuid.uuid5(_IDS, name)).upper()


def _span(minutes: int) -> str:
    return f"PT{minutes // 60}H{minutes % 60}M0S"


def _child(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, name)


def _put(parent: ET.Element, **values: str | float | datetime) -> None:
    """Append simple elements in the order given; true and false are 1 and 0."""
    for name, value in values.items():
        if isinstance(value, datetime):
            text = value.isoformat()
        else:
            text = str(int(value)) if isinstance(value, bool) else str(value)
        ET.SubElement(parent, name).text = text
