"""What incidents become without the sample's alerts: gone, or without them."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, delete, func, or_, select, update

from hub.model.words import IncidentStatus, LinkType, Severity
from hub.services.ingest.incidents import row_of
from hub.services.ingest.live import LiveIncident, incident_of
from hub.services.ingest.rows import IncidentRow
from hub.services.sample import ALERTS, ORIGIN, PLAN
from hub.store.database import Writing
from hub.store.records import incident_number
from hub.store.tables import alert, change, former_member, incident, link

_KEPT = ("ref", "title", "status", "severity", "service", "starts_at")
_TOLD = ("milestones", "roots", "reasons", "grouped")
_OURS = tuple(f'"{name}:'.encode() for name in (PLAN, ALERTS))


def lessen(writing: Writing, refs: Sequence[str]) -> None:
    """Take the sample's alerts out of their incidents; one that had no other goes."""
    connection = writing.connection
    removed: set[int] = set()
    lessened: set[int] = set()
    for number in _touched(connection, refs):
        found = _read(connection, number)
        if found is None:
            continue
        others = _others(connection, number, refs)
        if others:
            _take_out(writing, found, refs, others)
            lessened.add(number)
        else:
            _remove(writing, found)
            removed.add(number)
    for found in _emptied(connection, removed, lessened):
        _remove(writing, found)


def _touched(connection: Connection, refs: Sequence[str]) -> list[int]:
    """Return the numbers of all incidents that have or had an alert of the sample."""
    now = select(alert.c.incident).where(alert.c.ref.in_(refs), alert.c.incident.is_not(None))
    once = select(former_member.c.incident).where(former_member.c.alert.in_(refs))
    return sorted({n for query in (now, once) for n in connection.execute(query).scalars()})


def _read(connection: Connection, number: int) -> LiveIncident | None:
    columns = [incident.c[name] for name in IncidentRow._fields]
    row = connection.execute(select(*columns).where(incident.c.no == number)).first()
    return None if row is None else incident_of(IncidentRow._make(row))


def _members(number: int) -> ColumnElement[bool]:
    once = select(former_member.c.alert).where(former_member.c.incident == number)
    return or_(alert.c.incident == number, alert.c.ref.in_(once))


def _others(connection: Connection, number: int, refs: Sequence[str]) -> list[Any]:
    columns = (*(alert.c[name] for name in _KEPT), alert.c.incident)
    query = select(*columns).where(_members(number), alert.c.ref.not_in(refs))
    return list(connection.execute(query.order_by(alert.c.severity.desc(), alert.c.starts_at)))


def _take_out(
    writing: Writing, found: LiveIncident, refs: Sequence[str], others: Sequence[Any]
) -> None:
    """Let an incident be what its other alerts make it; the ingest weighs it anew."""
    connection = writing.connection
    mine = select(alert.c.status, alert.c.severity, alert.c.service, alert.c.incident)
    gone = connection.execute(mine.where(_members(found.no), alert.c.ref.in_(refs))).all()
    found.alerts -= len(gone)
    for row in gone:
        if row.incident == found.no and row.status == "firing":
            found.end(row.severity, row.service, writing.at)
    kept = {row.service for row in others}
    found.services = {ref: one for ref, one in found.services.items() if ref in kept}
    found.opened_at = min(row.starts_at for row in others)
    found.active_at = max(row.starts_at for row in others)
    if "title" not in found.held:
        found.title, found.title_severity = others[0].title, others[0].severity
    found.severity = found.loudest() if any(found.firing) else Severity(others[0].severity)
    for name in _TOLD:
        if name in found.told:
            found.told[name] = [one for one in found.told[name] if not _is_ours(one)]
    found.encoded.clear()
    found.version += 1
    mine_too = link.c.type == LinkType.AFFECTS.value, link.c.target.not_in(kept - {None})
    connection.execute(delete(link).where(link.c.source == found.ref, *mine_too))
    values = row_of(found)._asdict()
    connection.execute(update(incident).where(incident.c.no == found.no).values(values))
    writing.tell("updated", found.ref, "incident", found.version, ORIGIN)


def _is_ours(told: object) -> bool:
    encoded = orjson.dumps(told)
    return any(ours in encoded for ours in _OURS)


def _remove(writing: Writing, found: LiveIncident) -> None:
    writing.connection.execute(delete(link).where(link.c.source == found.ref))
    writing.connection.execute(delete(incident).where(incident.c.no == found.no))
    writing.tell("deleted", found.ref, "incident", found.version + 1, ORIGIN)


def _emptied(
    connection: Connection, removed: Iterable[int], lessened: Iterable[int]
) -> list[LiveIncident]:
    """Return the incidents that gave all their alerts away to these, and were the sample's.

    Shape: one merged into an incident that is removed was its own; of one merged into an incident
           that stays, the change log says whose alerts opened it.
    """
    columns = [incident.c[name] for name in IncidentRow._fields]
    merged = incident.c.status == IncidentStatus.MERGED.value
    rows = connection.execute(select(*columns).where(merged)).all()
    waiting = [incident_of(IncidentRow._make(row)) for row in rows]
    gone, stays, found = set(removed), set(lessened), list[LiveIncident]()
    more = True
    while more:
        more = False
        for one in list(waiting):
            into = incident_number(one.held.get("merged_into") or "")
            if _has_members(connection, one.no) or into is None:
                continue
            if into in gone or (into in stays and _is_opened_by_us(connection, one.ref)):
                waiting.remove(one)
                found.append(one)
                gone.add(one.no)
                more = True
    return found


def _has_members(connection: Connection, number: int) -> bool:
    query = select(func.count()).select_from(alert).where(_members(number))
    return connection.execute(query).scalar_one() > 0


def _is_opened_by_us(connection: Connection, ref: str) -> bool:
    query = select(change.c.cause).where(change.c.ref == ref, change.c.type == "created")
    cause = connection.execute(query.limit(1)).scalar()
    return cause is not None and cause.startswith(f"{ALERTS}:")
