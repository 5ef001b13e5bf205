"""The sample plan, worked out: dates, progress and money of every row.

Pure, and the same on every day: today is always the same working minute (see `axis`).
"""

from dataclasses import dataclass
from fractions import Fraction

from hub.app.sample.axis import DAY, STATUS
from hub.app.sample.money import Cost, Work, costs
from hub.app.sample.network import Dates, Node, links, schedule
from hub.app.sample.plan import ROLES, ROWS, Row


@dataclass(frozen=True, slots=True)
class Task:
    """A row with everything that the plan file says about it.

    Shape: a heading rolls up its children; `percent` is how far it is at the status date.
    """

    uid: int
    outline: str
    row: Row
    promised: Dates
    now: Dates
    percent: int
    cost: Cost

    @property
    def done(self) -> bool:
        """Finished by the status date."""
        return self.now.finish <= STATUS

    @property
    def critical(self) -> bool:
        """On the critical path, as MS Project flags it: finished work never is."""
        return not self.done and self.now.total_slack <= 0


def assignments(row: Row) -> list[tuple[str, Fraction]]:
    """Read who works on a row: role and units, 1 being full time."""
    pairs = (part.split(":") for part in row.roles.split())
    return [(role, Fraction(units)) for role, units in pairs]


def labour(row: Row, days: int) -> int:
    """Compute what the people on a row cost. Units: CNY."""
    hours = DAY // 60 * days
    return int(sum(units * ROLES[role].rate * hours for role, units in assignments(row)))


def tasks(rows: tuple[Row, ...] = ROWS) -> list[Task]:
    """Work out the whole plan, rows in file order, headings included."""
    promised, now = _dates(rows, promised=True), _dates(rows, promised=False)
    work = {
        row.code: Work(
            2 * labour(row, row.promised) + 10_000 * row.extra,
            _share(promised[row.code]),
            Fraction(_percent(now[row.code]), 100),
        )
        for row in rows
        if row.promised
    }
    table = _Table(promised, now, costs(work))
    numbered = zip(outlines(), rows, strict=True)
    return [_task(uid, number, row, table) for uid, (number, row) in enumerate(numbered, 1)]


@dataclass(frozen=True, slots=True)
class _Table:
    promised: dict[str, Dates]
    now: dict[str, Dates]
    money: dict[str, Cost]


def _task(uid: int, outline: str, row: Row, table: _Table) -> Task:
    if row.code:
        dates, cost = table.now[row.code], table.money.get(row.code, Cost(0, 0, 0, 0, 0))
        return Task(uid, outline, row, table.promised[row.code], dates, _percent(dates), cost)
    codes = children(outline)
    return Task(
        uid,
        outline,
        row,
        _roll_up([table.promised[code] for code in codes]),
        _roll_up([table.now[code] for code in codes]),
        progress([table.now[code] for code in codes]),
        sum_costs([table.money[code] for code in codes if code in table.money]),
    )


def children(outline: str) -> list[str]:
    """Name the leaves below an outline number; "" is the project."""
    prefix = f"{outline}." if outline else ""
    pairs = zip(outlines(), ROWS, strict=True)
    return [row.code for number, row in pairs if row.code and number.startswith(prefix)]


def sum_costs(parts: list[Cost]) -> Cost:
    """Add costs up."""
    return Cost(
        sum(part.budget for part in parts),
        sum(part.planned for part in parts),
        sum(part.earned for part in parts),
        sum(part.actual for part in parts),
        sum(part.now for part in parts),
    )


def progress(parts: list[Dates]) -> int:
    """Compute the per cent complete of a heading: done duration by duration."""
    whole = sum(part.finish - part.start for part in parts)
    done = sum(min(max(STATUS - part.start, 0), part.finish - part.start) for part in parts)
    return round(100 * Fraction(done, whole)) if whole else 0


def _roll_up(parts: list[Dates]) -> Dates:
    slack = min(part.total_slack for part in parts)
    return Dates(min(p.start for p in parts), max(p.finish for p in parts), slack, slack)


def _dates(rows: tuple[Row, ...], *, promised: bool) -> dict[str, Dates]:
    return schedule(
        {
            row.code: Node(
                DAY * (row.promised if promised else row.days),
                links(row.after),
                0 if promised else DAY * row.not_before,
            )
            for row in rows
            if row.code
        }
    )


def _share(dates: Dates) -> Fraction:
    return min(
        max(Fraction(STATUS - dates.start, dates.finish - dates.start), Fraction(0)), Fraction(1)
    )


def _percent(dates: Dates) -> int:
    if dates.finish == dates.start:
        return 100 if dates.finish <= STATUS else 0
    return round(100 * _share(dates))


def outlines() -> list[str]:
    """Return the outline number of each row, such as 3.1.2."""
    counters: list[int] = []
    numbers = []
    for row in ROWS:
        del counters[row.level + 1 :]
        if len(counters) == row.level:
            counters.append(0)
        counters[row.level] += 1
        numbers.append(".".join(map(str, counters)))
    return numbers
