"""The account of one group: its numbers, its journal, its quarantine, and what changed."""

import hashlib
from datetime import datetime

import orjson

from hub.errors import Unmappable
from hub.services.changes import Change
from hub.services.desks import Accepted
from hub.services.ingest.group import Arrived, Group, Item
from hub.services.ingest.rows import JournalRow, PositionRow, QuarantineRow, Snapshot, WriteSet
from hub.services.instants import micros


class Ledger:
    """Takes numbers from the clock that the snapshot saw, and notes what bears them.

    Shape: `out` is what will be stored; `receipts` has one for each delivery.
    """

    def __init__(self, snapshot: Snapshot, now: datetime) -> None:
        self.out = WriteSet(snapshot.seq, snapshot.incident_no)
        self.receipts: list[str] = []
        self._when = now
        self.now = micros(now)

    def number(self) -> int:
        """Take the next number."""
        self.out.seq += 1
        return self.out.seq

    def change(self, what: str, ref: str, kind: str, version: int, cause: str) -> None:
        """Note a change for the readers."""
        self.out.changes.append(Change(self.number(), self._when, what, ref, kind, version, cause))

    def receipt(self, item: Item) -> str:
        """Name a record by its delivery and its place in it."""
        return f"{self.receipts[item.arrived]}#{item.n}"

    def journal(self, group: Group) -> None:
        """Enter the deliveries as received, unless they are there already."""
        group.answers = []
        group.repeats = [0] * len(group.arrived)
        for one in group.arrived:
            if one.number is not None:
                self.receipts.append(f"{one.delivery.connector}:{one.number}")
                continue
            if one.page.cursor is not None:
                row = PositionRow(one.delivery.connector, one.page.cursor, self.now)
                self.out.positions = [p for p in self.out.positions if p[0] != row[0]] + [row]
            if one.kind == "pull" and not (one.page.records or one.page.rejected or one.page.gone):
                self.receipts.append("")
                group.answers.append(Accepted(0, ""))
                continue
            number = self.number()
            receipt = f"{one.delivery.connector}:{number}"
            self.receipts.append(receipt)
            group.answers.append(Accepted(len(one.page.records), receipt))
            self.out.journal.append(_journal_row(number, one))
            self._reject(one, receipt)

    def _reject(self, one: Arrived, receipt: str) -> None:
        for n, rejected in enumerate(one.page.rejected):
            evidence = _cut(one.delivery.body, rejected.span)
            self._quarantine(
                f"{receipt}!{n}", receipt, one, rejected.kind, rejected.path, rejected.message,
                evidence,
            )  # fmt: skip

    def refuse(self, item: Item, arrived: Arrived, error: Unmappable | None) -> None:
        """Put a record that does not fit into the quarantine."""
        receipt = self.receipts[item.arrived]
        self._quarantine(
            f"{receipt}#{item.n}", receipt, arrived, item.record.kind,
            error.path if error else "$", str(error), _cut(arrived.delivery.body, item.record.span),
        )  # fmt: skip

    def _quarantine(
        self, id_: str, receipt: str, one: Arrived, kind: str, path: str, message: str,
        evidence: bytes | None,
    ) -> None:  # fmt: skip
        row = QuarantineRow(
            id_, receipt, one.delivery.connector, f"{one.type}.{kind}", path, message, "open",
            self.now, 0, evidence,
        )  # fmt: skip
        self.out.quarantine.append(row)
        self.change("created", f"hub:quarantine:{id_}", "quarantine", 1, receipt)


def _journal_row(number: int, one: Arrived) -> JournalRow:
    delivery, records = one.delivery, one.page.records
    spans = [edge for record in records for edge in (record.span or (0, 0))]
    return JournalRow(
        number, delivery.connector, one.kind, None, micros(delivery.received_at),
        delivery.content_type, orjson.dumps(dict(delivery.headers)),
        hashlib.blake2b(delivery.body, digest_size=16).digest(), len(delivery.body), len(records),
        orjson.dumps(spans), delivery.body,
    )  # fmt: skip


def _cut(body: bytes, span: tuple[int, int] | None, most: int = 64 << 10) -> bytes | None:
    return None if span is None else body[span[0] : min(span[1], span[0] + most)]
