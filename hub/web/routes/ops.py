"""Alerts and incidents."""

from collections.abc import Mapping
from dataclasses import replace

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


@ops.op(
    "GET",
    "/api/v1/alerts/counts",
    roles=READERS,
    query=shapes.AlertsAsked,
    out=shapes.AlertCounts,
)
async def count_alerts(call: Call, query: shapes.AlertsAsked) -> Mapping[str, object] | Refusal:
    """Count alerts by state and severity."""
    return await call.services.board.tally(list_query(query))


@ops.op(
    "GET",
    "/api/v1/alerts/groups",
    roles=READERS,
    query=shapes.GroupsAsked,
    out=shapes.AlertGroups,
)
async def group_alerts(call: Call, query: shapes.GroupsAsked) -> Mapping[str, object] | Refusal:
    """Count alerts by what they have in common, the worst group first."""
    asked = list_query(query)
    filters = {name: values for name, values in asked.filters.items() if name != "by"}
    return await call.services.board.groups(query.by.value, replace(asked, filters=filters))


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
    "POST",
    "/api/v1/alerts/{ref}/service",
    roles=OPERATORS,
    body=shapes.ServiceSaid,
    out=shapes.AlertInFull,
)
async def set_alert_service(call: Call, ref: Ref, body: shapes.ServiceSaid) -> bytes | Refusal:
    """Say of which service an alert is; it stays so, whatever else speaks for another one."""
    return await call.services.alerts.assign(ref, body.service, call.who)


@ops.op(
    "GET", "/api/v1/incidents", roles=READERS, query=shapes.IncidentsAsked, out=shapes.IncidentList
)
async def list_incidents(call: Call, query: shapes.IncidentsAsked) -> Listing | Refusal:
    """List incidents, with the milestones that they touch."""
    return await call.services.board.page("incidents", list_query(query))


@ops.op(
    "POST",
    "/api/v1/incidents",
    roles=OPERATORS,
    body=shapes.NewIncident,
    out=shapes.Incident,
    status=201,
)
async def create_incident(call: Call, body: shapes.NewIncident) -> bytes | Refusal:
    """Make an incident of alerts, whichever incident they are in now: all of them or none."""
    alerts = tuple(dict.fromkeys(body.alerts))
    return await call.services.incidents.gather(alerts, None, body.title, call.who)


@ops.op(
    "POST",
    "/api/v1/incidents/{ref}/alerts",
    roles=OPERATORS,
    body=shapes.Gathered,
    out=shapes.Incident,
)
async def add_to_incident(call: Call, ref: Ref, body: shapes.Gathered) -> bytes | Refusal:
    """Move alerts into an incident, whichever they are in now: all of them or none."""
    alerts = tuple(dict.fromkeys(body.alerts))
    return await call.services.incidents.gather(alerts, ref, None, call.who)


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
