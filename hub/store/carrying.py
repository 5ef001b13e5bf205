"""Alerts under a changed rule on identity: `hub.services.ingest.ports.CarryStore` on a database.

One transaction carries a piece over, with everything that names an alert: its history, its
acknowledgement, verdicts on its service, operations in the outbox, and the incidents that count it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from hub.model.words import ENDED, IncidentStatus
from hub.services.ingest.incidents import row_of
from hub.services.ingest.joining import Joined, Share, joined
from hub.services.ingest.links import link_id
from hub.services.ingest.live import FIRES, OVER, Affected, LiveIncident, incident_of
from hub.services.ingest.ports import Carrying
from hub.services.ingest.rows import AlertRow, IncidentRow, OccurrenceRow
from hub.store.database import Database, Writing
from hub.store.tables import (
    alert,
    former_member,
    identified,
    incident,
    journal,
    link,
    occurrence,
    operation,
    renamed,
)

_ROW: Final = [alert.c[name] for name in AlertRow._fields]
_OVER: Final = [status.value for status in ENDED]
_JUDGED: Final = frozenset({"confirmed", "rejected"})


class StoredCarrying:
    """The port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def identified(self) -> dict[str, str]:
        """Return by which rules the stored alerts are told apart, a digest for each document."""
        query = select(identified.c.name, identified.c.digest)
        rows = await self._database.read(lambda c: c.execute(query).all())
        return {row.name: row.digest for row in rows}

    async def note_identified(self, digests: Mapping[str, str]) -> None:
        """Write down by which rules they are told apart from now on."""
        rows = [{"name": name, "digest": digest} for name, digest in digests.items()]

        def work(writing: Writing) -> None:
            run = writing.connection.execute
            run(delete(identified).where(identified.c.name.in_(list(digests))))
            run(insert(identified), rows)

        await self._database.write(work)

    async def alerts(
        self, connectors: Sequence[str], *, going_on: bool, after: str, limit: int
    ) -> list[AlertRow]:
        """Return alerts of connectors by their refs: those that go on, or those that ended."""
        over = alert.c.status.in_(_OVER)
        query = select(*_ROW).where(
            alert.c.connector.in_(connectors), ~over if going_on else over, alert.c.ref > after
        )
        return await self._rows(query.order_by(alert.c.ref).limit(limit))

    async def newest_ended(self, connectors: Sequence[str], limit: int) -> list[AlertRow]:
        """Return the alerts that ended, newest first."""
        query = select(*_ROW).where(alert.c.connector.in_(connectors), alert.c.status.in_(_OVER))
        return await self._rows(query.order_by(alert.c.starts_at.desc()).limit(limit))

    async def count(self, connectors: Sequence[str]) -> int:
        """Count the alerts of connectors."""
        query = select(func.count()).where(alert.c.connector.in_(connectors))
        return await self._database.read(lambda c: int(c.execute(query).scalar_one()))

    async def told(self, refs: Sequence[str]) -> list[OccurrenceRow]:
        """Return what happened to alerts, in the order stored."""
        return await self._database.read(lambda c: [_occurrence(row) for row in _history(c, refs)])

    async def bodies(self, numbers: Sequence[int]) -> dict[int, tuple[str, bytes]]:
        """Return deliveries of the journal, as (connector, bytes)."""
        query = select(journal.c.id, journal.c.connector, journal.c.body).where(
            journal.c.id.in_(numbers), journal.c.body.is_not(None)
        )
        rows = await self._database.read(lambda c: c.execute(query).all())
        return {row.id: (row.connector, bytes(row.body)) for row in rows}

    async def carry(self, carrying: Carrying, cause: str) -> int:
        """Let alerts become what their series speak of; return how many changed."""
        return await self._database.write(lambda w: _Carried(w, carrying, cause).done())

    async def _rows(self, query: Any) -> list[AlertRow]:
        return await self._database.read(lambda c: [AlertRow._make(r) for r in c.execute(query)])


def now_called(connection: Connection, ref: str) -> str | None:
    """Return which alert a ref is of now that another one had before a rule changed."""
    found: str | None = connection.execute(
        select(renamed.c.now).where(renamed.c.ref == ref)
    ).scalar()
    return found


def _history(connection: Connection, refs: Iterable[str]) -> Sequence[Any]:
    query = select(occurrence).where(occurrence.c.alert.in_(list(refs)))
    return connection.execute(query.order_by(occurrence.c.id)).all()


def _occurrence(row: Any) -> OccurrenceRow:
    return OccurrenceRow(*(getattr(row, name) for name in OccurrenceRow._fields))


class _Carried:
    """One piece under way, inside its transaction."""

    def __init__(self, writing: Writing, carrying: Carrying, cause: str) -> None:
        self._writing = writing
        self._run = writing.connection.execute
        self._cause = cause
        self._owners = carrying.owners
        self._rule = carrying.rule
        self._placed = {(one.ref, one.series): one for one in carrying.placed}
        refs = {one.ref for one in carrying.placed} | {one.goal for one in carrying.placed}
        rows = self._run(select(*_ROW, alert.c.ack).where(alert.c.ref.in_(refs))).all()
        self._rows = {row.ref: AlertRow._make(row[:-1]) for row in rows}
        self._acks = {row.ref: row.ack for row in rows}
        self._shares = self._shared()
        self._mains = self._most()
        self._incidents: dict[int, LiveIncident] = {}

    def done(self) -> int:
        goals = {
            goal: shares
            for goal, shares in self._shares.items()
            if [(share.row.ref, share.whole) for share in shares] != [(goal, True)]
        }
        if not goals:
            return 0
        history = self._retell(goals)
        old = {share.row.ref: share.row for shares in goals.values() for share in shares}
        self._read_incidents(old.values())
        made = {
            goal: joined(goal, shares, history[goal], self._incident_of(shares), self._rule)
            for goal, shares in goals.items()
        }
        self._number_episodes(history, made)
        self._count(old, made)
        self._leave(goals, made)
        self._relate(old, goals, made)
        self._store(old, made)
        return len(made)

    def _shared(self) -> dict[str, list[Share]]:
        found: dict[str, list[Share]] = {}
        for ref, row in sorted(self._rows.items()):
            parts: dict[str, dict[str, list[Any]]] = {}
            for series, source in orjson.loads(row.sources).items():
                placed = self._placed.get((ref, series))
                parts.setdefault(placed.goal if placed else ref, {})[series] = source
            for goal, sources in parts.items():
                words = {
                    series: one.words
                    for series in sources
                    if (one := self._placed.get((ref, series))) and one.words
                }
                share = Share(row, self._acks[ref], sources, words)
                found.setdefault(goal, []).append(share)
        return found

    def _most(self) -> dict[str, str]:
        """Say which goal goes on with what is of no series: that with the most of them."""
        found: dict[str, tuple[int, str]] = {}
        for goal, shares in sorted(self._shares.items()):
            for share in shares:
                size, known = len(share.sources), found.get(share.row.ref)
                if known is None or size > known[0]:
                    found[share.row.ref] = size, goal
        return {ref: goal for ref, (_, goal) in found.items()}

    def _retell(self, goals: Mapping[str, Sequence[Share]]) -> dict[str, list[OccurrenceRow]]:
        """Give each occurrence to the alert that its source key is of."""
        refs = {share.row.ref for shares in goals.values() for share in shares}
        found: dict[str, list[OccurrenceRow]] = {goal: [] for goal in goals}
        moved: dict[str, list[int]] = {}
        late: set[tuple[str, str]] = set()
        owners = {
            (share.row.ref, source[0]): goal
            for goal, shares in self._shares.items()
            for share in shares
            for source in share.sources.values()
        }
        for row in _history(self._writing.connection, refs):
            key = row.alert, row.source_key
            goal = owners.get(key) or self._owners.get(key) or self._mains[row.alert]
            if row.event == "late":
                if (goal, row.source_key) in late:  # both alerts were told of it: once is enough
                    self._run(delete(occurrence).where(occurrence.c.id == row.id))
                    continue
                late.add((goal, row.source_key))
            found.setdefault(goal, []).append(_occurrence(row)._replace(alert=goal))
            if goal != row.alert:
                moved.setdefault(goal, []).append(row.id)
        for goal, ids in moved.items():
            self._run(update(occurrence).where(occurrence.c.id.in_(ids)).values(alert=goal))
        return found

    def _number_episodes(
        self, history: Mapping[str, list[OccurrenceRow]], made: Mapping[str, Joined]
    ) -> None:
        for goal, one in made.items():
            for told in history[goal]:
                episode = one.told.episodes.get(told.source_key) or _at(one, history[goal], told.at)
                if episode != told.episode:
                    self._run(
                        update(occurrence)
                        .where(
                            occurrence.c.alert == goal,
                            occurrence.c.source_key == told.source_key,
                            occurrence.c.at == told.at,
                        )
                        .values(episode=episode)
                    )

    def _read_incidents(self, rows: Iterable[AlertRow]) -> None:
        refs = [row.ref for row in rows]
        once = select(former_member.c.incident).where(former_member.c.alert.in_(refs))
        numbers = {row.incident for row in self._rows.values() if row.incident is not None}
        numbers |= set(self._run(once).scalars())
        columns = [incident.c[name] for name in IncidentRow._fields]
        for row in self._run(select(*columns).where(incident.c.no.in_(numbers))):
            self._incidents[row.no] = incident_of(IncidentRow._make(row))

    def _incident_of(self, shares: Sequence[Share]) -> int | None:
        """Choose the incident of an alert: one that is open, of what fires, and the oldest."""

        def order(share: Share) -> tuple[bool, bool, bool, int]:
            found = self._incidents[share.row.incident or 0]
            return (not share.fires, found.status in OVER, not found.is_open, found.no)

        known = [share for share in shares if share.row.incident in self._incidents]
        return min(known, key=order).row.incident if known else None

    def _count(self, old: Mapping[str, AlertRow], made: Mapping[str, Joined]) -> None:
        """Let incidents count the alerts as they are now."""
        at = self._writing.at
        for row in old.values():
            found = self._incidents.get(row.incident or 0)
            if found is None:
                continue
            found.alerts -= 1
            if row.status in FIRES:
                found.end(row.severity, row.service, at)
                found.forget_silent(row.service)
            elif row.status == "suppressed":
                found.silence(-1, at)
        for one in made.values():
            row = one.row
            found = self._incidents.get(row.incident or 0)
            if found is None:
                continue
            found.alerts += 1
            since, sure = row.starts_at / 1e6, row.confidence or 0.0
            if row.status in FIRES:
                found.count(row.severity, row.service, sure, since)
            elif row.status == "suppressed":
                found.silence(1, at)
            if row.service is not None:
                found.services.setdefault(row.service, Affected(sure, since=since))
            found.opened_at = min(found.opened_at, row.starts_at)

    def _leave(self, goals: Mapping[str, Sequence[Share]], made: Mapping[str, Joined]) -> None:
        """Let incidents that had an alert before go on telling of it."""
        had: set[tuple[int, str]] = set()
        for goal, shares in goals.items():
            now = made[goal].row.incident
            for number in {share.row.incident for share in shares} - {now, None}:
                if number is not None and not self._absorbed(number, now):
                    had.add((number, goal))
        refs = {share.row.ref for shares in goals.values() for share in shares}
        mine = former_member.c.alert.in_(list(refs | goals.keys()))
        for row in self._run(select(former_member).where(mine)).all():
            if row.incident in self._incidents:
                self._incidents[row.incident].alerts -= 1
            had.add((row.incident, self._mains[row.alert] if row.alert in refs else row.alert))
        self._run(delete(former_member).where(mine))
        for number, goal in sorted(had):
            if goal in made and made[goal].row.incident == number:
                continue  # it is a member again
            self._run(insert(former_member).values(incident=number, alert=goal))
            if number in self._incidents:
                self._incidents[number].alerts += 1

    def _absorbed(self, number: int, goal: int | None) -> bool:
        """Close an open incident that has no alert of its own any more; tell whether it is so."""
        source = self._incidents.get(number)
        if source is None:
            return False
        if source.is_open and source.alerts <= 0:
            source.status = IncidentStatus.MERGED
            source.held.update(status="merged", merged_into=f"hub:incident:{goal}")
        return source.status is IncidentStatus.MERGED

    def _relate(
        self,
        old: Mapping[str, AlertRow],
        goals: Mapping[str, Sequence[Share]],
        made: Mapping[str, Joined],
    ) -> None:
        """Let verdicts, links, operations and old refs be of the alerts as they are now."""
        at_home = self._shares.keys()
        links = self._run(select(link).where(link.c.source.in_(list(old)))).all()
        for row in sorted(links, key=lambda row: row.at):
            for goal in (g for g, shares in goals.items() if _has(shares, row.source)):
                if goal != row.source:
                    self._link(row, goal, made[goal].row.service)
            if row.source not in at_home:
                self._run(delete(link).where(link.c.id == row.id))
        asked = select(operation.c.alert).where(operation.c.alert.in_(list(old)))
        busy = set(self._run(asked).scalars())
        for goal, shares in goals.items():
            for share in shares:
                ours = operation.c.series.in_(list(share.sources))
                if goal != share.row.ref and share.row.ref in busy:
                    self._run(
                        update(operation)
                        .where(operation.c.alert == share.row.ref, ours)
                        .values(alert=goal)
                    )

    def _link(self, row: Any, goal: str, service: str | None) -> None:
        judged = row.state in _JUDGED
        if not judged and row.target != service:
            return  # what was computed of another part
        id_ = link_id(goal, row.target, row.type)
        known = self._run(select(link.c.state).where(link.c.id == id_)).scalar()
        if known is not None and not judged:
            return
        body = orjson.loads(row.body) | {"id": id_, "source": goal}
        values = {**row._mapping, "id": id_, "source": goal, "body": orjson.dumps(body)}  # noqa: SLF001 - SQLAlchemy's public name
        self._run(delete(link).where(link.c.id == id_))
        self._run(insert(link).values(values))

    def _store(self, old: Mapping[str, AlertRow], made: Mapping[str, Joined]) -> None:
        writing = self._writing
        gone = sorted(old.keys() - self._shares.keys())
        self._run(delete(alert).where(alert.c.ref.in_([*gone, *made])))
        self._run(insert(alert), [{**one.row._asdict(), "ack": one.ack} for one in made.values()])
        self._rename(gone)
        for ref in gone:
            writing.tell("deleted", ref, "alert", old[ref].version + 1, self._cause)
        self._run(delete(renamed).where(renamed.c.ref.in_(list(made))))
        for goal, one in made.items():
            what = "updated" if goal in self._rows else "created"
            writing.tell(what, goal, "alert", one.row.version, self._cause)
        for found in self._incidents.values():
            self._keep(found)

    def _rename(self, gone: Sequence[str]) -> None:
        """Let the refs that are gone, and those that led to them, lead to what goes on."""
        if not gone:
            return
        pairs = [{"ref": ref, "now": self._mains[ref]} for ref in gone]
        led = update(renamed).where(renamed.c.now == bindparam("was")).values(now=bindparam("is_"))
        self._run(led, [{"was": one["ref"], "is_": one["now"]} for one in pairs])
        self._run(delete(renamed).where(renamed.c.ref.in_(list(gone))))
        self._run(insert(renamed), pairs)

    def _keep(self, found: LiveIncident) -> None:
        found.severity = found.loudest()
        found.version += 1
        row = row_of(found)._asdict()
        self._run(update(incident).where(incident.c.no == found.no).values(row))
        self._writing.tell("updated", found.ref, "incident", found.version, self._cause)


def _has(shares: Sequence[Share], ref: str) -> bool:
    return any(share.row.ref == ref for share in shares)


def _at(one: Joined, history: Sequence[OccurrenceRow], at: int) -> int:
    """Return in which episode something happened that is of no source key."""
    begun = [
        one.told.episodes[told.source_key]
        for told in history
        if told.source_key in one.told.episodes and told.at <= at
    ]
    return max(begun, default=one.told.last)
