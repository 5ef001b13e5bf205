"""Mapping documents, replays, quarantine, audit."""

from collections.abc import Mapping

from hub.services.board import Listing
from hub.services.refusals import Refusal
from hub.web.call import ADMINS, OPERATORS, READERS, WORKERS, Call
from hub.web.operations import Operations
from hub.web.routes.answers import found
from hub.web.shapes import admin as shapes
from hub.web.shapes.lists import list_query
from hub.web.shapes.words import Ref

admin = Operations("admin")
mappings = Operations("mappings")


@mappings.op(
    "GET", "/api/v1/mappings", roles=READERS, query=shapes.MappingsAsked, out=shapes.MappingList
)
async def list_mappings(call: Call, query: shapes.MappingsAsked) -> Listing | Refusal:
    """List the versions of the mapping documents."""
    return await call.services.board.page("mappings", list_query(query))


@mappings.op("GET", "/api/v1/mappings/{id}", roles=READERS, out=shapes.MappingInFull)
async def get_mapping(call: Call, id: Ref) -> bytes | Refusal:  # noqa: A002
    """Read one version with its text."""
    return found(await call.services.board.one("mappings", id), "mapping", id)


@mappings.op(
    "PUT",
    "/api/v1/mappings",
    roles=ADMINS,
    body=shapes.MappingPut,
    out=shapes.MappingInFull,
)
async def put_mapping(call: Call, body: shapes.MappingPut) -> bytes | Refusal:
    """Store a draft version; what is wrong with it comes all at once, with lines."""
    return await call.services.mappings.put(body.text, call.who)


@mappings.op(
    "POST",
    "/api/v1/mappings/preview",
    roles=WORKERS,
    body=shapes.Preview,
    out=shapes.Previewed,
)
async def preview_mapping(call: Call, body: shapes.Preview) -> Mapping[str, object] | Refusal:
    """Map one record without storing anything, and show every step."""
    return await call.services.mappings.preview(body.document, body.text, body.record, body.receipt)


@mappings.op(
    "POST",
    "/api/v1/mappings/preview/alerts",
    roles=WORKERS,
    body=shapes.JoinsAsked,
    out=shapes.Joins,
)
async def preview_joins(call: Call, body: shapes.JoinsAsked) -> Mapping[str, object] | Refusal:
    """Say which stored alerts a document would join and which it would split; nothing is stored."""
    return await call.services.mappings.joins(body.document, body.text)


@mappings.op("POST", "/api/v1/mappings/{id}/activate", roles=ADMINS, out=shapes.MappingInFull)
async def activate_mapping(call: Call, id: Ref) -> bytes | Refusal:  # noqa: A002
    """Make a stored version the active one."""
    return await call.services.mappings.activate(id, call.who)


@mappings.op("GET", "/api/v1/mappings/{id}/coverage", roles=READERS, out=shapes.Coverage)
async def get_coverage(call: Call, id: Ref) -> Mapping[str, object] | Refusal:  # noqa: A002
    """Read which words and paths a document does not cover."""
    return await call.services.mappings.coverage(id)


@mappings.op("POST", "/api/v1/replays", roles=ADMINS, body=shapes.ReplayAsked, out=shapes.Replayed)
async def start_replay(call: Call, body: shapes.ReplayAsked) -> Mapping[str, object] | Refusal:
    """Run the journal through the mappings again, or say what that would change."""
    since = body.since.isoformat() if body.since else None
    return await call.services.replays.start(body.connector, since, diff=body.diff, who=call.who)


@mappings.op(
    "GET",
    "/api/v1/quarantine",
    roles=READERS,
    query=shapes.QuarantineAsked,
    out=shapes.QuarantineList,
)
async def list_quarantine(call: Call, query: shapes.QuarantineAsked) -> Listing | Refusal:
    """List records that did not fit, with the failing path."""
    return await call.services.board.page("quarantine", list_query(query))


@mappings.op("POST", "/api/v1/quarantine/{id}/retry", roles=OPERATORS, out=shapes.Retried)
async def retry_quarantined(call: Call, id: Ref) -> Mapping[str, object] | Refusal:  # noqa: A002
    """Map one quarantined record again with the active document."""
    return await call.services.replays.retry(id, call.who)


@admin.op("GET", "/api/v1/audit", roles=ADMINS, query=shapes.AuditAsked, out=shapes.AuditList)
async def list_audit(call: Call, query: shapes.AuditAsked) -> Listing | Refusal:
    """List who did what."""
    return await call.services.board.page("audit", list_query(query))
