"""Alerts counted instead of listed: by state and severity, and in groups."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Connection, case, func, select

from hub.services.board import ListQuery
from hub.services.instants import instant
from hub.services.refusals import Refusal
from hub.store.encoded import part
from hub.store.lists import conditions
from hub.store.specs import SPECS
from hub.store.tables import alert, incident

_KEYS: Final[Mapping[str, ColumnElement[Any]]] = {
    "service": alert.c.service,
    "incident": alert.c.incident,
    "milestone": alert.c.incident,
    "title": alert.c.title,
    "fingerprint": part(alert.c.body, "source"),
}


def tally(connection: Connection, query: ListQuery) -> list[dict[str, Any]] | Refusal:
    """Count alerts by state and severity."""
    where = conditions(SPECS["alerts"], query)
    if isinstance(where, Refusal):
        return where
    by = alert.c.status, alert.c.severity
    counted = select(*by, func.count().label("alerts")).where(*where).group_by(*by)
    return [
        {"status": row.status, "severity": row.severity, "alerts": row.alerts}
        for row in connection.execute(counted)
    ]


def groups(connection: Connection, by: str, query: ListQuery) -> list[dict[str, Any]] | Refusal:
    """Count alerts in groups, the worst first.

    Shape: `key` is what the filter of the same name takes; None: of none.
    """
    where = conditions(SPECS["alerts"], query)
    if isinstance(where, Refusal):
        return where
    fires = alert.c.status == "firing"
    key = _KEYS[by].label("key")
    counted = select(
        key,
        func.count().label("alerts"),
        func.sum(case((fires, 1), else_=0)).label("firing"),
        func.max(alert.c.severity).label("severity"),
        func.max(alert.c.starts_at).label("newest"),
    )
    rows = [
        {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 - its name
        for row in connection.execute(counted.where(*where).group_by(key))
    ]
    made = _SHAPED.get(by, _plain)(connection, rows)
    made.sort(key=lambda one: (-one["severity"], -one["firing"], -one["alerts"], str(one["key"])))
    for one in made:
        one["newest_at"] = instant(one.pop("newest"))
    return made


def _plain(_: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "title": row["key"]} for row in rows]


def _by_incident(connection: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = _incidents(connection)
    return [{**row, **_named(row["key"], known)} for row in rows]


def _named(number: int | None, known: Mapping[int, Any]) -> dict[str, Any]:
    if number is None:
        return {"key": None, "title": None}
    title = known[number].title if number in known else None
    return {"key": f"hub:incident:{number}", "title": title}


def _by_milestone(connection: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Count an alert for each milestone that its incident hurts."""
    known = _incidents(connection)
    found: dict[str | None, dict[str, Any]] = {}
    for row in rows:
        hurt = orjson.loads(known[row["key"]].exposures) if row["key"] in known else []
        for ref in [one["ref"] for one in hurt] or [None]:
            _add(found.setdefault(ref, {**row, "key": ref, "title": None, **_NONE}), row)
    return list(found.values())


_NONE: Final = {"alerts": 0, "firing": 0}


def _add(group: dict[str, Any], row: Mapping[str, Any]) -> None:
    for name in ("alerts", "firing"):
        group[name] += row[name]
    for name in ("severity", "newest"):
        group[name] = max(group[name], row[name])


def _by_fingerprint(_: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let what several connectors call the same be one group."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = orjson.loads(row["key"])["key"]
        _add(found.setdefault(key, {**row, "key": key, "title": key, **_NONE}), row)
    return list(found.values())


def _incidents(connection: Connection) -> dict[int, Any]:
    columns = incident.c.no, incident.c.title, incident.c.exposures
    return {row.no: row for row in connection.execute(select(*columns))}


_SHAPED: Final = {
    "incident": _by_incident,
    "milestone": _by_milestone,
    "fingerprint": _by_fingerprint,
}
