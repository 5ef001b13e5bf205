"""Writes to tools: silences, severities, comments, closing; the ledger and the kill switch."""

from collections.abc import Mapping
from datetime import UTC, datetime

from hub.services.acting.words import Write
from hub.services.board import Listing
from hub.services.refusals import Fault, Refusal, Why
from hub.web.call import ADMINS, OPERATORS, READERS, Call
from hub.web.operations import Operations
from hub.web.routes.answers import found
from hub.web.shapes import acts as shapes
from hub.web.shapes.lists import list_query
from hub.web.shapes.words import Ref

acts = Operations("acts")

Answer = Mapping[str, object] | Refusal


@acts.op(
    "POST",
    "/api/v1/alerts/{ref}/silence",
    roles=OPERATORS,
    body=shapes.Silence,
    out=shapes.Planned,
    status=202,
)
async def silence_alert(call: Call, ref: Ref, body: shapes.Silence) -> Answer:
    """Let an alert be silent in its tool until an instant; the hub goes on showing it."""
    until = body.until.astimezone(UTC).replace(microsecond=0)
    if until <= datetime.now(UTC):
        fault = Fault("until", "past", "lies in the past; give an instant to come")
        return Refusal(Why.INVALID, fault.msg, (fault,))
    values = {"until": until.isoformat(), "message": body.message}
    return await call.services.acts.want(ref, Write.SUPPRESS, values, call.who)


@acts.op(
    "POST",
    "/api/v1/alerts/{ref}/unsilence",
    roles=OPERATORS,
    body=shapes.Remark,
    out=shapes.Planned,
    status=202,
)
async def unsilence_alert(call: Call, ref: Ref, body: shapes.Remark) -> Answer:
    """End the silence of an alert in its tool."""
    values = {"message": body.message}
    return await call.services.acts.want(ref, Write.UNSUPPRESS, values, call.who)


@acts.op(
    "POST",
    "/api/v1/alerts/{ref}/severity",
    roles=OPERATORS,
    body=shapes.Severer,
    out=shapes.Planned,
    status=202,
)
async def change_severity(call: Call, ref: Ref, body: shapes.Severer) -> Answer:
    """Change the severity of an alert in its tool; the hub shows what the tool says then."""
    values = {"severity": body.severity, "message": body.message}
    return await call.services.acts.want(ref, Write.SEVERITY, values, call.who)


@acts.op(
    "POST",
    "/api/v1/alerts/{ref}/close",
    roles=OPERATORS,
    body=shapes.Remark,
    out=shapes.Planned,
    status=202,
)
async def close_alert(call: Call, ref: Ref, body: shapes.Remark) -> Answer:
    """Close an alert in its tool, where its rule allows that."""
    values = {"message": body.message}
    return await call.services.acts.want(ref, Write.CLOSE, values, call.who)


@acts.op(
    "POST",
    "/api/v1/alerts/{ref}/comment",
    roles=OPERATORS,
    body=shapes.Comment,
    out=shapes.Planned,
    status=202,
)
async def comment_alert(call: Call, ref: Ref, body: shapes.Comment) -> Answer:
    """Leave a comment at an alert in its tool."""
    values = {"message": body.message}
    return await call.services.acts.want(ref, Write.COMMENT, values, call.who)


@acts.op(
    "GET",
    "/api/v1/operations",
    roles=READERS,
    query=shapes.OperationsAsked,
    out=shapes.OperationList,
)
async def list_operations(call: Call, query: shapes.OperationsAsked) -> Listing | Refusal:
    """List what was written to tools, or is to be: the ledger."""
    return await call.services.board.page("operations", list_query(query))


@acts.op("GET", "/api/v1/operations/{ref}", roles=READERS, out=shapes.Operation)
async def get_operation(call: Call, ref: Ref) -> bytes | Refusal:
    """Read one write."""
    return found(await call.services.board.one("operations", ref), "operation", ref)


@acts.op("POST", "/api/v1/operations/{ref}/cancel", roles=OPERATORS, out=shapes.Operation)
async def cancel_operation(call: Call, ref: Ref) -> bytes | Refusal:
    """Take a write back that was not sent yet."""
    return await call.services.acts.cancel(ref, call.who)


@acts.op("POST", "/api/v1/operations/{ref}/retry", roles=OPERATORS, out=shapes.Operation)
async def retry_operation(call: Call, ref: Ref) -> bytes | Refusal:
    """Try a write again; the tool is asked first whether it holds already."""
    return await call.services.acts.retry(ref, call.who)


@acts.op(
    "POST",
    "/api/v1/connectors/{id}/writes",
    roles=ADMINS,
    body=shapes.WritesAsked,
    out=shapes.Writes,
)
async def switch_writes(call: Call, id: Ref, body: shapes.WritesAsked) -> Answer:  # noqa: A002
    """Stop every write to a connector at once, or let them go on."""
    return await call.services.acts.stop_writes(id, stopped=body.stopped, who=call.who)
