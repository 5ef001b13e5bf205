"""Series and objectives: the ports of `hub.services.measuring` on a database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, delete, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from hub.services.instants import instant, micros
from hub.services.measuring.points import (
    BLOCK,
    FINE_KEPT,
    HOUR,
    HOURS_KEPT,
    STEP,
    by_block,
    floor,
    mean,
    merged,
    unpacked,
)
from hub.services.measuring.ports import Told
from hub.services.measuring.turns import Kept, News
from hub.store.database import Database, Writing
from hub.store.tables import measured, measured_block, objective

FORGOTTEN: Final = 500
"""What one write removes: some milliseconds' worth."""
_ASKED: Final = 500
"""How many blocks are looked for at once."""
_FEW: Final = 60
"""Points of a series that is up to date: the blocks of many such are written together."""


class StoredSeries:
    """The ports on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def series(self) -> Mapping[str, Kept]:
        """Return how far every series was asked for."""
        rows = await self._database.read(lambda c: c.execute(select(measured)).all())
        return {row.ref: _kept(row) for row in rows}

    async def keep(self, news: Sequence[News], now: datetime) -> None:
        """Put points into their blocks and write down how far it went, in one write."""
        await self._database.write(lambda w: _keep(w, news, now))

    async def blocks(
        self, ref: str, step: timedelta, start: datetime, end: datetime
    ) -> Mapping[datetime, bytes]:
        """Return the blocks of a series that touch a span, by their beginnings."""
        query = select(measured_block.c.start, measured_block.c.body).where(
            measured_block.c.ref == ref,
            measured_block.c.step == _seconds(step),
            measured_block.c.start >= micros(floor(start, BLOCK[step])),
            measured_block.c.start < micros(end),
        )
        rows = await self._database.read(lambda c: c.execute(query).all())
        return {instant(row.start): bytes(row.body) for row in rows}

    async def forget(self, now: datetime) -> int:
        """Remove a piece of the blocks that are over their term; return how many."""
        terms = ((STEP, FINE_KEPT), (HOUR, HOURS_KEPT))
        over = or_(
            *(
                and_(
                    measured_block.c.step == _seconds(step),
                    measured_block.c.start < micros(now - term - BLOCK[step]),
                )
                for step, term in terms
            )
        )
        keys = (measured_block.c.ref, measured_block.c.step, measured_block.c.start)
        query = select(*keys).where(over).limit(FORGOTTEN)
        rows = await self._database.read(lambda c: c.execute(query).all())
        if not rows:
            return 0
        gone = or_(*(and_(*(k == v for k, v in zip(keys, row, strict=True))) for row in rows))
        await self._database.write(
            lambda w: w.connection.execute(delete(measured_block).where(gone))
        )
        return len(rows)

    async def told(self) -> Mapping[str, Told]:
        """Return what was last said of every objective."""
        rows = await self._database.read(lambda c: c.execute(select(objective)).all())
        return {row.name: _told(row) for row in rows}

    async def tell(self, told: Sequence[Told], gone: Sequence[str] = ()) -> None:
        """Write down what is said, in one write; readers are told what has another state."""
        await self._database.write(lambda w: _tell(w, told, gone))


def _keep(writing: Writing, news: Sequence[News], now: datetime) -> None:
    refs = [one.kept.ref for one in news]
    query = select(measured.c.ref, measured.c.digest).where(measured.c.ref.in_(refs))
    before = {row.ref: row.digest for row in writing.connection.execute(query)}
    others = [
        one.kept.ref for one in news if before.get(one.kept.ref) not in {None, one.kept.digest}
    ]
    if others:
        writing.connection.execute(delete(measured_block).where(measured_block.c.ref.in_(others)))
    writing.connection.execute(delete(measured).where(measured.c.ref.in_(refs)))
    writing.connection.execute(insert(measured), [_row(one.kept) for one in news])
    few = [one for one in news if 0 < len(one.points) <= _FEW]
    for group in (few, *([one] for one in news if len(one.points) > _FEW)):
        _put(writing, group, now)


def _put(writing: Writing, news: Sequence[News], now: datetime) -> None:
    """Put minutes into their blocks, and the means of their hours into those of hours."""
    minutes = {
        (one.kept.ref, start): points
        for one in news
        for start, points in by_block(one.points, STEP).items()
    }
    known = _read(writing, STEP, minutes)
    fresh: list[dict[str, Any]] = []
    hours: dict[str, dict[datetime, float]] = {}
    for (ref, start), points in minutes.items():
        body = merged(known.get((ref, start)), start, STEP, points)
        hour = mean(unpacked(body))
        if hour is not None:
            hours.setdefault(ref, {})[start] = hour
        if start >= floor(now - FINE_KEPT, HOUR):
            fresh.append(_block(ref, STEP, start, body))
    longer = {
        (ref, start): points
        for ref, found in hours.items()
        for start, points in by_block(found, HOUR).items()
    }
    known = _read(writing, HOUR, longer)
    for (ref, start), points in longer.items():
        body = merged(known.get((ref, start)), start, HOUR, points)
        fresh.append(_block(ref, HOUR, start, body))
    if fresh:
        writing.connection.execute(_upsert(writing), fresh)


def _read(
    writing: Writing, step: timedelta, keys: Collection[tuple[str, datetime]]
) -> dict[tuple[str, datetime], bytes]:
    """Return the blocks that there are; among them may be some that nobody asked for."""
    refs, starts = {ref for ref, _ in keys}, sorted({start for _, start in keys})
    found: dict[tuple[str, datetime], bytes] = {}
    for at in range(0, len(starts), _ASKED):
        query = select(measured_block.c.ref, measured_block.c.start, measured_block.c.body).where(
            measured_block.c.ref.in_(refs),
            measured_block.c.step == _seconds(step),
            measured_block.c.start.in_([micros(one) for one in starts[at : at + _ASKED]]),
        )
        rows = writing.connection.execute(query)
        found.update({(row.ref, instant(row.start)): bytes(row.body) for row in rows})
    return found


def _block(ref: str, step: timedelta, start: datetime, body: bytes) -> dict[str, Any]:
    return {"ref": ref, "step": _seconds(step), "start": micros(start), "body": body}


def _upsert(writing: Writing) -> Any:
    dialect = sqlite if writing.connection.dialect.name == "sqlite" else postgresql
    put = dialect.insert(measured_block)
    return put.on_conflict_do_update(
        index_elements=["ref", "step", "start"], set_={"body": put.excluded.body}
    )


def _tell(writing: Writing, told: Sequence[Told], gone: Sequence[str]) -> None:
    names = [*(one.name for one in told), *gone]
    query = select(objective.c.name, objective.c.state, objective.c.version)
    rows = writing.connection.execute(query.where(objective.c.name.in_(names)))
    before = {row.name: row for row in rows}
    writing.connection.execute(delete(objective).where(objective.c.name.in_(names)))
    fresh = []
    for one in told:
        row = before.get(one.name)
        changed = row is None or row.state != one.state
        version = (0 if row is None else row.version) + changed
        fresh.append(
            {
                "name": one.name, "service": one.service, "state": one.state,
                "since": micros(one.since), "judged_at": micros(one.judged_at),
                "version": version, "body": one.body,
            }
        )  # fmt: skip
        if changed:
            what = "created" if row is None else "updated"
            writing.tell(what, f"hub:objective:{one.name}", "objective", version, one.state)
    if fresh:
        writing.connection.execute(insert(objective), fresh)
    for name in gone:
        if name in before:
            ref = f"hub:objective:{name}"
            writing.tell("deleted", ref, "objective", before[name].version, "catalogue")


def _told(row: Any) -> Told:
    return Told(
        row.name, row.service, row.state, instant(row.since), instant(row.judged_at),
        bytes(row.body),
    )  # fmt: skip


def _row(kept: Kept) -> dict[str, Any]:
    times = ("since", "until", "changed_at", "asked_at", "at")
    row: dict[str, Any] = {name: _micros(getattr(kept, name)) for name in times}
    same = ("ref", "digest", "state", "message", "value")
    return {**row, **{name: getattr(kept, name) for name in same}}


def _kept(row: Any) -> Kept:
    return Kept(
        row.ref, row.digest, _instant(row.since), _instant(row.until), row.state, row.message,
        _instant(row.changed_at), _instant(row.asked_at), _instant(row.at), row.value,
    )  # fmt: skip


def _seconds(step: timedelta) -> int:
    return int(step.total_seconds())


def _micros(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def _instant(at: int | None) -> datetime | None:
    return None if at is None else instant(at)
