"""The sample organisation in the store: `hub.services.sample.SampleStore` on a database.

Removing it is one write: nothing but one load ever comes by its connectors, so there is little of
it, and an end half-way leaves it as it was.
"""

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from hub.services.catalogue.desk import KIND, NAME
from hub.services.instants import instant
from hub.services.sample import ALERTS, CONNECTORS, ORIGIN, PLAN, SampleState
from hub.store.database import Database, Writing
from hub.store.documents import digest_of
from hub.store.plan_rows import BOARD
from hub.store.sample_incidents import lessen
from hub.store.tables import (
    alert,
    document,
    former_member,
    importing,
    item,
    item_row,
    journal,
    journal_part,
    link,
    move,
    occurrence,
    project,
    quarantine,
    sample,
    staging,
    watched,
)

REF = "hub:sample"


class StoredSample:
    """The port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def state(self) -> SampleState:
        """Read whether the sample is loaded."""
        return await self._database.read(_state)

    async def claim(self, who: str, catalogue: str) -> bool:
        """Begin to load, with the services at once; false when the hub is not empty any more."""
        return await self._database.write(lambda w: _claim(w, who, catalogue))

    async def settle(self) -> None:
        """Write down that all of it is there."""

        def work(writing: Writing) -> None:
            writing.connection.execute(update(sample).values(loaded=True))
            writing.tell("updated", REF, "sample", 2, ORIGIN)

        await self._database.write(work)

    async def remove(self, who: str) -> None:
        """Remove all that came by the sample's connectors, whole or not at all."""
        # No index helps to find them, so not within the write: none can come meanwhile.
        mine = select(alert.c.ref).where(alert.c.connector == ALERTS)
        refs = await self._database.read(lambda c: list(c.execute(mine).scalars()))
        await self._database.write(lambda w: _remove(w, who, refs))


def _state(connection: Connection) -> SampleState:
    row = connection.execute(select(sample)).first()
    if row is not None:
        return SampleState(bool(row.loaded), instant(row.at), row.by_whom, offered=False)
    return SampleState(loaded=False, since=None, by=None, offered=_is_empty(connection))


def _is_empty(connection: Connection) -> bool:
    """Tell whether the hub holds no plan, no alert and no catalogue that counts."""
    catalogue = select(document.c.id).where(document.c.kind == KIND, document.c.active)
    held = (select(project.c.ref), select(alert.c.ref), catalogue)
    return all(connection.execute(query.limit(1)).first() is None for query in held)


def _claim(writing: Writing, who: str, catalogue: str) -> bool:
    connection = writing.connection
    if not _state(connection).offered:
        return False
    row = {"id": 1, "loaded": False, "at": writing.at, "by_whom": who}
    connection.execute(insert(sample), row)
    mine = select(document.c.number).where(document.c.kind == KIND, document.c.name == NAME)
    number = max(connection.execute(mine).scalars(), default=0) + 1
    version = {
        "id": f"{KIND}:{NAME}@{number}", "kind": KIND, "name": NAME, "number": number,
        "origin": ORIGIN, "active": True, "digest": digest_of(catalogue), "at": writing.at,
        "by_whom": who, "text": catalogue,
    }  # fmt: skip
    connection.execute(insert(document), version)
    writing.tell("created", f"hub:{KIND}:{NAME}", KIND, number, ORIGIN)
    writing.tell("created", REF, "sample", 1, ORIGIN)
    writing.note(who, "sample.load", REF)
    return True


def _remove(writing: Writing, who: str, refs: list[str]) -> None:
    row = writing.connection.execute(select(sample)).first()
    if row is None:
        return
    lessen(writing, refs)
    _remove_alerts(writing, refs)
    _remove_plan(writing)
    _remove_rest(writing)
    before = {"since": instant(row.at).isoformat(), "by": row.by_whom, "whole": bool(row.loaded)}
    writing.connection.execute(delete(sample))
    writing.tell("deleted", REF, "sample", 3, ORIGIN)
    writing.note(who, "sample.remove", REF, before=before)


def _remove_alerts(writing: Writing, refs: list[str]) -> None:
    run = writing.connection.execute
    found = run(select(alert.c.ref, alert.c.version).where(alert.c.ref.in_(refs))).all()
    run(delete(alert).where(alert.c.ref.in_(refs)))
    run(delete(occurrence).where(occurrence.c.alert.in_(refs)))
    run(delete(former_member).where(former_member.c.alert.in_(refs)))
    run(delete(link).where(link.c.source.in_(refs)))
    for row in found:
        writing.tell("deleted", row.ref, "alert", row.version + 1, ORIGIN)


def _remove_plan(writing: Writing) -> None:
    """Remove the plan, and what an import that was killed had put aside of it."""
    run = writing.connection.execute
    of_ours = importing.c.project.startswith(f"{PLAN}:", autoescape=True)
    under_way = run(select(importing.c.number, importing.c.project).where(of_ours)).all()
    plans = run(select(project.c.ref, project.c.version).where(project.c.connector == PLAN)).all()
    refs = {row.ref for row in plans} | {row.project for row in under_way}
    numbers = [row.number for row in under_way]
    of_board = item.c.project.in_(refs), item.c.kind.in_(BOARD), item.c.deleted_at.is_(None)
    shown = run(select(item.c.ref, item.c.kind, item.c.version).where(*of_board)).all()
    threatened = [row.ref for row in shown if row.kind == "milestone"]
    run(delete(link).where(link.c.target.in_(threatened)))
    run(delete(move).where(move.c.project.in_(refs)))
    run(delete(item_row).where(item_row.c.project.in_(refs)))
    run(delete(project).where(project.c.ref.in_(refs)))
    run(delete(importing).where(importing.c.number.in_(numbers)))
    run(delete(staging).where(staging.c.journal.in_(numbers)))
    run(delete(journal_part).where(journal_part.c.journal.in_(numbers)))
    for row in shown:
        writing.tell("deleted", row.ref, row.kind, row.version + 1, ORIGIN)
    for plan in plans:
        writing.tell("deleted", plan.ref, "project", plan.version + 1, ORIGIN)


def _remove_rest(writing: Writing) -> None:
    """Remove the deliveries, what did not fit of them, and the services."""
    run = writing.connection.execute
    numbers = select(journal.c.id).where(_came_by(journal.c.connector))
    run(delete(journal_part).where(journal_part.c.journal.in_(numbers)))
    run(delete(journal).where(_came_by(journal.c.connector)))
    run(delete(watched).where(_came_by(watched.c.connector)))
    unfit = run(select(quarantine.c.id).where(_came_by(quarantine.c.connector))).scalars().all()
    run(delete(quarantine).where(quarantine.c.id.in_(unfit)))
    for one in unfit:
        writing.tell("deleted", f"hub:quarantine:{one}", "quarantine", 2, ORIGIN)
    active = select(document.c.number).where(document.c.origin == ORIGIN, document.c.active)
    for number in run(active).scalars().all():
        writing.tell("deleted", f"hub:{KIND}:{NAME}", KIND, number, ORIGIN)
    run(delete(document).where(document.c.origin == ORIGIN))


def _came_by(connector: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(*(connector == one for one in CONNECTORS))
