"""Bringing Zabbix to tell the hub: a media type, a user that it belongs to, and an action.

The user is nobody else's: Zabbix does not tell the author of an update about it, so a person or
the hub acknowledging as that user would never be heard of.
"""

import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from connectors.zabbix import mediatype
from connectors.zabbix.mediatype import NAME
from connectors.zabbix.session import Session
from connectors.zabbix.settings import Settings
from hub.contract import Step, Wire
from hub.errors import HubError, Misconfigured

USER: Final = "milepost-webhook"
_NO_PAGES: Final = 3
_SUPER_ADMIN: Final = 3
_ALL: Final = "1-7,00:00-24:00"
_EVERY_SEVERITY: Final = 63
_STEPS: Final = f"""\
# Bring Zabbix to tell Milepost. Alerts > Media types is Administration > Media types before 6.4.
#
# 1. Save the lines from `zabbix_export` on as milepost.yaml and import that file:
#    Alerts > Media types > Import.
# 2. Open the media type {NAME} and put the connector's webhook_secret into its parameter `secret`.
# 3. Make a user for it: Users > Users > Create user.
#    Username {USER}, time zone UTC (the script counts on it), role Super admin role (it must see
#    every problem and who said what), a user group with frontend access disabled.
#    Nobody logs in as this user, and the hub's own user is another one: Zabbix does not tell the
#    author of an update about it.
#    Media: type {NAME}, send to: milepost, every severity.
# 4. Make the action: Alerts > Actions > Trigger actions > Create action. Name {NAME}, no
#    conditions. Operations: send to user {USER}, send only to {NAME}.
#    Recovery operations: notify all involved. Update operations: notify all involved.
"""


class Onboarding:
    """The port `hub.contract.Onboarding`."""

    def __init__(self, settings: Settings, wire: Wire) -> None:
        self._settings = settings
        self._session = Session(settings, wire)

    def printed(self, hook: str) -> str:
        """Write the steps, and the media type to import; the secret is a placeholder."""
        return f"{_STEPS}\n{mediatype.exported(hook)}"

    async def install(self, hook: str) -> AsyncIterator[Step]:
        """Make or mend media type, user and action; then read them back.

        Shape: needs a Super admin. What has our names is ours; nothing else is touched.
        """
        secret = self._settings.webhook_secret
        if secret is None:
            says = "set `webhook_secret` first: without it the hub refuses every webhook"
            yield Step("secret", False, says)
            return
        try:
            mediatypeid = await self._media_type(hook, secret.get_secret_value().strip())
            yield Step("media-type", True, f"the media type {NAME} is there")
            userid = await self._user(mediatypeid)
            yield Step("user", True, f"the user {USER} has it")
            actionid = await self._action(mediatypeid, userid)
            yield Step("action", True, f"the action {NAME} tells that user")
            yield await self._holds(hook, mediatypeid, userid, actionid)
        except HubError as fault:
            yield Step("install", False, f"{fault}; installing needs a user of type Super admin")

    async def _media_type(self, hook: str, secret: str) -> str:
        wanted = mediatype.described(hook, secret)
        return await self._upserted("mediatype", "mediatypeid", {"name": NAME}, wanted)

    async def _user(self, mediatypeid: str) -> str:
        group = await self._upserted(
            "usergroup", "usrgrpid", {"name": NAME}, {"name": NAME, "gui_access": _NO_PAGES}
        )
        roles = await self._session.rows(
            "role.get", {"output": ["roleid"], "filter": {"type": _SUPER_ADMIN}}, "roleid"
        )
        if not roles:
            raise Misconfigured("Zabbix has no role of type Super admin that the user could have")
        wanted = {
            "username": USER,
            "roleid": roles[0]["roleid"],
            "usrgrps": [{"usrgrpid": group}],
            "timezone": "UTC",
            "medias": [
                {
                    "mediatypeid": mediatypeid,
                    "sendto": "milepost",
                    "active": 0,
                    "severity": _EVERY_SEVERITY,
                    "period": _ALL,
                }
            ],
        }
        # Nobody logs in with it; Zabbix wants it long and of several kinds of signs.
        first = {"passwd": f"Aa1-{secrets.token_urlsafe(24)}"}
        return await self._upserted("user", "userid", {"username": USER}, wanted, first)

    async def _action(self, mediatypeid: str, userid: str) -> str:
        say = {"opmessage": {"default_msg": 1, "mediatypeid": mediatypeid}}
        involved = {"opmessage": {"default_msg": 1}}
        wanted = {
            "name": NAME,
            "status": 0,
            "esc_period": "1h",
            # What maintenance hides is polled; it is told when the maintenance ends.
            "pause_suppressed": 1,
            "filter": {"evaltype": 0, "conditions": list[object]()},
            "operations": [{"operationtype": 0, **say, "opmessage_usr": [{"userid": userid}]}],
            "recovery_operations": [{"operationtype": 11, **involved}],
            "update_operations": [{"operationtype": 12, **involved}],
        }
        return await self._upserted(
            "action", "actionid", {"name": NAME}, wanted, {"eventsource": 0}
        )

    async def _upserted(
        self,
        kind: str,
        id_: str,
        named: Mapping[str, str],
        wanted: Mapping[str, Any],
        first: Mapping[str, Any] = {},
    ) -> str:
        """Make a thing, or bring the one of this name to what it should be; return its id."""
        found = await self._session.rows(
            f"{kind}.get", {"output": [id_], "filter": dict(named)}, id_
        )
        if found:
            await self._session.call(f"{kind}.update", {id_: found[0][id_], **wanted})
            return str(found[0][id_])
        made = await self._session.call(f"{kind}.create", {**wanted, **first})
        return str(made[f"{id_}s"][0])

    async def _holds(self, hook: str, mediatypeid: str, userid: str, actionid: str) -> Step:
        """Read back what was made."""
        (media,) = await self._session.rows(
            "mediatype.get",
            {"mediatypeids": [mediatypeid], "output": ["status", "script", "parameters"]},
            "script",
            "parameters",
        )
        told = {one["name"]: one["value"] for one in media["parameters"]}
        (user,) = await self._session.rows(
            "user.get",
            {"userids": [userid], "output": ["timezone"], "selectMedias": ["mediatypeid"]},
            "timezone",
            "medias",
        )
        (action,) = await self._session.rows(
            "action.get",
            {"actionids": [actionid], "output": ["status"], "selectOperations": "extend"},
            "status",
            "operations",
        )
        wrong = [
            name
            for name, right in {
                "address": told.get("url") == hook,
                "script": media["script"].strip() == mediatype.script().strip(),
                "media type enabled": media["status"] == "0",
                "time zone": user["timezone"] == "UTC",
                "media": any(one["mediatypeid"] == mediatypeid for one in user["medias"]),
                "action enabled": action["status"] == "0" and bool(action["operations"]),
            }.items()
            if not right
        ]
        if wrong:
            return Step("holds", False, f"Zabbix shows something else than was set: {wrong}")
        return Step("holds", True, f"Zabbix calls {hook} for each problem, change and end")
