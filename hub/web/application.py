"""Building the application out of services and settings. Nothing here is global."""

import re
from typing import Final

from aiohttp import web

from hub.services import Services
from hub.services.access import Role
from hub.web.api import OPERATIONS, may
from hub.web.around import around
from hub.web.call import MAY, SERVICES, SETTINGS
from hub.web.events import broadcasting, end_streams
from hub.web.files import Files
from hub.web.pages import FILES, api_document, api_page, dashboard, log_in_page
from hub.web.serving import serve
from hub.web.settings import WebSettings

# A ref may hold braces, which a plain `{name}` of aiohttp refuses.
_SEGMENT: Final = re.compile(r"{(\w+)}")

_LINE_BYTES: Final = 1 << 16
"""The longest request line and header: what is longer, aiohttp refuses with a plain text."""


def application(services: Services, settings: WebSettings) -> web.Application:
    """Return the web application, ready to be run."""
    app = web.Application(middlewares=[around])
    app[SERVICES] = services
    app[SETTINGS] = settings
    app[MAY] = {role: may(role) for role in Role}
    app[FILES] = Files(settings.static)
    for operation in OPERATIONS:
        path = _SEGMENT.sub(r"{\1:[^/]+}", operation.path)
        app.router.add_route(operation.method, path, serve(operation))
    app.router.add_get("/api/openapi.json", api_document)
    app.router.add_get("/api/docs", api_page)
    app.router.add_get("/login", log_in_page)
    app.router.add_get("/", dashboard)
    app.cleanup_ctx.append(broadcasting)
    app.on_shutdown.append(end_streams)
    return app


def runner(app: web.Application, shutdown_seconds: float = 5.0) -> web.AppRunner:
    """Return what runs an application: who goes away ends no handler, a filter may be long."""
    return web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=shutdown_seconds,
        handler_cancellation=False,
        max_line_size=_LINE_BYTES,
        max_field_size=_LINE_BYTES,
    )
