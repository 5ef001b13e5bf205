"""Alerts and incidents."""

from hub.services.board import Listing
from hub.services.refusals import Refusal
from hub.web.call import OPERATORS, READERS, Call
from hub.web.operations import Operations
from hub.web.routes.answers import found
from hub.web.shapes import ops as shapes
from hub.web.shapes.lists import list_query
from hub.web.shapes.words import Ref

ops = Operations("ops")


@ops.op("GET", "/api/v1/alerts", roles=READERS, query=shapes.AlertsAsked, out=shapes.AlertList)
async def list_alerts(call: Call, query: shapes.AlertsAsked) -> Listing | Refusal:
    """List alerts of all states, unless `status` is given."""
    return await call.services.board.page("alerts", list_query(query))


@ops.op("GET", "/api/v1/alerts/{ref}", roles=READERS, out=shapes.AlertInFull)
async def get_alert(call: Call, ref: Ref) -> bytes | Refusal:
    """Read an alert with the record it was made of, its provenance and its history."""
    return found(await call.services.board.one("alerts", ref), "alert", ref)


@ops.op(
    "POST",
    "/api/v1/alerts/{ref}/ack",
    roles=OPERATORS,
    body=shapes.Acknowledgement,
    out=shapes.AlertInFull,
)
async def acknowledge_alert(call: Call, ref: Ref, body: shapes.Acknowledgement) -> bytes | Refusal:
    """Say that somebody cares for an alert; a new episode asks again."""
    return await call.services.alerts.acknowledge(ref, body.message, call.who)


@ops.op(
    "GET", "/api/v1/incidents", roles=READERS, query=shapes.IncidentsAsked, out=shapes.IncidentList
)
async def list_incidents(call: Call, query: shapes.IncidentsAsked) -> Listing | Refusal:
    """List incidents, with the milestones that they touch."""
    return await call.services.board.page("incidents", list_query(query))


@ops.op("GET", "/api/v1/incidents/{ref}", roles=READERS, out=shapes.Incident)
async def get_incident(call: Call, ref: Ref) -> bytes | Refusal:
    """Read an incident."""
    return found(await call.services.board.one("incidents", ref), "incident", ref)


@ops.op(
    "PATCH",
    "/api/v1/incidents/{ref}",
    roles=OPERATORS,
    body=shapes.IncidentPatch,
    out=shapes.Incident,
    if_match=True,
)
async def patch_incident(
    call: Call, ref: Ref, body: shapes.IncidentPatch, if_match: str | None
) -> bytes | Refusal:
    """Change title, status, priority or commander. What a person sets stays."""
    fields = body.model_dump(mode="json", exclude_unset=True)
    return await call.services.incidents.patch(ref, fields, if_match, call.who)


@ops.op(
    "POST",
    "/api/v1/incidents/{ref}/merge",
    roles=OPERATORS,
    body=shapes.Merge,
    out=shapes.Incident,
)
async def merge_incidents(call: Call, ref: Ref, body: shapes.Merge) -> bytes | Refusal:
    """Move the alerts of other incidents into this one."""
    return await call.services.incidents.merge(ref, tuple(body.incidents), call.who)


@ops.op(
    "POST",
    "/api/v1/incidents/{ref}/split",
    roles=OPERATORS,
    body=shapes.Split,
    out=shapes.Incident,
    status=201,
)
async def split_incident(call: Call, ref: Ref, body: shapes.Split) -> bytes | Refusal:
    """Move some alerts into a new incident; the answer is the new one."""
    return await call.services.incidents.split(ref, tuple(body.alerts), call.who)
