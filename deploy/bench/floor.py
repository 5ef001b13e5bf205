"""The bare floor: one table, one journal, group commit, and nothing else that a hub does.

    python -m deploy.bench.floor --port 8801 --db sqlite:PATH | postgres:DSN

It is what the same libraries give on the same store when nothing is mapped, linked or told.
"""

import argparse
import asyncio
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol

import asyncpg
import msgspec
import orjson
import uvloop
from aiohttp import web

Row = tuple[Any, ...]
_COLUMNS: Final = {
    "fingerprint": "text", "status": "text", "severity": "text", "service": "text",
    "body": "bytea", "starts_at": "text", "ends_at": "text", "seen": "int8",
    "first_seen_at": "float8", "last_seen_at": "float8",
}  # fmt: skip
_KEPT: Final = ("fingerprint", "service", "starts_at", "first_seen_at", "seen")
_TABLES: Final = (
    (
        "CREATE TABLE alert(fingerprint TEXT PRIMARY KEY, status TEXT, severity TEXT,"
        " service TEXT, body {bytes}, starts_at TEXT, ends_at TEXT, seen BIGINT,"
        " first_seen_at DOUBLE PRECISION, last_seen_at DOUBLE PRECISION)"
    ),
    "CREATE INDEX alert_firing ON alert(last_seen_at DESC) WHERE status = 'firing'",
    "CREATE TABLE journal(id {serial}, at DOUBLE PRECISION, body {bytes})",
)
_SETS: Final = ", ".join(f"{c} = excluded.{c}" for c in _COLUMNS if c not in _KEPT)
_UPSERT: Final = (
    f" ON CONFLICT(fingerprint) DO UPDATE SET {_SETS}, seen = alert.seen + excluded.seen"
)
_FIRING: Final = "SELECT body FROM alert WHERE status = 'firing'"


class _Alert(msgspec.Struct):
    status: str
    labels: dict[str, str]
    annotations: dict[str, str]
    startsAt: str  # noqa: N815 - the sender's names
    endsAt: str  # noqa: N815
    fingerprint: str
    generatorURL: str = ""  # noqa: N815


class _Webhook(msgspec.Struct):
    alerts: list[_Alert]


_decode: Final = msgspec.json.Decoder(_Webhook).decode


class Store(Protocol):
    """Where the floor keeps alerts."""

    async def start(self) -> None:
        """Open, and make the tables."""

    async def write(self, alerts: list[Row], bodies: list[Row]) -> None:
        """Store a group in one transaction."""

    async def firing(self) -> list[bytes]:
        """Return every alert that fires."""


class Sqlite:
    """WAL, `synchronous=FULL`, one thread."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1)

    async def start(self) -> None:
        """Open, and make the tables."""
        self._on = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        for name, value in (("journal_mode", "WAL"), ("synchronous", "FULL")):
            self._on.execute(f"PRAGMA {name}={value}")
        self._on.execute("PRAGMA wal_autocheckpoint=4000")
        for table in _TABLES:
            self._on.execute(table.format(bytes="BLOB", serial="INTEGER PRIMARY KEY"))

    async def write(self, alerts: list[Row], bodies: list[Row]) -> None:
        """Store a group in one transaction."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._write, alerts, bodies)

    def _write(self, alerts: list[Row], bodies: list[Row]) -> None:
        self._on.execute("BEGIN IMMEDIATE")
        places = ", ".join("?" * len(_COLUMNS))
        self._on.executemany(f"INSERT INTO alert VALUES({places}){_UPSERT}", alerts)
        self._on.executemany("INSERT INTO journal(at, body) VALUES(?, ?)", bodies)
        self._on.execute("COMMIT")

    async def firing(self) -> list[bytes]:
        """Return every alert that fires."""
        loop = asyncio.get_running_loop()
        rows = await loop.run_in_executor(self._thread, lambda: list(self._on.execute(_FIRING)))
        return [row[0] for row in rows]


class Postgres:
    """One connection, one statement, one round trip a group."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    async def start(self) -> None:
        """Open, and make the tables."""
        self._on = await asyncpg.connect(self._dsn)
        for table in _TABLES:
            await self._on.execute(table.format(bytes="BYTEA", serial="BIGSERIAL PRIMARY KEY"))
        arrays = ", ".join(f"${n}::{t}[]" for n, t in enumerate(_COLUMNS.values(), 1))
        more = len(_COLUMNS)
        self._statement = await self._on.prepare(
            "WITH j AS (INSERT INTO journal(at, body) "  # noqa: S608 - constants only
            f"SELECT * FROM unnest(${more + 1}::float8[], ${more + 2}::bytea[])) "
            f"INSERT INTO alert SELECT * FROM unnest({arrays}){_UPSERT}"
        )

    async def write(self, alerts: list[Row], bodies: list[Row]) -> None:
        """Store a group in one transaction."""
        columns = [*zip(*sorted(alerts), strict=True), *zip(*bodies, strict=True)]
        await self._statement.fetch(*map(list, columns))

    async def firing(self) -> list[bytes]:
        """Return every alert that fires."""
        return [row[0] for row in await self._on.fetch(_FIRING)]


class Floor:
    """Takes webhooks, and answers each after the commit that holds it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[_Webhook, bytes, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()

    async def committing(self) -> None:
        """Commit what waits, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            group, self._waiting = self._waiting, []
            now = time.time()
            await self._store.write(_merged(group, now), [(now, body) for _, body, _ in group])
            for _, _, answer in group:
                if not answer.done():
                    answer.set_result(None)

    async def take(self, request: web.Request) -> web.Response:
        """Take a webhook."""
        body = await request.read()
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((_decode(body), body, answer))
        self._wake.set()
        await answer
        return web.Response(status=202, body=b'{"ok":true}', content_type="application/json")

    async def firing(self, request: web.Request) -> web.Response:
        """List what fires."""
        del request
        alerts = b",".join(await self._store.firing())
        return web.Response(body=b"[" + alerts + b"]", content_type="application/json")


def _merged(group: list[tuple[_Webhook, bytes, Any]], now: float) -> list[Row]:
    """Take the last word on each alert."""
    rows: dict[str, Row] = {}
    for webhook, _, _ in group:
        for one in webhook.alerts:
            seen = rows[one.fingerprint][7] + 1 if one.fingerprint in rows else 1
            body = {"labels": one.labels, "annotations": one.annotations, "status": one.status}
            rows[one.fingerprint] = (
                one.fingerprint, one.status, one.labels.get("severity"),
                one.labels.get("service"), orjson.dumps(body), one.startsAt, one.endsAt, seen,
                now, now,
            )  # fmt: skip
    return list(rows.values())


async def _application(store: Store) -> web.Application:
    await store.start()
    floor = Floor(store)
    app = web.Application(client_max_size=64 << 20)
    app.router.add_post("/hook", floor.take)
    app.router.add_get("/alerts", floor.firing)
    app["committing"] = asyncio.create_task(floor.committing())
    return app


def main() -> None:
    """Serve until the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--db", required=True)
    given = parser.parse_args()
    kind, _, place = given.db.partition(":")
    store: Store = Sqlite(place) if kind == "sqlite" else Postgres(place)
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    app = _application(store)
    web.run_app(app, host="127.0.0.1", port=given.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
