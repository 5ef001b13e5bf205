"""What bringing in work asks of a store."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from hub.contract import Named
from hub.services.ingest.rows import JournalRow, QuarantineRow
from hub.services.work.rows import Asked, Before, WorkWrites


class Account(Protocol):
    """One write under way: gives numbers in commit order, and tells readers."""

    now: datetime

    @property
    def at(self) -> int:
        """The instant of this write, in microseconds."""

    def number(self) -> int:
        """Take the next number."""

    def tell(self, what: str, ref: str, kind: str, version: int, cause: str) -> None:
        """Add a change for the readers."""


Decide = Callable[[Before, Account], WorkWrites]


class WorkStore(Protocol):
    """Where work is kept. Each method raises Transient when the store cannot."""

    async def documents(self, type_: str) -> Mapping[str, str]:
        """Return the texts of the active mapping documents of a tool, by record kind."""

    async def commit(self, asked: Asked, decide: Decide, *, dry: bool = False) -> WorkWrites:
        """Read what is asked, let `decide` say what changes, store it whole or not at all.

        Shape: with `dry` nothing is stored.
        """

    async def hint(self, delivery: JournalRow, named: Sequence[Named]) -> int:
        """Store a webhook and what it names, to be asked about; return the delivery's number."""

    async def keep_evidence(self, row: QuarantineRow) -> None:
        """Keep the head of a delivery that was no envelope; old ones make room."""

    async def waits(self, connector: str) -> bool:
        """Tell whether rows of a connector wait for a parent that nobody told of."""
