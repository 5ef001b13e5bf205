"""Looking whether a Zabbix can be read and written to, changing nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from connectors.zabbix.dialect import NEWEST, OLDEST
from connectors.zabbix.mediatype import NAME
from connectors.zabbix.session import Session, server_time, super_admin
from connectors.zabbix.settings import Settings
from connectors.zabbix.triggers import groups_of
from hub.contract import Step, Wire
from hub.errors import HubError, Misconfigured

_MUCH: Final = timedelta(minutes=1)
_ACTIONS: Final = {
    "acknowledge": "acknowledge_problems",
    "comment": "add_problem_comments",
    "severity": "change_severity",
    "close": "close_problems",
    "suppress": "suppress_problems",
    "unsuppress": "suppress_problems",
}
"""What a role calls what the hub may be switched on to do."""
_NEWER: Final = {"suppress", "unsuppress"}
"""What not every version can; see `dialect`."""

_Look = Callable[[], Awaitable[str | None]]


class Checker:
    """The port `hub.contract.Checker`."""

    def __init__(
        self,
        settings: Settings,
        wire: Wire,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._session = Session(settings, wire)
        self._now = now

    async def check(self) -> AsyncIterator[Step]:
        """Yield reach, version, clock, log-in, hosts, groups, write, webhook.

        Shape: `done` None where a step before failed, or nobody could tell.
        """
        needed = True
        looks: tuple[tuple[str, _Look, bool], ...] = (
            ("reach", self._reach, True),
            ("version", self._version, False),
            ("clock", self._clock, False),
            ("log-in", self._log_in, True),
            ("hosts", self._hosts, False),
            ("groups", self._groups, False),
            ("write", self._write, False),
            ("webhook", self._webhook, False),
        )
        for code, look, following in looks:
            if not needed:
                yield Step(code, None, "not tried: a step before it failed")
                continue
            step = await _taken(code, look)
            needed = not following or step.done is not False
            yield step

    async def _reach(self) -> str:
        said = (await self._session.dialect()).said
        return f"{self._settings.frontend} answers as Zabbix {said}"

    async def _version(self) -> str:
        dialect = await self._session.dialect()
        if dialect.version < OLDEST:
            raise Misconfigured(f"Zabbix {dialect.said} is too old; 6.0 and newer are supported")
        if not dialect.known:
            newest = ".".join(map(str, NEWEST))
            return f"{dialect.said} is newer than {newest}, the last that this connector knows"
        return f"{dialect.said} is supported"

    async def _clock(self) -> str | None:
        there = await server_time(self._session)
        if there is None:
            return None
        ahead = there - self._now()
        if abs(ahead) <= _MUCH:
            return "the frontend's clock agrees with the hub's"
        way = "ahead of" if ahead > timedelta(0) else "behind"
        minutes = round(abs(ahead).total_seconds() / 60)
        raise Misconfigured(
            f"the frontend's clock is {minutes} min {way} the hub's: no problem is missed by it, "
            "but the times of Zabbix are off by so much; set the clocks by NTP"
        )

    async def _log_in(self) -> str:
        await self._session.log_in()
        if self._session.told:
            return f"it works, but {self._session.told}"
        return "the token counts" if self._settings.token else "user and password count"

    async def _hosts(self) -> str:
        count = await self._session.call("host.get", {"countOutput": True})
        if count == "0":
            raise Misconfigured(
                "the user sees no host; give its user group read permission to host groups"
            )
        return f"the user sees {count} hosts"

    async def _groups(self) -> str:
        if self._settings.host_groups:
            await groups_of(self._session, self._settings.host_groups)
            return f"all of {', '.join(self._settings.host_groups)} are there"
        count = await self._session.call("hostgroup.get", {"countOutput": True})
        if count == "0":
            raise Misconfigured("the user sees no host group; give its user group permission")
        return f"the user sees {count} host groups"

    async def _write(self) -> str | None:
        if self._settings.read_only or not self._settings.writes:
            return "nothing is written: the connector is read-only, or no write is switched on"
        dialect = await self._session.dialect()
        if not dialect.suppresses and (beyond := _NEWER & self._settings.writes):
            raise Misconfigured(
                f"Zabbix {dialect.said} cannot {' or '.join(sorted(beyond))}, 6.2 and newer can; "
                "take it out of `writes`"
            )
        allowed = await self._allowed()
        if allowed is None:
            return None
        lacking = sorted(w for w in self._settings.writes if _ACTIONS.get(w) not in allowed)
        if lacking:
            raise Misconfigured(
                f"the user's role does not allow: {', '.join(lacking)}; "
                "tick these actions in the role (Users, User roles, Access to actions)"
            )
        return f"the role allows {', '.join(sorted(self._settings.writes))}"

    async def _allowed(self) -> set[str] | None:
        """Return the actions of the user's role; None where it cannot be told whose it is."""
        me = await self._session.rows(
            "user.get", {"output": ["userid"], "editable": True, "selectRole": ["roleid"]}, "role"
        )
        if len(me) != 1:
            return None if not await super_admin(self._session) else set(_ACTIONS.values())
        roles = await self._session.rows(
            "role.get",
            {
                "roleids": [me[0]["role"]["roleid"]],
                "output": ["roleid"],
                "selectRules": ["actions"],
            },
            "rules",
        )
        actions = roles[0]["rules"]["actions"] if roles else []
        return {one["name"] for one in actions if str(one["status"]) == "1"}

    async def _webhook(self) -> str | None:
        try:
            found = await self._session.rows(
                "mediatype.get", {"output": ["status"], "filter": {"name": [NAME]}}, "status"
            )
        except Misconfigured:
            return None
        if not found:
            if await super_admin(self._session):
                raise Misconfigured(
                    f"Zabbix has no media type {NAME}: problems come by polling only; "
                    "install the webhook, or import what is printed for it"
                )
            return None
        if found[0]["status"] != "0":
            raise Misconfigured(
                f"the media type {NAME} is disabled; enable it (Alerts, Media types)"
            )
        return f"the media type {NAME} is there"


async def _taken(code: str, look: _Look) -> Step:
    try:
        says = await look()
    except HubError as fault:
        return Step(code, False, str(fault))
    return Step(code, None, "nobody could tell") if says is None else Step(code, True, says)
