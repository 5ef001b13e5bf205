"""Asking a Zabbix for problems, whole: what each call is asked for stands here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from connectors.zabbix import parse
from connectors.zabbix.session import Row, Session
from connectors.zabbix.triggers import Triggers, groups_of
from connectors.zabbix.windows import Windows
from hub.contract import Record

AT_ONCE: Final = 1000
"""So many ids in one call: arbitrary; PHP's memory is what bounds it."""
_MANY: Final = 10_000
"""So many where nothing but the ids is asked for."""
_OF_TRIGGERS: Final = {"source": 0, "object": 0}
_WHOLE: Final = {
    "selectTags": ["tag", "value"],
    "selectSuppressionData": ["maintenanceid", "suppress_until"],
}
_COLUMNS: Final = (
    *("eventid", "objectid", "clock", "name", "severity", "acknowledged"),
    *("suppressed", "r_eventid", "opdata"),
)
_SAID: Final = ["acknowledgeid", "clock", "message", "action"]
_PEOPLE: Final = [*_SAID, "username"]
_KEYS: Final = ("tags", "acknowledges", "r_eventid", "suppressed")


class Events:
    """Problems and events of one Zabbix, as the settings limit them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.triggers = Triggers(session)
        self._windows = Windows(session)

    async def scope(self) -> Row:
        """Return the parameter that keeps to the settings' host groups."""
        names = self._session.settings.host_groups
        return {"groupids": await groups_of(self._session, names)} if names else {}

    async def last(self, scope: Row, till: int | None = None) -> tuple[int, str]:
        """Return the greatest eventid and its clock; 0 when there is none.

        Units: `till` keeps to events of that instant or earlier, in epoch seconds.
        """
        newest = {"sortfield": ["eventid"], "sortorder": "DESC", "limit": 1}
        asked = {**scope, **newest, "output": ["eventid", "clock"]}
        if till is not None:
            asked["time_till"] = till
        rows = await self._session.rows("event.get", {**_OF_TRIGGERS, **asked}, "eventid")
        # A recording that was made before the clock was asked for lacks it.
        return (int(rows[0]["eventid"]), rows[0].get("clock", "0")) if rows else (0, "0")

    async def there(self, ids: Sequence[int], scope: Row) -> list[int]:
        """Return those of many ids that are events of triggers by now."""
        found = list[int]()
        for at in range(0, len(ids), _MANY):
            asked = {"eventids": list(ids[at : at + _MANY]), "output": ["eventid"]}
            rows = await self._session.rows("event.get", {**_OF_TRIGGERS, **scope, **asked})
            found += [int(row["eventid"]) for row in rows]
        return found

    async def after(self, scope: Row, last: int) -> list[dict[str, Any]]:
        """Return a page of events of both values with greater ids, in order."""
        asked = {"eventid_from": str(last + 1), **_ordered(self._session.settings.page_size)}
        return await self._events({**scope, **asked})

    async def these(
        self, ids: Iterable[str | int], scope: Row | None = None
    ) -> list[dict[str, Any]]:
        """Return the events of these ids that there are."""
        found = list[dict[str, Any]]()
        for part in parts(list(ids)):
            found += await self._events({**(scope or {}), "eventids": part})
        return found

    async def _events(self, asked: Row) -> list[dict[str, Any]]:
        acknowledges = (await self._session.dialect()).acknowledges
        return await self._session.rows(
            "event.get",
            {
                **_OF_TRIGGERS,
                **asked,
                **_WHOLE,
                "output": [*_COLUMNS, "value"],
                acknowledges: _PEOPLE,
            },
            *_KEYS,
            "value",
        )

    async def open(self, scope: Row, after: int) -> list[dict[str, Any]]:
        """Return a page of open problems with greater ids, in order."""
        asked = {"eventid_from": str(after + 1), **_ordered(self._session.settings.page_size)}
        rows = await self._session.rows(
            "problem.get",
            {
                **_OF_TRIGGERS,
                **scope,
                **asked,
                **_WHOLE,
                "output": list(_COLUMNS),
                "selectAcknowledges": _SAID,
            },
            *_KEYS,
        )
        await self._name_people(rows)
        return rows

    async def _name_people(self, rows: Sequence[dict[str, Any]]) -> None:
        """Put in who said something, which problem.get does not tell."""
        spoken = {row["eventid"]: row for row in rows if row["acknowledges"]}
        for row in await self.these(spoken):
            spoken[row["eventid"]]["acknowledges"] = row["acknowledges"]

    async def clocks(self, ids: Iterable[str]) -> dict[str, str]:
        """Return when events happened, by id."""
        found = dict[str, str]()
        for part in parts(sorted(set(ids))):
            asked = {"eventids": part, "output": ["eventid", "clock"]}
            rows = await self._session.rows("event.get", {**_OF_TRIGGERS, **asked})
            found |= {row["eventid"]: row["clock"] for row in rows}
        return found

    async def ended_by(self, recoveries: Mapping[str, str]) -> dict[str, str]:
        """Find the problems that recovery events ended: {problem: recovery}, as far as told.

        Shape: `recoveries` gives each recovery its trigger. A recovery names no problem; the
               problem names its recovery. What ended lately is in problem.get; what did not, in the
               trigger's latest events.
        """
        found = dict[str, str]()
        for part in parts(list(recoveries)):
            asked = {"recent": True, "filter": {"r_eventid": part}}
            rows = await self._session.rows(
                "problem.get",
                {**_OF_TRIGGERS, **asked, "output": ["eventid", "r_eventid"]},
                "r_eventid",
            )
            found |= {row["eventid"]: row["r_eventid"] for row in rows}
        if left := recoveries.keys() - found.values():
            found |= await self._ended_long_ago(left, {recoveries[one] for one in left})
        return found

    async def _ended_long_ago(self, left: Iterable[str], triggers: set[str]) -> dict[str, str]:
        wanted, found = set(left), dict[str, str]()
        for part in parts(sorted(triggers)):
            newest = {"sortfield": ["eventid"], "sortorder": "DESC", "limit": 4 * AT_ONCE}
            asked = {"objectids": part, "value": [1], "eventid_till": max(wanted, key=int)}
            rows = await self._session.rows(
                "event.get",
                {**_OF_TRIGGERS, **asked, **newest, "output": ["eventid", "r_eventid"]},
                "r_eventid",
            )
            found |= {r["eventid"]: r["r_eventid"] for r in rows if r["r_eventid"] in wanted}
        return found

    async def records(
        self,
        rows: Iterable[Row],
        ends: Mapping[str, str],
        *,
        anew: bool = False,
        unseen: Collection[str] = (),
    ) -> list[Record]:
        """Make records of problems, without those that nobody looks at any more.

        Shape: `ends` are the clocks of recoveries by id; those that lack are asked for. A problem
               of a deleted trigger, and an open one of a disabled host, is no record: whoever holds
               it for open asks for its fate. One of `unseen` that has ended is: nobody holds it,
               and it happened, though it cannot be said any more where.
        """
        problems = sorted(rows, key=lambda row: int(row["eventid"]))
        ended = {row["r_eventid"] for row in problems} - {"0"}
        clocks = {**ends, **await self.clocks(ended - ends.keys())}
        await self._windows.name(problems)
        triggers = await self.triggers.of((row["objectid"] for row in problems), anew=anew)
        made = list[Record]()
        for row in problems:
            trigger = triggers.get(row["objectid"])
            if trigger is None and row["eventid"] in unseen:
                trigger = parse.DELETED
            if trigger is None or not (trigger.watched or row["r_eventid"] != "0"):
                continue
            url = parse.static(trigger.url, row["eventid"], row["objectid"], trigger.hosts)
            made.append(
                parse.pulled(
                    row,
                    replace(trigger, url=url),
                    clocks.get(row["r_eventid"]),
                    self._session.settings.frontend,
                )
            )
        return made


def parts(ids: Sequence[Any]) -> Iterable[list[Any]]:
    """Cut ids into what one call asks for."""
    return (list(ids[at : at + AT_ONCE]) for at in range(0, len(ids), AT_ONCE))


def _ordered(limit: int) -> Row:
    return {"sortfield": ["eventid"], "sortorder": "ASC", "limit": limit}
