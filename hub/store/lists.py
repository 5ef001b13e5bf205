"""Lists in SQL: keyset paged, bytes joined on read, no object built for a row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from hub.services.board import Listing, ListQuery
from hub.services.numbers import whole
from hub.services.paging import cursor_of, position, refused, unknown_sort
from hub.services.refusals import Refusal
from hub.store.filters import Condition

_WHOLE: Final = 1 << 63

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
    where = conditions(spec, query)
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
        return whole(value) is not None
    return isinstance(value, int | float if kind is float else int) and abs(value) < _WHOLE


def conditions(spec: ListSpec, query: ListQuery) -> list[ColumnElement[bool]] | Refusal:
    """Say what a row has to be; an unknown filter is refused."""
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
