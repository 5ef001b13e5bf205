"""Which milestones an import moves, by how much, and why: `hub.plan.moves` on stored rows.

Only changed milestones are read, and of the rest of both plans only what lies on the way back from
them: `MOST_ROWS` at most, however large the plan is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from hub.errors import Misconfigured
from hub.model.plan import Dependency
from hub.plan import STANDARD, MoveCause, MoveTerms, TaskPair, TooMuchToRead, WorkTime, move_causes
from hub.services.plans.models import (
    MINUTES_PER_DAY,
    PlanRow,
    calendar_of,
    dependency_of,
    named,
    task_of,
    wall,
)
from hub.services.plans.rows import with_offset
from hub.services.reasons import reason_json

MOST_ROWS: Final = 2000
"""Arbitrary: the rows of so many tasks and links take some MB and a second or two."""
MOVES_KEPT: Final = 20
"""So many moves of a milestone are kept and shown."""
MOST_NAMES: Final = 20
_TASKS: Final = ("task", "milestone")


class Both(NamedTuple):
    """A row of one plan or of both: unchanged when it is of both."""

    row: PlanRow
    parent: str | None
    before: bool
    after: bool


class DueChange(NamedTuple):
    """A milestone of both plans whose due date is written otherwise."""

    milestone: str
    before: str
    after: str


class Reader(Protocol):
    """What is asked of a store, between the last piece of an import and its switch."""

    def due_changes(self) -> Iterable[DueChange]:
        """Return the milestones of both plans whose due date differs."""

    def rows(
        self, column: str, refs: Collection[str], kinds: Sequence[str], limit: int
    ) -> list[Both]:
        """Return rows by `ref`, `parent` or `project`, of both plans, as far as `limit`."""

    def project(self) -> Mapping[str, Any]:
        """Return the body of the project as it is before."""


@dataclass(frozen=True, slots=True)
class Move:
    """A move to be stored. Units: `days` are calendar days, later is positive."""

    milestone: str
    before: str
    after: str
    days: int
    causes: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class StoredMove:
    """A move as the store has it."""

    milestone: str
    at: datetime
    receipt: str
    before: str
    after: str
    detail: Mapping[str, Any]


def move_json(move: StoredMove, zone: ZoneInfo) -> dict[str, Any]:
    """Return a move as the API writes it."""
    return {
        "at": move.at.isoformat(),
        "before": with_offset(move.before, zone),
        "after": with_offset(move.after, zone),
        "days": move.detail["days"],
        "causes": move.detail["causes"],
    }


def moves_of(reader: Reader, project: str, about: Mapping[str, Any]) -> list[Move]:
    """Find what an import moves; `about` is the project as it will be.

    Shape: the greatest moves first, of these the nearest; on the same day is no move.
    """
    zone = ZoneInfo(about.get("timezone") or "UTC")
    changed = [
        (days, one)
        for one in reader.due_changes()
        if (days := days_moved(one.before, one.after, zone))
    ]
    if not changed:
        return []
    changed.sort(key=lambda pair: (-abs(pair[0]), pair[1].after, pair[1].milestone))
    why = _Why(reader, project, about)
    return [Move(one.milestone, one.before, one.after, days, why(one)) for days, one in changed]


def days_moved(before: str, after: str, zone: ZoneInfo) -> int:
    """Count calendar days from one date to another; 0 when one of them cannot be read."""
    first, last = _day(before, zone), _day(after, zone)
    return 0 if first is None or last is None else (last - first).days


def _day(text: str, zone: ZoneInfo) -> date | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at if at.tzinfo is None else at.astimezone(zone)).date()


class _Why:
    """Names the causes of moves, and who answers for them."""

    def __init__(self, reader: Reader, project: str, about: Mapping[str, Any]) -> None:
        self._plans = _BothPlans(reader)
        self._manager = about.get("manager")
        self._terms = _terms(reader, project, about)

    def __call__(self, change: DueChange) -> tuple[Mapping[str, Any], ...]:
        found = move_causes(change.milestone, self._plans, self._terms)
        return tuple(map(self._json, found))

    def _json(self, cause: MoveCause) -> Mapping[str, Any]:
        owners = [] if cause.task is None else self._plans.assignees(cause.task)
        if not owners and self._manager:
            owners = [str(self._manager)]
        return {**reason_json(cause.reason), "task": cause.task, "owners": owners}


@dataclass(slots=True)
class _BothPlans:
    """The port `hub.plan.PlanPair`: remembers what it read, and reads no more than it may."""

    reader: Reader
    left: int = field(default_factory=lambda: MOST_ROWS)
    _pairs: dict[str, TaskPair] = field(default_factory=dict)
    _parents: dict[tuple[str, bool], str | None] = field(default_factory=dict)
    _into: dict[str, list[tuple[Dependency, bool, bool]]] = field(default_factory=dict)
    _below: dict[str, list[Both]] = field(default_factory=dict)
    _who: dict[str, list[str]] = field(default_factory=dict)

    def task(self, ref: str) -> TaskPair:
        """Return a task of both plans. Raises: TooMuchToRead."""
        if ref not in self._pairs:
            self._take([ref], self._read("ref", [ref], _TASKS))
        return self._pairs[ref]

    def links(self, ref: str, *, after: bool) -> Collection[Dependency]:
        """Return the links into a task and the summaries above it. Raises: TooMuchToRead."""
        found: list[Dependency] = []
        here: str | None = ref
        seen: set[str] = set()  # a mapping can make a task its own summary
        while here is not None and here not in seen:
            seen.add(here)
            self.task(here)
            found += [link for link, old, new in self._links(here) if (new if after else old)]
            here = self._parents.get((here, after))
        return found

    def children(self, ref: str, *, after: bool) -> Sequence[str]:
        """Return the tasks right below a summary. Raises: TooMuchToRead."""
        if ref not in self._below:
            rows = self._read("parent", [ref], _TASKS)
            self._take(sorted({one.row.ref for one in rows}), rows)
            self._below[ref] = rows
        rows = self._below[ref]
        return [one.row.ref for one in rows if (one.after if after else one.before)]

    def assignees(self, ref: str) -> list[str]:
        """Return who works on a task now, or did before it was removed."""
        if ref not in self._who:
            rows = self.reader.rows("parent", [ref], ("assignment",), MOST_NAMES)
            now = [one for one in rows if one.after] or rows
            names = (one.row.about.get("title") for one in now)
            self._who[ref] = sorted({str(name) for name in names if name})
        return self._who[ref]

    def _links(self, ref: str) -> list[tuple[Dependency, bool, bool]]:
        if ref not in self._into:
            rows = self._read("parent", [ref], ("dependency",))
            made = [(dependency_of(one.row), one.before, one.after) for one in rows]
            self._into[ref] = [one for one in made if one[0].external is None]
            near = {link.predecessor for link, _, _ in self._into[ref]} - self._pairs.keys()
            if near:  # all at once: each of them is asked for next
                self._take(sorted(near), self._read("ref", sorted(near), _TASKS))
        return self._into[ref]

    def _read(self, column: str, refs: Collection[str], kinds: Sequence[str]) -> list[Both]:
        """Read rows. Raises: TooMuchToRead, when more were read then than may be."""
        if self.left <= 0:
            raise TooMuchToRead(MOST_ROWS)
        rows = self.reader.rows(column, refs, kinds, self.left + 1)
        self.left -= len(rows)
        if self.left < 0:
            raise TooMuchToRead(MOST_ROWS)
        return rows

    def _take(self, refs: Iterable[str], rows: Iterable[Both]) -> None:
        sides: dict[str, list[Any]] = {ref: [None, None] for ref in refs}
        for one in rows:
            made = task_of(one.row)
            for after, there in enumerate((one.before, one.after)):
                if there:
                    sides[one.row.ref][after] = made
                    self._parents[one.row.ref, bool(after)] = one.parent
        for ref, (before, after) in sides.items():
            self._pairs[ref] = TaskPair(before, after)


def _terms(reader: Reader, project: str, about: Mapping[str, Any]) -> MoveTerms:
    rows = reader.rows("project", [project], ("calendar",), MOST_ROWS)
    now = {one.row.ref: one.row for one in rows if one.after}
    changed = next((one.row.title for one in rows if one.after and not one.before), None)
    before = reader.project()
    return MoveTerms(
        clock=_clock(named(about.get("calendar"), now), now),
        minutes_per_day=about.get("minutes_per_day") or MINUTES_PER_DAY,
        start_before=wall(before.get("start")),
        start_after=wall(about.get("start")),
        calendar=changed,
    )


def _clock(name: str | None, rows: Mapping[str, PlanRow]) -> WorkTime:
    """Read the project's calendar; one that cannot serve refuses no plan."""
    standard = WorkTime.of(STANDARD)
    if name is None:
        return standard
    calendars = {ref: calendar_of(row, rows) for ref, row in rows.items()}
    try:
        clock = WorkTime.of(calendars[name], calendars.values())
    except Misconfigured:
        return standard
    return clock if clock.recurs else standard
