"""What polling reads and writes: `hub.services.sync.ports.PollStore` on a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, select, text

from hub.contract import Cursor
from hub.model.words import ENDED, AlertStatus
from hub.services.instants import instant, micros
from hub.services.sync.ports import Held, Hint
from hub.store.database import Database, Writing
from hub.store.tables import alert, hint, item_row, pulse
from hub.store.tables import position as positions

# In the words of the indexes: SQLite finds them by the same text only.
_OPEN = ("status = 'firing'", "status IN ('pending', 'suppressed', 'unverified')")


class StoredPolling:
    """The port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cursor(self, connector: str) -> Cursor | None:
        """Return up to where a source was read."""
        query = select(positions.c.cursor).where(positions.c.connector == connector)
        found = await self._database.read(lambda c: c.execute(query).scalar())
        return None if found is None else Cursor(found)

    async def open(self, connector: str, *, work: bool = False) -> dict[str, Held]:
        """Return every open series of a connector; with `work`, all its work that is there."""
        find = _work if work else _open
        return await self._database.read(lambda c: find(c, connector))

    async def hints(self, connector: str) -> list[Hint]:
        """Return what webhooks said that something has become of, oldest first."""
        query = select(hint).where(hint.c.connector == connector).order_by(hint.c.at, hint.c.key)
        rows = await self._database.read(lambda c: c.execute(query).all())
        return [Hint(row.kind, row.key, instant(row.at)) for row in rows]

    async def followed(self, connector: str, hints: Sequence[Hint]) -> None:
        """Hear that hints were followed; one that came again meanwhile stays."""
        done = delete(hint).where(
            hint.c.connector == connector,
            hint.c.kind == bindparam("the_kind"),
            hint.c.key == bindparam("the_key"),
            hint.c.at <= bindparam("the_at"),
        )
        rows = [{"the_kind": h.kind, "the_key": h.key, "the_at": micros(h.at)} for h in hints]
        await self._database.write(lambda w: w.connection.execute(done, rows))

    async def vitals(self) -> Mapping[str, bytes]:
        """Return what was written down of each connector's health."""
        rows = await self._database.read(lambda c: c.execute(select(pulse)).all())
        return {row.connector: bytes(row.body) for row in rows}

    async def keep_vitals(self, connector: str, body: bytes) -> None:
        """Write down a connector's health."""

        def work(writing: Writing) -> None:
            writing.connection.execute(delete(pulse).where(pulse.c.connector == connector))
            row = {"connector": connector, "at": writing.at, "body": body}
            writing.connection.execute(insert(pulse).values(row))

        await self._database.write(work)

    async def note(self, who: str, action: str, connector: str) -> None:
        """Leave an audit line, and tell readers that the connector changed."""

        def work(writing: Writing) -> None:
            ref = f"hub:connector:{connector}"
            writing.note(who, action, ref)
            writing.tell("updated", ref, "connector", 1, who)

        await self._database.write(work)


def _work(connection: Connection, connector: str) -> dict[str, Held]:
    row = item_row.c
    query = select(row.ref, row.key, row.stamp, row.heard_at, row.origin).where(
        row.ref >= f"{connector}:",
        row.ref < f"{connector};",
        row.since == 0,
        row.deleted_at.is_(None),
        row.kind.in_(("task", "milestone")),
    )
    # A hundred thousand of them share few instants: each page was heard at one.
    heard: dict[int, datetime] = {}
    return {
        key: Held(ref, key, stamp, heard.setdefault(at, instant(at)), kind=origin)
        for ref, key, stamp, at, origin in connection.execute(query)
    }


def _open(connection: Connection, connector: str) -> dict[str, Held]:
    found: dict[str, Held] = {}
    for words in _OPEN:
        query = select(alert.c.ref, alert.c.sources, alert.c.last_seen_at).where(
            text(words), alert.c.connector == connector
        )
        for row in connection.execute(query):
            for series, source in orjson.loads(row.sources).items():
                if source[3] not in ENDED:
                    doubted = source[3] == AlertStatus.UNVERIFIED
                    heard_at = instant(row.last_seen_at)
                    held = Held(row.ref, source[0], source[1], heard_at, doubted)
                    found[series] = held
    return found
