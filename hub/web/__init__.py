"""The web side: routes, typed layer, OpenAPI, sessions, live stream, the dashboard's files.

Start at `application`; `operations` says how an operation is declared, `serving` how it is carried
out, `api` lists them all.
"""

from hub.web.application import application
from hub.web.settings import WebSettings

__all__ = ["WebSettings", "application"]
