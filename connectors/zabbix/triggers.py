"""What triggers add to their problems: hosts, groups, and whether anybody still looks at them."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, Final

from connectors.zabbix.parse import Trigger
from connectors.zabbix.session import Row, Session
from hub.errors import Misconfigured

KEPT: Final = 20_000
"""Arbitrary: some 20 MB at most."""
FRESH: Final = 60.0
"""Seconds for which a trigger is believed between two of the hub's looks at everything."""
AT_ONCE: Final = 1000


class Triggers:
    """The triggers that were asked for lately, whole."""

    def __init__(self, session: Session, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Trigger]] = OrderedDict()

    async def of(self, ids: Iterable[str], *, anew: bool = False) -> dict[str, Trigger]:
        """Return the triggers that there are, by id.

        Shape: one that was deleted, or that the user may not see, is not in it. `anew` asks even
               for those known: whether a host is enabled changes without a word.
        """
        wanted = dict.fromkeys(ids)
        now = self._clock()
        found = {}
        for one in () if anew else wanted:
            known = self._known.get(one)
            if known is not None and now - known[0] <= FRESH:
                found[one] = known[1]
        left = [one for one in wanted if one not in found]
        for at in range(0, len(left), AT_ONCE):
            fresh = await self._asked(left[at : at + AT_ONCE])
            for triggerid, trigger in fresh.items():
                self._known[triggerid] = now, trigger
                self._known.move_to_end(triggerid)
            found |= fresh
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return found

    async def _asked(self, ids: list[str]) -> dict[str, Trigger]:
        select, answers = (await self._session.dialect()).groups
        rows = await self._session.rows(
            "trigger.get",
            {
                "triggerids": ids,
                "output": ["triggerid", "url", "comments", "manual_close"],
                "expandComment": True,
                "selectHosts": ["hostid", "host", "name"],
                select: ["name"],
            },
            "hosts",
            answers,
        )
        looked_at = await self._session.rows(
            "trigger.get", {"triggerids": ids, "output": ["triggerid"], "monitored": True}
        )
        watched = {row["triggerid"] for row in looked_at}
        return {row["triggerid"]: _trigger(row, answers, watched) for row in rows}


async def groups_of(session: Session, names: Iterable[str]) -> list[str]:
    """Return the ids of the host groups that the settings name.

    Raises: Misconfigured, when there is no such group, or the user does not see it.
    """
    wanted = list(names)
    rows = await session.rows(
        "hostgroup.get", {"output": ["groupid", "name"], "filter": {"name": wanted}}
    )
    found = {row["name"]: str(row["groupid"]) for row in rows}
    if lacking := [name for name in wanted if name not in found]:
        unseen = ", ".join(lacking)
        raise Misconfigured(
            f"the user sees no host group {unseen}; mend `host_groups`, or give the "
            "user's group read permission to it"
        )
    return [found[name] for name in wanted]


def _trigger(row: Row, answers: str, watched: set[str]) -> Trigger:
    hosts: list[Any] = row["hosts"]
    return Trigger(
        hosts=tuple({name: host[name] for name in ("hostid", "host", "name")} for host in hosts),
        groups=tuple(group["name"] for group in row[answers]),
        url=row["url"],
        comments=row["comments"],
        manual_close=row["manual_close"],
        watched=row["triggerid"] in watched,
    )
