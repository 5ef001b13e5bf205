"""Verdicts and edits of people: `hub.services.verdicts.VerdictStore` on a database."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, delete, insert, literal, select, update

from hub.model.words import ENDED, IncidentStatus, Severity
from hub.services.acting.ports import Wish
from hub.services.ingest.incidents import row_of
from hub.services.ingest.live import Affected, LiveIncident, incident_of
from hub.services.ingest.rows import IncidentRow
from hub.services.refusals import Fault, Refusal, Why
from hub.services.verdicts import Edit
from hub.store import outbox
from hub.store.assigning import assign
from hub.store.database import Database, Writing
from hub.store.filters import incident_numbers
from hub.store.records import incident_number
from hub.store.tables import alert, former_member, incident, link, occurrence

NOTED = 100
"""Moved alerts that the audit names; of more it has the number."""
_OVER = (IncidentStatus.CLOSED, IncidentStatus.FALSE_POSITIVE)


class Verdicts:
    """The port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def judge(self, link_id: str, state: str, who: str, reason: str) -> Refusal | None:
        """Store a verdict on a link."""
        return await self._database.write(lambda w: _judge(w, link_id, state, who, reason))

    async def acknowledge(
        self, ref: str, message: str, who: str, also: Wish | None = None
    ) -> Refusal | None:
        """Store that a person cares for an alert, and what the tool is to hear of it."""

        def work(writing: Writing) -> Refusal | None:
            refusal = _acknowledge(writing, ref, message, who)
            if refusal is None and also is not None:
                outbox.want(writing, also)
            return refusal

        return await self._database.write(work)

    async def edit(self, edit: Edit) -> Refusal | None:
        """Store what a person changed of an incident."""
        return await self._database.write(lambda w: _edit(w, edit))

    async def move(
        self, alerts: Sequence[str] | None, sources: Sequence[str], target: str | None, who: str
    ) -> str | Refusal:
        """Move alerts into an incident."""
        return await self._database.write(lambda w: _move(w, alerts, sources, target, who))

    async def gather(
        self, alerts: Sequence[str], target: str | None, title: str | None, who: str
    ) -> str | Refusal:
        """Move alerts, of any incident or none, into an incident."""
        return await self._database.write(lambda w: _gather(w, alerts, target, title, who))

    async def assign(self, ref: str, service: str | None, who: str) -> Refusal | None:
        """Store of which service a person says an alert is."""
        return await self._database.write(lambda w: assign(w, ref, service, who))


def _judge(writing: Writing, link_id: str, state: str, who: str, reason: str) -> Refusal | None:
    row = writing.connection.execute(select(link).where(link.c.id == link_id)).first()
    if row is None:
        return Refusal(Why.NOT_FOUND, f"there is no link {link_id}")
    writing.connection.execute(
        update(link)
        .where(link.c.id == link_id)
        .values(state=state, by_whom=who, version=row.version + 1, at=writing.at)
    )
    writing.tell("updated", f"hub:link:{link_id}", "link", row.version + 1, who)
    before = {"state": row.state, "by": row.by_whom}
    writing.note(who, f"link.{state}", link_id, {"state": state, "reason": reason}, before)
    return None


def _acknowledge(writing: Writing, ref: str, message: str, who: str) -> Refusal | None:
    connection = writing.connection
    columns = (alert.c.status, alert.c.episode, alert.c.version, alert.c.ack)
    row = connection.execute(select(*columns).where(alert.c.ref == ref)).first()
    if row is None:
        return Refusal(Why.NOT_FOUND, f"there is no alert {ref}")
    if row.status in ENDED:
        return Refusal(Why.CONFLICT, f"{ref} is {row.status}; there is nothing to acknowledge")
    ack = {"by": who, "at": writing.now.isoformat(), "message": message}
    values = {"ack": orjson.dumps(ack | {"episode": row.episode}), "version": row.version + 1}
    connection.execute(update(alert).where(alert.c.ref == ref).values(values))
    connection.execute(
        insert(occurrence).values(
            alert=ref, episode=row.episode, event="acked", at=writing.at, received_at=writing.at,
            source_key="", receipt="", by_whom=who,
        )
    )  # fmt: skip
    writing.tell("updated", ref, "alert", row.version + 1, who)
    before = None if row.ack is None else orjson.loads(row.ack)
    writing.note(who, "alert.ack", ref, {"message": message}, before)
    return None


def _read(connection: Connection, ref: str) -> LiveIncident | Refusal:
    number = incident_number(ref)
    row = None
    if number is not None:
        columns = [incident.c[name] for name in IncidentRow._fields]
        row = connection.execute(select(*columns).where(incident.c.no == number)).first()
    if row is None:
        return Refusal(Why.NOT_FOUND, f"there is no incident {ref}")
    return incident_of(IncidentRow._make(row))


def _store(writing: Writing, found: LiveIncident, cause: str, *, new: bool = False) -> None:
    found.version += 1
    row = row_of(found)._asdict()
    if new:
        writing.connection.execute(insert(incident).values(row))
    else:
        writing.connection.execute(update(incident).where(incident.c.no == found.no).values(row))
    what = "created" if new else "updated"
    writing.tell(what, found.ref, "incident", found.version, cause)


def _edit(writing: Writing, edit: Edit) -> Refusal | None:
    found = _read(writing.connection, edit.ref)
    if isinstance(found, Refusal):
        return found
    if found.status is IncidentStatus.MERGED:
        return _merged(found)
    if edit.if_match is not None and edit.if_match != found.version:
        return Refusal(
            Why.STALE,
            f"{edit.ref} is at version {found.version}, not {edit.if_match}; read it again",
        )
    before = _shown(found, edit.fields)
    _apply(found, edit.fields, writing)
    _store(writing, found, edit.who)
    writing.note(edit.who, "incident.edit", edit.ref, edit.fields, before)
    return None


def _shown(found: LiveIncident, fields: Iterable[str]) -> dict[str, object]:
    """Return what these fields of an incident say now."""
    body = orjson.loads(row_of(found).body)
    return {name: body.get(name) for name in fields}


def _merged(found: LiveIncident) -> Refusal:
    into = found.held.get("merged_into")
    return Refusal(Why.CONFLICT, f"{found.ref} was merged into {into}; change that one")


def _apply(found: LiveIncident, fields: Any, writing: Writing) -> None:
    found.held.update(fields)
    if "title" in fields:
        found.title = fields["title"]
    if "status" in fields:
        status = IncidentStatus(fields["status"])
        found.status = status
        if status is IncidentStatus.OPEN:
            found.acked_at = None
            if found.firing_count:
                del found.held["status"]  # given back, not held open: it may end by itself
        elif found.acked_at is None:
            found.acked_at = writing.at
        ended = status in {IncidentStatus.RESOLVED, IncidentStatus.CLOSED}
        found.resolved_at = (found.resolved_at or writing.at) if ended else None


def _move(
    writing: Writing,
    alerts: Sequence[str] | None,
    sources: Sequence[str],
    target: str | None,
    who: str,
) -> str | Refusal:
    connection = writing.connection
    found: dict[int, LiveIncident] = {}
    for ref in (*sources, *((target,) if target else ())):
        one = _read(connection, ref)
        if isinstance(one, Refusal):
            return one
        if one.status is IncidentStatus.MERGED:
            return _merged(one)
        if ref == target and one.status in _OVER:
            return Refusal(Why.CONFLICT, f"{ref} is {one.status.value}; open it again first")
        one.held["arranged"] = True  # the ingest does not group its alerts anew
        found[one.no] = one
    goal_no = incident_number(target) if target else None
    numbers = [number for number in found if number != goal_no]
    moved: ColumnElement[bool] = alert.c.incident.in_(numbers)
    if alerts is not None:
        moved = and_(moved, alert.c.ref.in_(list(alerts)))
    rows = connection.execute(select(alert).where(moved)).all()
    if alerts is not None and len(rows) != len(set(alerts)):
        missing = sorted(set(alerts) - {row.ref for row in rows})
        return Refusal(
            Why.INVALID,
            f"not an alert of {sources[0]} any more, or never: {', '.join(missing[:5])}; an alert "
            "that fired again belongs to its later incident",
        )
    goal = _fresh(writing, rows) if goal_no is None else found[goal_no]
    if alerts is None:
        goal.opened_at = min(one.opened_at for one in found.values())
        _inherit_services(found, numbers, goal)
    _carry(writing, rows, found, goal, moved)
    if alerts is None:
        _inherit(connection, found, numbers, goal)
    before = {row.ref: f"hub:incident:{row.incident}" for row in rows}
    for row in rows:
        writing.tell("updated", row.ref, "alert", row.version + 1, who)
    for number in numbers:
        if alerts is None:
            found[number].status = IncidentStatus.MERGED
            found[number].held.update(status="merged", merged_into=goal.ref)
        _store(writing, found[number], who)
    _store(writing, goal, who, new=target is None)
    action = "incident.merge" if target else "incident.split"
    moved_from = {"alerts": dict(list(before.items())[:NOTED]), "number": len(before)}
    writing.note(who, action, goal.ref, before=moved_from)
    return goal.ref


def _gather(
    writing: Writing, alerts: Sequence[str], target: str | None, title: str | None, who: str
) -> str | Refusal:
    rows = writing.connection.execute(select(alert).where(alert.c.ref.in_(list(alerts)))).all()
    known = {row.ref for row in rows}
    missing = tuple(
        Fault(f"alerts.{n}", "not_found", f"there is no alert {ref}")
        for n, ref in enumerate(alerts)
        if ref not in known
    )
    if missing:
        return Refusal(Why.INVALID, f"{len(missing)} of {len(alerts)} are no alerts", missing)
    numbers = {row.incident for row in rows if row.incident is not None}
    goal_no = incident_number(target) if target else None
    found = {}
    for ref in (*(f"hub:incident:{number}" for number in numbers), *((target,) if target else ())):
        one = _read(writing.connection, ref)
        if isinstance(one, Refusal):
            return one
        found[one.no] = one
    if goal_no is not None and (over := _over(found[goal_no])):
        return over
    rows = [row for row in rows if row.incident != goal_no or goal_no is None]
    goal = _fresh(writing, rows) if goal_no is None else found[goal_no]
    for one in (*found.values(), goal):
        one.held["arranged"] = True  # the ingest does not group its alerts anew
    if title:
        goal.title = goal.held["title"] = title
    _take_in(writing, rows, found, goal)
    for row in rows:
        writing.tell("updated", row.ref, "alert", row.version + 1, who)
    for one in found.values():
        if one is goal:
            continue
        if one.alerts <= 0:
            one.status = IncidentStatus.MERGED
            one.held.update(status="merged", merged_into=goal.ref)
        _store(writing, one, who)
    _store(writing, goal, who, new=target is None)
    before = {row.ref: row.incident and f"hub:incident:{row.incident}" for row in rows}
    moved = {"alerts": dict(list(before.items())[:NOTED]), "number": len(before)}
    writing.note(who, "incident.gather" if target else "incident.create", goal.ref, before=moved)
    return goal.ref


def _over(found: LiveIncident) -> Refusal | None:
    """Refuse an incident that takes no alert any more."""
    if found.status is IncidentStatus.MERGED:
        return _merged(found)
    if found.status in _OVER:
        return Refusal(Why.CONFLICT, f"{found.ref} is {found.status.value}; open it again first")
    return None


def _take_in(
    writing: Writing, rows: Sequence[Any], found: dict[int, LiveIncident], goal: LiveIncident
) -> None:
    """Carry alerts over; one of no incident comes from nowhere, one that returns counts once."""
    nowhere = LiveIncident(0, "", IncidentStatus.OPEN, 0, 0)
    refs = [row.ref for row in rows]
    back = delete(former_member).where(
        former_member.c.incident == goal.no, former_member.c.alert.in_(refs)
    )
    goal.alerts -= writing.connection.execute(back).rowcount
    numbers = {number: found.get(number, nowhere) for number in {row.incident for row in rows}}
    _carry(writing, rows, numbers, goal, alert.c.ref.in_(refs))


def _fresh(writing: Writing, rows: Sequence[Any]) -> LiveIncident:
    writing.incident_no += 1
    loudest = max(rows, key=lambda row: row.severity)
    opened = min(row.starts_at for row in rows)
    goal = LiveIncident(
        writing.incident_no, loudest.title, IncidentStatus.OPEN, opened, opened,
        title_severity=loudest.severity,
    )  # fmt: skip
    goal.held["arranged"] = True
    return goal


def _carry(
    writing: Writing,
    rows: Sequence[Any],
    found: dict[int, LiveIncident],
    goal: LiveIncident,
    moved: ColumnElement[bool],
) -> None:
    """Move alerts and the counters that go with them."""
    connection = writing.connection
    for row in rows:
        goal.take(found[row.incident], row, writing.at)
    if rows:
        goal.severity = goal.loudest() or Severity(max(row.severity for row in rows))
    connection.execute(
        update(alert).where(moved).values(incident=goal.no, version=alert.c.version + 1)
    )
    counts = Counter(row.incident for row in rows)
    for number in counts.keys() - {None}:
        staying = connection.execute(
            select(alert.c.service).where(incident_numbers((f"hub:incident:{number}",))).distinct()
        ).scalars()
        kept = set(staying)
        found[number].services = {
            ref: s for ref, s in found[number].services.items() if ref in kept
        }


def _inherit_services(
    found: dict[int, LiveIncident], numbers: list[int], goal: LiveIncident
) -> None:
    """Let an incident be of the services that those merged into it were of, silent as yet."""
    for ref, theirs in ((r, s) for number in numbers for r, s in found[number].services.items()):
        goal.services.setdefault(ref, Affected(theirs.confidence, since=theirs.since))


def _inherit(
    connection: Connection, found: dict[int, LiveIncident], numbers: list[int], goal: LiveIncident
) -> None:
    """Let an incident have what those that were merged into it had once."""
    theirs = former_member.c.incident.in_(numbers)
    has = select(alert.c.ref).where(incident_numbers((goal.ref,)))
    for row in connection.execute(select(former_member).where(theirs)).all():
        found[row.incident].alerts -= 1
    new = select(literal(goal.no), former_member.c.alert).where(
        theirs, former_member.c.alert.not_in(has)
    )
    columns = ["incident", "alert"]
    came = connection.execute(insert(former_member).from_select(columns, new.distinct()))
    goal.alerts += came.rowcount
    connection.execute(delete(former_member).where(theirs))
    back = select(alert.c.ref).where(alert.c.incident == goal.no)
    twice = delete(former_member).where(
        former_member.c.incident == goal.no, former_member.c.alert.in_(back)
    )
    goal.alerts -= connection.execute(twice).rowcount
