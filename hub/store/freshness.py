"""How many deliveries each connector brought, and when the last one came.

The journal is append-only and its numbers rise in commit order, so what was counted stays counted:
a look reads only what came since the one before.
"""

import time
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, func, select

from hub.services.instants import instant
from hub.services.reading import Freshness
from hub.services.sample import CONNECTORS
from hub.store.tables import journal, quarantine

ANEW_SECONDS: Final = 600
"""Old deliveries are removed in the background; so soon they do not count any more. Arbitrary."""


@dataclass(frozen=True, slots=True)
class _Tally:
    last: int = 0
    deliveries: int = 0
    records: int = 0


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted up to a delivery."""

    until: int = 0
    at: float = field(default_factory=time.monotonic)
    tallies: dict[str, _Tally] = field(default_factory=dict)


class Tallies:
    """The tallies of one store; may be read from several threads."""

    def __init__(self) -> None:
        self._counted = _Counted()

    def read(self, connection: Connection) -> dict[str, Freshness]:
        """Return what is known of each connector's deliveries."""
        known = self._counted
        if time.monotonic() - known.at > ANEW_SECONDS:
            known = _Counted()
        self._counted = counted = _count(connection, known)
        tallies = {**_others(counted), **_sample(connection)}
        unfit = _unfit(connection)
        return {
            connector: Freshness(
                instant(tally.last), tally.deliveries, tally.records, unfit.get(connector, 0)
            )
            for connector, tally in tallies.items()
        }


def _others(counted: _Counted) -> dict[str, _Tally]:
    return {name: tally for name, tally in counted.tallies.items() if name not in CONNECTORS}


def _sample(connection: Connection) -> dict[str, _Tally]:
    """Count the few deliveries of the sample each time: it may be gone, or come again."""
    query = (
        select(
            journal.c.connector,
            func.max(journal.c.received_at).label("last"),
            func.count().label("deliveries"),
            func.sum(journal.c.records).label("records"),
        )
        .where(journal.c.connector.in_(CONNECTORS))
        .group_by(journal.c.connector)
    )
    return {
        row.connector: _Tally(row.last, row.deliveries, int(row.records))
        for row in connection.execute(query)
    }


def _count(connection: Connection, known: _Counted) -> _Counted:
    query = (
        select(
            func.max(journal.c.connector).label("connector"),
            func.max(journal.c.id).label("until"),
            func.max(journal.c.received_at).label("last"),
            func.count().label("deliveries"),
            func.sum(journal.c.records).label("records"),
        )
        .where(journal.c.id > known.until)
        # Not by the bare column: SQLite would walk its index through the whole journal.
        .group_by(func.coalesce(journal.c.connector, ""))
    )
    until, tallies = known.until, dict(known.tallies)
    for row in connection.execute(query):
        before = tallies.get(row.connector, _Tally())
        until = max(until, row.until)
        tallies[row.connector] = _Tally(
            max(before.last, row.last),
            before.deliveries + row.deliveries,
            before.records + int(row.records),
        )
    return _Counted(until, known.at, tallies)


def _unfit(connection: Connection) -> dict[str, int]:
    query = (
        select(quarantine.c.connector, func.count().label("n"))
        .where(quarantine.c.state.in_(("open", "refused")))
        .group_by(quarantine.c.connector)
    )
    return {row.connector: row.n for row in connection.execute(query)}
