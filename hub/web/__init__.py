"""The web side: routes, typed layer, OpenAPI, sessions, live stream, the dashboard's files.

Start at `application`, which `runner` runs; `operations` says how an operation is declared,
`serving` how it is carried out, `api` lists them all.
"""

from hub.web.application import application, runner
from hub.web.settings import WebSettings

__all__ = ["WebSettings", "application", "runner"]
