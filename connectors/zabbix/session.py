"""Speaking JSON-RPC with a Zabbix: the way to log in, and every failure by its remedy.

`pyzabbix` makes the calls, one short-lived client for each: its `with` block swallows errors, and
without a time-out it waits for ever.
"""

import asyncio
import json
import logging
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, cast

from connectors.zabbix import faults
from connectors.zabbix.dialect import Dialect
from connectors.zabbix.settings import Settings
from hub.contract import Expiry, Wire
from hub.errors import Anomalous, Misconfigured, Transient

if TYPE_CHECKING:
    import requests
    from pyzabbix.api import ZabbixAPI

Row = Mapping[str, Any]


def _warns(record: logging.LogRecord) -> bool:
    """Let warnings pass: below them it writes down whole requests, with password and token."""
    return record.levelno >= logging.WARNING


# A filter and no level: whoever looks for a fault sets levels.
for _name in ("pyzabbix", "pyzabbix.api"):
    logging.getLogger(_name).addFilter(_warns)

_HEADER_LOST: Final = (
    "the token is refused in the header Authorization and taken in the body: "
    "a proxy or web server before the frontend drops that header; let it through "
    "(Apache with FastCGI: CGIPassAuth On)"
)
_SUPER_ADMIN: Final = "3"
_BODY: Final = "6.0"
_HEADER: Final = "7.2"
"""`pyzabbix` decides by the version where the token stands: these two make it decide so."""


class Session:
    """One user's way to one Zabbix.

    Shape: `dialect` is known after the first call. `told` is what an admin should know though
           everything works.
    """

    def __init__(self, settings: Settings, wire: Wire) -> None:
        self.settings = settings
        self.wire = wire
        self.told = ""
        self._dialect: Dialect | None = None
        self._secret: str | None = None
        self._in_body: bool | None = None
        self._one = asyncio.Lock()

    async def dialect(self) -> Dialect:
        """Return what this Zabbix speaks; asked once, without logging in."""
        if self._dialect is None:
            said = await self._rpc("apiinfo.version", [], None, in_body=True)
            self._dialect = Dialect.of(str(said))
            if self._dialect is None:
                raise Anomalous("apiinfo.version is no version", evidence=said)
        return self._dialect

    async def rows(self, method: str, params: Row, *keys: str) -> list[dict[str, Any]]:
        """Call a get method; return its rows.

        Shape:  `keys` must be in the first row: Zabbix before 7.0 ignores a parameter that it does
                not know, and answers as if nothing was asked.
        Raises: Anomalous too, when one is not there.
        """
        found = await self.call(method, params)
        if not isinstance(found, list):
            raise Anomalous(f"{method} answered with no list", evidence=found)
        if found and (lacking := [key for key in keys if key not in found[0]]):
            raise Anomalous(
                f"{method} answered without {', '.join(lacking)}: Zabbix "
                f"{(await self.dialect()).said} does not know the parameter that asks for it",
                evidence=found[0],
            )
        return cast("list[dict[str, Any]]", found)

    async def call(self, method: str, params: Row | Sequence[object]) -> Any:
        """Call a method as the user of the settings; log in, once again where that helps.

        Raises: Transient, Misconfigured, Anomalous.
        """
        secret = await self._logged_in()
        try:
            return await self._as_user(method, params, secret)
        except faults.LoggedOut as refused:
            return await self._again(method, params, secret, refused)
        except Anomalous:
            self._dialect = None  # it may have been upgraded meanwhile
            raise

    async def log_in(self) -> None:
        """Log in and make sure that it counts; a token alone says nothing."""
        await self.call("host.get", {"countOutput": True})

    async def _logged_in(self) -> str:
        async with self._one:
            if self._secret is None:
                self._secret = await self._log_in()
            return self._secret

    async def _log_in(self) -> str:
        settings = self.settings
        if settings.token is not None:
            return settings.token.get_secret_value().strip()
        assert settings.password is not None  # noqa: S101 - the settings see to it
        names = {"username": settings.user, "password": settings.password.get_secret_value()}
        try:
            return str(await self._rpc("user.login", names, None, in_body=True))
        except faults.LoggedOut as refused:
            raise Misconfigured(f"Zabbix refuses the log-in: {refused}") from None

    async def _as_user(self, method: str, params: Row | Sequence[object], secret: str) -> Any:
        dialect = await self.dialect()
        in_body = not dialect.bearer if self._in_body is None else self._in_body
        return await self._rpc(method, params, secret, in_body=in_body)

    async def _again(
        self, method: str, params: Row | Sequence[object], used: str, refused: faults.LoggedOut
    ) -> Any:
        """Try what is left to try, each once."""
        dialect = await self.dialect()
        if dialect.bearer and dialect.in_body and self._in_body is None:
            try:
                answer = await self._rpc(method, params, used, in_body=True)
            except faults.LoggedOut:
                pass
            else:
                self._in_body, self.told = True, _HEADER_LOST
                return answer
        if self.settings.token is not None:
            raise Misconfigured(
                f"Zabbix refuses the token: {refused}; it may have ended or be of another server: "
                "make a new one (Users, API tokens) and put it into `token`"
            )
        async with self._one:
            if self._secret == used:  # nobody else logged in meanwhile
                self._secret = await self._log_in()
            secret = self._secret
        try:
            return await self._as_user(method, params, cast("str", secret))
        except faults.LoggedOut as still:
            raise Misconfigured(
                f"Zabbix took user and password and refuses what it gave for them: {still}"
            ) from None

    async def _rpc(
        self, method: str, params: Row | Sequence[object], secret: str | None, *, in_body: bool
    ) -> Any:
        """Call a method once.

        Raises: LoggedOut too.
        """

        def work(session: "requests.Session") -> Any:
            # 90 ms that only a hub with a Zabbix needs.
            from packaging.version import Version  # noqa: PLC0415
            from pyzabbix.api import ZabbixAPI  # noqa: PLC0415

            patience: Any = (self.settings.connect_seconds, self.settings.timeout_seconds)
            client = ZabbixAPI(
                self.settings.frontend, session=session, timeout=patience, detect_version=False
            )
            client.auth = secret or ""
            client.version = Version(_BODY if in_body else _HEADER)
            return _result(client, method, params)

        try:
            return await self.wire.blocking(work)
        except (Transient, Anomalous) as fault:
            raise faults.of_php(fault) or fault from None


def _result(client: "ZabbixAPI", method: str, params: Row | Sequence[object]) -> Any:
    """Make one call; name what the library complains of."""
    import requests  # noqa: PLC0415
    from pyzabbix.api import ZabbixAPIException  # noqa: PLC0415

    try:
        return client.do_request(method, params)["result"]
    except requests.HTTPError as fault:
        raise faults.of_answer(fault.response.status_code, fault.response.text) from None
    except ZabbixAPIException as fault:
        if isinstance(fault.error, Mapping):
            raise faults.of_error(fault.error, method) from None
        text = re.sub(r"\A(Unable to parse json: |Received empty response)", "", str(fault))
        raise faults.of_answer(200, text) from None
    except (KeyError, TypeError) as fault:
        message = f"the answer to {method} is not JSON-RPC"
        raise Anomalous(message, evidence=repr(fault)) from None


async def super_admin(session: Session) -> bool:
    """Tell whether nothing is hidden from the user.

    Shape: only a Super admin may edit other users; everybody else finds none but itself.
    """
    rows = await session.rows(
        "user.get",
        {"output": ["userid"], "editable": True, "selectRole": ["type"], "limit": 2},
        "role",
    )
    return len(rows) > 1 or any(row["role"]["type"] == _SUPER_ADMIN for row in rows if row["role"])


async def expiry(session: Session) -> Expiry | None:
    """Tell when the token of the settings ends; None for a password, or where nobody may ask.

    Source: Zabbix 6.0 manual, API, token object: `expires_at` 0 never ends.
    """
    token = session.settings.token
    if token is None:
        return None
    asked = {"token": token.get_secret_value().strip(), "output": ["expires_at"], "limit": 1}
    try:
        rows = await session.rows("token.get", asked, "expires_at")
    except Misconfigured:
        return None
    if not rows:
        return None
    at = int(rows[0]["expires_at"])
    return Expiry(datetime.fromtimestamp(at, UTC) if at else None)


async def server_time(session: Session) -> datetime | None:
    """Return the clock of the frontend's machine; None where its answer tells none."""
    url = session.settings.frontend + "api_jsonrpc.php"
    asked = json.dumps({"jsonrpc": "2.0", "method": "apiinfo.version", "params": [], "id": 1})
    headers = {"content-type": "application/json-rpc"}
    answer = await session.wire.ask("POST", url, body=asked.encode(), headers=headers)
    try:
        return parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None
