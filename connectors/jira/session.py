"""Asking one Jira: the way to log in, and every failure by its remedy.

Pages of issues go through `Session.get` and `Session.post`, bytes that a typed decoder reads; what
is asked once goes through the `jira` library. Its own retries are off: they send a write twice, and
do not wait as long as Jira asks. Its time-outs, proxies and trust are the wire's.
"""

import base64
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from connectors.jira import dialect
from connectors.jira.dialect import Dialect
from connectors.jira.faults import refusal, said
from connectors.jira.patience import Patience
from connectors.jira.settings import Settings
from hub.contract import Answer, Wire
from hub.errors import Anomalous, Misconfigured

if TYPE_CHECKING:
    import requests
    from jira import JIRA

T = TypeVar("T")
Json = Mapping[str, Any]

_FINE: Final = 300
_ANONYMOUS: Final = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")


def _never(_: logging.LogRecord) -> bool:
    """Keep the library's notes out of the log: they hold whole answers; ours say what is wrong."""
    return False


# A filter and no level: whoever looks for a fault sets levels.
for _name in ("jira", "jira.client", "jira.resilientsession", "jira.resources", "jira.utils"):
    logging.getLogger(_name).addFilter(_never)


class Session:
    """One user's way to one Jira."""

    def __init__(self, settings: Settings, wire: Wire, patience: Patience | None = None) -> None:
        self.settings = settings
        self.patience = patience or Patience()
        self.switched = 0
        self._wire = wire
        self._headers = {"accept": "application/json", **_logs_in(settings)}
        self._dialect: Dialect | None = None

    async def dialect(self) -> Dialect:
        """Return which Jira this is; asked once, without logging in."""
        if self._dialect is None:
            info = await self.library(lambda jira: jira.server_info(), "serverInfo")
            if not isinstance(info, dict) or not {"version", "baseUrl"} & info.keys():
                raise Anomalous("serverInfo is none of a Jira; check `url`", evidence=repr(info))
            self._dialect = dialect.of(info, self.settings.api)
        return self._dialect

    def switch(self) -> None:
        """Speak the other dialect from now on: this one's search is gone."""
        assert self._dialect is not None  # noqa: S101 - it was searched
        self._dialect = self._dialect.other()
        self.switched += 1

    async def api(self, path: str) -> str:
        """Return the address of a path of the API."""
        return f"{self.settings.base}/rest/api/{(await self.dialect()).api}/{path}"

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """Ask for a path of the API. Raises: NotThere, Transient, Misconfigured, Anomalous."""
        url = await self.api(path)
        return await self._asked("GET", url, path, params or {})

    async def post(self, path: str, body: object) -> bytes:
        """Ask with a body, for what changes nothing. Raises: as `get`."""
        url = await self.api(path)
        return await self._asked("POST", url, path, {}, msgspec.json.encode(body))

    async def agile(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """Ask the API of boards. Raises: as `get`."""
        url = f"{self.settings.base}/rest/agile/1.0/{path}"
        return await self._asked("GET", url, path, params or {})

    async def _asked(
        self, method: str, url: str, path: str, params: Mapping[str, str], body: bytes | None = None
    ) -> bytes:
        headers = self._headers
        if body is not None:
            headers = {
                **headers,
                "content-type": "application/json",
                "x-atlassian-token": "no-check",
            }

        async def once() -> Answer:
            return await self._wire.ask(method, url, params=params, body=body, headers=headers)

        answer = await self.patience.asked(once, _kind_of(path))
        return _read(answer, path, self.settings.secrets)

    async def library(self, work: Callable[["JIRA"], Any], place: str) -> Any:
        """Let the library ask. Raises: NotThere, Transient, Misconfigured, Anomalous."""

        def blocking(session: "requests.Session") -> Any:
            from connectors.jira.library import ask  # noqa: PLC0415 - 200 ms, in this thread

            return ask(work, self.settings, session, self._headers, self._dialect)

        async def once() -> Any:
            return await self._wire.blocking(blocking)

        return await self.patience.asked(once, _kind_of(place))


def _kind_of(path: str) -> str:
    """Return for which path a burst counts: without its numbers and keys."""
    head, _, rest = path.partition("/")
    return f"{head}/…/{rest.rpartition('/')[2]}" if "/" in rest else head


def _logs_in(settings: Settings) -> dict[str, str]:
    """Return the header that logs in; the admin's own `headers` go by themselves.

    Source: RFC 7617: what is not ASCII goes as UTF-8.
    """
    if settings.token is not None:
        token = settings.token.get_secret_value().strip()
        if settings.email is None:
            return {"authorization": f"Bearer {token}"}
        return {"authorization": _basic(settings.email, token)}
    if settings.username is not None and settings.password is not None:
        return {"authorization": _basic(settings.username, settings.password.get_secret_value())}
    return {}


def _basic(user: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


def _read(answer: Answer, path: str, secrets: tuple[str, ...]) -> bytes:
    """Return the body of an answer; what it refuses becomes an error."""
    reason = answer.headers.get("x-seraph-loginreason", "")
    if any(word in reason for word in _ANONYMOUS):
        # It goes on as if nobody had logged in, and shows nothing: taken for an answer, that would
        # remove everything.
        raise Misconfigured("Jira does not take the credentials; check email, token and password")
    if answer.status < _FINE:
        return answer.body
    raise refusal(answer.status, said(answer.body, secrets), path)


def decoded(body: bytes, shape: type[T], path: str) -> T:
    """Read an answer. Raises: Anomalous, when it has not the promised shape."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        message = f"the answer at {path} is none of a Jira: {fault}"
        raise Anomalous(message, evidence=body[:4096]) from None
