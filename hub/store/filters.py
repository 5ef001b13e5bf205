"""Conditions of a list, made of the values that a client asks for."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import (
    and_,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from hub.services.instants import micros
from hub.store.encoded import as_text, part
from hub.store.records import incident_number
from hub.store.tables import alert, former_member, incident

Condition = Callable[[tuple[str, ...]], ColumnElement[bool]]


def words(column: ColumnElement[Any]) -> Condition:
    """Match a column that has one of the words."""
    return lambda values: column == values[0] if len(values) == 1 else column.in_(values)


def indexed(column: ColumnElement[Any], word: str) -> Condition:
    """Write the word that has an index of its own into the statement.

    As a parameter SQLite would read each row again to compare it.
    """
    alone, others = column == literal_column(f"'{word}'"), words(column)
    return lambda values: alone if values == (word,) else others(values)


def or_none(column: ColumnElement[Any]) -> Condition:
    """Match a column that has one of the words; the empty word stands for none at all."""
    found = words(column)
    return lambda values: (
        or_(column.is_(None), found(tuple(v for v in values if v)))
        if "" in values
        else found(values)
    )


def numbers(column: ColumnElement[Any]) -> Condition:
    """Match a column that has one of the numbers."""
    return lambda values: column.in_([int(value) for value in values])


def flapping(values: tuple[str, ...]) -> ColumnElement[bool]:
    """Match alerts that flap now, or that do not."""
    flaps = alert.c.flapping_until > micros(datetime.now(UTC))
    return flaps if "true" in values else or_(alert.c.flapping_until.is_(None), not_(flaps))


def incident_numbers(values: tuple[str, ...]) -> ColumnElement[bool]:
    """Match alerts that one of these incidents has or had."""
    if "" in values:
        others = tuple(v for v in values if v)
        return or_(alert.c.incident.is_(None), incident_numbers(others))
    wanted = [n for v in values if (n := incident_number(v)) is not None]
    theirs = alert.alias("theirs")
    now = select(theirs.c.ref).where(theirs.c.incident.in_(wanted))
    once = select(former_member.c.alert).where(former_member.c.incident.in_(wanted))
    # Not `or`: PostgreSQL would read every alert.
    return alert.c.ref.in_(union_all(now, once))


def hurting(values: tuple[str, ...]) -> ColumnElement[bool]:
    """Match alerts of incidents that hurt one of these milestones."""
    hurts = has(as_text(incident.c.exposures), "ref")(values)
    return alert.c.incident.in_(select(incident.c.no).where(hurts))


def labelled(values: tuple[str, ...]) -> ColumnElement[bool]:
    """Match alerts that bear labels, each `name=value`; values of one name are alternatives."""
    wanted: dict[str, list[str]] = {}
    for name, _, value in (given.partition("=") for given in values):
        wanted.setdefault(name, []).append(_pair(name, value))
    body, labels = as_text(alert.c.body), part(alert.c.body, "labels")
    # The whole text first: to look for a word costs less than to decode each body.
    return and_(
        *(
            or_(*(body.contains(pair, autoescape=True) for pair in pairs))
            for pairs in wanted.values()
        ),
        *(
            or_(
                *(
                    labels.contains(f"{sign}{pair}", autoescape=True)
                    for pair in pairs
                    for sign in "{,"
                )
            )
            for pairs in wanted.values()
        ),
    )


def _pair(name: str, value: str) -> str:
    return f"{orjson.dumps(name).decode()}:{orjson.dumps(value).decode()}"


def has(text: ColumnElement[str], name: str = "") -> Condition:
    """Match rows whose encoded JSON has one of the values (of a member)."""
    before = f'"{name}":' if name else ""
    return lambda values: or_(
        *(text.contains(before + orjson.dumps(v).decode(), autoescape=True) for v in values)
    )
