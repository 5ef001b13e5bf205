"""What the file as a whole turned out to be, counted while it streams by.

Counts have the meaning that MS Project's own readers give them: the row with UID 0 is the project
itself, blank rows are counted apart, a summary is a row that has rows below it, money is in
currency units.
"""

from collections import Counter
from datetime import datetime
from typing import Final

from connectors.msproject.mpxj.origin import Origin
from connectors.msproject.parse.words import Words, flag, number, text, wall

MESSAGES: Final[dict[str, str]] = {
    # What is wrong with the file.
    "task_without_uid": "rows without a UID cannot be told apart and were left out",
    "task_uid_repeated": "rows repeat the UID of an earlier row and were left out",
    "task_without_name": "tasks have no name; their row number stands in for it",
    "milestone_with_duration": "milestones have a duration; both were kept as they are",
    "summary_milestone": "summary rows are marked as milestones; they stay summaries",
    "link_to_project_row": "links to or from the project's own row (UID 0) were left out",
    "link_to_unknown_task": "links name a task that is not in the file and were left out",
    "link_repeated": "links are written twice; the second was left out",
    "link_type_unknown": "links have a type that is none of 0 to 3",
    "cycle": "links run in a circle; the tasks on it cannot be scheduled",
    "assignment_to_unknown_task": "assignments name a task that is not in the file; left out",
    "date_out_of_range": "dates lie outside of what Microsoft Project can hold; left out",
    "record_without_uid": "resources, calendars or assignments have no UID; left out",
    "working_hours_unreadable": "working hours end before they begin or are no times; left out",
    "wbs_repeated": "rows of the table have no WBS or that of an earlier row; the names of rows"
    " are their keys instead",
    # What we approximated or left out.
    "timephased_data": "time-phased values, and with them split tasks, are not imported",
    "assignment_to_project_row": "assignments on the project's own row (UID 0) are not imported",
    "manual_without_dates": "manually scheduled tasks have no start or no finish date",
    "external_link": "links to other projects are kept by name only",
    "external_task": "rows stand for tasks of other projects; kept as they were last saved",
    "subproject": "inserted projects are not opened; only their row is imported",
    "elapsed_percent_lag": "lags in per cent of elapsed time are kept as per cent of working time",
    "lag_format_unknown": "lags have a format that we do not know; read as working time",
    "elapsed_duration": "durations are in elapsed time; their minutes are not working minutes",
    "custom_field_unknown": "custom values have a field that the file does not define",
    "standard_calendar_assumed": "the project's calendar is not in the file; Monday to Friday,"
    " 08:00 to 12:00 and 13:00 to 17:00, is assumed",
    "project_dates_derived": "the file has no project start or finish; the tasks' dates are used",
    "weekday_missing": "base calendars do not mention a day of the week; taken as not working",
    "working_hours_missing": "working days have no hours; 08:00 to 12:00, 13:00 to 17:00 assumed",
    "recurring_exception": "recurring calendar exceptions of a kind that we cannot expand",
    "calendar_too_long": "calendar exceptions or work weeks go on too long; cut",
    "key_by_name": "rows of the table have no Unique ID, GUID or WBS; a renamed row is a new task",
    "date_missing": "rows of the table have a start or a finish and not both; nothing was added",
    "encoding_assumed": "the table is not in UTF-8; it was read as GB18030",
    "macros_ignored": "the workbook has macros; they were neither run nor read",
    "external_links_ignored": "the workbook points to other files; the saved values were taken",
    "rates": "cost rate tables and availability periods beyond the current one are not imported",
}
"""Every code of `warnings` and `losses`, with its sentence."""

_WARNINGS: Final = frozenset(list(MESSAGES)[: list(MESSAGES).index("timephased_data")])
_LINK_TYPES: Final = {"0": "FF", "1": "FS", "2": "SF", "3": "SS"}


class Tally:
    """Counts of one file."""

    def __init__(self) -> None:
        self.origin: Origin | None = None
        self.count: Counter[str] = Counter()
        self.leaf_cost = 0.0
        self.root_cost: float | None = None
        self.earliest: datetime | None = None
        self.latest: datetime | None = None
        self._notes: dict[str, tuple[int, str]] = {}

    def note(self, code: str, example: str, times: int = 1) -> None:
        """Count one thing that is wrong, approximated or left out, with its first example."""
        if times:
            before, first = self._notes.get(code, (0, example))
            self._notes[code] = (before + times, first)

    def task(self, body: Words, *, summary: bool) -> None:
        """Count one row that is neither blank nor the project's own."""
        self.count["tasks"] += 1
        self.count["summaries"] += summary
        self.count["milestones"] += flag(body, "Milestone")
        self.count["critical_tasks"] += flag(body, "Critical")
        if not summary:
            self.leaf_cost += number(body, "Cost") or 0.0
        start, finish = wall(text(body, "Start")), wall(text(body, "Finish"))
        if start and (self.earliest is None or start < self.earliest):
            self.earliest = start
        if finish and (self.latest is None or finish > self.latest):
            self.latest = finish

    def link(self, link_type: str, *, lag: bool) -> None:
        """Count one link that is kept."""
        self.count["dependencies"] += 1
        self.count["deps_with_lag"] += lag
        if link_type in _LINK_TYPES:
            self.count[f"dep_{_LINK_TYPES[link_type]}"] += 1

    def notes(self, *, warnings: bool) -> list[dict[str, object]]:
        """List what is wrong with the file, or else what we approximated or left out."""
        return [
            {"code": code, "count": times, "example": example, "message": MESSAGES[code]}
            for code, (times, example) in self._notes.items()
            if (code in _WARNINGS) == warnings
        ]

    @property
    def made_up(self) -> bool:
        """Whether title and calendars of resources are MPXJ's own."""
        return self.origin is not None and self.origin.made_up

    def summary(self, header: Words) -> dict[str, object]:
        """Return the words of `import --json`."""
        counted = (
            "tasks", "null_tasks", "milestones", "summaries", "critical_tasks", "resources",
            "assignments", "dependencies", "dep_FS", "dep_FF", "dep_SF", "dep_SS",
            "deps_with_lag", "calendars",
        )  # fmt: skip
        return {
            "title": None if self.made_up else text(header, "Title"),
            "file_type": "MSPDI" if self.origin is None else self.origin.name,
            **{name: self.count[name] for name in counted},
            "project_start": shown(wall(text(header, "StartDate")) or self.earliest),
            "project_finish": shown(wall(text(header, "FinishDate")) or self.latest),
            "status_date": shown(wall(text(header, "StatusDate"))),
            "currency": text(header, "CurrencyCode"),
            "minutes_per_day": int(number(header, "MinutesPerDay") or 480),
            "sum_cost_leaf_tasks": round(self.leaf_cost / 100, 4),
            "root_task_cost": self.root_cost,
            "warnings": self.notes(warnings=True),
            "losses": self.notes(warnings=False),
        }


def shown(at: datetime | None) -> str | None:
    """Write a plan date as the file has it, without seconds that are zero."""
    if at is None:
        return None
    return at.isoformat(timespec="auto" if at.second or at.microsecond else "minutes")
