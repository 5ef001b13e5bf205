"""What the board reads: `hub.services.reading.Rows` on a database."""

from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import Connection, or_, select

from hub.services.board import Listing, ListQuery
from hub.services.ingest.trace import refused_of
from hub.services.instants import instant, micros
from hub.services.numbers import whole
from hub.services.plans.models import PlanRow
from hub.services.plans.moving import StoredMove
from hub.services.reading import Freshness
from hub.services.refusals import Refusal
from hub.services.standing import OpenIncident
from hub.store import plan_moves, shown
from hub.store.authors import authors
from hub.store.carrying import now_called
from hub.store.database import Database
from hub.store.encoded import part
from hub.store.freshness import Tallies
from hub.store.lists import ListSpec, read
from hub.store.records import OPEN_INCIDENTS, incident_number, record_of
from hub.store.specs import SPECS
from hub.store.tables import (
    alert,
    incident,
    item,
    link,
    occurrence,
    project,
)
from hub.store.tally import groups, tally

FADES: Final = timedelta(days=7)
"""After so long a resolved incident hurts no milestone any more (e^-7)."""
_KEYS: Final = {"incidents": "no"}


class BoardRows:
    """Reads for the board."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tallies = Tallies()

    async def page(self, kind: str, query: ListQuery) -> Listing | Refusal:
        """Return one page of a big list."""
        return await self._database.read(lambda c: read(c, SPECS[kind], query))

    async def one(self, kind: str, ref: str) -> bytes | None:
        """Return one entity of a big list in its long form."""
        return await self._database.read(lambda c: _one(c, kind, ref))

    async def tally(self, query: ListQuery) -> list[dict[str, Any]] | Refusal:
        """Count alerts by state and severity."""
        return await self._database.read(lambda c: tally(c, query))

    async def groups(self, by: str, query: ListQuery) -> list[dict[str, Any]] | Refusal:
        """Count alerts in groups, the worst first."""
        return await self._database.read(lambda c: groups(c, by, query))

    async def plan(self, kind: str, of: str | None = None) -> list[PlanRow]:
        """Return projects, or the milestones (of a project)."""
        work = _projects if kind == "project" else lambda c: _items(c, (kind,), of)
        return await self._database.read(work)

    async def items(self, of: str) -> dict[str, list[PlanRow]]:
        """Return everything that a project consists of, by kind."""
        kinds = ("task", "milestone", "dependency", "calendar", "resource", "assignment")
        found: dict[str, list[PlanRow]] = {kind: [] for kind in kinds}
        for row in await self._database.read(lambda c: _items(c, kinds, of)):
            found[row.kind].append(row)
        return found

    async def moves(self, milestone: str | None = None) -> list[StoredMove]:
        """Return the newest move of every milestone, or all kept ones of one, newest first."""
        if milestone is None:
            return await self._database.read(plan_moves.latest)
        return await self._database.read(lambda c: plan_moves.history(c, milestone))

    async def open_incidents(self, now: datetime) -> list[OpenIncident]:
        """Return incidents that are open, or so lately resolved that they still count."""
        return await self._database.read(lambda c: _incidents(c, now - FADES))

    async def freshness(self) -> dict[str, Freshness]:
        """Return what is known of each connector's deliveries."""
        return await self._database.read(self._tallies.read)

    async def search(self, text: str, limit: int) -> list[dict[str, str]]:
        """Return hits."""
        return await self._database.read(lambda c: _search(c, text, limit))


def _one(connection: Connection, kind: str, ref: str) -> bytes | None:
    spec: ListSpec = SPECS[kind]
    key: Any = ref
    if kind == "incidents":
        key = incident_number(ref)
        if key is None:
            return None
    elif kind == "audit":
        key = whole(ref)
    elif kind == "operations":
        key = whole(ref.removeprefix("hub:operation:"))
    origin = spec.origin if spec.rows is None else spec.rows
    statement = select(*spec.columns).select_from(origin).where(spec.key == key)
    if spec.always is not None:
        statement = statement.where(spec.always)
    row = connection.execute(statement).first()
    if row is None:
        now = now_called(connection, ref) if kind == "alerts" else None
        return None if now is None else _one(connection, kind, now)
    if kind == "alerts":
        return _alert(connection, row)
    short = spec.encode(connection, [row])[0]
    if kind == "mappings":
        return short[:-1] + b',"text":' + orjson.dumps(row.text) + b"}"
    if kind == "tasks":
        detail = connection.execute(select(item.c.detail).where(item.c.ref == ref)).scalar_one()
        return short[:-1] + b',"detail":' + bytes(detail) + b"}"
    return short


def _alert(connection: Connection, row: Any) -> bytes:
    """Add the record an alert was made of, where its fields came from, and its history."""
    query = select(occurrence).where(occurrence.c.alert == row.ref)
    moves = connection.execute(query.order_by(occurrence.c.at, occurrence.c.id)).all()
    by = authors(connection, row.ref, moves)
    history = [shown.move_json(one, by.get(one.id)) for one in moves]
    found = connection.execute(
        select(link).where(link.c.source == row.ref).order_by(link.c.confidence.desc())
    ).all()
    spec = SPECS["links"]
    return b"".join(
        (
            shown.alert_json(row, row.exposures)[:-1],
            b',"receipt":', orjson.dumps(row.receipt),
            b',"raw":', orjson.dumps(record_of(connection, row.receipt)),
            b',"provenance":{},"occurrences":[', b",".join(history),
            b'],"refused":', orjson.dumps(refused_of(row.trace)),
            b',"links":[', b",".join(spec.encode(connection, list(found))), b"]}",
        )
    )  # fmt: skip


def _projects(connection: Connection) -> list[PlanRow]:
    query = select(project).where(project.c.deleted_at.is_(None)).order_by(project.c.ref)
    return [
        PlanRow(
            ref=row.ref,
            project=row.ref,
            kind="project",
            title=row.title,
            version=row.version,
            about=orjson.loads(row.body),
            body={"connector": row.connector, "key": row.key, "imported_at": row.imported_at},
        )
        for row in connection.execute(query)
    ]


def _items(connection: Connection, kinds: tuple[str, ...], of: str | None) -> list[PlanRow]:
    query = select(item).where(item.c.kind.in_(kinds), item.c.deleted_at.is_(None))
    if of is not None:
        query = query.where(item.c.project == of)
    return [
        PlanRow(
            ref=row.ref,
            project=row.project,
            kind=row.kind,
            title=row.title or "",
            version=row.version,
            about=orjson.loads(row.detail),
            body=orjson.loads(row.body),
        )
        for row in connection.execute(query.order_by(item.c.project, item.c.ord))
    ]


def _incidents(connection: Connection, since: datetime) -> list[OpenIncident]:
    wanted = or_(incident.c.status.in_(OPEN_INCIDENTS), incident.c.resolved_at >= micros(since))
    # Without the bodies: theirs are the reasons and routes of every milestone, and this is asked
    # for each look at the plan.
    query = select(
        incident.c.no,
        incident.c.title,
        incident.c.status,
        incident.c.severity,
        incident.c.firing,
        incident.c.resolved_at,
        incident.c.exposures,
        part(incident.c.body, "services").label("services"),
    ).where(wanted, incident.c.status.not_in(("merged", "false_positive")))
    return [
        OpenIncident(
            ref=f"hub:incident:{row.no}",
            title=row.title,
            status=row.status,
            severity=row.severity,
            resolved_at=None if row.resolved_at is None else instant(row.resolved_at),
            services=tuple(orjson.loads(row.services)),
            milestones=tuple(orjson.loads(row.exposures)),
            firing=row.firing,
        )
        for row in connection.execute(query)
    ]


def _search(connection: Connection, text: str, limit: int) -> list[dict[str, str]]:
    needle = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    hits = [
        {"ref": row.ref, "kind": row.kind, "title": row.title or row.ref}
        for row in connection.execute(
            select(item.c.ref, item.c.kind, item.c.title)
            .where(
                item.c.kind.in_(("milestone", "task")),
                item.c.deleted_at.is_(None),
                item.c.title.ilike(needle, escape="\\"),
            )
            .order_by(item.c.kind, item.c.ref)
            .limit(limit)
        )
    ]
    hits += [
        {"ref": f"hub:incident:{row.no}", "kind": "incident", "title": row.title}
        for row in connection.execute(
            select(incident.c.no, incident.c.title)
            .where(incident.c.title.ilike(needle, escape="\\"))
            .order_by(incident.c.no.desc())
            .limit(limit)
        )
    ]
    hits += [
        {"ref": row.ref, "kind": "alert", "title": row.title}
        for row in connection.execute(
            select(alert.c.ref, alert.c.title)
            .where(alert.c.title.ilike(needle, escape="\\"))
            .order_by(alert.c.starts_at.desc())
            .limit(limit)
        )
    ]
    hits += [
        {"ref": row.ref, "kind": "project", "title": row.title}
        for row in connection.execute(
            select(project.c.ref, project.c.title)
            .where(project.c.title.ilike(needle, escape="\\"))
            .limit(limit)
        )
    ]
    return hits
