"""The outbox: `hub.services.acting.ports.Outbox` on a database."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from hub.model.words import ENDED
from hub.services.acting.loops import (
    WINDOW,
    Earlier,
    Judgement,
    canonical,
    digest_of,
    judge,
)
from hub.services.acting.ports import Planned, Settled, Waiting, Wish
from hub.services.acting.words import (
    COUNTED,
    FIELDS,
    SPOKEN,
    UNDER_WAY,
    WAITING,
    Write,
    WriteState,
)
from hub.services.instants import instant, micros
from hub.services.numbers import whole
from hub.services.refusals import Refusal, Why
from hub.store.database import Database, Writing
from hub.store.tables import alert, operation, write_stop

LEASE: Final = timedelta(minutes=2)
"""So long a sender may take for one attempt before it counts as dead; arbitrary, far above the
longest time-out that anybody sets for a click."""
WAITS: Final = (
    select(
        operation.c.connector,
        func.count().label("operations"),
        func.min(operation.c.created_at).label("since"),
    )
    .where(operation.c.next_at.is_not(None))
    .group_by(operation.c.connector)
)
"""By the index of what waits: the ledger only grows, and this is asked at every scrape."""
_PREFIX: Final = "hub:operation:"
_SAID: Final = {
    Judgement.FROZEN: "changed to and fro more than three times in ten minutes: frozen, so that "
    "two systems do not answer each other for ever; find out who changes it back",
    Judgement.TRAVELLED:
        "came through more than three systems: it would come back to where it began",
}  # fmt: skip


class StoredOutbox:
    """The port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def want(self, wish: Wish) -> tuple[str, ...] | Refusal:
        """Write a wish down, an operation for each open record of its alert; return their refs."""
        return await self._database.write(lambda w: want(w, wish))

    async def claim(self, connector: str) -> Planned | None:
        """Take the next operation that is due, so that nobody else does."""
        # Asked first without the lock of a write: mostly there is nothing to do.
        due = _due(connector, micros(datetime.now(UTC)))
        if await self._database.read(lambda c: c.execute(due).first()) is None:
            return None
        return await self._database.write(lambda w: _claim(w, connector))

    async def begin(self, planned: Planned) -> bool:
        """Write down that it is sent now; False: it may not be."""
        return await self._database.write(lambda w: _begin(w, planned))

    async def settle(self, planned: Planned, settled: Settled) -> WriteState | None:
        """Write down how an attempt went; return the state that it is in now."""
        return await self._database.write(lambda w: _settle(w, planned, settled))

    async def stop_writes(self, connector: str, *, stopped: bool, who: str) -> None:
        """Stop or allow every write to a connector."""

        def work(writing: Writing) -> None:
            gone = delete(write_stop).where(write_stop.c.connector == connector)
            writing.connection.execute(gone)
            if stopped:
                row = {"connector": connector, "at": writing.at, "by_whom": who}
                writing.connection.execute(insert(write_stop).values(row))
            action = "connector.stop_writes" if stopped else "connector.allow_writes"
            ref = f"hub:connector:{connector}"
            writing.note(who, action, ref)
            writing.tell("updated", ref, "connector", 1, who)

        await self._database.write(work)

    async def waiting(self) -> Mapping[str, Waiting]:
        """Return what is not settled, by connector."""
        rows = await self._database.read(lambda c: c.execute(WAITS).all())
        return {row.connector: Waiting(row.operations, instant(row.since)) for row in rows}

    async def stopped(self) -> Mapping[str, tuple[str, datetime]]:
        """Return who stopped the writes to which connector, and when."""
        rows = await self._database.read(lambda c: c.execute(select(write_stop)).all())
        return {row.connector: (row.by_whom, instant(row.at)) for row in rows}

    async def change(
        self, ref: str, to: WriteState, among: Sequence[WriteState], who: str
    ) -> Refusal | None:
        """Let a person cancel an operation or have it tried again."""
        return await self._database.write(lambda w: _change(w, ref, to, among, who))


def want(writing: Writing, wish: Wish) -> tuple[str, ...] | Refusal:
    """Write a wish down within a write that may do more."""
    query = select(alert.c.connector, alert.c.status, alert.c.sources)
    row = writing.connection.execute(query.where(alert.c.ref == wish.alert)).first()
    if row is None:
        return Refusal(Why.NOT_FOUND, f"there is no alert {wish.alert}")
    sources = orjson.loads(row.sources)
    still = {series: one for series, one in sources.items() if one[3] not in ENDED}
    if not still:
        return Refusal(Why.CONFLICT, f"{wish.alert} is {row.status}; there is nothing to write to")
    return tuple(
        _want_of(writing, wish, row.connector, series, one[0]) for series, one in still.items()
    )


def _want_of(writing: Writing, wish: Wish, connector: str, series: str, record: str) -> str:
    field = FIELDS[wish.write]
    digest = digest_of(wish.write.value, wish.values)
    earlier = _earlier(writing, connector, series, field, record)
    judged = judge(field, digest, earlier, now=writing.now, hops=wish.hops)
    if judged.what is Judgement.SAME:
        return f"{_PREFIX}{judged.same}"
    for number in judged.over if wish.refused is None else ():
        _finish(writing, number, WriteState.SUPERSEDED, "replaced by a later wish")
    number = writing.number()
    said = wish.refused or _SAID.get(judged.what)
    row = {
        "no": number, "key": f"{digest}-{number:x}", "connector": connector,
        "write": wish.write.value, "field": field, "alert": wish.alert, "kind": wish.kind,
        "series": series, "record": record, "wanted": orjson.dumps(canonical(wish.values)),
        "digest": digest, "state": (WriteState.REFUSED if said else WriteState.PLANNED).value,
        "says": said or "", "attempts": 0, "claims": 0,
        "by_whom": wish.who, "created_at": writing.at,
        "next_at": None if said else writing.at, "settled_at": writing.at if said else None,
        "version": 1,
    }  # fmt: skip
    writing.connection.execute(insert(operation).values(row))
    ref = f"{_PREFIX}{number}"
    writing.tell("created", ref, "operation", 1, wish.who)
    after = {"alert": wish.alert, **canonical(wish.values)}
    writing.note(wish.who, f"write.{wish.write.value}", ref, after)
    return ref


def _earlier(
    writing: Writing, connector: str, series: str, field: str, record: str
) -> list[Earlier]:
    """Read what was wanted of a field: all that waits, and what is as young as the window."""
    since = micros(writing.now - WINDOW)
    query = select(operation).where(
        operation.c.connector == connector,
        operation.c.series == series,
        operation.c.field == field,
        operation.c.record == record,
        or_(operation.c.created_at >= since, operation.c.next_at.is_not(None)),
    )
    return [
        Earlier(row.no, row.digest, WriteState(row.state), instant(row.created_at))
        for row in writing.connection.execute(query.order_by(operation.c.no))
    ]


def _due(connector: str, now: int) -> Select[Any]:
    stopped = select(write_stop.c.connector).where(write_stop.c.connector == connector)
    # What was wanted earlier of the same field, and may be on its way by another sender.
    before = operation.alias()
    under_way = select(before.c.no).where(
        *_same_field(before, operation),
        before.c.no < operation.c.no,
        before.c.state == WriteState.SENDING.value,
    )
    return (
        select(operation)
        .where(
            operation.c.connector == connector,
            operation.c.next_at <= now,
            ~stopped.exists(),
            ~under_way.exists(),
        )
        .order_by(operation.c.next_at, operation.c.no)
        .limit(1)
    )


def _same_field(one: FromClause, other: FromClause | Row[Any]) -> Iterable[ColumnElement[bool]]:
    there = other.c if isinstance(other, FromClause) else other
    return (
        one.c.connector == there.connector,
        one.c.series == there.series,
        one.c.field == there.field,
        one.c.record == there.record,
    )


def _claim(writing: Writing, connector: str) -> Planned | None:
    row = writing.connection.execute(_due(connector, writing.at)).first()
    if row is None:
        return None
    values = {
        "state": WriteState.SENDING.value,
        "attempts": row.attempts + 1,
        "claims": row.claims + 1,
        "next_at": micros(writing.now + LEASE),
        "version": row.version + 1,
    }
    writing.connection.execute(update(operation).where(operation.c.no == row.no).values(values))
    writing.tell("updated", f"{_PREFIX}{row.no}", "operation", row.version + 1, row.connector)
    return Planned(
        row.no, row.key, row.connector, Write(row.write), row.alert, row.kind, row.series,
        row.record, orjson.loads(row.wanted), row.attempts + 1, instant(row.created_at),
        row.claims + 1, None if row.sent_at is None else instant(row.sent_at),
        row.answer is not None, _clouded(writing, row),
    )  # fmt: skip


def _clouded(writing: Writing, row: Row[Any]) -> datetime | None:
    """Say until when a write before this one, whose answer nobody heard, may still come about."""
    open_ended = (WriteState.UNKNOWN, WriteState.SUPERSEDED, WriteState.CANCELLED)
    query = select(func.max(operation.c.sent_at)).where(
        *_same_field(operation, row),
        operation.c.no < row.no,
        operation.c.state.in_([state.value for state in open_ended]),
    )
    sent_at = writing.connection.execute(query).scalar()
    return None if sent_at is None else instant(sent_at) + UNDER_WAY


def _mine(writing: Writing, planned: Planned) -> Row[Any] | None:
    """Return the row of an operation while its sender has it."""
    query = select(operation).where(
        operation.c.no == planned.number,
        operation.c.claims == planned.claim,
        operation.c.state == WriteState.SENDING.value,
    )
    return writing.connection.execute(query).first()


def _begin(writing: Writing, planned: Planned) -> bool:
    row = _mine(writing, planned)
    if row is None:
        return False
    stop = select(write_stop.c.connector).where(write_stop.c.connector == planned.connector)
    mine = update(operation).where(operation.c.no == row.no)
    if writing.connection.execute(stop).first() is not None:
        state = WriteState.PLANNED if row.sent_at is None else WriteState.UNKNOWN
        back = {"state": state.value, "next_at": writing.at, "version": row.version + 1}
        writing.connection.execute(mine.values(back))
        writing.tell("updated", f"{_PREFIX}{row.no}", "operation", row.version + 1, row.connector)
        return False
    lease = micros(writing.now + LEASE)
    writing.connection.execute(mine.values(sent_at=writing.at, next_at=lease))
    return True


def _settle(writing: Writing, planned: Planned, settled: Settled) -> WriteState | None:
    number, row = planned.number, _mine(writing, planned)
    if row is None:
        return None  # a person, or a sender that took over, was faster
    if settled.state in WAITING and _is_outdated(writing, row):
        settled = Settled(WriteState.SUPERSEDED, "replaced by a later wish", answer=settled.answer)
    waits = settled.state in WAITING
    values: dict[str, object] = {
        "state": settled.state.value,
        "says": settled.says,
        "next_at": micros(settled.next_at or writing.now) if waits else None,
        "settled_at": None if waits else writing.at,
        "version": row.version + 1,
    }
    if settled.answer is not None:
        values["answer"] = orjson.dumps(dict(settled.answer))
    writing.connection.execute(update(operation).where(operation.c.no == number).values(values))
    ref = f"{_PREFIX}{number}"
    writing.tell("updated", ref, "operation", row.version + 1, row.connector)
    if not waits:
        after = {"state": settled.state.value, "says": settled.says, "alert": row.alert}
        writing.note(row.connector, "write.settled", ref, after)
    return settled.state


def _is_outdated(writing: Writing, row: Row[Any]) -> bool:
    """Tell whether another value was wanted of this field since."""
    if row.field in SPOKEN:
        return False
    query = select(operation.c.no).where(
        *_same_field(operation, row),
        operation.c.no > row.no,
        operation.c.state.in_([state.value for state in COUNTED]),
    )
    return writing.connection.execute(query).first() is not None


def _change(
    writing: Writing, ref: str, to: WriteState, among: Sequence[WriteState], who: str
) -> Refusal | None:
    number = whole(ref.removeprefix(_PREFIX))
    query = select(operation).where(operation.c.no == number)
    row = None if number is None else writing.connection.execute(query).first()
    if row is None:
        return Refusal(Why.NOT_FOUND, f"there is no operation {ref}")
    lost = row.state == WriteState.SENDING.value and row.next_at <= writing.at
    if (WriteState.UNKNOWN.value if lost else row.state) not in among:
        return Refusal(Why.CONFLICT, f"{ref} is {row.state}; that cannot be changed any more")
    if to is WriteState.PLANNED:
        # That it was sent stays known: it is read back first.
        values = {
            "state": to.value, "next_at": writing.at, "settled_at": None, "attempts": 0,
            "answer": None, "version": row.version + 1,
        }  # fmt: skip
        changed = update(operation).where(operation.c.no == row.no).values(values)
        writing.connection.execute(changed)
        writing.tell("updated", ref, "operation", row.version + 1, who)
    else:
        _finish(writing, row.no, to, f"by {who}")
    writing.note(who, f"operation.{to.value}", ref, before={"state": row.state})
    return None


def _finish(writing: Writing, number: int, state: WriteState, says: str) -> None:
    values = {"state": state.value, "says": says, "next_at": None, "settled_at": writing.at}
    mine = operation.c.no == number
    writing.connection.execute(
        update(operation).where(mine).values(values | {"version": operation.c.version + 1})
    )
    version = writing.connection.execute(select(operation.c.version).where(mine)).scalar_one()
    writing.tell("updated", f"{_PREFIX}{number}", "operation", version, state.value)
