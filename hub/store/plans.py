"""Plans in the store: an import under way shows nothing, and one small write shows all of it.

Rows go into `item_row` in small pieces and bear the import's number: `since` on what it adds,
`until` on what it takes away. While `importing` holds that number the view `item` ignores both;
the write that takes the number out is the only one that anybody sees or has to wait for (ADR 0013).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import insert, select, update

from hub.contract import Rejected
from hub.errors import Transient
from hub.services.instants import micros
from hub.services.plans.moving import Move
from hub.services.plans.ports import Known, Merged, ProjectRow, Raw, TooMuchGone, Watched
from hub.services.plans.rows import ItemRow
from hub.store import plan_moves, plan_rows, plan_switch
from hub.store.database import Database, Writing
from hub.store.smallcache import SmallCache
from hub.store.tables import watched

log = structlog.get_logger(__name__)

GUARD_SHARE: Final = 0.5
GUARD_ITEMS: Final = 10
STALE: Final = timedelta(minutes=2)
"""An import that gave no sign for so long was killed: its next sign is due in seconds."""


class Plans:
    """The port `hub.services.plans.ports.PlanStore` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache = SmallCache()

    async def begin(self) -> int:
        """Take a number for an import; what killed ones left is removed first."""
        await self.tidy()
        number = await self._database.write(plan_rows.begin)
        await self._database.write(lambda w: self._cache.enter(w.connection, number))
        return number

    async def keep_part(self, number: int, n: int, compressed: bytes) -> None:
        """Store a piece of the file as it came."""
        await self._database.write(lambda w: plan_rows.keep_part(w, number, n, compressed))

    async def known(self, number: int, project: str, *, dry: bool = False) -> Known:
        """Take a project over from whoever imports it, and read what is known of it."""
        lost = await self._database.write(
            lambda w: plan_rows.claim(w, number, project, stale=_stale(), dry=dry)
        )
        for one in lost:
            await self.abandon(one)
        return await self._database.read(lambda c: plan_rows.known(c, project))

    async def stage(self, number: int, rows: Sequence[ItemRow]) -> None:
        """Put rows aside."""
        await self._database.write(lambda w: plan_rows.stage(w, number, rows))

    async def merge(
        self,
        raw: Raw,
        row: ProjectRow,
        known: Known,
        rejected: Sequence[Rejected],
        *,
        allow_removals: bool,
        who: str,
        dry: bool = False,
    ) -> Merged | TooMuchGone:
        """Make the staged rows the plan, all at once; with `dry` only count."""
        number, database = raw.number, self._database
        if known.version:
            gone = await database.read(lambda c: plan_rows.gone(c, number, row.ref))
            if not allow_removals and gone > GUARD_ITEMS and gone > GUARD_SHARE * known.items:
                return TooMuchGone(gone, known.items)
            await self._all(lambda w: plan_rows.bury(w, number, row.ref))
        merged = await database.read(lambda c: plan_rows.counted(c, number))
        if dry:
            await self.abandon(number)
            return merged
        told = await database.read(lambda c: plan_switch.told(c, number))
        moves = await self._moves(raw, row)
        await database.write(
            lambda w: plan_switch.switch(w, raw, row, known, rejected, merged, told, moves, who)
        )
        await self._sweep(number)
        return merged

    async def _moves(self, raw: Raw, row: ProjectRow) -> list[Move]:
        """Find what moves and why; a fault in that is no reason to go without the plan."""
        try:
            return await self._database.read(lambda c: plan_moves.found(c, raw, row))
        except Transient:
            raise
        except Exception:
            log.exception("the moves of an import were not found", project=row.ref)
            return []

    async def abandon(self, number: int) -> None:
        """Remove what an import left behind; of one that was merged, only what it replaced."""
        # A merge whose answer was lost may have been stored: its bytes are the journal's then.
        if await self._database.write(lambda w: plan_rows.lose(w, number)):
            await self._all(lambda w: plan_rows.undo(w, number))
        await self._sweep(number)

    async def tidy(self) -> None:
        """Remove what imports left behind that were killed."""
        for number in await self._database.read(lambda c: plan_rows.left(c, _stale())):
            await self.abandon(number)

    async def watched(self, connector: str) -> Watched | None:
        """Return the newest file of a watched path that was dealt with."""
        query = select(watched.c.cursor, watched.c.stamp, watched.c.refusal)
        mine = query.where(watched.c.connector == connector)
        row = await self._database.read(lambda c: c.execute(mine).first())
        return None if row is None else Watched(*row)

    async def saw(self, connector: str, seen: Watched) -> None:
        """Write down that a watched file was dealt with."""

        def work(writing: Writing) -> None:
            mine = update(watched).where(watched.c.connector == connector)
            if writing.connection.execute(mine.values(seen._asdict())).rowcount == 0:
                row = {"connector": connector, **seen._asdict()}
                writing.connection.execute(insert(watched), row)

        await self._database.write(work)

    async def _sweep(self, number: int) -> None:
        await self._all(lambda w: plan_rows.sweep(w, number))
        await self._database.write(lambda w: self._cache.leave(w.connection, number))

    async def _all(self, piece: Callable[[Writing], bool]) -> None:
        while await self._database.write(piece):
            pass


def _stale() -> int:
    return micros(datetime.now(UTC) - STALE)
