"""What has to be known of one Jira before it is read: who asks, its fields, how it reads dates."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from connectors.jira import jql
from connectors.jira.faults import BadQuery
from connectors.jira.fields import Layout, layout
from connectors.jira.patience import Patience
from connectors.jira.search import Search
from connectors.jira.session import Session, decoded
from connectors.jira.settings import Settings
from hub.contract import Wire
from hub.errors import Anomalous, Misconfigured

FRESH: Final = 3600.0
"""Fields and boards are asked about once an hour: nobody adds one every minute."""
BOARDS: Final = 5
"""So many boards are asked what they estimate in; a site has one or two such fields."""
_FAR: Final = timedelta(days=3650)


class _Board(msgspec.Struct):
    id: int
    type: str = ""


class _Boards(msgspec.Struct):
    values: list[_Board]


class _Field(msgspec.Struct):
    id: str = msgspec.field(name="fieldId", default="")


class _Estimation(msgspec.Struct):
    field: _Field | None = None


class _BoardAbout(msgspec.Struct):
    estimation: _Estimation | None = None


class Site:
    """One Jira as its user sees it; everything that asks it shares one."""

    def __init__(
        self,
        settings: Settings,
        wire: Wire,
        *,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.session = Session(settings, wire, patience)
        self.search = Search(self.session)
        self._clock = clock
        self._me: Mapping[str, Any] | None = None
        self._layout: Layout | None = None
        self._layout_until = 0.0
        self._exact: bool | None = None

    async def myself(self) -> Mapping[str, Any]:
        """Ask who asks. Raises: Misconfigured, when nobody logged in."""
        await self.session.dialect()
        found = await self.session.library(lambda jira: jira.myself(), "myself")
        if not isinstance(found, dict) or not {"accountId", "key", "name"} & found.keys():
            raise Anomalous("the answer at myself is none of a Jira", evidence=repr(found)[:4096])
        self._me = me = dict(found)
        return me

    async def zone(self) -> ZoneInfo | None:
        """Return the zone of who asks; None: it does not say, or nobody knows it here."""
        me = self._me or await self.myself()
        try:
            return ZoneInfo(str(me.get("timeZone") or ""))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None

    async def layout(self) -> Layout:
        """Return which field is what. Raises: Misconfigured, when a setting names one in vain."""
        if self._layout is None or self._clock() >= self._layout_until:
            rows = await self.rows()
            estimations = () if self.settings.fields.points else await self._estimations()
            self._layout = layout(rows, self.settings.fields, estimations)
            self._layout_until = self._clock() + FRESH
        return self._layout

    async def rows(self) -> Sequence[Mapping[str, Any]]:
        """List the fields as Jira has them."""
        await self.session.dialect()
        found = await self.session.library(lambda jira: jira.fields(), "field")
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise Anomalous("the answer at field is no list of fields", evidence=repr(found)[:4096])
        return list[Mapping[str, Any]](found)

    async def _estimations(self) -> list[str]:
        """Ask a few boards in which field they estimate; where there are none, nothing."""
        found: list[str] = []
        try:
            body = await self.session.agile("board", {"type": "scrum", "maxResults": str(BOARDS)})
            for board in decoded(body, _Boards, "board").values[:BOARDS]:
                body = await self.session.agile(f"board/{board.id}/configuration")
                about = decoded(body, _BoardAbout, "board").estimation
                if about is not None and about.field is not None and about.field.id:
                    found.append(about.field.id)
        except (Misconfigured, Anomalous):
            pass  # no boards on this site, or not for this user; points are a comfort
        return found

    async def since(self, at: datetime | None) -> str:
        """Write that something changed since an instant; "" for everything."""
        if at is None:
            return ""
        if await self._takes_epochs():
            return jql.since_epoch(at)
        return jql.since_minute(at, await self.zone())

    def only_minutes(self) -> None:
        """Hear that this Jira does not read exact instants."""
        self._exact = False

    async def _takes_epochs(self) -> bool:
        """Tell whether exact instants are read as such; a Data Center is tried, a Cloud does.

        Shape: three counts, of everything, of what changed since 1970 and in ten years: a number
               that is taken for something else gives others. Where there is nothing to count
               nobody knows, and it is tried again.
        """
        if self._exact is not None:
            return self._exact
        if (await self.session.dialect()).cloud:
            self._exact = True
            return True
        past, future = datetime(1970, 1, 2, tzinfo=UTC), datetime.now(UTC) + _FAR
        try:
            every = await self.search.count(jql.EVERYTHING)
            if not every:
                return False
            some = await self.search.count(jql.since_epoch(past))
            none = await self.search.count(jql.since_epoch(future))
        except BadQuery:
            self._exact = False
            return False
        self._exact = some >= every and not none
        return self._exact
