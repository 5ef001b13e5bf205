"""The hot path's SQL on PostgreSQL: one statement reads a group, one statement writes it.

Round trips are the cost, not the disk (ADR 0011). The write moves the clock only from where the
read saw it: when somebody else wrote in between it changes nothing, and the group is decided anew.
A test prepares each statement on a migrated database.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from hub.services.ingest.rows import (
    AlertRow,
    FormerRow,
    IncidentRow,
    JournalRow,
    LinkRow,
    OccurrenceRow,
    PositionRow,
    QuarantineRow,
    Touch,
    WriteSet,
)
from hub.services.instants import micros
from hub.store.hot_sqlite import late_once, upsert, upsert_link


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
    "flapping_until",
}  # fmt: skip
_BYTES: Final = {
    "headers", "digest", "spans", "sources", "body", "state", "exposures", "evidence", "trace",
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


def _returned(first: int) -> str:
    return (
        f"DELETE FROM former_member USING {_unnest(FormerRow, first)} "  # noqa: S608
        "WHERE former_member.incident = u.incident AND former_member.alert = u.alert"
    )


_Part = tuple[type[NamedTuple], Callable[[int], str]]
_PARTS: Final[tuple[_Part, ...]] = (
    (JournalRow, lambda at: _insert("journal", JournalRow, at)),
    (AlertRow, lambda at: _upsert("alert", AlertRow, at, keep=("first_seen_at",))),
    (Touch, _touch),
    (OccurrenceRow, lambda at: late_once(_insert("occurrence", OccurrenceRow, at))),
    (FormerRow, lambda at: f"{_insert('former_member', FormerRow, at)} ON CONFLICT DO NOTHING"),
    (FormerRow, _returned),
    (IncidentRow, lambda at: _upsert("incident", IncidentRow, at)),
    (LinkRow, lambda at: upsert_link(_insert("link", LinkRow, at))),
    (QuarantineRow, lambda at: _upsert("quarantine", QuarantineRow, at)),
    (PositionRow, lambda at: _upsert("position", PositionRow, at)),
    (ChangeRow, lambda at: _insert("change", ChangeRow, at)),
)
EVERY_PART: Final = (1 << len(_PARTS)) - 1


@cache
def write(parts: int) -> str:
    """Return the statement that writes the parts whose bits are set; the others have no row.

    Most groups have few kinds of rows, and each part costs the server its start.
    """
    clock = (
        "c AS (UPDATE clock SET seq = $1, incident_no = $2 WHERE id = 1 AND seq = $3 RETURNING seq)"
    )
    steps, first = [clock], 4
    for n, (row, part) in enumerate(_PARTS):
        if parts >> n & 1:
            steps.append(f"w{n} AS ({part(first)})")
            first += len(row._fields)
    return f"WITH {', '.join(steps)} SELECT seq FROM c"  # noqa: S608


READ: Final = (
    f"SELECT c.seq, c.incident_no, {', '.join('a.' + c for c in AlertRow._fields)} "  # noqa: S608
    "FROM clock c LEFT JOIN alert a ON a.ref = ANY($1::text[])"
)
STATEMENTS: Final = (READ, write(0), write(EVERY_PART))


def writing(changes: WriteSet, seen: int) -> tuple[str, list[Any]]:
    """Return the statement that stores a write set, and its arguments.

    Shape: `seen` is the clock that the read saw; when it moved on, the statement returns no row.
    """
    args: list[Any] = [changes.seq, changes.incident_no, seen]
    at = micros(changes.changes[0].at) if changes.changes else 0  # one group, one instant
    rows: tuple[Sequence[Sequence[Any]], ...] = (
        changes.journal,
        changes.alerts,
        changes.touches,
        changes.occurrences,
        changes.former,
        changes.returned,
        changes.incidents,
        changes.links,
        changes.quarantine,
        changes.positions,
        [(c[0], at, *c[2:]) for c in changes.changes],
    )
    parts = 0
    for n, values in enumerate(rows):
        if values:
            parts |= 1 << n
            args.extend(map(list, zip(*values, strict=True)))
    return write(parts), args
