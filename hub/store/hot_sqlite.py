"""The hot path's SQL on SQLite: one transaction a group, plain statements, no SQLAlchemy.

A test prepares each statement on a migrated database.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import NamedTuple

import orjson

from hub.services.ingest.rows import (
    AlertRow,
    FormerRow,
    IncidentRow,
    JournalRow,
    LinkRow,
    OccurrenceRow,
    PositionRow,
    QuarantineRow,
    Snapshot,
    WriteSet,
)
from hub.services.instants import micros


def _insert(table: str, row: type[NamedTuple]) -> str:
    columns = row._fields
    return f"INSERT INTO {table}({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


def upsert(row: type[NamedTuple], insert: str, keep: Sequence[str] = ()) -> str:
    """Return `insert` made an upsert by the row's first column; both dialects read it."""
    key, *rest = row._fields
    sets = ", ".join(f"{c} = excluded.{c}" for c in rest if c not in keep)
    return f"{insert} ON CONFLICT({key}) DO UPDATE SET {sets}"


def upsert_link(insert: str) -> str:
    """Return the upsert of a link: the verdict of a person is never overwritten."""
    return (
        f"{upsert(LinkRow, insert, keep=('version',))}, version = link.version + 1 "
        "WHERE link.state NOT IN ('confirmed', 'rejected')"
    )


def late_once(insert: str) -> str:
    """Return `insert` made to keep one `late` of a source key, however often it is sent again."""
    return f"{insert} ON CONFLICT(alert, source_key) WHERE event = 'late' DO NOTHING"


def _upsert(table: str, row: type[NamedTuple], keep: Sequence[str] = ()) -> str:
    return upsert(row, _insert(table, row), keep)


CLOCK = "SELECT seq, incident_no FROM clock"
READ = (
    f"SELECT {', '.join(AlertRow._fields)} FROM alert WHERE ref IN (SELECT value FROM json_each(?))"  # noqa: S608
)
TICK = "UPDATE clock SET seq = ?, incident_no = ?"
JOURNAL = _insert("journal", JournalRow)
ALERT = _upsert("alert", AlertRow, keep=("first_seen_at",))
TOUCH = "UPDATE alert SET last_seen_at = ?2, seen = seen + ?3 WHERE ref = ?1"
OCCURRENCE = late_once(_insert("occurrence", OccurrenceRow))
FORMER = f"{_insert('former_member', FormerRow)} ON CONFLICT DO NOTHING"
RETURNED = "DELETE FROM former_member WHERE incident = ? AND alert = ?"
INCIDENT = _upsert("incident", IncidentRow)
LINK = upsert_link(_insert("link", LinkRow))
QUARANTINE = _upsert("quarantine", QuarantineRow)
POSITION = _upsert("position", PositionRow)
CHANGE = "INSERT INTO change(seq, at, type, ref, kind, version, cause) VALUES (?, ?, ?, ?, ?, ?, ?)"

STATEMENTS = (
    CLOCK, READ, TICK, JOURNAL, ALERT, TOUCH, OCCURRENCE, FORMER, RETURNED, INCIDENT, LINK,
    QUARANTINE, POSITION, CHANGE,
)  # fmt: skip


def commit(
    connection: sqlite3.Connection,
    refs: Sequence[str],
    decide: Callable[[Snapshot], WriteSet],
) -> WriteSet:
    """Read what is known of `refs`, let `decide` say what changes, store it; all or nothing.

    Raises: sqlite3.Error and whatever `decide` raises; then nothing is stored.
    """
    run = connection.execute
    run("BEGIN IMMEDIATE")
    try:
        seq, number = run(CLOCK).fetchone()
        found = run(READ, (orjson.dumps(refs).decode(),)).fetchall()
        changes = decide(Snapshot(seq, number, {row[0]: AlertRow._make(row) for row in found}))
        write(connection, changes)
        run("COMMIT")
    except BaseException:
        if connection.in_transaction:
            run("ROLLBACK")
        raise
    return changes


def write(connection: sqlite3.Connection, changes: WriteSet) -> None:
    """Store a write set inside the transaction that is open."""
    many = connection.executemany
    for statement, rows in (
        (JOURNAL, changes.journal),
        (ALERT, changes.alerts),
        (TOUCH, changes.touches),
        (OCCURRENCE, changes.occurrences),
        (FORMER, changes.former),
        (RETURNED, changes.returned),
        (INCIDENT, changes.incidents),
        (LINK, changes.links),
        (QUARANTINE, changes.quarantine),
        (POSITION, changes.positions),
    ):
        if rows:
            many(statement, rows)
    if changes.changes:
        at = micros(changes.changes[0].at)  # one group, one instant
        many(CHANGE, [(c[0], at, *c[2:]) for c in changes.changes])
    connection.execute(TICK, (changes.seq, changes.incident_no))
