"""The board: big lists come ready from the store, small ones are put together here."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import orjson

from hub.contract import Record
from hub.mapping import explain
from hub.model.ops import Service
from hub.services.board import Listing, ListQuery
from hub.services.ingest.context import Context
from hub.services.paging import Row, page_of
from hub.services.plans.models import PlanRow
from hub.services.plans.moving import StoredMove, move_json
from hub.services.plans.schedules import earned_value, forecast, schedule
from hub.services.refusals import Refusal
from hub.services.standing import (
    OpenIncident,
    milestone_json,
    project_json,
    service_json,
    zone_of,
)

BIG: Final = frozenset(
    {"alerts", "incidents", "tasks", "links", "quarantine", "audit", "mappings", "operations"}
)
_NOBODYS: Final = "\N{WHITE SQUARE}"
"""A service that is in no catalogue: what an owner of none is asked for."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """What the store knows of a connector's deliveries."""

    last_received_at: datetime | None
    deliveries: int
    records: int
    quarantined: int


class Rows(Protocol):
    """What the board asks of a store."""

    async def page(self, kind: str, query: ListQuery) -> Listing | Refusal:
        """Return one page of a big list."""

    async def tally(self, query: ListQuery) -> list[dict[str, Any]] | Refusal:
        """Count alerts by state and severity."""

    async def groups(self, by: str, query: ListQuery) -> list[dict[str, Any]] | Refusal:
        """Count alerts in groups, the worst first."""

    async def one(self, kind: str, ref: str) -> bytes | None:
        """Return one entity of a big list in its long form."""

    async def plan(self, kind: str, of: str | None = None) -> list[PlanRow]:
        """Return projects, or the milestones (of a project)."""

    async def items(self, of: str) -> dict[str, list[PlanRow]]:
        """Return everything that a project consists of, by kind."""

    async def moves(self, milestone: str | None = None) -> list[StoredMove]:
        """Return the newest move of every milestone, or all kept ones of one, newest first."""

    async def open_incidents(self, now: datetime) -> list[OpenIncident]:
        """Return incidents that are open, or so lately resolved that they still count."""

    async def freshness(self) -> dict[str, Freshness]:
        """Return what is known of each connector's deliveries."""

    async def search(self, text: str, limit: int) -> list[dict[str, str]]:
        """Return hits."""


@dataclass(frozen=True, slots=True)
class Source:
    """A connector as the board shows it; those of the sample only while it is loaded."""

    id: str
    type: str
    title: str
    receives: bool
    imports: bool
    pulls: bool = False
    sample: bool = False


class Reading:
    """The port `hub.services.board.Board`."""

    def __init__(
        self,
        rows: Rows,
        context: Callable[[], "asyncio.Future[Context] | Any"],
        sources: Sequence[Source],
        conditions: Callable[[], Awaitable[Mapping[str, dict[str, object]]]] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._rows = rows
        self._context = context
        self._sources = sources
        self._conditions = conditions
        self._now = now

    async def page(self, kind: str, query: ListQuery) -> Listing | Refusal:
        """Return one page."""
        if kind == "alerts":
            query = await self._of_owner(query)
        if kind in BIG:
            return await self._rows.page(kind, query)
        return await getattr(self, f"_{kind}")(query)  # type: ignore[no-any-return]

    async def tally(self, query: ListQuery) -> Mapping[str, object] | Refusal:
        """Count alerts by state and severity."""
        found = await self._rows.tally(await self._of_owner(query))
        return found if isinstance(found, Refusal) else {"items": found, "as_of": self._now()}

    async def groups(self, by: str, query: ListQuery) -> Mapping[str, object] | Refusal:
        """Count alerts in groups, the worst first."""
        found = await self._rows.groups(by, await self._of_owner(query))
        if isinstance(found, Refusal):
            return found
        shown = found[: query.limit]
        return {"items": shown, "next": None, "total": len(found), "as_of": self._now()}

    async def _of_owner(self, query: ListQuery) -> ListQuery:
        """Turn an owner into the services of that owner: alerts know their service only."""
        filters = dict(query.filters)
        wanted = filters.pop("owner", None)
        if wanted is None:
            return query
        context: Context = await self._context()
        services = context.catalogue.services.values()
        owned = {s.ref for s in services if (s.owner or "") in wanted}
        if "" in wanted:
            owned.add("")  # who has no service has no owner
        asked = filters.get("service")
        left = owned if asked is None else owned & set(asked)
        filters["service"] = tuple(sorted(left)) or (_NOBODYS,)
        return replace(query, filters=filters)

    async def one(self, kind: str, ref: str) -> bytes | None:
        """Return one entity in its long form."""
        if kind == "alerts":
            return await self._alert(ref)
        if kind == "milestones":
            return await self._milestone(ref)
        if kind in BIG:
            return await self._rows.one(kind, ref)
        return await self._found(kind, ref)

    async def _found(self, kind: str, ref: str) -> bytes | None:
        """Return one of what lists put together here."""
        listing = await getattr(self, f"_{kind}")(ListQuery(limit=1_000_000))
        for encoded in listing.items:
            row = orjson.loads(encoded)
            if row.get("ref", row.get("id")) == ref or ref in row.get("aliases", ()):
                return bytes(encoded)
        return None

    async def _milestone(self, ref: str) -> bytes | None:
        """Return a milestone with the moves of its date."""
        found = await self._found("milestones", ref)
        if found is None:
            return None
        milestone = orjson.loads(found)
        projects = {p.ref: p for p in await self._rows.plan("project")}
        zone = zone_of(projects.get(milestone["project"]))
        moves = await self._rows.moves(ref)
        return orjson.dumps({**milestone, "moves": [move_json(one, zone) for one in moves]})

    async def _alert(self, ref: str) -> bytes | None:
        """Return an alert, and for each field which rule of which document filled it."""
        found = await self._rows.one("alerts", ref)
        if found is None:
            return None
        alert = orjson.loads(found)
        context: Context = await self._context()
        alert["provenance"] = self._provenance(alert, context)
        return orjson.dumps(alert)

    def _provenance(self, alert: Mapping[str, Any], context: Context) -> dict[str, Any]:
        connector = alert["source"]["connector"]
        type_ = next((source.type for source in self._sources if source.id == connector), None)
        document = context.documents.get(f"{type_}/alert")
        if document is None or not isinstance(alert.get("raw"), dict):
            return {}
        return {
            step.field: {
                "mapping": document.mapping,
                "version": document.version,
                "path": step.path,
                "value": step.source,
                "converter": step.how,
            }
            for step in explain(document, Record("alert", ref_key(alert), alert["raw"]))
        }

    async def _milestones(self, query: ListQuery) -> Listing | Refusal:
        now = self._now()
        context: Context = await self._context()
        rows = await self._rows.plan("milestone")
        projects = {p.ref: p for p in await self._rows.plan("project")}
        incidents = await self._rows.open_incidents(now)
        found = milestone_json(rows, projects, incidents, context, now)
        moved = {one.milestone: one for one in await self._rows.moves()}
        for one in found:
            zone = zone_of(projects.get(one["project"]))
            move = moved.get(one["ref"])
            one["moved"] = None if move is None else move_json(move, zone)
        return page_of(
            found,
            query,
            as_of=now,
            default_sort="-exposure",
            sorts={
                "moved": _last_moved,
                **{
                    name: _field(name)
                    for name in ("exposure", "due", "title", "float_days", "project")
                },
            },
            filters={
                "project": _field("project"),
                "connector": lambda row: row["source"]["connector"],
                "rag": lambda row: row["health"]["rag"],
                "service": _field("services"),
                "incident": _field("incidents"),
                "critical": _field("critical"),
            },
            text=lambda row: f"{row['title']} {row['ref']}",
        )

    async def _projects(self, query: ListQuery) -> Listing | Refusal:
        now = self._now()
        context: Context = await self._context()
        milestones = await self._rows.plan("milestone")
        rows = await self._rows.plan("project")  # later, so that it has those of all milestones
        incidents = await self._rows.open_incidents(now)
        found = project_json(rows, milestones, incidents, context, now)
        return page_of(
            found,
            query,
            as_of=now,
            default_sort="title",
            sorts={name: _field(name) for name in ("title", "key", "start", "finish")},
            filters={"key": _field("key"), "connector": lambda row: row["source"]["connector"]},
            text=lambda row: f"{row['title']} {row['ref']}",
        )

    async def _services(self, query: ListQuery) -> Listing | Refusal:
        now = self._now()
        context: Context = await self._context()
        found = service_json(context, await self._rows.open_incidents(now))
        return page_of(
            found,
            query,
            as_of=now,
            default_sort="ref",
            sorts={name: _field(name) for name in ("ref", "name", "tier", "alerts", "severity")},
            filters={
                "tier": _field("tier"),
                "system": _field("system"),
                "owner": _field("owner"),
                "environment": _field("environment"),
                "rag": lambda row: row["health"]["rag"],
            },
            text=lambda row: f"{row['name']} {row['ref']} {' '.join(row['aliases'])}",
        )

    async def _connectors(self, query: ListQuery) -> Listing | Refusal:
        fresh = await self._rows.freshness()
        conditions = await self._conditions() if self._conditions is not None else {}
        found = [
            _source(source, fresh.get(source.id)) | conditions.get(source.id, {})
            for source in self._sources
            if source.id in fresh or not source.sample
        ]
        return page_of(
            found,
            query,
            as_of=self._now(),
            default_sort="id",
            sorts={"id": _field("id"), "type": _field("type")},
            filters={"type": _field("type"), "state": _field("state")},
            text=lambda row: f"{row['id']} {row['title']}",
            key="id",
        )

    async def search(self, text: str, limit: int) -> list[bytes]:
        """Return hits of any kind."""
        context: Context = await self._context()
        wanted = text.casefold()
        services = [
            {"ref": s.ref, "kind": "service", "title": s.name}
            for s in context.catalogue.services.values()
            if wanted in f"{s.ref} {s.name} {' '.join(s.aliases)}".casefold()
        ]
        stored = await self._rows.search(text, limit)
        return [orjson.dumps(hit) for hit in [*services, *stored][:limit]]

    async def schedule(self, project: str) -> bytes | None:
        """Return computed dates and both floats of a project's tasks."""
        return await self._of_project(project, schedule)

    async def earned_value(self, project: str) -> bytes | None:
        """Return the earned value of a project at its status date."""
        return await self._of_project(project, earned_value)

    async def forecast(self, project: str) -> bytes | None:
        """Return the forecast of a project."""
        return await self._of_project(project, forecast)

    async def _of_project(
        self,
        project: str,
        compute: Callable[[PlanRow, Mapping[str, list[PlanRow]], datetime], dict[str, Any]],
    ) -> bytes | None:
        rows = {row.ref: row for row in await self._rows.plan("project")}
        if project not in rows:
            return None
        items = await self._rows.items(project)
        made = await asyncio.to_thread(compute, rows[project], items, self._now())
        return orjson.dumps(made, default=str)

    async def topology(self) -> bytes:
        """Return services as nodes and dependencies as edges."""
        context: Context = await self._context()
        now = self._now()
        nodes = service_json(context, await self._rows.open_incidents(now))
        keep = ("ref", "name", "tier", "health", "severity", "alerts", "incidents", "milestones")
        return orjson.dumps(
            {
                "nodes": [{name: node[name] for name in keep} for node in nodes],
                "edges": [edge for s in context.catalogue.services.values() for edge in _edges(s)],
                "as_of": now,
            }
        )


def _edges(service: Service) -> list[dict[str, Any]]:
    return [
        {
            "source": service.ref,
            "target": needs.service,
            "hardness": needs.hardness.value,
            "group": needs.group,
            "needed": needs.needed,
        }
        for needs in service.depends_on
    ]


def _source(source: Source, fresh: Freshness | None) -> dict[str, Any]:
    return {
        "id": source.id,
        "type": source.type,
        "title": source.title,
        "last_received_at": None if fresh is None else fresh.last_received_at,
        "deliveries": fresh.deliveries if fresh else 0,
        "records": fresh.records if fresh else 0,
        "quarantined": fresh.quarantined if fresh else 0,
        "receives": source.receives,
        "pulls": source.pulls,
        "imports": source.imports,
        "sample": source.sample,
    }


def ref_key(alert: Mapping[str, Any]) -> str:
    """Return the tool's own key of an alert."""
    return str(alert["source"]["key"])


def _field(name: str) -> Callable[[Row], Any]:
    return lambda row: row[name]


def _last_moved(milestone: Row) -> str | None:
    """Order by the last import that moved a date, and within it by how far."""
    moved = milestone["moved"]
    return None if moved is None else f"{moved['at']} {abs(moved['days']):06}"
