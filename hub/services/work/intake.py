"""Take pages of trackers: journal, map, reconcile, store, in one transaction each."""

import asyncio
import contextlib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Final

import orjson

from hub.contract import Cursor, Delivery, Page, Receiver
from hub.errors import Anomalous, Misconfigured, Transient
from hub.mapping import Document, load
from hub.services.desks import Accepted
from hub.services.ingest.intake import KEPT_HEADERS, NOT_AUTHENTIC, storable
from hub.services.ingest.rows import JournalRow, PositionRow, QuarantineRow
from hub.services.instants import micros
from hub.services.pulled import CONTENT_TYPE, encoded
from hub.services.refusals import Refusal, Why
from hub.services.work.deciding import Deciding, Whence, asked
from hub.services.work.ports import Account, WorkStore
from hub.services.work.rows import Before, WorkWrites
from hub.services.work.taking import Taken, take

EVIDENCE_BYTES: Final = 64 << 10


class WorkIntake:
    """Brings in what trackers tell; `hub.services.sync.ports.Pulls` for their connectors.

    Shape: `zones` has every connector whose records are work, and the zone of its plan dates.
    """

    def __init__(
        self,
        store: WorkStore,
        zones: Mapping[str, tzinfo],
        receivers: Mapping[str, tuple[str, Receiver]] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._receivers = receivers or {}
        self._now = now
        self.bell: Callable[[str], None] = lambda _: None
        """Rung when a webhook named something that the tool has to be asked about."""
        self._zones = zones
        self._loaded: dict[str, tuple[Mapping[str, str], Mapping[str, Document]]] = {}

    def handles(self, connector: str) -> bool:
        """Tell whether what a connector delivers is work."""
        return connector in self._zones

    async def pull(self, connector: str, type_: str, page: Page, asked_at: datetime) -> Accepted:
        """Store a page and its cursor in one transaction.

        Shape: a cursor ends a pass.
        Raises: Transient, when it could not be stored; then the cursor did not move.
        """
        page, body = encoded(page)
        delivery = Delivery(connector, asked_at, CONTENT_TYPE, body, {})
        ends = page.cursor is not None
        whence = Whence(connector, type_, self._zones[connector], ends=ends)
        _, receipt = await self._take(whence, page, delivery)
        return Accepted(len(page.records), receipt)

    def known(self, connector: str) -> bool:
        """Tell whether this connector is there and receives webhooks."""
        return connector in self._receivers

    async def receive(
        self, connector: str, headers: Mapping[str, str], body: bytes
    ) -> Accepted | Refusal:
        """Store a webhook and what it names, then answer; what became of it the tool is asked."""
        known = self._receivers.get(connector)
        if known is None:
            return Refusal(Why.NOT_FOUND, f"there is no connector {connector!r}")
        type_, receiver = known
        if not receiver.authentic(headers, body):
            return Refusal(Why.UNAUTHORISED, NOT_AUTHENTIC)
        now = self._now()
        try:
            page = receiver.unpack(body)
        except Anomalous as error:
            digest = hashlib.blake2b(body, digest_size=12).hexdigest()
            row = QuarantineRow(
                f"{connector}:{digest}", "", connector, f"{type_}.delivery", "$", str(error),
                "refused", micros(now), 0, body[:EVIDENCE_BYTES],
            )  # fmt: skip
            with contextlib.suppress(Transient):
                await self._store.keep_evidence(row)
            return Refusal(Why.INVALID, str(error))
        kept = {name: storable(headers[name]) for name in KEPT_HEADERS if name in headers}
        delivery = Delivery(connector, now, kept.get("content-type", ""), body, kept)
        try:
            number = await self._store.hint(journal_row(delivery, "webhook", page), page.named)
        except Transient:
            why = "the store cannot take this now; send it again"
            return Refusal(Why.UNAVAILABLE, why)
        self.bell(connector)
        return Accepted(len(page.named), f"{connector}:{number}")

    async def again(
        self,
        type_: str,
        delivery: Delivery,
        page: Page,
        number: int,
        *,
        only: int | None = None,
        dry: bool = False,
    ) -> WorkWrites:
        """Map a delivery of the journal anew with the documents of now.

        Shape: `only` is the place of the one record that is wanted. Raises: Transient.
        """
        zone = self._zones[delivery.connector]
        whence = Whence(delivery.connector, type_, zone, number, again=True)
        page = replace(page, cursor=None, gone=())  # what went away is known already
        writes, _ = await self._take(whence, page, delivery, only=only, dry=dry)
        return writes

    async def told_of(self, connector: str, refs: Mapping[str, str]) -> None:
        """Hear which row each series is; a key tells that already."""

    def doubt(self, connector: str, why: str) -> None:
        """Hear that a tool may be dead: its silence ends no work anyhow."""

    def believe(self, connector: str, until: datetime | None = None) -> None:
        """Hear that a tool lives."""

    def doubted(self, connector: str) -> str | None:  # noqa: ARG002 - the port's
        """Say why its ends are not believed: they are never doubted."""
        return None

    async def _take(
        self,
        whence: Whence,
        page: Page,
        delivery: Delivery,
        *,
        only: int | None = None,
        dry: bool = False,
    ) -> tuple[WorkWrites, str]:
        documents = await self._documents(whence.type)
        taken = await asyncio.to_thread(take, page, whence.type, documents, only)
        gone = {one.key: one.why for one in page.gone} if only is None else {}
        waits = bool(taken.tasks) and await self._store.waits(whence.connector)
        receipt = ""

        def decide(before: Before, account: Account) -> WorkWrites:
            nonlocal receipt
            number = whence.journal
            if number is None:
                number = account.number()
            receipt = f"{whence.connector}:{number}"
            writes = Deciding(whence, taken, before, account, number).run(gone)
            if whence.journal is None:
                _enter(writes, number, page, delivery, account)
            _quarantine(writes, whence, taken, page, delivery, number, account)
            return writes

        wanted = asked(whence, taken, gone, waits=waits)
        return await self._store.commit(wanted, decide, dry=dry), receipt

    async def _documents(self, type_: str) -> Mapping[str, Document]:
        """Return the active documents; compiled once for each text."""
        texts = await self._store.documents(type_)
        known = self._loaded.get(type_)
        if known is None or known[0] != texts:
            if not texts:
                raise Misconfigured(f"there is no active mapping document for {type_}")
            made = {k: load(t, name=f"mappings/{type_}/{k}.yaml") for k, t in texts.items()}
            known = self._loaded[type_] = texts, made
        return known[1]


def _enter(
    writes: WorkWrites, number: int, page: Page, delivery: Delivery, account: Account
) -> None:
    """Enter a delivery into the journal; one that holds nothing only moves the cursor."""
    cursor: Cursor | None = page.cursor
    if cursor is not None:
        writes.positions.append(PositionRow(delivery.connector, cursor, account.at))
    if not (page.records or page.rejected or page.gone):
        return
    writes.journal.append(journal_row(delivery, "pull", page)._replace(id=number))


def journal_row(delivery: Delivery, kind: str, page: Page) -> JournalRow:
    """Make the journal's row of a delivery; its number is the store's to give."""
    spans = [edge for record in page.records for edge in (record.span or (0, 0))]
    return JournalRow(
        0, delivery.connector, kind, None, micros(delivery.received_at),
        delivery.content_type, orjson.dumps(dict(delivery.headers)),
        hashlib.blake2b(delivery.body, digest_size=16).digest(), len(delivery.body),
        len(page.records), orjson.dumps(spans), delivery.body,
    )  # fmt: skip


def _quarantine(
    writes: WorkWrites,
    whence: Whence,
    taken: Taken,
    page: Page,
    delivery: Delivery,
    number: int,
    account: Account,
) -> None:
    """Put aside what does not fit; the rest of the page counts."""
    receipt = f"{whence.connector}:{number}"
    found = [
        (f"{receipt}#{one.n}", one.record.kind, one.path, one.message, one.record.span)
        for one in taken.unfit
    ]
    if whence.journal is None:
        found += (
            (f"{receipt}!{n}", one.kind, one.path, one.message, one.span)
            for n, one in enumerate(page.rejected)
        )
    for id_, kind, path, message, span in found:
        evidence = None
        if span is not None:
            evidence = delivery.body[span[0] : min(span[1], span[0] + EVIDENCE_BYTES)]
        writes.quarantine.append(
            QuarantineRow(
                id_, receipt, whence.connector, f"{whence.type}.{kind}", path, message, "open",
                account.at, 0, evidence,
            )
        )  # fmt: skip
        account.tell("created", f"hub:quarantine:{id_}", "quarantine", 1, receipt)
