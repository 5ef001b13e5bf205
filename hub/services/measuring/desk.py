"""What people are told of a service's numbers: newest values, series, objectives."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from hub.model.ops import Metric, Service
from hub.services.board import Board, Listing, ListQuery
from hub.services.measuring.points import FINE_KEPT, HOUR, STEP, binned, floor, spread
from hub.services.measuring.ports import ObjectiveStore, SeriesStore, Told
from hub.services.measuring.turns import Kept, Wanted
from hub.services.paging import Row, page_of, refused
from hub.services.refusals import Refusal, Why

MOST_POINTS: Final = 2000
SHOWN: Final = 300
"""So many points are enough where nobody says how fine."""
DAY: Final = timedelta(days=1)
_STEPS: Final = (STEP, 5 * STEP, 15 * STEP, HOUR, 6 * HOUR, DAY, 7 * DAY)
STALE: Final = timedelta(minutes=5)
"""What was judged longer ago says nothing about now."""
_ORDER: Final = {"page": 0, "ticket": 1, "unknown": 2, "calm": 3}

Catalogue = Callable[[], Awaitable[Sequence[Service]]]


class MeasureDesk:
    """The port `hub.services.desks.Measures`."""

    def __init__(
        self,
        board: Board,
        series: SeriesStore,
        objectives: ObjectiveStore,
        catalogue: Catalogue,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._board, self._series, self._objectives = board, series, objectives
        self._catalogue, self._now = catalogue, now

    async def service(self, ref: str) -> bytes | None:
        """Return a service with its newest numbers and how its objectives stand."""
        body = await self._board.one("services", ref)
        if body is None:
            return None
        told = orjson.loads(body)
        now, kept = self._now(), await self._series.series()
        metrics = await self._metrics(told["ref"])
        told["metrics"] = [metric_json(one, kept.get(one.ref), now) for one in metrics.values()]
        said = (await self._objectives.told()).values()
        told["objectives"] = [_objective(one, now) for one in said if one.service == told["ref"]]
        told["objectives"].sort(key=_worst_first)
        return orjson.dumps(told)

    async def _metrics(self, service: str) -> dict[str, Wanted]:
        found = [one for one in await self._catalogue() if service in (one.ref, *one.aliases)]
        return {m.signal.value: Wanted(one.ref, m) for one in found for m in one.metrics}

    async def series(
        self,
        ref: str,
        name: str,
        start: datetime | None,
        end: datetime | None,
        step: int | None,
    ) -> bytes | Refusal:
        """Return the points of a metric, gaps as null."""
        wanted = (await self._metrics(ref)).get(name)
        if wanted is None:
            return Refusal(Why.NOT_FOUND, f"there is no metric {name!r} of a service {ref!r}")
        now = self._now()
        end = min(end or now, now)
        start = end - DAY if start is None else start
        if start >= end:
            return refused("from", "order", "from lies before to, and before now")
        each = _step(start, end, None if step is None else timedelta(seconds=step), now)
        if isinstance(each, Refusal):
            return each
        base = HOUR if _needs_hours(start, now) else STEP
        first, last = floor(start, each), floor(end, base) + base
        blocks = await self._series.blocks(wanted.ref, base, first, last)
        kept = (await self._series.series()).get(wanted.ref)
        if kept is None or kept.digest != wanted.digest:
            blocks = {}  # of another query
        values = binned(spread(blocks, base, first, last), each // base)
        points = [{"at": first + n * each, "value": value} for n, value in enumerate(values)]
        return orjson.dumps(
            {
                "service": wanted.service,
                "name": name,
                "unit": wanted.metric.unit.value,
                "step_seconds": int(each.total_seconds()),
                "start": first,
                "end": last,
                "points": points,
            }
        )

    async def objectives(self, query: ListQuery) -> Listing | Refusal:
        """List objectives, the worst first."""
        now = self._now()
        rows = [_objective(one, now) for one in (await self._objectives.told()).values()]
        for row in rows:
            row["worst"] = _worst_first(row)
        return page_of(
            rows,
            query,
            as_of=now,
            default_sort="worst",
            sorts={
                **{name: _field(name) for name in ("worst", "name", "service", "since")},
                "left": lambda row: row["budget"]["left"],
            },
            filters={name: _field(name) for name in ("service", "state", "connector")},
            text=lambda row: f"{row['name']} {row['title']} {row['service']}",
            key="name",
        )


def _field(name: str) -> Callable[[Row], Any]:
    return lambda row: row[name]


def metric_json(wanted: Wanted, kept: Kept | None, now: datetime) -> dict[str, Any]:
    """Return a metric as the API writes it: a value only while it is known to hold."""
    known = kept if kept is not None and kept.digest == wanted.digest else Kept(wanted.ref, "")
    state = known.now(now)
    return {
        **declared_json(wanted.metric),
        "state": state,
        "message": known.message if state == "failing" else None,
        "since": known.changed_at,
        "asked_at": known.asked_at,
        "value": known.value if state == "ok" else None,
        "last_value": known.value,
        "at": known.at,
    }


def declared_json(metric: Metric) -> dict[str, Any]:
    """Return what the catalogue says of a metric."""
    return {
        "name": metric.signal.value,
        "unit": metric.unit.value,
        "connector": metric.connector,
        "query": metric.query,
    }


def _objective(told: Told, now: datetime) -> dict[str, Any]:
    """Return what is said of an objective; what was said long ago is unknown now."""
    said: dict[str, Any] = orjson.loads(told.body)
    if now - told.judged_at <= STALE:
        return said
    said.update(state="unknown", since=told.judged_at.isoformat())
    said["budget"].update(left=None, left_minutes=None)
    for rule in said["rules"]:
        rule.update(state="unknown", long_burn=None, short_burn=None)
    return said


def _worst_first(objective: dict[str, Any]) -> str:
    return f"{_ORDER[objective['state']]} {objective['name']}"


def _needs_hours(start: datetime, now: datetime) -> bool:
    return start < floor(now - FINE_KEPT, HOUR)


def _step(
    start: datetime, end: datetime, asked: timedelta | None, now: datetime
) -> timedelta | Refusal:
    """Choose how fine, or say why it cannot be so fine."""
    base = HOUR if _needs_hours(start, now) else STEP
    if asked is None:
        fitting = (one for one in _STEPS if one >= base and (end - start) / one <= SHOWN)
        return next(fitting, _STEPS[-1])
    if asked < base or asked % base:
        kept = (
            "hours: only they are kept of more than three days ago" if base == HOUR else "minutes"
        )
        return refused("step", "step", f"step is whole {kept}")
    if (end - start) / asked > MOST_POINTS:
        return refused("step", "step", f"more than {MOST_POINTS} points; a longer step, or less")
    return asked
