"""What a Zabbix knows beside problems: hosts, the service tree, SLAs and maintenance.

Source: Zabbix 6.0 and 7.0 manual, API, objects host, service, SLA and maintenance.
"""

from collections import defaultdict
from collections.abc import Awaitable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from connectors.zabbix.session import Row, Session
from connectors.zabbix.settings import Settings
from connectors.zabbix.triggers import groups_of
from hub.contract import Survey, Wire
from hub.contract.surveying import Agreed, Host, Need, Part, Tags, Window
from hub.errors import Misconfigured

T = TypeVar("T")

_TAG: Final = ["tag", "value"]
_RULE: Final = ["tag", "operator", "value"]
_CONTAINS: Final = "2"
"""The operator of a rule over tags that is no equality."""
_OF_NO_CHILD: Final = "0"
"""A service whose status is set to OK, whatever its children do."""
_IF_ALL: Final = "1"
"""A service that is bad only when all its children are."""
_ONCE: Final = "0"
"""The type of a time period that comes but once."""


class Surveyor:
    """The port `hub.contract.Surveyor`."""

    def __init__(self, settings: Settings, wire: Wire) -> None:
        self._settings = settings
        self._session = Session(settings, wire)
        self._hidden: list[str] = []

    async def survey(self) -> Survey:
        """Look once; what the user may not see is left out and told."""
        self._hidden = []
        hosts = await self._hosts()
        parts = await self._seen("services", self._parts())
        agreed = await self._seen("SLAs", self._agreed(parts))
        windows = await self._seen("maintenance", self._windows(hosts))
        return Survey(
            tuple(_host(row, row["groups"]) for row in hosts),
            tuple(_part(row) for row in parts),
            tuple(agreed),
            tuple(windows),
            tuple(self._hidden),
        )

    async def _seen(self, what: str, asked: Awaitable[list[T]]) -> list[T]:
        try:
            return await asked
        except Misconfigured as fault:
            self._hidden.append(f"{what}: {fault}")
            return []

    async def _hosts(self) -> list[dict[str, Any]]:
        select, answers = (await self._session.dialect()).groups
        names = self._settings.host_groups
        scope = {"groupids": await groups_of(self._session, names)} if names else {}
        rows = await self._session.rows(
            "host.get",
            {
                **scope,
                "output": [
                    "hostid",
                    "host",
                    "name",
                    "status",
                    "maintenance_status",
                    "maintenanceid",
                ],
                select: ["groupid", "name"],
                "selectTags": _TAG,
            },
            answers,
            "tags",
        )
        return [{**row, "groups": row[answers]} for row in rows]

    async def _parts(self) -> list[dict[str, Any]]:
        return await self._session.rows(
            "service.get",
            {
                "output": ["serviceid", "name", "algorithm"],
                "selectChildren": ["serviceid"],
                "selectProblemTags": _RULE,
                "selectTags": _TAG,
            },
            "children",
            "problem_tags",
            "tags",
        )

    async def _agreed(self, parts: Iterable[Row]) -> list[Agreed]:
        rows = await self._session.rows(
            "sla.get",
            {
                "output": ["slaid", "name", "slo"],
                "selectServiceTags": _RULE,
                "filter": {"status": 1},
            },
            "service_tags",
        )
        found = []
        for row in rows:
            ids = tuple(one["serviceid"] for one in parts if _covers(row["service_tags"], one))
            reached = await self._reached(row["slaid"], ids) if ids else {}
            found.append(Agreed(row["name"], float(row["slo"]) / 100, ids, reached))
        return found

    async def _reached(self, sla: str, services: Iterable[str]) -> Mapping[str, float | None]:
        """Ask what was reached in the period that runs; -1 is no data."""
        asked = {"slaid": sla, "serviceids": list(services), "periods": 1}
        said = await self._session.call("sla.getsli", asked)
        ids = [str(one) for one in said.get("serviceids", ())]
        last = said["sli"][-1] if said.get("sli") else []
        return {
            one: None if cell["sli"] < 0 else cell["sli"] / 100
            for one, cell in zip(ids, last, strict=False)
        }

    async def _windows(self, hosts: Iterable[Row]) -> list[Window]:
        select, answers = (await self._session.dialect()).groups
        rows = await self._session.rows(
            "maintenance.get",
            {
                "output": ["maintenanceid", "name", "active_since", "active_till"],
                "selectHosts": ["hostid"],
                select: ["groupid", "name"],
                "selectTimeperiods": ["timeperiod_type", "start_date", "period"],
            },
            "hosts",
            answers,
            "timeperiods",
        )
        held, members = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for host in hosts:
            if host["maintenance_status"] == "1":
                held[host["maintenanceid"]].add(host["hostid"])
            for group in host["groups"]:
                members[group["groupid"]].add(host["hostid"])
        return [_window(row, row[answers], members, held[row["maintenanceid"]]) for row in rows]


def _host(row: Row, groups: Iterable[Row]) -> Host:
    return Host(
        row["hostid"],
        row["host"],
        row["name"],
        tuple(sorted(group["name"] for group in groups)),
        _tags(row["tags"]),
        row["status"] == "0",
    )


def _part(row: Row) -> Part:
    """Make a part; a rule that is no equality says of no tag what its value is."""
    equal = (rule for rule in row["problem_tags"] if rule["operator"] != _CONTAINS)
    children = () if row["algorithm"] == _OF_NO_CHILD else row["children"]
    any_of = row["algorithm"] == _IF_ALL and len(row["children"]) > 1
    needs = tuple(Need(child["serviceid"], any_of) for child in children)
    return Part(row["serviceid"], row["name"], _tags([*equal, *row["tags"]]), needs)


def _tags(rows: Iterable[Row]) -> Tags:
    found = defaultdict[str, dict[str, None]](dict)
    for row in rows:
        found[row["tag"]][row["value"]] = None
    return {name: tuple(values) for name, values in found.items()}


def _covers(rules: Iterable[Row], part: Row) -> bool:
    """Tell whether an SLA is about a service: any of its rules over the service's own tags."""
    return any(
        rule["tag"] == tag["tag"]
        and (
            rule["value"] in tag["value"]
            if rule["operator"] == _CONTAINS
            else rule["value"] == tag["value"]
        )
        for rule in rules
        for tag in part["tags"]
    )


def _window(
    row: Row, groups: Iterable[Row], members: Mapping[str, set[str]], held: Iterable[str]
) -> Window:
    periods = row["timeperiods"]
    since, until = _instant(row["active_since"]), _instant(row["active_till"])
    once = len(periods) == 1 and periods[0]["timeperiod_type"] == _ONCE
    if once:
        begins = _instant(periods[0]["start_date"])
        since = max(since, begins)
        until = min(until, begins + timedelta(seconds=int(periods[0]["period"])))
    hosts = {host["hostid"] for host in row["hosts"]}
    for group in groups:
        hosts |= members.get(group["groupid"], set())
    names = tuple(sorted(group["name"] for group in groups))
    return Window(
        row["name"], since, until, frozenset(hosts), names, frozenset(held), recurs=not once
    )


def _instant(clock: str) -> datetime:
    return datetime.fromtimestamp(int(clock), UTC)
