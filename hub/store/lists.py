"""Lists in SQL: keyset paged, bytes joined on read, no object built for a row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from sqlalchemy import (
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from hub.services.board import Listing, ListQuery
from hub.services.instants import instant
from hub.services.paging import cursor_of, position, refused, unknown_sort
from hub.services.refusals import Refusal
from hub.store.encoded import as_text, part
from hub.store.records import incident_number
from hub.store.tables import alert, audit, document, incident, item, link, quarantine

_DIGITS: Final = 18
_WHOLE: Final = 1 << 63

Condition = Callable[[tuple[str, ...]], ColumnElement[bool]]
Columns = tuple[ColumnElement[Any], ...]
Encode = Callable[[Connection, list[Any]], list[bytes]]


@dataclass(frozen=True, slots=True)
class ListSpec:
    """How one kind of list is read.

    Shape: `origin` has what is sorted, filtered and searched; `columns` come from `rows`, where
           that is more than `origin`. `sorts` maps an API name to a column that is never null.
           `filters` maps an API name to what makes a condition of the welcome values. `text` are
           searched for `q`.
    """

    origin: Table
    columns: Columns
    key: ColumnElement[Any]
    default: str
    sorts: Mapping[str, ColumnElement[Any]]
    filters: Mapping[str, Condition]
    text: Columns
    encode: Encode
    always: ColumnElement[bool] | None = None
    rows: FromClause | None = None


def read(connection: Connection, spec: ListSpec, query: ListQuery) -> Listing | Refusal:
    """Read one page."""
    sort = query.sort or spec.default
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name not in spec.sorts:
        return unknown_sort(name, spec.sorts)
    start = position(query, sort)
    if isinstance(start, Refusal):
        return start
    where = _conditions(spec, query)
    if isinstance(where, Refusal):
        return where
    column = spec.sorts[name]
    if start is not None and not (_fits(column, start[0]) and _fits(spec.key, start[1])):
        return refused("cursor", "invalid", "this is no cursor of ours; begin without one")
    left = where if start is None else [*where, _after(column, spec.key, start, down)]
    rows = _rows(connection, spec, column, left, query.limit + 1, down=down)
    page, more = rows[: query.limit], len(rows) > query.limit
    following = cursor_of(sort, page[-1].page_sort, str(page[-1].page_key)) if more else None
    total = _count(connection, spec, where) if query.count else None
    return Listing(spec.encode(connection, page), following, total, datetime.now(UTC))


def _rows(
    connection: Connection,
    spec: ListSpec,
    column: ColumnElement[Any],
    where: Sequence[ColumnElement[bool]],
    limit: int,
    *,
    down: bool,
) -> list[Any]:
    """Find the keys of a page first, then read its rows: a sort carries no bodies around."""

    def order(*by: ColumnElement[Any]) -> list[ColumnElement[Any]]:
        return [one.desc() if down else one.asc() for one in by]

    keys = (
        select(column.label("page_sort"), spec.key.label("page_key"))
        .select_from(spec.origin)
        .where(*where)
        .order_by(*order(column, spec.key))
        .limit(limit)
        .subquery("page")
    )
    origin = spec.origin if spec.rows is None else spec.rows
    statement = select(*spec.columns, keys.c.page_sort, keys.c.page_key).select_from(
        keys.join(origin, spec.key == keys.c.page_key)
    )
    return list(connection.execute(statement.order_by(*order(keys.c.page_sort, keys.c.page_key))))


def _fits(column: ColumnElement[Any], value: object) -> bool:
    """Tell whether a column can be compared with a value of a cursor, on every database."""
    kind = column.type.python_type
    if kind is str:
        return isinstance(value, str) and "\0" not in value
    if isinstance(value, str):
        return value.isdecimal() and len(value) <= _DIGITS
    return isinstance(value, int | float if kind is float else int) and abs(value) < _WHOLE


def _conditions(spec: ListSpec, query: ListQuery) -> list[ColumnElement[bool]] | Refusal:
    found: list[ColumnElement[bool]] = [] if spec.always is None else [spec.always]
    for name, values in query.filters.items():
        make = spec.filters.get(name)
        if make is None:
            return refused(name, "unknown", "this list has no such filter")
        found.append(make(values))
    if query.q:
        needle = query.q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found.append(or_(*(c.ilike(f"%{needle}%", escape="\\") for c in spec.text)))
    return found


def _after(
    column: ColumnElement[Any],
    key: ColumnElement[Any],
    start: tuple[Any, str],
    down: bool,  # noqa: FBT001
) -> ColumnElement[bool]:
    value, last = start
    place: Any = last if key.type.python_type is str else int(last)
    if down:
        return or_(column < value, and_(column == value, key < place))
    return or_(column > value, and_(column == value, key > place))


def _count(connection: Connection, spec: ListSpec, where: list[ColumnElement[bool]]) -> int:
    statement: Select[Any] = select(func.count()).select_from(spec.origin).where(*where)
    return int(connection.execute(statement).scalar_one())


def _words(column: ColumnElement[Any]) -> Condition:
    return lambda values: column == values[0] if len(values) == 1 else column.in_(values)


def _indexed(column: ColumnElement[Any], word: str) -> Condition:
    """Write the word that has an index of its own into the statement.

    As a parameter SQLite would read each row again to compare it.
    """
    alone, others = column == literal_column(f"'{word}'"), _words(column)
    return lambda values: alone if values == (word,) else others(values)


def _numbers(column: ColumnElement[Any]) -> Condition:
    return lambda values: column.in_([int(value) for value in values])


def _incident_numbers(values: tuple[str, ...]) -> ColumnElement[bool]:
    return alert.c.incident.in_([n for v in values if (n := incident_number(v)) is not None])


def _hurting(values: tuple[str, ...]) -> ColumnElement[bool]:
    """Match alerts of incidents that hurt one of these milestones."""
    hurts = _has(as_text(incident.c.exposures), "ref")(values)
    return alert.c.incident.in_(select(incident.c.no).where(hurts))


def _has(text: ColumnElement[str], name: str = "") -> Condition:
    """Match rows whose encoded JSON has one of the values (of a member)."""
    before = f'"{name}":' if name else ""
    return lambda values: or_(
        *(text.contains(before + orjson.dumps(v).decode(), autoescape=True) for v in values)
    )


def iso(at: int | None) -> bytes:
    """Encode an instant as JSON."""
    return b"null" if at is None else b'"' + instant(at).isoformat().encode() + b'"'


def alert_json(row: Any, milestones: bytes | None) -> bytes:
    """Join what is stored encoded with the columns that change more often."""
    no = b'"hub:incident:%d"' % row.incident if row.incident is not None else b"null"
    service = orjson.dumps(row.service) if row.service is not None else b"null"
    return b"".join(
        (
            b'{"ref":', orjson.dumps(row.ref), b',"status":"', row.status.encode(),
            b'","severity":%d,"service":' % row.severity, service,
            b',"incident":', no, b',"starts_at":', iso(row.starts_at),
            b',"ends_at":', iso(row.ends_at), b',"first_seen_at":', iso(row.first_seen_at),
            b',"last_seen_at":', iso(row.last_seen_at), b',"count":%d' % row.seen,
            b',"episode":%d,"flaps":%d' % (row.episode, row.flaps),
            b',"incomplete":', b"true" if row.incomplete else b"false",
            b',"confidence":', b"null" if row.confidence is None else b"%.4g" % row.confidence,
            b',"version":%d,"milestones":' % row.version, milestones or b"[]",
            b",", bytes(row.body)[1:],
        )
    )  # fmt: skip


def _alerts(_: Connection, rows: list[Any]) -> list[bytes]:
    return [alert_json(row, row.exposures) for row in rows]


def _incidents(connection: Connection, rows: list[Any]) -> list[bytes]:
    members = _members(connection, [row.no for row in rows])
    return [
        b'{"alerts":' + orjson.dumps(members.get(row.no, [])) + b"," + bytes(row.body)[1:]
        for row in rows
    ]


SHOWN_ALERTS: Final = 100


def _members(connection: Connection, numbers: list[int]) -> dict[int, list[str]]:
    """Return the newest alerts of each incident, firing ones first."""
    newest = [alert.c.status != "firing", alert.c.starts_at.desc(), alert.c.ref]
    place = func.row_number().over(partition_by=alert.c.incident, order_by=newest).label("place")
    ranked = select(alert.c.incident, alert.c.ref, place).where(alert.c.incident.in_(numbers))
    members = ranked.subquery("members")
    query = (
        select(members.c.incident, members.c.ref)
        .where(members.c.place <= SHOWN_ALERTS)
        .order_by(members.c.incident, members.c.place)
    )
    found: dict[int, list[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.incident, []).append(row.ref)
    return found


def _tasks(connection: Connection, rows: list[Any]) -> list[bytes]:
    refs = [row.ref for row in rows]
    query = select(item.c.parent, item.c.title).where(
        item.c.parent.in_(refs), item.c.kind == "assignment", item.c.deleted_at.is_(None)
    )
    people: dict[str, list[str]] = {}
    for parent, title in connection.execute(query.order_by(item.c.parent, item.c.ord)):
        if title and title not in people.setdefault(parent, []):
            people[parent].append(title)
    return [
        b'{"assignees":' + orjson.dumps(people.get(row.ref, []))
        + b',"order":%d,"version":%d,' % (row.ord, row.version) + bytes(row.body)[1:]
        for row in rows
    ]  # fmt: skip


def _links(_: Connection, rows: list[Any]) -> list[bytes]:
    return [
        b'{"state":"%b","by":%b,"version":%d,'
        % (row.state.encode(), orjson.dumps(row.by_whom), row.version)
        + bytes(row.body)[1:]
        for row in rows
    ]


def _quarantined(_: Connection, rows: list[Any]) -> list[bytes]:
    return [
        orjson.dumps(
            {
                "id": row.id, "receipt": row.receipt, "connector": row.connector,
                "kind": row.kind, "path": row.path, "message": row.message, "state": row.state,
                "at": instant(row.at), "attempts": row.attempts,
                "evidence": _readable(row.evidence),
            }
        )
        for row in rows
    ]  # fmt: skip


def _readable(evidence: bytes | None) -> str | None:
    return None if evidence is None else bytes(evidence).decode("utf-8", "replace")


def _documents(_: Connection, rows: list[Any]) -> list[bytes]:
    return [
        orjson.dumps(
            {
                "id": row.id, "document": row.name, "version": row.number, "origin": row.origin,
                "active": bool(row.active), "at": instant(row.at), "by": row.by_whom,
            }
        )
        for row in rows
    ]  # fmt: skip


def _audit(_: Connection, rows: list[Any]) -> list[bytes]:
    return [
        orjson.dumps(
            {
                "id": row.id, "at": instant(row.at), "who": row.who, "action": row.action,
                "ref": row.ref, "before": _loaded(row.before), "after": _loaded(row.after),
            }
        )
        for row in rows
    ]  # fmt: skip


def _loaded(value: bytes | None) -> object:
    return None if value is None else orjson.loads(value)


_EMPTY: Final = literal("")

_WORK = item.alias("work")

SPECS: Final[dict[str, ListSpec]] = {
    "alerts": ListSpec(
        origin=alert,
        rows=alert.outerjoin(incident, incident.c.no == alert.c.incident),
        columns=(*alert.c, incident.c.exposures),
        key=alert.c.ref,
        default="-starts_at",
        sorts={
            "starts_at": alert.c.starts_at,
            "last_seen_at": alert.c.last_seen_at,
            "severity": alert.c.severity,
            "title": alert.c.title,
        },
        filters={
            "status": _indexed(alert.c.status, "firing"),
            "severity": _numbers(alert.c.severity),
            "service": _words(alert.c.service),
            "incident": _incident_numbers,
            "connector": _words(alert.c.connector),
            "milestone": _hurting,
        },
        text=(alert.c.title, alert.c.ref, alert.c.service),
        encode=_alerts,
    ),
    "incidents": ListSpec(
        origin=incident,
        columns=(incident.c.no, incident.c.body),
        key=incident.c.no,
        default="-opened_at",
        sorts={
            "opened_at": incident.c.opened_at,
            "exposure": incident.c.exposure,
            "severity": incident.c.severity,
            "priority": incident.c.priority,
            "title": incident.c.title,
        },
        filters={
            "status": _words(incident.c.status),
            "severity": _numbers(incident.c.severity),
            "priority": _numbers(incident.c.priority),
            "service": _has(part(incident.c.body, "services")),
            "milestone": _has(as_text(incident.c.exposures), "ref"),
        },
        text=(incident.c.title,),
        encode=_incidents,
    ),
    "tasks": ListSpec(
        origin=item,
        columns=(item.c.ref, item.c.ord, item.c.version, item.c.body),
        key=item.c.ref,
        default="order",
        sorts={
            "order": item.c.ord,
            "title": func.coalesce(item.c.title, _EMPTY),
            "start": func.coalesce(item.c.start, _EMPTY),
            "finish": func.coalesce(item.c.finish, _EMPTY),
            "due": func.coalesce(item.c.due, _EMPTY),
        },
        filters={
            "project": _words(item.c.project),
            "status": _words(item.c.status),
            "parent": _words(item.c.parent),
            "kind": _has(as_text(item.c.body), "kind"),
            "connector": lambda values: or_(*(item.c.ref.startswith(f"{v}:") for v in values)),
            "assignee": lambda values: item.c.ref.in_(
                select(_WORK.c.parent).where(
                    _WORK.c.kind == "assignment", _WORK.c.title.in_(values)
                )
            ),
        },
        text=(item.c.title, item.c.ref),
        encode=_tasks,
        always=and_(item.c.kind.in_(("task", "milestone")), item.c.deleted_at.is_(None)),
    ),
    "links": ListSpec(
        origin=link,
        columns=(link.c.id, link.c.state, link.c.by_whom, link.c.version, link.c.body),
        key=link.c.id,
        default="-at",
        sorts={"at": link.c.at, "confidence": link.c.confidence},
        filters={
            "source": _words(link.c.source),
            "target": _words(link.c.target),
            "type": _words(link.c.type),
            "state": _indexed(link.c.state, "suggested"),
            "rule": _words(link.c.rule),
        },
        text=(link.c.source, link.c.target, link.c.rule),
        encode=_links,
    ),
    "quarantine": ListSpec(
        origin=quarantine,
        columns=tuple(quarantine.c),
        key=quarantine.c.id,
        default="-at",
        sorts={"at": quarantine.c.at},
        filters={
            "receipt": _words(quarantine.c.receipt),
            "connector": _words(quarantine.c.connector),
            "kind": _words(quarantine.c.kind),
            "state": _words(quarantine.c.state),
        },
        text=(quarantine.c.message, quarantine.c.path),
        encode=_quarantined,
    ),
    "mappings": ListSpec(
        origin=document,
        columns=tuple(document.c),
        key=document.c.id,
        default="document",
        sorts={"document": document.c.name, "at": document.c.at},
        filters={
            "document": _words(document.c.name),
            "origin": _words(document.c.origin),
            "active": lambda values: document.c.active.in_([v == "true" for v in values]),
        },
        text=(document.c.name,),
        encode=_documents,
        always=document.c.kind == "mapping",
    ),
    "audit": ListSpec(
        origin=audit,
        columns=tuple(audit.c),
        key=audit.c.id,
        default="-id",
        sorts={"id": audit.c.id},
        filters={
            "who": _words(audit.c.who),
            "action": _words(audit.c.action),
            "ref": _words(audit.c.ref),
        },
        text=(audit.c.action, audit.c.ref),
        encode=_audit,
    ),
}
