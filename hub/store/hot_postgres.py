"""The hot path's SQL on PostgreSQL: one statement reads a group, one statement writes it.

Round trips are the cost, not the disk (ADR 0011). The write moves the clock only from where the
read saw it: when somebody else wrote in between it changes nothing, and the group is decided anew.
A test prepares each statement on a migrated database.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from hub.services.ingest.rows import (
    AlertRow,
    IncidentRow,
    JournalRow,
    LinkRow,
    OccurrenceRow,
    QuarantineRow,
    Touch,
    WriteSet,
)
from hub.services.instants import micros
from hub.store.hot_sqlite import upsert, upsert_link


class ChangeRow(NamedTuple):
    """A change as the table holds it."""

    seq: int
    at: int
    type: str
    ref: str
    kind: str
    version: int
    cause: str


_SMALL: Final = {"severity", "priority"}
_INT: Final = {"records", "episode", "flaps", "version", "alerts", "firing", "attempts"}
_BIG: Final = {
    "id", "no", "received_at", "size", "incident", "starts_at", "ends_at", "first_seen_at",
    "last_seen_at", "seen", "at", "opened_at", "active_at", "ended_at", "resolved_at", "seq",
}  # fmt: skip
_BYTES: Final = {
    "headers", "digest", "spans", "sources", "body", "state", "exposures", "evidence",
}  # fmt: skip
_TEXT_ID: Final = {LinkRow: {"id", "state"}, QuarantineRow: {"id", "state"}}


def _type(row: type[NamedTuple], column: str) -> str:
    if column in _TEXT_ID.get(row, ()):
        return "text[]"
    if column in {"confidence", "exposure"}:
        return "float8[]"
    if column == "incomplete":
        return "bool[]"
    for types, name in (
        (_SMALL, "int2[]"),
        (_INT, "int4[]"),
        (_BIG, "int8[]"),
        (_BYTES, "bytea[]"),
    ):
        if column in types:
            return name
    return "text[]"


def _unnest(row: type[NamedTuple], first: int) -> str:
    arrays = ", ".join(f"${first + n}::{_type(row, c)}" for n, c in enumerate(row._fields))
    return f"c, unnest({arrays}) AS u({', '.join(row._fields)})"


def _insert(table: str, row: type[NamedTuple], first: int) -> str:
    columns = ", ".join(row._fields)
    values = ", ".join(f"u.{c}" for c in row._fields)
    return f"INSERT INTO {table}({columns}) SELECT {values} FROM {_unnest(row, first)}"  # noqa: S608


def _upsert(table: str, row: type[NamedTuple], first: int, keep: Sequence[str] = ()) -> str:
    return upsert(row, _insert(table, row, first), keep)


def _touch(first: int) -> str:
    return (
        "UPDATE alert SET last_seen_at = u.last_seen_at, seen = alert.seen + u.seen "  # noqa: S608
        f"FROM {_unnest(Touch, first)} WHERE alert.ref = u.ref"
    )


_ROWS: Final[tuple[type[NamedTuple], ...]] = (
    JournalRow, AlertRow, Touch, OccurrenceRow, IncidentRow, LinkRow, QuarantineRow, ChangeRow,
)  # fmt: skip


def _starts() -> list[int]:
    starts, first = [], 4
    for row in _ROWS:
        starts.append(first)
        first += len(row._fields)
    return starts


def _write() -> str:
    at = _starts()
    parts = (
        _insert("journal", JournalRow, at[0]),
        _upsert("alert", AlertRow, at[1], keep=("first_seen_at",)),
        _touch(at[2]),
        _insert("occurrence", OccurrenceRow, at[3]),
        _upsert("incident", IncidentRow, at[4]),
        upsert_link(_insert("link", LinkRow, at[5])),
        _upsert("quarantine", QuarantineRow, at[6]),
        _insert("change", ChangeRow, at[7]),
    )
    clock = (
        "c AS (UPDATE clock SET seq = $1, incident_no = $2 WHERE id = 1 AND seq = $3 RETURNING seq)"
    )
    steps = ", ".join(f"w{n} AS ({part})" for n, part in enumerate(parts))
    return f"WITH {clock}, {steps} SELECT seq FROM c"  # noqa: S608


READ: Final = (
    f"SELECT c.seq, c.incident_no, {', '.join('a.' + c for c in AlertRow._fields)} "  # noqa: S608
    "FROM clock c LEFT JOIN alert a ON a.ref = ANY($1::text[])"
)
WRITE: Final = _write()
STATEMENTS: Final = (READ, WRITE)


def arguments(changes: WriteSet, seen: int) -> list[Any]:
    """Return the arguments of WRITE; `seen` is the clock that the read saw."""
    args: list[Any] = [changes.seq, changes.incident_no, seen]
    at = micros(changes.changes[0].at) if changes.changes else 0  # one group, one instant
    rows: tuple[Sequence[Sequence[Any]], ...] = (
        changes.journal,
        changes.alerts,
        changes.touches,
        changes.occurrences,
        changes.incidents,
        changes.links,
        changes.quarantine,
        [(c[0], at, *c[2:]) for c in changes.changes],
    )
    for row, values in zip(_ROWS, rows, strict=True):
        args.extend(map(list, zip(*values, strict=True)) if values else [[] for _ in row._fields])
    return args
