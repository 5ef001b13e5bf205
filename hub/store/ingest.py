"""The store as the ingest sees it: `hub.services.ingest.ports.HotStore` on a database."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import orjson
from sqlalchemy import Connection, delete, func, insert, or_, select, text

from hub.model.links import Evidence, Link
from hub.model.words import LinkState, LinkType
from hub.services.catalogue import load
from hub.services.catalogue.binding import MilestoneFacts
from hub.services.ingest.ports import Facts, LiveRows, Unverified
from hub.services.ingest.rows import (
    AlertRow,
    FormerRow,
    IncidentRow,
    QuarantineRow,
    Snapshot,
    WriteSet,
)
from hub.services.instants import instant, micros
from hub.services.plans.models import MINUTES_PER_DAY, wall_end
from hub.store.database import Database, Writing
from hub.store.records import OPEN_INCIDENTS
from hub.store.tables import (
    alert,
    change,
    clock,
    document,
    former_member,
    incident,
    item,
    link,
    project,
    quarantine,
)

LIVE_AFTER_END: Final = timedelta(hours=1)
"""An incident that ended so lately may still go on."""
MEMBERS: Final = 20
EVIDENCE_KEPT: Final = 500


class IngestStore:
    """Reads and writes of the ingest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def commit(self, refs: Sequence[str], decide: Callable[[Snapshot], WriteSet]) -> WriteSet:
        """Read what is known of `refs`, let `decide` say what changes, store it whole or not."""
        return await self._database.commit(refs, decide)

    async def facts(self) -> Facts:
        """Read catalogue, plan and verdicts."""
        return await self._database.read(_facts)

    async def live(self, also: Sequence[int] = ()) -> LiveRows:
        """Read incidents that are open or ended lately, and those of `also`."""
        return await self._database.read(partial(_live, also=also, now=datetime.now(UTC)))

    async def firing(self) -> list[str]:
        """Return the refs of all alerts that fire."""
        query = select(alert.c.ref).where(text("status = 'firing'"))
        return await self._database.read(lambda c: list(c.execute(query).scalars()))

    async def unverified(self) -> list[Unverified]:
        """Return every series whose end is not verified."""
        return await self._database.read(_unverified)

    async def still_true_at(self, seq: int) -> int | None:
        """Return the newest number if no change after `seq` was of an alert or an incident."""
        return await self._database.read(partial(_still_true, seq=seq))

    async def keep_evidence(self, row: QuarantineRow) -> None:
        """Keep the head of a delivery that was no envelope; old ones make room."""
        await self._database.write(lambda w: keep_evidence(w, row))


def keep_evidence(writing: Writing, row: QuarantineRow) -> None:
    """Keep the head of a delivery that was no envelope; old ones make room."""
    connection = writing.connection
    connection.execute(delete(quarantine).where(quarantine.c.id == row.id))
    connection.execute(insert(quarantine).values(row._asdict()))
    kept = (
        select(quarantine.c.id)
        .where(quarantine.c.state == "refused")
        .order_by(quarantine.c.at.desc())
        .limit(EVIDENCE_KEPT)
    )
    connection.execute(
        delete(quarantine).where(quarantine.c.state == "refused", quarantine.c.id.not_in(kept))
    )
    writing.tell("created", f"hub:quarantine:{row.id}", "quarantine", 1, row.connector)


def _unverified(connection: Connection) -> list[Unverified]:
    query = select(alert.c.ref, alert.c.connector, alert.c.sources)
    rows = connection.execute(query.where(alert.c.status.in_(("unverified", "firing"))))
    return [
        Unverified(row.ref, row.connector, series, source[0], instant(source[7]))
        for row in rows
        if b'"unverified"' in bytes(row.sources)
        for series, source in orjson.loads(row.sources).items()
        if source[3] == "unverified"
    ]


def _facts(connection: Connection) -> Facts:
    seq = connection.execute(select(clock.c.seq)).scalar_one()
    rows = connection.execute(
        select(document.c.kind, document.c.name, document.c.text, document.c.number).where(
            document.c.active
        )
    ).all()
    services = next((r.text for r in rows if r.kind == "services"), "")
    return Facts(
        seq=seq,
        services=load(services, name="services.yaml") if services.strip() else (),
        milestones=tuple(_milestones(connection)),
        verdicts=tuple(_verdicts(connection)),
        documents={r.name: (r.text, r.number) for r in rows if r.kind == "mapping"},
    )


def _milestones(connection: Connection) -> list[MilestoneFacts]:
    projects = {
        row.ref: (row.key, orjson.loads(row.body)) for row in connection.execute(select(project))
    }
    query = select(
        item.c.ref, item.c.project, item.c.title, item.c.due, item.c.status, item.c.detail
    ).where(item.c.kind == "milestone", item.c.deleted_at.is_(None))
    found = []
    for row in connection.execute(query.order_by(item.c.ref)):
        key, about = projects[row.project]
        detail = orjson.loads(row.detail)
        minutes = detail.get("float_source_minutes")
        day = about.get("minutes_per_day") or MINUTES_PER_DAY
        found.append(
            MilestoneFacts(
                ref=row.ref,
                title=row.title or row.ref,
                project=row.project,
                project_key=key,
                due=wall_end(row.due),
                achieved=row.status == "done",
                float_days=None if minutes is None else minutes / day,
            )
        )
    return found


def _verdicts(connection: Connection) -> list[Link]:
    # In the words of its index: SQLite finds that one by the same text only.
    judged = text("state IN ('confirmed', 'rejected')")
    return [_link(row) for row in connection.execute(select(link).where(judged))]


def _link(row: Any) -> Link:
    body = orjson.loads(row.body)
    return Link(
        source=row.source,
        target=row.target,
        type=LinkType(row.type),
        state=LinkState(row.state),
        confidence=row.confidence,
        rule=row.rule,
        evidence=tuple(Evidence(**piece) for piece in body["evidence"]),
        at=instant(row.at),
        by=row.by_whom,
    )


def _live(connection: Connection, also: Sequence[int], now: datetime) -> LiveRows:
    now_at = connection.execute(select(clock)).one()
    since = micros(now - LIVE_AFTER_END)
    wanted = or_(
        incident.c.status.in_(OPEN_INCIDENTS),
        incident.c.resolved_at >= since,
        incident.c.no.in_(list(also)),
    )
    columns = [incident.c[name] for name in IncidentRow._fields]
    incidents = tuple(
        IncidentRow._make(row) for row in connection.execute(select(*columns).where(wanted))
    )
    newest = [alert.c.starts_at.desc(), alert.c.ref]
    places = (
        func.row_number().over(partition_by=by, order_by=order).label(name)
        for name, by, order in (
            ("place", [alert.c.incident], newest),
            ("place_of_service", [alert.c.incident, alert.c.service], newest),
            ("place_in_time", [alert.c.incident], [alert.c.starts_at, alert.c.ref]),
        )
    )
    latest = min(micros(now), max((row.active_at for row in incidents), default=0))
    # Nothing can join what was active longer ago, so nobody asks for its members.
    active = incident.c.active_at >= latest - LIVE_AFTER_END // timedelta(microseconds=1)
    numbers = select(incident.c.no).where(wanted, active)
    # One question for all: a commit that waits for this one may not take long.
    ranked = select(alert, *places).where(alert.c.incident.in_(numbers)).subquery()
    # What is near decides by the newest few, or by the last of each service; the first one says
    # how old the incident is.
    telling = or_(
        ranked.c.place <= MEMBERS, ranked.c.place_of_service == 1, ranked.c.place_in_time == 1
    )
    query = (
        select(*(ranked.c[name] for name in AlertRow._fields))
        .where(telling)
        .order_by(ranked.c.incident, ranked.c.place)
    )
    members = [AlertRow._make(row) for row in connection.execute(query)]
    theirs = former_member.c.incident.in_(select(incident.c.no).where(wanted))
    former = tuple(
        FormerRow(row.incident, row.alert)
        for row in connection.execute(select(former_member).where(theirs))
    )
    return LiveRows(now_at.seq, now_at.incident_no, incidents, tuple(reversed(members)), former)


def _still_true(connection: Connection, seq: int) -> int | None:
    newest = connection.execute(select(clock.c.seq)).scalar_one()
    oldest = connection.execute(select(func.min(change.c.seq))).scalar()
    if oldest is not None and oldest > seq + 1:
        return None  # what came next may be forgotten already
    query = select(change.c.seq).where(change.c.seq > seq, change.c.kind.in_(("alert", "incident")))
    return None if connection.execute(query.limit(1)).first() else int(newest)
