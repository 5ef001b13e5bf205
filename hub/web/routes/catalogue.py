"""Services, topology, links."""

from hub.services.board import Listing
from hub.services.refusals import Refusal
from hub.web.call import ADMINS, READERS, WORKERS, Call
from hub.web.operations import Operations
from hub.web.routes.answers import found
from hub.web.shapes import catalogue as shapes
from hub.web.shapes.lists import list_query
from hub.web.shapes.words import Ref

catalogue = Operations("services")
links = Operations("links")


@catalogue.op(
    "GET", "/api/v1/services", roles=READERS, query=shapes.ServicesAsked, out=shapes.ServiceList
)
async def list_services(call: Call, query: shapes.ServicesAsked) -> Listing | Refusal:
    """List the services of the catalogue, with their health."""
    return await call.services.board.page("services", list_query(query))


@catalogue.op(
    "PUT",
    "/api/v1/services",
    roles=ADMINS,
    body=shapes.CataloguePut,
    out=shapes.CatalogueVersion,
    if_match=True,
)
async def put_services(
    call: Call, body: shapes.CataloguePut, if_match: str | None
) -> bytes | Refusal:
    """Replace the whole catalogue; what is wrong with it comes all at once, with lines."""
    return await call.services.catalogue.put(body.text, if_match, call.who)


@catalogue.op("GET", "/api/v1/services/{ref}", roles=READERS, out=shapes.ServiceInFull)
async def get_service(call: Call, ref: Ref) -> bytes | Refusal:
    """Read a service, its newest numbers and how its objectives stand."""
    return found(await call.services.measures.service(ref), "service", ref)


@catalogue.op(
    "GET",
    "/api/v1/services/{ref}/series",
    roles=READERS,
    query=shapes.SeriesAsked,
    out=shapes.MetricSeries,
)
async def get_series(call: Call, ref: Ref, query: shapes.SeriesAsked) -> bytes | Refusal:
    """Read the points of a metric of a service; gaps are null.

    Minutes are kept for three days, hours for 400 days; at most 2,000 points are answered.
    """
    return await call.services.measures.series(
        ref, query.name.value, query.start, query.end, query.step
    )


@catalogue.op(
    "GET",
    "/api/v1/objectives",
    roles=READERS,
    query=shapes.ObjectivesAsked,
    out=shapes.ObjectiveList,
)
async def list_objectives(call: Call, query: shapes.ObjectivesAsked) -> Listing | Refusal:
    """List service level objectives with their budgets, the worst first."""
    return await call.services.measures.objectives(list_query(query))


@catalogue.op("GET", "/api/v1/topology", roles=READERS, out=shapes.Topology)
async def get_topology(call: Call) -> bytes:
    """Read services as nodes and dependencies as edges."""
    return await call.services.board.topology()


@links.op("GET", "/api/v1/links", roles=READERS, query=shapes.LinksAsked, out=shapes.LinkList)
async def list_links(call: Call, query: shapes.LinksAsked) -> Listing | Refusal:
    """List links, with evidence, confidence and rule."""
    return await call.services.board.page("links", list_query(query))


@links.op("POST", "/api/v1/links/{id}/confirm", roles=WORKERS, out=shapes.Link)
async def confirm_link(call: Call, id: Ref) -> bytes | Refusal:  # noqa: A002 - the path says so
    """Confirm a link."""
    return await call.services.links.confirm(id, call.who)


@links.op(
    "POST", "/api/v1/links/{id}/reject", roles=WORKERS, body=shapes.Rejection, out=shapes.Link
)
async def reject_link(
    call: Call,
    id: Ref,  # noqa: A002 - the path says so
    body: shapes.Rejection,
) -> bytes | Refusal:
    """Reject a link for good; exposure is computed again at once."""
    return await call.services.links.reject(id, call.who, body.reason)
