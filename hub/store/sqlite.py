"""SQLite: WAL, `synchronous=FULL`, one writer thread, a small pool of readers."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, QueuePool, StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from hub.errors import Misconfigured, Transient
from hub.services.ingest.rows import Snapshot, WriteSet
from hub.store import hot_sqlite, schema
from hub.store.database import Told, Writing, deaf

T = TypeVar("T")

READERS = 3
_BUSY_SECONDS = 8
"""Another process may hold the file so long; senders do not wait much longer for an answer."""
_BUGS = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    sqlite3.NotSupportedError,
)
_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA cache_size=-64000",
    "PRAGMA temp_store=MEMORY",
)


class Sqlite:
    """A store in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told: Told = deaf
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._raw: sqlite3.Connection | None = None
        self._write_engine: Engine | None = None
        self._read_engine: Engine | None = None

    async def start(self, *, migrate: bool, create: bool = False) -> None:
        """Open the file; make and migrate it, or refuse a foreign one."""
        await self._on_writer(partial(self._open, migrate, create))

    def _open(self, migrate: bool, create: bool) -> None:  # noqa: FBT001 - always by partial
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            raw = self._raw = _connect(self.path)
            _use_wal(raw)
            for pragma in _PRAGMAS:
                raw.execute(pragma)
        except (OSError, sqlite3.Error) as error:
            raise Misconfigured(
                f"{self.path}: cannot be opened as the store ({error}); give --data a folder that "
                "can be written"
            ) from error
        self._write_engine = _engine(lambda: raw, begin="BEGIN IMMEDIATE")
        with self._write_engine.begin() as connection:
            schema.prepare(connection, upgrade=migrate, create=create)
        self._read_engine = create_engine(
            "sqlite://",
            creator=partial(_connect, self.path, read_only=True),
            poolclass=QueuePool,
            pool_size=READERS,
            max_overflow=0,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
        )

    async def stop(self) -> None:
        """Close every connection."""
        await self._on_writer(self._close)
        self._writer.shutdown()
        self._readers.shutdown()

    def _close(self) -> None:
        if self._read_engine is not None:
            self._read_engine.dispose()
        if self._raw is not None:
            self._raw.close()

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a read-only connection."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._readers, self._read, work)
        except (sqlite3.DatabaseError, DBAPIError) as error:
            raise _remedied(error, "read") from error

    def _read(self, work: Callable[[Connection], T]) -> T:
        assert self._read_engine is not None  # noqa: S101 - start() came first
        with self._read_engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")  # all that `work` reads is of one moment
            try:
                return work(connection)
            finally:
                connection.connection.rollback()

    async def write(self, work: Callable[[Writing], T]) -> T:
        """Run `work` in one ordered transaction."""
        writing, result = await self._on_writer(partial(self._write, work))
        self.told(writing.base, writing.end, writing.changes)
        return result

    def _write(self, work: Callable[[Writing], T]) -> tuple[Writing, T]:
        assert self._write_engine is not None  # noqa: S101 - start() came first
        with self._write_engine.begin() as connection:
            writing = Writing(connection, datetime.now(UTC))
            result = work(writing)
            writing.finish()
        return writing, result

    async def commit(self, refs: Sequence[str], decide: Callable[[Snapshot], WriteSet]) -> WriteSet:
        """Read, decide and write one group of deliveries as one transaction."""
        assert self._raw is not None  # noqa: S101 - start() came first
        before = 0

        def deciding(snapshot: Snapshot) -> WriteSet:
            nonlocal before
            before = snapshot.seq
            return decide(snapshot)

        done = await self._on_writer(partial(hot_sqlite.commit, self._raw, refs, deciding))
        self.told(before, done.seq, done.changes)
        return done

    async def clock(self) -> int:
        """Return the newest number in the store."""
        return await self.read(
            lambda c: int(c.exec_driver_sql("SELECT seq FROM clock").scalar_one())
        )

    async def _on_writer(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._writer, work)
        except (sqlite3.DatabaseError, DBAPIError) as error:
            raise _remedied(error, "written") from error


def _remedied(error: Exception, what: str) -> Exception:
    """Return what to raise: the same again would fail the same way where the fault is our own."""
    why = getattr(error, "orig", None) or error
    return error if isinstance(why, _BUGS) else Transient(f"the store cannot be {what}: {why}")


def _connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    target = f"{path.absolute().as_uri()}?mode=ro" if read_only else str(path)
    return sqlite3.connect(
        target,
        uri=read_only,
        isolation_level=None,
        check_same_thread=False,
        timeout=_BUSY_SECONDS,
        cached_statements=256,
    )


def _use_wal(raw: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait here when another process does so at the same moment."""
    gives_up = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > gives_up:
                raise
            time.sleep(0.01)
        else:
            return


def _engine(creator: Callable[[], Any], *, begin: str) -> Engine:
    engine = create_engine("sqlite://", creator=creator, poolclass=StaticPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver is in autocommit mode; it must not begin by itself, and not DEFERRED.
        connection.exec_driver_sql(begin)

    return engine
