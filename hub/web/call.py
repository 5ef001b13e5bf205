"""What every handler is given: the request, who asks, and the services."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from hub.services import Services
from hub.services.access import Principal, Role
from hub.web.settings import WebSettings

SERVICES: Final = web.AppKey("services", Services)
SETTINGS: Final = web.AppKey("settings", WebSettings)
MAY: Final = web.AppKey("may", Mapping[Role, tuple[str, ...]])
"""The operations that each role may call, by name."""
WHO: Final = web.RequestKey("who", str)
"""Who asks, by name: for the log line."""

ANYONE: Final = Principal(name="", role=Role.VIEWER, via="nobody", id="")
"""Who asks where nobody has to say who they are."""

READERS: Final = tuple(Role)
WORKERS: Final = (Role.OPS, Role.PM, Role.ADMIN)
OPERATORS: Final = (Role.OPS, Role.ADMIN)
PLANNERS: Final = (Role.PM, Role.ADMIN)
ADMINS: Final = (Role.ADMIN,)
OPEN: Final[tuple[Role, ...]] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One request that was let in."""

    request: web.Request
    who: Principal

    @property
    def services(self) -> Services:
        """The use cases."""
        return self.request.app[SERVICES]

    @property
    def may(self) -> tuple[str, ...]:
        """The names of the operations that whoever asks may call."""
        return self.request.app[MAY][self.who.role]

    @property
    def settings(self) -> WebSettings:
        """The settings of the web side."""
        return self.request.app[SETTINGS]
