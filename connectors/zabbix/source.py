"""Pulling problems: what is new, what is open, and what became of what is not.

Events have an order, so `read` follows it; what changes without a new event, and what the order
hides, is in the census. A problem whose trigger was deleted or whose host is disabled never ends
by itself: its fate says so.
"""

import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connectors.zabbix.events import Events, parts
from connectors.zabbix.position import Position
from connectors.zabbix.session import Row, Session, expiry, server_time, super_admin
from connectors.zabbix.settings import Settings
from hub.contract import Cursor, Expiry, Gone, Known, Page, Record, Standing, Wire
from hub.errors import Misconfigured

LOOK_BACK: Final = 1000
"""So many ids below the newest may still be on their way when reading begins; arbitrary."""
_REMEMBERED: Final = 50_000
"""Recoveries that are no news any more; arbitrary, some 5 MB."""
_SILENT: Final = timedelta(minutes=2)
"""After this a server is taken for dead; while alive it writes a sign of life every 5 s."""


class Source:
    """The port `hub.contract.Source`."""

    def __init__(
        self, settings: Settings, wire: Wire, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._session = Session(settings, wire)
        self._events = Events(self._session)
        self._clock = clock
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._sign, self._sign_at, self._moved = 0, 0.0, False

    async def read(self, since: Cursor | None) -> AsyncIterator[Page]:
        """Yield problems that began or ended, by eventid; then those that came late.

        Shape: without `since` nothing old is told: the census has what is open. It ends at what
               was newest when it began, for in a storm there would be no end.
        """
        scope = await self._events.scope()
        newest, clock = await self._events.last(scope)
        began = self._clock()
        if not newest:
            await self._must_see()  # else the whole past is news once he sees something
        if since is None:
            position = await self._beginning(scope, newest, clock)
            yield Page((), position.cursor())
        elif (position := Position.of(since)).last > newest > 0:
            numbered = await self._numbered_anew(position, scope, newest, clock)
            if numbered is not None:
                # It must be written down at once: these ids mean something else now.
                position = position.back(numbered)
                yield Page((), position.cursor())
        # Those to be given up are asked for a last time: the hub may have been down meanwhile.
        async for later, records in self._late(position, scope, began):
            position = later
            yield Page(records, position.cursor())
        if (trimmed := position.trimmed(began)) != position:
            position = trimmed
            yield Page((), position.cursor())
        while position.last < newest and (rows := await self._events.after(scope, position.last)):
            records, loose = await self._told(rows)
            now = self._clock()
            position = position.after((int(row["eventid"]) for row in rows), now)
            position = position.at((row["clock"] for row in rows), now)
            position = position.reopened(loose, now).trimmed(began)
            yield Page(records, position.cursor())
        async for later, records in self._late(position, scope):
            position = later
            yield Page(records, position.cursor())

    async def _late(
        self, position: Position, scope: Row, by: float = math.inf
    ) -> AsyncIterator[tuple[Position, tuple[Record, ...]]]:
        """Yield what came of skipped ids, of those given up `by` then, and where it leads."""
        for part in parts(await self._events.there(list(position.missing(by)), scope)):
            rows = await self._events.these(part)
            records, loose = await self._told(rows)
            if came := {int(row["eventid"]) for row in rows} - set(loose):
                position = position.filled(came).at((row["clock"] for row in rows), self._clock())
                yield position, records

    async def _numbered_anew(
        self, position: Position, scope: Row, newest: int, clock: str
    ) -> int | None:
        """Say where to go on in a database that was restored from a backup; None: it was not.

        Shape: that all there is to see is old, and older than what was read, says nothing: the user
               may see less for a while, or the newest events were deleted. Numbers that begin again
               with later events are the sign.
        """
        if not position.clock:
            return newest
        if int(clock) <= position.clock:
            return None
        before, _ = await self._events.last(scope, position.clock)
        return before

    async def _beginning(self, scope: Row, last: int, clock: str) -> Position:
        first = max(last - LOOK_BACK, 0)
        ids = await self._events.there(list(range(first + 1, last + 1)), scope)
        now = self._clock()
        return Position(first).after(ids, now).at([clock], now)

    async def _told(self, rows: Sequence[Row]) -> tuple[tuple[Record, ...], list[int]]:
        """Turn events into problems as they stand; return also recoveries whose problem lacks.

        Shape: a problem that had ended when it was read was told as ended; its recovery, which
               comes later, is then no news.
        """
        began = {row["eventid"]: row for row in rows if row["value"] == "1"}
        ends = {row["eventid"]: row["clock"] for row in rows if row["value"] == "0"}
        known = {row["r_eventid"] for row in began.values()}
        unknown = {
            row["eventid"]: row["objectid"]
            for row in rows
            if row["value"] == "0"
            and row["eventid"] not in known
            and row["eventid"] not in self._ended
        }
        found = await self._events.ended_by(unknown) if unknown else {}
        unseen = set(began)
        # Also those of this page: Zabbix commits an end some time before it says of which problem.
        for row in await self._events.these(sorted(found)):
            began[row["eventid"]] = {**row, "r_eventid": found[row["eventid"]]}
        records = await self._events.records(began.values(), ends, unseen=unseen)
        # Not those of this page: should it not be stored, they are read again.
        ahead = (str(one.body["r_eventid"]) for one in records)
        self._ended.update(dict.fromkeys(one for one in ahead if one not in ends))
        while len(self._ended) > _REMEMBERED:
            self._ended.popitem(last=False)
        return tuple(records), [int(one) for one in unknown.keys() - set(found.values())]

    async def census(self) -> AsyncIterator[Page]:
        """Yield every open problem that somebody still looks at, by eventid."""
        scope = await self._events.scope()
        after, size = 0, self._session.settings.page_size
        while rows := await self._events.open(scope, after):
            yield Page(tuple(await self._events.records(rows, {}, anew=True)))
            after = int(rows[-1]["eventid"])
            if len(rows) < size:
                break

    async def fate(self, missing: Sequence[Known]) -> Page:
        """Say what became of problems: ended and when, deleted, or no longer looked at."""
        scope = await self._events.scope()
        rows = {row["eventid"]: row for row in await self._events.these([k.key for k in missing])}
        seen = set(rows)
        if scope and rows:
            seen = {row["eventid"] for row in await self._events.these(sorted(rows), scope)}
        triggers = await self._events.triggers.of({k.series for k in missing}, anew=True)
        whole = all(k.key in rows and rows[k.key]["objectid"] == k.series for k in missing)
        everything = True if whole else await self._sees_everything()
        gone, ended = list[Gone](), list[dict[str, Any]]()
        for one in missing:
            row, trigger = rows.get(one.key), triggers.get(one.series)
            if row is not None and row["objectid"] != one.series:
                row = None  # a restored database gave the number to another trigger's problem
            if trigger is None:
                why = "deleted" if everything or row is not None else "left"
            elif row is None:
                why = "deleted" if everything else "left"
            elif row["r_eventid"] != "0" or (trigger.watched and one.key in seen):
                ended.append(row)
                continue
            else:
                why = "unwatched" if one.key in seen else "left"
            gone.append(Gone(one.kind, one.series, one.key, why))
        return Page(tuple(await self._events.records(ended, {})), gone=tuple(gone))

    async def _sees_everything(self) -> bool:
        """Tell whether what is not seen is not there.

        Raises: Misconfigured, when the user sees no host at all.
        """
        await self._must_see()
        return await super_admin(self._session)

    async def _must_see(self) -> None:
        """Ask whether the user sees any host.

        Raises: Misconfigured, when he does not.
        """
        if await self._session.call("host.get", {"countOutput": True}) == "0":
            raise Misconfigured(
                "the user sees no host; give its user group read permission to the "
                "host groups, or mend `token`"
            )

    async def expiry(self) -> Expiry | None:
        """Tell when the token ends, where the role lets it be asked."""
        return await expiry(self._session)

    async def standing(self) -> Standing:
        """Tell whether the server behind the frontend is alive.

        Shape: a problem of Zabbix ends by an event of its own and never by silence; a dead server
               makes neither. Only a Super admin may see the server's sign of life.
        """
        now = await server_time(self._session) or datetime.fromtimestamp(self._clock(), UTC)
        try:
            nodes = await self._session.rows(
                "hanode.get", {"output": ["lastaccess", "status"]}, "lastaccess"
            )
        except Misconfigured:
            return Standing(True, "the frontend answers; the server's sign of life is hidden")
        last = max((int(node["lastaccess"]) for node in nodes), default=0)
        if not last:
            return Standing(True, "the frontend answers; the server shows no sign of life")
        seen_at = datetime.fromtimestamp(last, UTC)
        beats = self._beats(last)
        if now - seen_at <= _SILENT or beats:
            return Standing(True, "", seen_at)
        # The two clocks may differ: a sign that is old and moves is one of life.
        waits = not self._moved and self._clock() - self._sign_at <= _SILENT.total_seconds()
        why = "the Zabbix server behind the frontend gives no sign of life"
        return Standing(None if waits else False, why, seen_at)

    def _beats(self, sign: int) -> bool:
        """Tell whether the sign of life moved lately, by our own clock."""
        if sign != self._sign:
            self._moved = self._sign != 0
            self._sign, self._sign_at = sign, self._clock()
        return self._moved and self._clock() - self._sign_at <= _SILENT.total_seconds()
