"""Run the journal through the mappings again: first say what would change, then do it.

Replay, preview and ingest call the same `apply`; a replay of alerts is the ingest's own decision on
deliveries that are already in the journal. With `diff` the decision is made and thrown away.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from hub.contract import Delivery, Page, Receiver
from hub.errors import Anomalous
from hub.services.access import Principal
from hub.services.ingest.group import Arrived
from hub.services.ingest.intake import GroupIntake
from hub.services.ingest.rows import QuarantineRow, WriteSet
from hub.services.numbers import whole
from hub.services.pulled import reread
from hub.services.refusals import Fault, Refusal, Why
from hub.services.work.intake import WorkIntake

PIECE: Final = 50
"""Deliveries in one transaction: small, so that webhooks need not wait long."""
EXAMPLES: Final = 20


@dataclass(frozen=True, slots=True)
class Stored:
    """A delivery in the journal. `plan` is the project that a stored file is the newest of."""

    id: int
    kind: str
    name: str | None
    delivery: Delivery
    plan: str | None = None


class DeliveryLog(Protocol):
    """What a replay asks of the journal."""

    def deliveries(
        self, connector: str | None, since: datetime | None
    ) -> AsyncIterator[list[Stored]]:
        """Yield deliveries in the order received, in pieces."""

    async def delivery(self, number: int) -> Stored | None:
        """Return one delivery."""

    async def quarantined(self, id_: str) -> tuple[str, str] | None:
        """Return (receipt, state) of a quarantined record."""

    async def note(self, who: str, action: str, ref: str) -> None:
        """Leave an audit line."""

    async def settle(self, id_: str, message: str | None, who: str) -> None:
        """Write down how a retry went; None: it fits now."""

    async def fitted(self, receipts: Sequence[str], unfit: Collection[str], who: str) -> None:
        """Write down that all quarantined records of these deliveries fit now, but for some."""


PlanAgain = Callable[[Stored, bool], Awaitable[Mapping[str, int]]]
"""Imports a stored plan file again, or (True) only says what that would change."""


@dataclass(slots=True)
class _Report:
    records: int = 0
    created: int = 0
    changed: int = 0
    quarantined: int = 0

    def add(self, done: WriteSet, records: int) -> list[dict[str, object]]:
        """Count what a decision changed; return examples."""
        self.records += records
        self.quarantined += len(done.quarantine)
        examples: list[dict[str, object]] = []
        for change in done.changes:
            if change.kind == "alert":
                self.created += change.type == "created"
                self.changed += change.type == "updated"
                examples.append({"ref": change.ref, "type": change.type, "cause": change.cause})
        return examples


class ReplayDesk:
    """The port `hub.services.desks.Replays`."""

    def __init__(
        self,
        journal: DeliveryLog,
        intake: GroupIntake,
        work: WorkIntake,
        unpackers: Mapping[str, tuple[str, Receiver | None]],
        plan_again: PlanAgain,
        connectors: Collection[str],
    ) -> None:
        self._journal = journal
        self._intake = intake
        self._work = work
        self._unpackers = unpackers
        self._plan_again = plan_again
        self._connectors = connectors

    async def start(
        self, connector: str | None, since: str | None, *, diff: bool, who: Principal
    ) -> Mapping[str, object] | Refusal:
        """Run a replay, or with `diff` only say what would change."""
        at = _instant(since)
        if isinstance(at, Refusal):
            return at
        if connector is not None and connector not in self._connectors:
            return _no_connector(connector, self._connectors)
        if not diff:
            await self._journal.note(who.name, "replay", connector or "*")
        report, examples = _Report(), list[dict[str, object]]()
        newest_plan: dict[str, Stored] = {}
        async for piece in self._journal.deliveries(connector, at):
            alerts = [stored for stored in piece if stored.kind in {"webhook", "pull"}]
            files = (s for s in piece if s.kind == "file" and s.plan is not None)
            newest_plan.update({str(s.plan): s for s in files})
            arrived = [a for stored in alerts if (a := self._arrived(stored)) is not None]
            work = [a for a in arrived if self._work.handles(a.delivery.connector)]
            for one in work:
                examples = [*examples, *await self._work_again(one, report, diff=diff, who=who)]
            examples = examples[:EXAMPLES]
            arrived = [a for a in arrived if not self._work.handles(a.delivery.connector)]
            if arrived:
                done = await self._intake.again(arrived, diff=diff)
                records = sum(len(a.page.records) for a in arrived)
                examples = [*examples, *report.add(done, records)][:EXAMPLES]
                if not diff:
                    receipts = [f"{a.delivery.connector}:{a.number}" for a in arrived]
                    unfit = {row.id for row in done.quarantine}
                    await self._journal.fitted(receipts, unfit, who.name)
        for stored in newest_plan.values():
            counts = await self._plan_again(stored, diff)
            report.records += counts["records"]
            report.created += counts["created"]
            report.changed += counts["updated"] + counts["removed"]
        return {
            "diff": diff,
            "records": report.records,
            "created": report.created,
            "changed": report.changed,
            "unchanged": max(0, report.records - report.created - report.changed),
            "quarantined": report.quarantined,
            "examples": examples,
        }

    async def _work_again(
        self, one: Arrived, report: _Report, *, diff: bool, who: Principal
    ) -> list[dict[str, object]]:
        """Map a delivery of a tracker anew; return examples of what that changes."""
        assert one.number is not None  # noqa: S101 - it comes from the journal
        done = await self._work.again(one.type, one.delivery, one.page, one.number, dry=diff)
        report.records += len(one.page.records)
        report.created += done.created
        report.changed += done.updated + done.removed
        report.quarantined += len(done.quarantine)
        receipt = f"{one.delivery.connector}:{one.number}"
        if not diff:
            unfit = {row.id for row in done.quarantine}
            await self._journal.fitted([receipt], unfit, who.name)
        changed = [row for row in done.rows if row.kind in {"task", "milestone"}]
        return [{"ref": row.ref, "type": "updated", "cause": receipt} for row in changed[:EXAMPLES]]

    def _arrived(self, stored: Stored) -> Arrived | None:
        known = self._unpackers.get(stored.delivery.connector)
        if known is None:
            return None  # the connector was removed; its alerts stay as they are
        type_, receiver = known
        try:
            page = reread(receiver, stored.delivery.body)
        except Anomalous:
            return None
        return Arrived(type_, stored.delivery, page, stored.id)

    async def retry(self, quarantined: str, who: Principal) -> Mapping[str, object] | Refusal:
        """Map one quarantined record again with the active document."""
        found = await self._journal.quarantined(quarantined)
        if found is None:
            return Refusal(Why.NOT_FOUND, f"there is nothing quarantined as {quarantined}")
        receipt, _ = found
        head, _, n = receipt.partition("#") if "#" in receipt else quarantined.partition("#")
        number, place = whole(head.rpartition(":")[2]), whole(n)
        stored = await self._journal.delivery(number) if number is not None else None
        arrived = self._arrived(stored) if stored is not None else None
        if arrived is None or place is None or place >= len(arrived.page.records):
            message = "the delivery holds no record of this name that can be read; fix the sender"
            return Refusal(Why.CONFLICT, message)
        rows = await self._once_more(arrived, place)
        unfit = rows[0].message if rows else None
        await self._journal.settle(quarantined, unfit, who.name)
        state = "open" if unfit else "solved"
        return {"id": quarantined, "state": state, "message": unfit}

    async def _once_more(self, arrived: Arrived, place: int) -> Sequence[QuarantineRow]:
        """Map the one record at a place anew; return what did not fit."""
        if self._work.handles(arrived.delivery.connector):
            assert arrived.number is not None  # noqa: S101 - it comes from the journal
            done = await self._work.again(
                arrived.type, arrived.delivery, arrived.page, arrived.number, only=place
            )
            return done.quarantine
        only = Arrived(arrived.type, arrived.delivery, _only(arrived, place), arrived.number, place)
        return (await self._intake.again([only], diff=False)).quarantine


def _only(arrived: Arrived, n: int) -> Page:
    return Page(records=(arrived.page.records[n],))


def _no_connector(name: str, known: Collection[str]) -> Refusal:
    message = f"there is no connector {name}; configured are {', '.join(sorted(known))}"
    return Refusal(Why.INVALID, message, (Fault("connector", "connector", message),))


def _instant(since: str | None) -> datetime | Refusal | None:
    if since is None:
        return None
    try:
        at = datetime.fromisoformat(since)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        fault = Fault("since", "instant", "write an instant with offset, 2026-01-05T12:00:00+08:00")
        return Refusal(Why.INVALID, fault.msg, (fault,))
    return at
