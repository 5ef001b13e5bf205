"""How connectors are doing: health, checks, a look now, pauses, onboarding."""

from collections.abc import Mapping

from hub.services.board import Listing
from hub.services.refusals import Refusal
from hub.web.call import ADMINS, OPERATORS, READERS, Call
from hub.web.operations import Operations
from hub.web.shapes import connectors as shapes
from hub.web.shapes import surveys
from hub.web.shapes.lists import list_query
from hub.web.shapes.words import Ref

connectors = Operations("connectors")

Answer = Mapping[str, object] | Refusal


@connectors.op(
    "GET",
    "/api/v1/connectors",
    roles=READERS,
    query=shapes.ConnectorsAsked,
    out=shapes.ConnectorList,
)
async def list_connectors(call: Call, query: shapes.ConnectorsAsked) -> Listing | Refusal:
    """List connectors: how each is, how fresh, and what may be written to it."""
    return await call.services.board.page("connectors", list_query(query))


@connectors.op("GET", "/api/v1/connectors/{id}/health", roles=READERS, out=shapes.ConnectorHealth)
async def get_connector_health(call: Call, id: Ref) -> Answer:  # noqa: A002
    """Read how one connector is doing."""
    return await call.services.connectors.health(id)


@connectors.op("POST", "/api/v1/connectors/{id}/check", roles=ADMINS, out=shapes.Checked)
async def check_connector(call: Call, id: Ref) -> Answer:  # noqa: A002
    """Look step by step whether a tool can be reached and with which rights; changes nothing."""
    return await call.services.connectors.check(id, call.who)


@connectors.op(
    "POST",
    "/api/v1/connectors/{id}/sync",
    roles=ADMINS,
    body=shapes.SyncAsked,
    out=shapes.ConnectorHealth,
)
async def sync_connector(call: Call, id: Ref, body: shapes.SyncAsked) -> Answer:  # noqa: A002
    """Look at a tool now; with `accept_gone` the ends that the guard holds back are believed."""
    return await call.services.connectors.sync(
        id, full=body.full, accept_gone=body.accept_gone, who=call.who
    )


@connectors.op("POST", "/api/v1/connectors/{id}/pause", roles=ADMINS, out=shapes.ConnectorHealth)
async def pause_connector(call: Call, id: Ref) -> Answer:  # noqa: A002
    """Stop polling a tool; what it sends is still taken."""
    return await call.services.connectors.pause(id, paused=True, who=call.who)


@connectors.op("POST", "/api/v1/connectors/{id}/resume", roles=ADMINS, out=shapes.ConnectorHealth)
async def resume_connector(call: Call, id: Ref) -> Answer:  # noqa: A002
    """Go on polling a tool."""
    return await call.services.connectors.pause(id, paused=False, who=call.who)


@connectors.op("GET", "/api/v1/connectors/{id}/onboarding", roles=ADMINS, out=shapes.Onboarding)
async def get_onboarding(call: Call, id: Ref) -> Answer:  # noqa: A002
    """Read what to copy into a tool so that it tells the hub."""
    hook = f"{call.request.url.origin()}/hooks/{id}"
    return await call.services.connectors.onboarding(id, hook)


@connectors.op(
    "GET",
    "/api/v1/connectors/{id}/survey",
    roles=OPERATORS,
    query=surveys.SurveyAsked,
    out=surveys.Survey,
)
async def get_survey(call: Call, id: Ref, query: surveys.SurveyAsked) -> Answer:  # noqa: A002
    """Read which hosts and dependencies a tool knows, held against the catalogue."""
    return await call.services.surveys.survey(id, anew=query.anew)
