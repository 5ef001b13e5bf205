"""Take deliveries, and answer each after the commit that holds it (group commit).

Requests that wait at the same moment share one transaction. One task commits; nothing else writes
alerts in this process, so records of one alert are handled in the order received.
"""

import asyncio
import contextlib
import hashlib
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

import structlog

from hub.contract import Delivery, Gone, Page, Receiver
from hub.errors import Anomalous, Transient
from hub.linking import FLAPS, NOT_LOOKED, TIMED_OUT, FlapRule, Regrouping
from hub.services.desks import Accepted
from hub.services.ingest.carrying import Carrier
from hub.services.ingest.context import Context
from hub.services.ingest.deciding import decide
from hub.services.ingest.group import (
    NOTHING_MOVED,
    Again,
    Arrived,
    Discarded,
    Group,
    NeedIncidents,
    Stale,
    prepare,
)
from hub.services.ingest.live import Live
from hub.services.ingest.ports import HotStore, Unverified
from hub.services.ingest.rows import QuarantineRow, Snapshot, WriteSet
from hub.services.instants import micros
from hub.services.meter import Meter
from hub.services.plans.networks import Networks
from hub.services.pulled import CONTENT_TYPE, encoded
from hub.services.refusals import Refusal, Why

MAX_BODY: Final = 10 << 20
MOST_WAITING: Final = 64 << 20
"""Bytes of deliveries that may wait for a commit; beyond that senders are asked to come again."""
GROUP_RECORDS: Final = 4000
"""Arbitrary: large enough to share a commit, small enough to keep the others' wait short."""
EVIDENCE_BYTES: Final = 64 << 10
KEPT_HEADERS: Final = ("user-agent", "content-type", "x-request-id")
TICK: Final = timedelta(seconds=2)
REFRESH: Final = timedelta(seconds=60)
REFRESHED: Final = 100
"""Incidents that are weighed anew in one transaction; arbitrary, some tenths of a second."""
RELINKED: Final = 1000
"""Alerts whose service is looked up anew in one transaction; arbitrary, likewise."""
REGROUPING: Final = 10
"""Regrouping takes one part in so many of the time at most: arbitrary. It looks at every signal
that a late onset may concern, so in a storm with a bad clock it must not crowd out deliveries."""
REMEMBERED: Final = timedelta(hours=1)
"""So long after its end an incident may go on; as the store's `live` reads them."""

log = structlog.get_logger(__name__)
NOT_AUTHENTIC: Final = (
    "the webhook secret is missing or wrong; the sender has to show the connector's webhook_secret"
)


@dataclass(frozen=True, slots=True)
class Queue:
    """What is not stored yet. Shape: `since` is when its oldest delivery came; None: nothing waits.

    Units: bytes as received.
    """

    deliveries: int
    records: int
    bytes: int
    since: datetime | None


@dataclass(slots=True)
class _Waiting:
    arrived: Arrived
    answer: asyncio.Future[Accepted | Refusal]


class GroupIntake:
    """The intake desk: see `hub.services.desks.Intake`."""

    def __init__(
        self,
        store: HotStore,
        receivers: Mapping[str, tuple[str, Receiver]],
        networks: Networks,
        *,
        zone: tzinfo = UTC,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        quiet_seconds: float = 60,
        unverified_seconds: float = 3600,
        flaps: FlapRule = FLAPS,
        max_body: int = MAX_BODY,
        most_waiting: int = MOST_WAITING,
        carrier: Carrier | None = None,
    ) -> None:
        self.max_body = max_body
        self._most_waiting = most_waiting
        self.meter = Meter()
        self._store = store
        self._receivers = receivers
        self._now = now
        self._quiet = timedelta(seconds=quiet_seconds)
        self._zone = zone
        self._flaps = flaps
        self._networks = networks
        self._waiting: list[_Waiting] = []
        self._under_way: list[_Waiting] = []
        self._bytes = 0
        self._wake = asyncio.Event()
        self._context: Context | None = None
        self._age = 0
        self._reading = asyncio.Lock()
        self._carrier = carrier
        self._carried: Context | None = None
        self._live: Live | None = None
        self._late: list[Mapping[str, float]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._busy = asyncio.Lock()
        self._one_tick = asyncio.Lock()
        self._refreshed_at = self._expired_at = datetime.min.replace(tzinfo=UTC)
        self._outdated = (
            True  # while no hub ran somebody may have changed what alerts are linked by
        )
        self._due = asyncio.Event()
        self._regroup_from = 0.0
        self._doubted: dict[str, str] = {}
        self._vouched: dict[str, datetime] = {}
        self._may_be_unverified = True  # an earlier hub may have left some
        self._unverified = timedelta(seconds=unverified_seconds)
        self._began = datetime.min.replace(tzinfo=UTC)
        self.bell: Callable[[str], None] = lambda _: None
        """Rung when only a look can tell: a tool left something out, or may have died."""

    def known(self, connector: str) -> bool:
        """Tell whether this connector is there and receives webhooks."""
        return connector in self._receivers

    @property
    def waiting(self) -> int:
        """How many deliveries wait for a commit."""
        return len(self._waiting)

    @property
    def queue(self) -> Queue:
        """What waits for a commit or is in one that has not ended."""
        held = [waiting.arrived for waiting in (*self._under_way, *self._waiting)]
        return Queue(
            len(held),
            sum(len(one.page.records) for one in held),
            sum(len(one.delivery.body) for one in held),
            min((one.delivery.received_at for one in held), default=None),
        )

    async def start(self) -> None:
        """Begin to commit."""
        self._began = self._now()
        self._tasks = [
            asyncio.create_task(self._committing(), name="intake"),
            asyncio.create_task(self._ticking(), name="intake-tick"),
        ]

    async def stop(self) -> None:
        """Commit what waits, then end."""
        # What the tick brings in waits for a commit, so it ends before whoever commits.
        for task in reversed(self._tasks):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        under_way, self._under_way = self._under_way, []
        refusal = Refusal(Why.UNAVAILABLE, "the hub ends; send it again")
        self._settle(under_way, [refusal] * len(under_way))
        while self._waiting:
            await self._answer(self._take())

    def outdated(self) -> None:
        """Hear that the catalogue, the plan or a document changed: link again with the new one."""
        self._context = None
        self._age += 1
        self._outdated = True
        self._due.set()

    async def look_up_again(self, ref: str, service: str | None, who: str) -> None:
        """Take in at once of which service a person says an alert is; None: of none any more."""
        self._age += 1  # what is being read of the store now does not know it yet
        if self._context is not None:
            self._context.pinned.pop(ref, None)
            if service is not None:
                self._context.pinned[ref] = service, who
        async with self._busy:
            await self._commit([], relink=[ref])
            self._forget()  # the window knows alerts by their services

    async def receive(
        self, connector: str, headers: Mapping[str, str], body: bytes
    ) -> Accepted | Refusal:
        """Store a delivery, then answer."""
        known = self._receivers.get(connector)
        if known is None:
            return Refusal(Why.NOT_FOUND, f"there is no connector {connector!r}")
        type_, receiver = known
        if not receiver.authentic(headers, body):
            self.meter.refused(connector, "unauthorised")
            return Refusal(Why.UNAUTHORISED, NOT_AUTHENTIC)
        if self._bytes + len(body) > self._most_waiting and self._waiting:
            self.meter.refused(connector, "overloaded")
            return Refusal(Why.UNAVAILABLE, "too much waits to be stored; send it again later")
        now = self._now()
        try:
            page = receiver.unpack(body)
        except Anomalous as error:
            self.meter.refused(connector, "invalid")
            await self._keep(connector, type_, body, str(error), now)
            return Refusal(Why.INVALID, str(error))
        kept = {name: storable(headers[name]) for name in KEPT_HEADERS if name in headers}
        delivery = Delivery(connector, now, kept.get("content-type", ""), body, kept)
        answer = await self._enqueue(type_, delivery, page)
        if page.hints and page.hints.get("truncated"):
            self.bell(connector)
        return answer

    async def take(
        self, type_: str, delivery: Delivery, page: Page, kind: str = "webhook"
    ) -> Accepted | Refusal:
        """Store a delivery of the hub's own, which no sender has to vouch for.

        Whoever is cancelled here goes on once it is stored: what waits is stored in any case.
        """
        work = asyncio.ensure_future(self._enqueue(type_, delivery, page, kind))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await asyncio.wait([work])
            raise

    async def pull(self, connector: str, type_: str, page: Page, asked_at: datetime) -> Accepted:
        """Store a page that a source gave, and its cursor, in one transaction.

        Shape: `asked_at` is when the tool was asked: what it told later by itself is younger.
        Raises: Transient, when it could not be stored; then the cursor did not move.
        """
        page, body = encoded(page)
        delivery = Delivery(connector, asked_at, CONTENT_TYPE, body, {})
        taken = await self.take(type_, delivery, page, kind="pull")
        if isinstance(taken, Refusal):
            raise Transient(taken.detail)
        return taken

    async def told_of(self, connector: str, refs: Mapping[str, str]) -> None:
        """Hear which alert each series is, so that a page may speak of a series alone."""
        context = await self.context()
        # Who asked the store before a rule on identity changed has a ref of before.
        carried = self._carrier.carried if self._carrier is not None else {}
        for series, ref in refs.items():
            context.remember(connector, series, carried.get((connector, series), ref))

    def doubt(self, connector: str, why: str) -> None:
        """Hear that ends which this connector reports may be its own silence."""
        if connector not in self._doubted and why != NOT_LOOKED:
            log.warning("ends are doubted", connector=connector, why=why)
        self._doubted[connector] = why
        self._may_be_unverified = True

    def believe(self, connector: str, until: datetime | None = None) -> None:
        """Hear that its ends may be believed; with `until`, only those of up to then."""
        self._vouched.pop(connector, None)
        if until is not None:
            self._vouched[connector] = until
        if self._doubted.pop(connector, NOT_LOOKED) != NOT_LOOKED:
            log.info("ends are believed again", connector=connector)

    def doubted(self, connector: str) -> str | None:
        """Say why its ends are not believed; None: they are."""
        return self._doubted.get(connector)

    async def _end(self, held: Sequence[Unverified], why: str, now: datetime) -> None:
        """End series whose reported end was doubted."""
        for connector in {one.connector for one in held}:
            mine = [one for one in held if one.connector == connector]
            await self.told_of(connector, {one.series: one.ref for one in mine})
            gone = tuple(Gone("alert", one.series, one.key, why) for one in mine)
            type_ = self._receivers[connector][0] if connector in self._receivers else ""
            await self.pull(connector, type_, Page((), gone=gone), now)

    async def _expire_unverified(self) -> None:
        """End what stayed unverified for too long; a look at the store only while there is any.

        Shape: while no hub ran nobody could vouch for anything, so that time does not count.
        """
        if not self._may_be_unverified:
            return
        self._may_be_unverified = False  # what comes while the store is read counts
        try:
            held = await self._store.unverified()
        except Transient:
            self._may_be_unverified = True
            raise
        self._may_be_unverified |= bool(held or self._doubted)
        due = self._now() - self._unverified
        late = [one for one in held if max(one.told_at, self._began) <= due]
        await self._end(late, TIMED_OUT, self._now())

    async def _enqueue(
        self, type_: str, delivery: Delivery, page: Page, kind: str = "webhook"
    ) -> Accepted | Refusal:
        answer: asyncio.Future[Accepted | Refusal] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(Arrived(type_, delivery, page, kind=kind), answer))
        self._bytes += len(delivery.body)
        self._wake.set()
        return await answer

    async def _keep(
        self, connector: str, type_: str, body: bytes, message: str, now: datetime
    ) -> None:
        digest = hashlib.blake2b(body, digest_size=12).hexdigest()
        at = int(now.timestamp() * 1e6)
        row = QuarantineRow(
            id=f"{connector}:{digest}", receipt="", connector=connector, kind=f"{type_}.delivery",
            path="$", message=message, state="refused", at=at, attempts=0,
            evidence=body[:EVIDENCE_BYTES],
        )  # fmt: skip
        try:
            await self._store.keep_evidence(row)
        except Transient as error:
            log.warning("evidence not kept", connector=connector, why=str(error))

    async def _committing(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                self._under_way = self._take()
                await self._answer(self._under_way)
                self._under_way = []

    def _take(self) -> list[_Waiting]:
        """Take whole deliveries until the group is full."""
        records = taken = 0
        while taken < len(self._waiting) and records < GROUP_RECORDS:
            records += len(self._waiting[taken].arrived.page.records)
            taken += 1
        batch, self._waiting = self._waiting[:taken], self._waiting[taken:]
        self._bytes -= sum(len(waiting.arrived.delivery.body) for waiting in batch)
        return batch

    async def _answer(self, batch: Sequence[_Waiting]) -> None:
        """Commit a group and answer it; a failure is every sender's to retry."""
        try:
            arrived = [waiting.arrived for waiting in batch]
            began = time.perf_counter()
            async with self._busy:
                answers, _ = await self._commit(arrived)
            self.meter.committed(time.perf_counter() - began, len(batch))
        except Transient as error:
            log.warning("deliveries not stored", deliveries=len(batch), why=str(error))
            self.meter.failed(str(error))
            refusal = Refusal(Why.UNAVAILABLE, "the store cannot take this now; send it again")
            self._settle(batch, [refusal] * len(batch))
        except Exception:  # the one broad guard of this entry point: a bug must not end the loop
            log.exception("deliveries not stored", deliveries=len(batch))
            if len(batch) > 1:  # one of them is at fault; the others shall not wait for its mending
                for waiting in batch:
                    await self._answer([waiting])
                return
            refusal = Refusal(Why.UNAVAILABLE, "the hub failed on this; it is in its log")
            self._settle(batch, [refusal] * len(batch))
        else:
            self._settle(batch, answers)

    @staticmethod
    def _settle(batch: Sequence[_Waiting], answers: Sequence[Accepted | Refusal]) -> None:
        for waiting, answer in zip(batch, answers, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(answer)

    async def _commit(
        self,
        arrived: Sequence[Arrived],
        *,
        refresh: Sequence[int] = (),
        again: Again = Again.NO,
        relink: Sequence[str] = (),
        regrouping: Regrouping = NOTHING_MOVED,
    ) -> tuple[list[Accepted], WriteSet]:
        """Decide and store one group, reading anew whatever turned out to be old."""
        now = self._now()
        also: set[int] = set()
        decided_on: Live | None = None
        while True:
            context = await self._context_of_alerts()
            live = await self._current_live(also)
            if regrouping.moves and decided_on not in {None, live}:
                regrouping = NOTHING_MOVED  # it was found on incidents that are read anew now
            decided_on = live
            items = prepare(arrived, context)
            group = Group(
                arrived, items, now, self._quiet, refresh, again, relink, regrouping,
                dict(self._doubted), self._flaps, dict(self._vouched),
            )  # fmt: skip
            try:
                done = await self._store.commit(group.refs, self._deciding(group, context, live))
            except Stale:
                await self._catch_up(live)
                continue
            except NeedIncidents as need:
                also |= need.numbers
                self._forget()
                continue
            except Discarded as discarded:
                self._forget()  # it holds what was not stored
                return group.answers, discarded.changes
            except BaseException:
                self._forget()  # it may hold what was not stored
                raise
            live.settle(done.seq, done.incident_no)
            if again is Again.NO:
                self._count(group, done)
                self._ring(group.unvouched)
            return group.answers, done

    def _ring(self, unvouched: set[str]) -> None:
        """Let those be looked at at once of whom somebody told an end that nobody vouches for."""
        self._may_be_unverified |= bool(unvouched)
        for connector in unvouched:
            self.bell(connector)

    def _count(self, group: Group, done: WriteSet) -> None:
        for one, repeats in zip(group.arrived, group.repeats, strict=True):
            self.meter.delivered(one.delivery.connector, len(one.page.records), repeats)
        for row in done.quarantine:
            self.meter.quarantined(row.connector, 1)
        for move in done.refused:
            self.meter.moved_nothing(move.connector, move.reason)
            if move.new:  # what a tool repeats would fill the log
                log.info(
                    "move refused", alert=move.alert, source_key=move.source_key,
                    telling=move.telling, reason=move.reason, receipt=move.receipt,
                )  # fmt: skip

    @staticmethod
    def _deciding(group: Group, context: Context, live: Live) -> Callable[[Snapshot], WriteSet]:
        return lambda snapshot: decide(group, snapshot, context, live)

    async def context(self) -> Context:
        """Return catalogue, plan and documents as they are now."""
        known = self._context
        if known is None:
            async with self._reading:  # who comes meanwhile waits, and does not read it again
                known = self._context or await self._read()
        return known

    async def _context_of_alerts(self) -> Context:
        """Return the context; the alerts that go on are told apart as its documents say."""
        context = await self.context()
        while self._carrier is not None and self._carried is not context:
            try:
                if await self._carrier.go_on(context):
                    self._forget()
                    self.outdated()  # what a person said of an alert went along with it
            except Transient:
                raise
            except Exception:  # a broad guard: what was stored must not keep out what comes
                log.exception("alerts not carried over")
                self._forget()
            self._carried = context
            context = await self.context()
        return context

    async def _carry_ended(self) -> None:
        """Carry over what ended, after a rule on identity changed; deliveries go in between."""
        while self._carrier is not None and self._carrier.due:
            async with self._busy:
                try:
                    if await self._carrier.follow(await self._context_of_alerts()):
                        self._forget()
                except Transient:
                    raise
                except Exception:  # a broad guard: incidents are to resolve all the same
                    log.exception("alerts that ended not carried over")
                    self._carrier.give_up()
                    self._forget()

    async def _read(self) -> Context:
        asked = self._age
        facts = await self._store.facts()
        made = Context.of(facts, self._zone, await self._networks.current())
        if asked == self._age:  # else it is older than what was heard of meanwhile
            self._context = made
        return made

    async def again(self, arrived: Sequence[Arrived], *, diff: bool) -> WriteSet:
        """Map deliveries of the journal again; with `diff` store nothing. Return what changes."""
        async with self._busy:
            _, done = await self._commit(arrived, again=Again.DIFF if diff else Again.STORE)
        return done

    async def _current_live(self, also: set[int]) -> Live:
        if self._live is None:
            context = await self.context()
            live = Live.of(await self._store.live(sorted(also)), context)
            while self._late:
                live.window.disturb(self._late.pop())
            self._live = live
        return self._live

    async def _catch_up(self, live: Live) -> None:
        """Somebody else wrote: keep what is known only if it was not about alerts."""
        known = None if live.touched else await self._store.still_true_at(live.seq)
        if known is None:
            self._forget()
        else:
            live.seq = known

    def _forget(self) -> None:
        """Let what is known of incidents be read anew; only what came late is nowhere else."""
        if self._live is not None:
            self._late.append(self._live.window.late)
            self._live = None

    async def _ticking(self) -> None:
        """Resolve incidents after their quiet time, and let exposure follow the clock."""
        while True:
            with contextlib.suppress(TimeoutError):
                # Not wait_for: until Python 3.12 it forgets to end when both come at once.
                async with asyncio.timeout(TICK.total_seconds()):
                    await self._due.wait()
            self._due.clear()
            try:
                await self.tick()
            except Transient as error:
                log.warning("tick not stored", why=str(error))
            except Exception:  # the one broad guard of this entry point
                log.exception("tick failed")

    async def tick(self) -> None:
        """Do what time alone, or a changed catalogue, brings about.

        Deliveries take their turn in between: what is much is done in pieces.
        """
        async with self._one_tick:
            now = self._now()
            async with self._busy:
                await self._context_of_alerts()
            if self._outdated:
                await self._link_again()
            await self._carry_ended()
            async with self._busy:
                live = await self._current_live(set())
                if live.window.disturbed and time.perf_counter() >= self._regroup_from:
                    await self._regroup(live)
                if live.has_quiet(now - self._quiet):
                    await self._commit([])
            if now - self._refreshed_at >= REFRESH:
                await self._refresh()
                self._refreshed_at = now
            if now - self._expired_at >= min(REFRESH, self._unverified):
                await self._expire_unverified()
                self._expired_at = now

    async def _refresh(self) -> None:
        """Let exposure follow the clock and the plan, and forget what is long over."""
        async with self._busy:
            live = await self._current_live(set())
            live.tidy(micros(self._now() - REMEMBERED))
            numbers = live.open()
        for at in range(0, len(numbers), REFRESHED):
            async with self._busy:
                await self._commit([], refresh=numbers[at : at + REFRESHED])

    async def _link_again(self) -> None:
        """Look up the service of every firing alert, and weigh every open incident, anew."""
        self._outdated = False
        try:
            await self._relink()
        except BaseException:
            self._outdated = True  # the next tick tries again
            raise

    async def _relink(self) -> None:
        firing = await self._store.firing()
        for at in range(0, len(firing), RELINKED):
            async with self._busy:
                await self._commit([], relink=firing[at : at + RELINKED])
        async with self._busy:
            self._forget()  # the window knows alerts by their services
        await self._refresh()

    async def _regroup(self, live: Live) -> None:
        """Move alerts whose late onsets showed that they belong elsewhere."""
        numbers = itertools.count(live.incident_no + 1)
        began, late = time.perf_counter(), live.window.late
        # In a thread, so that readers are answered meanwhile; deliveries wait for `_busy`. Should
        # nobody wait for its end, nobody may use what it still changes.
        self._live = None
        moved = await asyncio.to_thread(live.window.regroup, lambda: next(numbers))
        self._live = live
        try:
            if moved.moves:
                await self._commit([], regrouping=moved)
        finally:
            if self._live is not live:  # it was found on what is read anew: find it again
                self._late.append(late)
                self._forget()
            done = time.perf_counter()
            self._regroup_from = done + (done - began) * REGROUPING


def storable(header: str) -> str:
    """Return a header's value as text: what was no UTF-8 came as lone surrogates."""
    return header.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
