"""The hub itself: changes, search, who asks, log in and out, is it alive."""

from collections.abc import Mapping
from datetime import UTC, datetime

import orjson
from aiohttp import hdrs, web

from hub.services.changes import Change
from hub.services.refusals import Refusal, Why
from hub.services.sample import SampleState
from hub.web.admission import is_admin
from hub.web.call import ADMINS, OPEN, READERS, Call
from hub.web.operations import Operations
from hub.web.sessions import csrf_of, hand_out, same_site, session_of, take_back
from hub.web.shapes import hub as shapes

hub = Operations("hub")
people = Operations("people")


@hub.op("GET", "/api/v1/changes", roles=READERS, query=shapes.ChangesAsked, out=shapes.ChangeList)
async def list_changes(call: Call, query: shapes.ChangesAsked) -> Mapping[str, object]:
    """List changes after a position, in commit order."""
    feed = call.services.feed
    batch = await feed.after(query.after, query.limit)
    more = len(batch.changes) >= query.limit
    return {
        "items": [change_object(change) for change in batch.changes],
        "next": str(batch.changes[-1].seq) if more else None,
        "total": None,
        "as_of": datetime.now(UTC),
        "last_seq": max([feed.last_seq, *(change.seq for change in batch.changes[-1:])]),
        "gap": batch.gap,
    }


def change_object(change: Change) -> dict[str, object]:
    """Return a change as it goes over the wire."""
    return change._asdict()


@hub.op("GET", "/api/v1/search", roles=READERS, query=shapes.SearchAsked, out=shapes.HitList)
async def search(call: Call, query: shapes.SearchAsked) -> bytes:
    """Look for anything by its title or ref."""
    hits = await call.services.board.search(query.q, query.limit)
    as_of = orjson.dumps(datetime.now(UTC))
    return b'{"items":[%b],"next":null,"total":null,"as_of":%b}' % (b",".join(hits), as_of)


@hub.op("GET", "/api/v1/sample", roles=READERS, out=shapes.Sample)
async def get_sample(call: Call) -> shapes.Sample:
    """Read whether sample data is loaded, since when and by whom, and whether it may be."""
    return _sample(await call.services.sample.state())


@hub.op("POST", "/api/v1/sample", roles=ADMINS, out=shapes.Sample, status=201)
async def load_sample(call: Call) -> shapes.Sample | Refusal:
    """Load the sample organisation into a hub that holds nothing of its own."""
    done = await call.services.sample.load(call.who)
    return done if isinstance(done, Refusal) else _sample(done)


@hub.op("DELETE", "/api/v1/sample", roles=ADMINS, out=shapes.Sample)
async def remove_sample(call: Call) -> shapes.Sample | Refusal:
    """Remove the sample organisation whole; what is the hub's own stays."""
    done = await call.services.sample.remove(call.who)
    return done if isinstance(done, Refusal) else _sample(done)


def _sample(state: SampleState) -> shapes.Sample:
    return shapes.Sample(loaded=state.loaded, since=state.since, by=state.by, offered=state.offered)


@people.op("GET", "/api/v1/me", roles=READERS, out=shapes.Me)
async def get_me(call: Call) -> shapes.Me:
    """Read who asks, and what a session must send with unsafe methods."""
    session = session_of(call.request) if call.who.via == "session" else None
    return _me(call, session)


def _me(call: Call, session: str | None) -> shapes.Me:
    settings = call.settings
    return shapes.Me(
        name=call.who.name,
        role=call.who.role,
        may=list(call.may),
        via=call.who.via,
        csrf=csrf_of(session) if session else None,
        organisation=shapes.Organisation(
            name=settings.organisation, timezone=settings.timezone, locale=settings.locale
        ),
        version=settings.release,
    )


@people.op("POST", "/api/v1/session", roles=OPEN, body=shapes.LogIn, out=shapes.Me, status=201)
async def log_in(call: Call, body: shapes.LogIn) -> web.Response | Refusal:
    """Exchange a token for a session cookie."""
    if not same_site(call.request):
        return Refusal(Why.FORBIDDEN, "log in from the hub's own page")
    access = call.services.access
    who = await access.by_token(body.token.get_secret_value())
    session = None if who is None else await access.open_session(who)
    if who is None or session is None:
        return Refusal(Why.UNAUTHORISED, "the token is unknown, expired or revoked")
    me = _me(Call(call.request, who), session).model_copy(update={"via": "session"})
    response = web.json_response(body=me.model_dump_json().encode(), status=201)
    hand_out(response, call.request, session)
    return response


@people.op("DELETE", "/api/v1/session", roles=READERS, status=204)
async def log_out(call: Call) -> web.Response:
    """End the session."""
    session = session_of(call.request)
    if call.who.via == "session" and session is not None:
        await call.services.access.close_session(session)
    response = web.Response(status=204)
    take_back(response, call.request)
    return response


@hub.op("GET", "/healthz", roles=OPEN, out=shapes.Alive)
async def get_health(call: Call) -> shapes.Alive:  # noqa: ARG001 - alive is who answers
    """Tell that the process answers."""
    return shapes.Alive(status="ok")


@hub.op("GET", "/readyz", roles=OPEN, out=shapes.Ready, also=(503,))
async def get_readiness(call: Call) -> web.Response:
    """Tell whether requests can be served; 503 when not."""
    state = await call.services.health.ready()
    told = shapes.Ready(
        ready=state.ready,
        checks=dict(state.checks),
        faults=dict(state.faults) if await is_admin(call.request) else None,
    )
    return web.Response(
        body=told.model_dump_json().encode(),
        status=200 if state.ready else 503,
        content_type="application/json",
        headers={hdrs.CACHE_CONTROL: "no-store"},
    )


@hub.op("GET", "/metrics", roles=READERS, gives="text/plain")
async def get_metrics(call: Call) -> web.Response:
    """Read the hub's own metrics in the Prometheus text format."""
    return web.Response(
        body=await call.services.health.metrics(),
        headers={hdrs.CONTENT_TYPE: "text/plain; version=0.0.4; charset=utf-8"},
    )
