"""Everything about the way to one tool that does not depend on a library."""

import re
import ssl
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from hub import __version__
from hub.contract import Connection, Exchange
from hub.errors import Misconfigured
from hub.wire.budget import Budgets
from hub.wire.proxying import Proxy
from hub.wire.trust import Trust
from hub.wire.veil import Veil, basic, shown
from hub.wire.verdict import Asked

_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")

Heard = Callable[[Exchange], None]
"""Is told of every answer; from the threads of a blocking library too."""


class Way:
    """The settings of one connector, ready to use."""

    def __init__(self, settings: Connection, heard: Heard | None = None) -> None:
        self.settings = settings
        self.heard: Heard = heard or _nobody
        self.proxy = Proxy(settings)
        self.veil = Veil(settings)
        self.budgets = Budgets()
        self._trust = Trust(settings)

    def context(self) -> ssl.SSLContext:
        """Return what connections are wrapped in. Raises: Misconfigured."""
        return self._trust.context()

    def headers(self) -> dict[str, str]:
        """Return the headers of every request.

        Raises: Misconfigured, when one cannot be sent; the value is not shown.
        """
        found = {
            "User-Agent": f"milepost/{__version__}",
            "Accept-Encoding": "gzip, deflate",
        }
        for name, secret in self.settings.headers.items():
            value = secret.get_secret_value()
            if not _NAME.fullmatch(name):
                raise Misconfigured(f"headers: {name!r} is no name of a header; correct it")
            if not _VALUE.fullmatch(value) or not _is_latin(value):
                raise Misconfigured(
                    f"headers: the value of {name} holds characters that no header may, such as a "
                    "line break; correct it"
                )
            found[name] = value
        return found

    def account(self, asked: Asked) -> dict[str, str]:
        """Return the header that logs in at the proxy; nothing where none is asked."""
        if asked.through is None or not self.proxy.logs_in:
            return {}
        return {"Proxy-Authorization": basic(self.proxy.user, self.proxy.password)}

    def asked(self, method: str, url: str, headers: Mapping[str, str]) -> Asked:
        """Return one request, with the proxy that it goes through.

        Raises: Misconfigured, when the address is none.
        """
        scheme, host = _split(url)
        if not host or scheme not in {"http", "https"}:
            raise Misconfigured(
                f"{shown(url)}: is no address to ask; write http:// or https://, a host and a path"
            )
        through = self.proxy.address if self.proxy.leads_to(host) else None
        return Asked(method, url, headers, through)


def _nobody(_: Exchange) -> None:
    """Hear nothing."""


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        _ = parts.port  # looks whether it is one
    except ValueError:
        return "", ""
    return parts.scheme, parts.hostname or ""


def _is_latin(value: str) -> bool:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
