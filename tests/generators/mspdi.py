"""Writes valid MSPDI of any size, the same bytes for the same arguments, as a stream.

    python -m tests.generators.mspdi plan.xml --tasks 52500 --assignments 50000

The plan: phases of a summary row with tasks below it, one after the other, and a milestone at the
end of each phase; tasks are linked in all four ways, have a baseline, and their assignments have
time-phased data, which is what most bytes of a real file are.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

NAMESPACE = "http://schemas.microsoft.com/project"
START = datetime(2025, 1, 6, 8, 0)  # a Monday; plan dates have no zone  # noqa: DTZ001
PHASE = 25  # rows of a phase: its summary, its tasks, its milestone
LINK_TYPES = "1130211111"  # mostly finish to start, as in real plans


@dataclass(frozen=True)
class Size:
    """How much to write."""

    tasks: int = 1000
    assignments: int = 900
    resources: int = 200
    timephased: int = 5


def write(out: BinaryIO, size: Size = Size()) -> dict[str, int]:  # frozen
    """Write a plan and return what is in it, in the words of `import --json`."""
    counts = {"links": 0, "lags": 0, "milestones": 0, "summaries": 0}
    out.write(_HEAD.encode())
    out.write(b"<Tasks>\n")
    out.write(_project_row().encode())
    out.writelines(_task(row, size.tasks, counts).encode() for row in range(1, size.tasks + 1))
    out.write(b"</Tasks>\n<Resources>\n")
    out.writelines(_resource(uid).encode() for uid in range(size.resources + 1))
    out.write(b"</Resources>\n<Assignments>\n")
    out.writelines(_assignment(uid, size).encode() for uid in range(1, size.assignments + 1))
    out.write(b"</Assignments>\n</Project>\n")
    return {
        "tasks": size.tasks,
        "summaries": counts["summaries"],
        "milestones": counts["milestones"],
        "dependencies": counts["links"],
        "deps_with_lag": counts["lags"],
        "resources": size.resources,
        "assignments": size.assignments,
    }


def _role(row: int, last: int) -> str:
    place = (row - 1) % PHASE
    if place == 0 and row < last:
        return "summary"
    return "milestone" if place == PHASE - 1 or row == last else "task"


def _span(row: int) -> tuple[datetime, datetime]:
    phase, place = divmod(row - 1, PHASE)
    first = START + timedelta(days=(phase % 400) * 7 + (place % 5))
    return first, first.replace(hour=17)


def _project_row() -> str:
    return (
        "<Task><UID>0</UID><ID>0</ID><Name>Generated plan</Name><IsNull>0</IsNull>"
        "<OutlineLevel>0</OutlineLevel><Summary>1</Summary><Milestone>0</Milestone>"
        f"<Start>{START.isoformat()}</Start><Cost>123456</Cost></Task>\n"
    )


def _task(row: int, last: int, counts: dict[str, int]) -> str:
    role = _role(row, last)
    counts["summaries"] += role == "summary"
    counts["milestones"] += role == "milestone"
    start, finish = _span(row)
    hours = {"summary": 960, "milestone": 0, "task": 8}[role]
    level = 1 if role == "summary" else 2
    duration = f"PT{hours}H0M0S"
    first, last_at = start.isoformat(), finish.isoformat()
    percent = row % 101
    links = "".join(_links(row, role, counts))
    return (
        f"<Task>\n<UID>{row}</UID>\n<ID>{row}</ID>\n<Name>{role} {row} 测试 &amp; check</Name>\n"
        f"<Type>1</Type>\n<IsNull>0</IsNull>\n<CreateDate>{first}</CreateDate>\n"
        f"<WBS>{(row - 1) // PHASE + 1}.{(row - 1) % PHASE}</WBS>\n"
        f"<OutlineLevel>{level}</OutlineLevel>\n<Priority>500</Priority>\n"
        f"<Start>{first}</Start>\n<Finish>{last_at}</Finish>\n<Duration>{duration}</Duration>\n"
        f"<DurationFormat>7</DurationFormat>\n<Work>{duration}</Work>\n"
        f"<EffortDriven>1</EffortDriven>\n<Milestone>{role == 'milestone':d}</Milestone>\n"
        f"<Summary>{role == 'summary':d}</Summary>\n"
        f"<Critical>{row % 3 == 0:d}</Critical>\n<EarlyStart>{first}</EarlyStart>\n"
        f"<EarlyFinish>{last_at}</EarlyFinish>\n<LateStart>{first}</LateStart>\n"
        f"<LateFinish>{last_at}</LateFinish>\n<FreeSlack>{row % 7 * 4800}</FreeSlack>\n"
        f"<TotalSlack>{row % 11 * 4800}</TotalSlack>\n<FixedCost>0</FixedCost>\n"
        f"<PercentComplete>{percent}</PercentComplete>\n<Cost>{row % 97 * 1000}</Cost>\n"
        f"<ActualCost>0</ActualCost>\n<RemainingDuration>{duration}</RemainingDuration>\n"
        f"<ConstraintType>0</ConstraintType>\n<CalendarUID>-1</CalendarUID>\n"
        f"<BCWS>0.00</BCWS>\n<BCWP>0.00</BCWP>\n<ACWP>0.00</ACWP>\n{links}"
        f"<ExtendedAttribute><FieldID>188743731</FieldID><Value>team {row % 40}</Value>"
        "</ExtendedAttribute>\n"
        f"<Baseline><Number>0</Number><Start>{first}</Start><Finish>{last_at}</Finish>"
        f"<Duration>{duration}</Duration><Work>{duration}</Work><Cost>{row % 97 * 1000}</Cost>"
        "</Baseline>\n<Active>1</Active>\n<Manual>0</Manual>\n</Task>\n"
    )


def _links(row: int, role: str, counts: dict[str, int]) -> Iterator[str]:
    if role == "summary" or (row - 1) % PHASE < 2:
        return
    lag = row % 5 * 4800 - 4800 if row % 4 == 0 else 0
    counts["links"] += 1
    counts["lags"] += lag != 0
    yield (
        f"<PredecessorLink><PredecessorUID>{row - 1}</PredecessorUID>"
        f"<Type>{LINK_TYPES[row % len(LINK_TYPES)]}</Type><CrossProject>0</CrossProject>"
        f"<LinkLag>{lag}</LinkLag><LagFormat>7</LagFormat></PredecessorLink>\n"
    )


def _resource(uid: int) -> str:
    name = f"<Name>Person {uid}</Name>" if uid else ""
    return (
        f"<Resource><UID>{uid}</UID><ID>{uid}</ID>{name}<Type>1</Type><IsNull>0</IsNull>"
        "<MaxUnits>1.00</MaxUnits><StandardRate>50</StandardRate></Resource>\n"
    )


def _assignment(uid: int, size: Size) -> str:
    row = 1 + uid % size.tasks
    start, finish = _span(row)
    phased = "".join(_timephased(uid, start, size.timephased))
    return (
        f"<Assignment>\n<UID>{uid}</UID>\n<TaskUID>{row}</TaskUID>\n"
        f"<ResourceUID>{1 + uid % size.resources}</ResourceUID>\n<Units>1</Units>\n"
        f"<Work>PT8H0M0S</Work>\n<ActualWork>PT0H0M0S</ActualWork>\n"
        f"<RemainingWork>PT8H0M0S</RemainingWork>\n<Cost>40000</Cost>\n"
        f"<Start>{start.isoformat()}</Start>\n<Finish>{finish.isoformat()}</Finish>\n"
        f"{phased}</Assignment>\n"
    )


def _timephased(uid: int, start: datetime, days: int) -> Iterator[str]:
    for n in range(days):
        at = (start + timedelta(days=n)).isoformat()
        yield (
            f"<TimephasedData><Type>1</Type><UID>{uid}</UID><Start>{at}</Start>"
            f"<Finish>{at}</Finish><Unit>3</Unit><Value>PT8H0M0S</Value></TimephasedData>\n"
        )


def _weekday(number: int) -> str:
    working = 2 <= number <= 6
    times = "".join(
        f"<WorkingTime><FromTime>{a}:00:00</FromTime><ToTime>{b}:00:00</ToTime></WorkingTime>"
        for a, b in (("08", "12"), ("13", "17"))
    )
    hours = f"<WorkingTimes>{times}</WorkingTimes>" if working else ""
    day = f"<DayType>{number}</DayType><DayWorking>{working:d}</DayWorking>{hours}"
    return f"<WeekDay>{day}</WeekDay>"


_HEAD = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Project xmlns="{NAMESPACE}">
<SaveVersion>14</SaveVersion>
<Title>Generated plan</Title>
<StartDate>{START.isoformat()}</StartDate>
<FinishDate>2033-12-30T17:00:00</FinishDate>
<CriticalSlackLimit>0</CriticalSlackLimit>
<CurrencyCode>CNY</CurrencyCode>
<CalendarUID>1</CalendarUID>
<MinutesPerDay>480</MinutesPerDay>
<StatusDate>2025-06-30T17:00:00</StatusDate>
<ExtendedAttributes>
<ExtendedAttribute><FieldID>188743731</FieldID><FieldName>Text1</FieldName><Alias>Team</Alias></ExtendedAttribute>
</ExtendedAttributes>
<Calendars>
<Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar>
<BaseCalendarUID>-1</BaseCalendarUID>
<WeekDays>{"".join(map(_weekday, range(1, 8)))}</WeekDays></Calendar>
</Calendars>
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Write an MSPDI file of any size.")
    parser.add_argument("out", type=Path)
    for name in ("tasks", "assignments", "resources", "timephased"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Size(), name))
    given = parser.parse_args()
    size = Size(given.tasks, given.assignments, given.resources, given.timephased)
    with given.out.open("wb") as out:
        write(out, size)


if __name__ == "__main__":
    main()
