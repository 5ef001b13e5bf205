"""What both databases offer: reads, ordered writes, and the hot path's commit.

Every writer holds the one row of `clock` until its commit, so change numbers rise in commit order
and a reader that has seen number n has seen everything before it (ADR 0012).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

import orjson
from sqlalchemy import Connection, insert, select, update

from hub.services.changes import Change
from hub.services.ingest.rows import Snapshot, WriteSet
from hub.services.instants import micros
from hub.store.tables import audit, change, clock

T = TypeVar("T")


class Writing:
    """One ordered write: takes numbers from the clock and collects what readers are told."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        row = connection.execute(select(clock).with_for_update()).one()
        self.base: int = row.seq
        self._seq: int = row.seq
        self.incident_no: int = row.incident_no
        self.changes: list[Change] = []

    @property
    def end(self) -> int:
        """The newest number taken."""
        return self._seq

    @property
    def at(self) -> int:
        """The instant of this write, in microseconds."""
        return micros(self.now)

    def number(self) -> int:
        """Take the next number; it orders whatever bears it among all changes."""
        self._seq += 1
        return self._seq

    def tell(self, what: str, ref: str, kind: str, version: int, cause: str) -> None:
        """Add a change for the readers."""
        self.changes.append(Change(self.number(), self.now, what, ref, kind, version, cause))

    def note(
        self,
        who: str,
        action: str,
        ref: str,
        after: Mapping[str, object] | None = None,
        before: Mapping[str, object] | None = None,
    ) -> None:
        """Leave an audit line: what a person changed, from what to what."""
        row = {"id": self.number(), "at": self.at, "who": who, "action": action, "ref": ref}
        values = {"before": _encoded(before), "after": _encoded(after)}
        self.connection.execute(insert(audit).values(**row, **values))

    def finish(self) -> int:
        """Store the changes and the clock; return the newest number."""
        if self.changes:
            rows = [{**c._asdict(), "at": self.at} for c in self.changes]
            self.connection.execute(insert(change), rows)
        self.connection.execute(update(clock).values(seq=self._seq, incident_no=self.incident_no))
        return self._seq


def _encoded(values: Mapping[str, object] | None) -> bytes | None:
    return None if values is None else orjson.dumps(dict(values))


class Told(Protocol):
    """Gets every commit of this process: numbers (from, to] and the changes among them."""

    def __call__(self, base: int, end: int, changes: Sequence[Change]) -> None:
        """Take note of a commit."""


def deaf(base: int, end: int, changes: Sequence[Change]) -> None:
    """Hear nothing: the default of a store that nobody listens to."""


class Database(Protocol):
    """SQLite or PostgreSQL."""

    told: Told

    async def start(self, *, migrate: bool, create: bool = False) -> None:
        """Open; bring the schema up to date, or refuse one that is not of this release.

        Shape: `create` makes the schema of an empty store, also where nothing is migrated.
        Raises: Misconfigured, Transient.
        """

    async def stop(self) -> None:
        """Close every connection."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a read-only connection, off the caller's thread.

        Raises: Transient, when the store cannot be read.
        """

    async def write(self, work: Callable[[Writing], T]) -> T:
        """Run `work` in one ordered transaction.

        Raises: Transient, when the store cannot be written; then nothing is stored.
        """

    async def commit(self, refs: Sequence[str], decide: Callable[[Snapshot], WriteSet]) -> WriteSet:
        """Read, decide and write one group of deliveries as one transaction.

        Raises: Transient, and whatever `decide` raises; then nothing is stored.
        """

    async def clock(self) -> int:
        """Return the newest number in the store, as cheaply as can be."""
