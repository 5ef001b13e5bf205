"""A Zabbix 7.2 or 7.4 as its published API changes describe it; no real one was to be had.

What differs from 7.0, and what this refuses, follows the vendor's lists "API changes in 7.2" and
"in 7.4": no `auth` in the body, no `selectGroups`, no `select_acknowledges`, every unknown
parameter is an error. What both have in common is checked against 7.0 by the live tests, which the
same connector passes there. Also the weather before a frontend: pages instead of answers, a clock
that is off.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Final

from aiohttp import web

from deploy.lab.endpoints import Endpoint

_COMMON: Final = frozenset({"output", "limit", "sortfield", "sortorder", "filter", "countOutput"})
_EVENTS: Final = frozenset(
    {"eventids", "objectids", "groupids", "source", "object", "eventid_from", "eventid_till"}
    | {"time_from", "time_till"}
) | {"selectAcknowledges", "selectTags", "selectSuppressionData"}
_TAKES: Final[dict[str, frozenset[str]]] = {
    "apiinfo.version": frozenset(),
    "user.login": frozenset({"username", "password"}),
    "host.get": _COMMON | {"selectHostGroups", "hostids", "groupids"},
    "hostgroup.get": _COMMON | {"groupids"},
    "trigger.get": _COMMON
    | {"triggerids", "selectHosts", "selectHostGroups", "expandComment", "monitored"},
    "event.get": _COMMON | _EVENTS | {"selectHosts", "value"},
    "problem.get": _COMMON | _EVENTS | {"recent"},
    "event.acknowledge": frozenset(
        {"eventids", "action", "message", "severity", "suppress_until", "cause_eventid"}
    ),
    "user.get": _COMMON | {"editable", "selectRole", "selectMedias", "userids"},
    "role.get": _COMMON | {"roleids", "selectRules"},
    "mediatype.get": _COMMON | {"mediatypeids"},
    "hanode.get": _COMMON,
    "token.get": _COMMON | {"token", "tokenids", "userids"},
}
_LOG_IN: Final = '<html><body><form><input type="password" name="p"></form></body></html>'
_MEMORY: Final = (
    "<br />\n<b>Fatal error</b>:  Allowed memory size of 134217728 bytes exhausted "
    "(tried to allocate 20480 bytes) in <b>/usr/share/zabbix/include/db.inc.php</b><br />\n"
)


@dataclass
class SimulatedZabbix(Endpoint):
    """One frontend; `problem` makes a problem, `end` ends it.

    Shape: `weather` is "", "412", "memory", "memory 500", "500", "log-in" or "empty".
    Units: `ahead` is seconds that its clock is ahead, `behind` those that the server's sign of life
           is behind that; `clock` is epoch seconds.
    """

    path: str = "/api_jsonrpc.php"
    version: str = "7.2.0"
    token: str = "sim-token"  # noqa: S105 - of a stand-in
    weather: str = ""
    ahead: float = 0
    behind: float = 0
    expires_at: int = 0
    died_at: int | None = None
    group: str = "ERP/db"
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    events: dict[int, dict[str, Any]] = field(default_factory=dict)
    triggers: set[str] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)

    @property
    def frontend(self) -> str:
        """Return what an admin fills in."""
        return f"http://{self.target}/"

    def problem(
        self,
        eventid: int,
        name: str = "Loss",
        severity: int = 3,
        trigger: str = "7",
        clock: int | None = None,
    ) -> None:
        """Begin a problem of a trigger on host db-01."""
        clock = 1_700_000_000 + eventid if clock is None else clock
        self.triggers.add(trigger)
        self.events[eventid] = {
            "eventid": str(eventid), "source": "0", "object": "0", "objectid": trigger,
            "value": "1", "clock": str(clock), "name": name,
            "severity": str(severity), "acknowledged": "0", "suppressed": "0",
            "r_eventid": "0", "opdata": "",
            "tags": [{"tag": "service", "value": "shop-db"}], "acknowledges": [],
            "suppression_data": [],
        }  # fmt: skip

    def end(self, eventid: int, by: int) -> None:
        """End it by a recovery event."""
        self.problem(by, trigger=self.events[eventid]["objectid"])
        self.events[by] |= {"value": "0", "severity": "0"}
        self.events[eventid]["r_eventid"] = str(by)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one call, as the weather is."""
        match self.weather:
            case "412":
                return web.Response(status=412)
            case "memory":
                return web.Response(text=_MEMORY, content_type="text/html")
            case "memory 500":
                return web.Response(status=500, text=_MEMORY, content_type="text/html")
            case "500":
                return web.Response(status=500)
            case "log-in":
                return web.Response(text=_LOG_IN, content_type="text/html")
            case "empty":
                return web.Response()
            case _:
                return await self._called(request)

    async def _called(self, request: web.Request) -> web.Response:
        call = json.loads(await request.read())
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append((call["method"], headers))
        told = {"jsonrpc": "2.0", "id": call.get("id"), **self._told(call, headers)}
        date = {"Date": formatdate(time.time() + self.ahead, usegmt=True)}
        return web.Response(text=json.dumps(told), content_type="application/json", headers=date)

    def _told(self, call: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        method, params = call["method"], call.get("params") or {}
        if "auth" in call:
            return _error(-32600, 'Invalid parameter "/": unexpected parameter "auth".')
        if method not in _TAKES:
            return _error(-32601, f'Incorrect API "{method.partition(".")[0]}".')
        if foreign := set(params) - _TAKES[method]:
            said = f'Invalid parameter "/": unexpected parameter "{min(foreign)}".'
            return _error(-32602, said)
        if method == "apiinfo.version":
            return {"result": self.version}
        if method == "user.login":
            self.sessions = {f"session-{len(self.asked)}"}
            return {"result": next(iter(self.sessions))}
        shown = headers.get("authorization", "").removeprefix("Bearer ")
        if shown != self.token and shown not in self.sessions:
            return _error(-32602, "Not authorized.")
        return {"result": getattr(self, "_" + method.replace(".", "_"))(params)}

    def _host_get(self, asked: Mapping[str, Any]) -> Any:
        return "1" if asked.get("countOutput") else [{"hostid": "5", "host": "db-01"}]

    def _hostgroup_get(self, asked: Mapping[str, Any]) -> Any:
        return "1" if asked.get("countOutput") else [{"groupid": "3", "name": "ERP/db"}]

    def _trigger_get(self, asked: Mapping[str, Any]) -> Any:
        row: dict[str, Any] = {}
        if "selectHosts" in asked:
            row |= {"url": "", "comments": "", "manual_close": "1"}
            row |= {"hosts": [{"hostid": "5", "host": "db-01", "name": "Database"}]}
            row |= {"hostgroups": [{"name": self.group}]}
        known = sorted(self.triggers & set(asked["triggerids"]))
        return [{"triggerid": one, **row} for one in known]

    def _event_get(self, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        ids = {int(one) for one in asked.get("eventids", self.events)}
        ids &= {one for one in self.events if one >= int(asked.get("eventid_from", 0))}
        till = int(asked.get("time_till", 2**31))
        ids = {one for one in ids if int(self.events[one]["clock"]) <= till}
        rows = [self.events[one] for one in sorted(ids, reverse=asked.get("sortorder") == "DESC")]
        if "value" in asked:
            rows = [row for row in rows if int(row["value"]) in asked["value"]]
        return rows[: asked.get("limit", len(rows))]

    def _problem_get(self, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = [row for row in self._event_get(asked) if row["value"] == "1"]
        wanted = asked.get("filter", {}).get("r_eventid")
        if wanted is not None:
            return [row for row in rows if row["r_eventid"] in wanted]
        return [row for row in rows if row["r_eventid"] == "0"]

    def _event_acknowledge(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        for one in asked["eventids"]:
            row = self.events[int(one)]
            if asked["action"] & 2:
                row["acknowledged"] = "1"
            row["acknowledges"] = [
                *row["acknowledges"],
                {
                    "acknowledgeid": str(len(row["acknowledges"]) + 1),
                    "clock": "1700000000", "username": "hub", "message": asked["message"],
                    "action": str(asked["action"]),
                },
            ]  # fmt: skip
        return {"eventids": [int(one) for one in asked["eventids"]]}

    def _user_get(self, asked: Mapping[str, Any]) -> Any:
        del asked
        return [{"userid": "1", "role": {"roleid": "3", "type": "3"}}]

    def _role_get(self, asked: Mapping[str, Any]) -> Any:
        del asked
        actions = [{"name": "acknowledge_problems", "status": "1"}]
        return [{"roleid": "3", "rules": {"actions": actions}}]

    def _mediatype_get(self, asked: Mapping[str, Any]) -> Any:
        del asked
        return [{"status": "0"}]

    def _token_get(self, asked: Mapping[str, Any]) -> Any:
        return [{"expires_at": str(self.expires_at)}] if asked["token"] == self.token else []

    def _hanode_get(self, asked: Mapping[str, Any]) -> Any:
        del asked
        sign = time.time() + self.ahead - self.behind if self.died_at is None else self.died_at
        return [{"lastaccess": str(int(sign)), "status": "3"}]


def _error(code: int, data: str) -> dict[str, Any]:
    message = {-32600: "Invalid request.", -32601: "Method not found."}.get(code, "Invalid params.")
    return {"error": {"code": code, "message": message, "data": data}}
