"""Where tools push. The hot path: no typed layer, no session, no log line for what went well."""

import orjson
import structlog
from aiohttp import hdrs, web

from hub.errors import HubError
from hub.services.refusals import Refusal
from hub.web.bodies import BrokenOffError, read_body
from hub.web.call import OPEN, SERVICES
from hub.web.operations import Operations
from hub.web.problems import bug, failed, problem, refused
from hub.web.shapes.hub import Received

hooks = Operations("hooks")
log = structlog.get_logger(__name__)

_UNKNOWN = (
    "there is no connector {!r} that receives webhooks; correct the address, or add it to "
    "milepost.yaml"
)
_TOO_LARGE = "a delivery may have {} bytes at most; send fewer alerts at once, or raise max_body"


@hooks.op(
    "POST",
    "/hooks/{connector}",
    roles=OPEN,
    out=Received,
    status=202,
    takes="application/json",
    raw=True,
)
async def receive_delivery(request: web.Request) -> web.StreamResponse:
    """Take what a tool pushes; the answer comes after it is durably stored.

    The sender shows the connector's own secret: `Authorization: Bearer <webhook_secret>`, or the
    tool's own signature. A good envelope with a bad element is accepted; that element goes to the
    quarantine.
    """
    connector = request.match_info["connector"]
    try:
        answer = await _receive(request, connector)
    except BrokenOffError as error:
        answer = problem(400, str(error))
    except HubError as error:
        answer = failed(error)
    except Exception as error:  # noqa: BLE001 - the one place of this entry point
        answer = bug(error)
    if answer.status != web.HTTPAccepted.status_code:
        log.warning("delivery refused", connector=connector, status=answer.status)
    return answer


async def _receive(request: web.Request, connector: str) -> web.Response:
    intake = request.app[SERVICES].intake
    if not intake.known(connector):
        return problem(404, _UNKNOWN.format(connector))
    body = await read_body(request, intake.max_body)
    if body is None:
        return problem(413, _TOO_LARGE.format(intake.max_body))
    headers = {name.lower(): value for name, value in request.headers.items()}
    answer = await intake.receive(connector, headers, body)
    if isinstance(answer, Refusal):
        return refused(answer)
    return web.Response(
        status=202,
        body=orjson.dumps({"accepted": answer.accepted, "receipt": answer.receipt}),
        headers={hdrs.CONTENT_TYPE: "application/json"},
    )
