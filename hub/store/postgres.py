"""PostgreSQL: the ingest path owns one asyncpg connection, the rest uses a SQLAlchemy pool.

The pool lives on a thread of its own: what goes through many rows would hold up every request.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from hub.errors import HubError, Misconfigured, Transient
from hub.services.ingest.rows import AlertRow, Snapshot, WriteSet
from hub.store import hot_postgres, schema
from hub.store.aside import Aside
from hub.store.database import Told, Writing, deaf

T = TypeVar("T")

_MIGRATION_LOCK = 0x6D70  # arbitrary: "mp"; one migration at a time in one database
_COMMAND_SECONDS = 60  # arbitrary: longer than any merge of a plan keeps the clock
_CLOSE_SECONDS = 5
_MANY = 200
"""Alerts in a group that is decided aside; arbitrary, some ten milliseconds."""
_BUGS = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, IntegrityError, DataError)
"""The same again would fail the same way; what they say comes first, for they are _LOST as well."""
_PLANS = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}
"""The hot statements find by key, whatever the values. Planning each anew costs a third; and a plan
that was made while the tables were small would go on reading them whole."""
_LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)


class Postgres:
    """A store in a PostgreSQL database of its own."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._dsn = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
        self.told: Told = deaf
        self._engine: AsyncEngine = create_async_engine(
            parsed.set(drivername="postgresql+asyncpg"),
            pool_size=4,
            max_overflow=4,
            hide_parameters=True,
        )
        self._pool = Aside("store-pool")
        # All that one piece of work reads is of one moment.
        self._reading = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._own: asyncpg.Connection | None = None
        self._one_at_a_time = asyncio.Lock()

    async def start(self, *, migrate: bool, create: bool = False) -> None:
        """Connect; migrate under a lock, or refuse a foreign schema."""
        prepare = partial(schema.prepare, upgrade=migrate, create=create)

        async def run() -> None:
            async with self._engine.begin() as connection:
                await connection.execute(
                    text("SELECT pg_advisory_xact_lock(:n)"), {"n": _MIGRATION_LOCK}
                )
                await connection.run_sync(prepare)

        try:
            await self._pool.run(run)
        except HubError:
            raise
        except (*_LOST, DBAPIError) as error:
            raise Misconfigured(
                f"the store at {self._place()} cannot be opened: {_reason(error)}; check `store:` "
                "in milepost.yaml and that PostgreSQL runs"
            ) from error

    def _place(self) -> str:
        return make_url(self._dsn).render_as_string(hide_password=True)

    async def stop(self) -> None:
        """Close every connection."""
        await self._let_go()
        await self._pool.end(self._engine.dispose)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a pooled connection."""

        async def run() -> T:
            async with self._reading.connect() as connection:
                return await connection.run_sync(work)

        try:
            return await self._pool.run(run)
        except _BUGS:
            raise
        except (*_LOST, DBAPIError, PoolTimeout) as error:
            raise Transient(f"the store cannot be read: {_reason(error)}") from error

    async def write(self, work: Callable[[Writing], T]) -> T:
        """Run `work` in one ordered transaction, and wake other processes."""

        def write(connection: Connection) -> tuple[Writing, T]:
            writing = Writing(connection, datetime.now(UTC))
            result = work(writing)
            end = writing.finish()
            connection.execute(text("SELECT pg_notify('milepost', :n)"), {"n": str(end)})
            return writing, result

        async def run() -> tuple[Writing, T]:
            async with self._engine.begin() as connection:
                return await connection.run_sync(write)

        try:
            writing, result = await self._pool.run(run)
        except _BUGS:
            raise
        except (*_LOST, DBAPIError, PoolTimeout) as error:
            raise Transient(f"the store cannot be written: {_reason(error)}") from error
        self.told(writing.base, writing.end, writing.changes)
        return result

    async def commit(self, refs: Sequence[str], decide: Callable[[Snapshot], WriteSet]) -> WriteSet:
        """Read, decide and write one group; decide anew when somebody wrote in between."""
        async with self._one_at_a_time:
            try:
                own = await self._connect()
                while True:
                    snapshot = _snapshot(await own.fetch(hot_postgres.READ, refs))
                    changes = await self._decided(decide, snapshot, len(refs))
                    statement, arguments = hot_postgres.writing(changes, snapshot.seq)
                    if await own.fetch(statement, *arguments):
                        break
            except _BUGS:
                raise
            except _LOST as error:
                await self._let_go()
                raise Transient(f"the store cannot be written: {_reason(error)}") from error
        self.told(snapshot.seq, changes.seq, changes.changes)
        return changes

    @staticmethod
    async def _decided(
        decide: Callable[[Snapshot], WriteSet], snapshot: Snapshot, alerts: int
    ) -> WriteSet:
        """Decide here what is little: the way to another thread and back would take longer."""
        return decide(snapshot) if alerts < _MANY else await asyncio.to_thread(decide, snapshot)

    async def _let_go(self) -> None:
        """Close the own connection; a statement that hangs is called back first."""
        own, self._own = self._own, None
        if own is not None:
            with contextlib.suppress(*_LOST):
                await own.close(timeout=_CLOSE_SECONDS)

    async def clock(self) -> int:
        """Return the newest number in the store."""
        return await self.read(lambda c: int(c.execute(text("SELECT seq FROM clock")).scalar_one()))

    async def _connect(self) -> asyncpg.Connection:
        """Return the own connection; it keeps what it prepared."""
        if self._own is None or self._own.is_closed():
            self._own = await asyncpg.connect(
                self._dsn,
                timeout=10,
                command_timeout=_COMMAND_SECONDS,
                server_settings=_PLANS,
            )
        return self._own


def _snapshot(rows: Sequence[Any]) -> Snapshot:
    seq, number = rows[0][0], rows[0][1]
    found = {row[2]: AlertRow._make(tuple(row)[2:]) for row in rows if row[2] is not None}
    return Snapshot(seq, number, found)


def _reason(error: BaseException) -> str:
    """Say what went wrong without the statement and its values."""
    origin = getattr(error, "orig", None) or error
    return f"{type(origin).__name__}: {str(origin).splitlines()[0] if str(origin) else ''}".strip()
