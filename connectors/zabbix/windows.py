"""The names of maintenances, which a suppressed problem only refers to."""

import time
from collections.abc import Callable, Iterable
from typing import Final

from connectors.zabbix.session import Row, Session
from hub.errors import Misconfigured

_FRESH: Final = 600.0
"""Seconds for which a name, or that nobody may see it, is believed."""
_BY_HAND: Final = ("", "0")
"""What stands for a maintenance where a person suppressed the problem."""


class Windows:
    """The maintenances that were asked for lately."""

    def __init__(self, session: Session, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._clock = clock
        self._known: dict[str, tuple[float, str]] = {}

    async def name(self, problems: Iterable[Row]) -> None:
        """Put into the suppression data of problems the names of their maintenances.

        Shape: a maintenance that the user may not see, or that is gone, has no name.
        """
        found = [one for row in problems for one in row.get("suppression_data") or ()]
        ids = {str(one.get("maintenanceid", "")) for one in found} - {*_BY_HAND}
        names = await self._names(ids) if ids else {}
        for one in found:
            one["name"] = names.get(str(one.get("maintenanceid", "")), "")

    async def _names(self, ids: set[str]) -> dict[str, str]:
        now = self._clock()
        self._known = {k: v for k, v in self._known.items() if now - v[0] <= _FRESH}
        if left := ids - self._known.keys():
            asked = {"maintenanceids": sorted(left), "output": ["maintenanceid", "name"]}
            try:
                rows = await self._session.rows("maintenance.get", asked, "name")
            except Misconfigured:
                rows = []
            told = {row["maintenanceid"]: row["name"] for row in rows}
            self._known |= {one: (now, told.get(one, "")) for one in left}
        return {one: self._known[one][1] for one in ids}
