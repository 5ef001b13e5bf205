"""What an admin looks at first, read through indexes: `hub.services.overview.Rows` on a database.

A count is capped, because it is asked again and again; beyond the cap it says "at least".
"""

from typing import Final

from sqlalchemy import Connection, func, select, text

from hub.services.instants import instant
from hub.services.overview import Changed, Counted, Stored
from hub.store.database import Database
from hub.store.tables import alert, audit, quarantine

MOST: Final = 1000
LOOKED_AT: Final = 5000
"""Firing alerts that are looked at for a service: no index tells which have none."""
_UNFIT: Final = text("state <> 'solved'")  # written as its index has it


class OverviewRows:
    """Reads for the first look."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def stored(self) -> Stored:
        """Return what the store knows, in one moment."""
        return await self._database.read(_stored)


def _stored(connection: Connection) -> Stored:
    return Stored(
        rejected=_rejected(connection),
        unbound=_unbound(connection),
        mapping=_changed(connection, "mapping"),
        catalogue=_changed(connection, "services"),
    )


def _rejected(connection: Connection) -> Counted:
    newest = select(quarantine.c.at).where(_UNFIT).order_by(quarantine.c.at.desc()).limit(1)
    at = connection.execute(newest).scalar()
    some = select(quarantine.c.at).where(_UNFIT).limit(MOST + 1).subquery()
    found = int(connection.execute(select(func.count()).select_from(some)).scalar_one())
    return Counted(min(found, MOST), found > MOST, None if at is None else instant(at))


def _unbound(connection: Connection) -> Counted:
    newest = (
        select(alert.c.service, alert.c.starts_at)
        .where(text("status = 'firing'"))
        .order_by(alert.c.starts_at.desc())
        .limit(LOOKED_AT + 1)
        .subquery()
    )
    all_, bound, at = connection.execute(
        select(
            func.count(),
            func.count(newest.c.service),
            func.max(newest.c.starts_at).filter(newest.c.service.is_(None)),
        ).select_from(newest)
    ).one()
    return Counted(all_ - bound, all_ > LOOKED_AT, None if at is None else instant(at))


def _changed(connection: Connection, kind: str) -> Changed | None:
    """Read the newest activation: a version that is made active again is a change too."""
    query = select(audit.c.ref, audit.c.at, audit.c.who).where(audit.c.action == f"{kind}.activate")
    row = connection.execute(query.order_by(audit.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    name, _, number = row.ref.rpartition("@")
    return Changed(name, int(number), instant(row.at), row.who)
