"""What writing back asks of a store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hub.services.acting.words import Write, WriteState
from hub.services.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a tool to be told about an alert.

    Shape: `kind` is the connector's word for its records. `refused` says why it cannot be sent at
           all: it is then only written down. `hops` is how many systems it came through.
    """

    alert: str
    write: Write
    values: Mapping[str, object]
    who: str
    kind: str
    hops: int = 0
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """An operation that is to be carried out, claimed by one sender.

    Shape: `key` is the idempotency key, `record` the key of the tool's record. `attempts` counts
           this one. `claim` tells this sender from whoever takes over. `sent_at` is when it was
           begun to be sent last, None: never; `taken` tells that the tool said yes to it. Until
           `clouded_until` an earlier write of the same field may still come about.
    """

    number: int
    key: str
    connector: str
    write: Write
    alert: str
    kind: str
    series: str
    record: str
    values: Mapping[str, object] = field(repr=False)
    attempts: int
    created_at: datetime
    claim: int = 1
    sent_at: datetime | None = None
    taken: bool = False
    clouded_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """How an attempt went. `next_at` only where it is tried again."""

    state: WriteState
    says: str
    next_at: datetime | None = None
    answer: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many operations of a connector are not settled, and since when the oldest is wanted."""

    operations: int
    since: datetime


class Outbox(Protocol):
    """The outbox. Each method is one ordered write, or a read."""

    async def want(self, wish: Wish) -> tuple[str, ...] | Refusal:
        """Write a wish down, an operation for each open record of its alert; return their refs."""

    async def claim(self, connector: str) -> Planned | None:
        """Take the next operation that is due, so that nobody else does; None: nothing is.

        Shape: one that was claimed long ago by a sender that died is due again. While writes to the
               connector are stopped nothing is.
        """

    async def begin(self, planned: Planned) -> bool:
        """Write down that it is sent now; False: it may not be.

        Shape: somebody else has it by now, or the writes were stopped since it was claimed; then it
               waits again.
        """

    async def settle(self, planned: Planned, settled: Settled) -> WriteState | None:
        """Write down how an attempt went; None: nothing was, as somebody else has it by now.

        Shape: the state that it is in now. One that would wait is over when something later was
               wanted of its field.
        """

    async def stop_writes(self, connector: str, *, stopped: bool, who: str) -> None:
        """Stop or allow every write to a connector, from this instant on."""

    async def waiting(self) -> Mapping[str, Waiting]:
        """Return what is not settled, by connector; a connector where all is is not in it."""

    async def stopped(self) -> Mapping[str, tuple[str, datetime]]:
        """Return who stopped the writes to which connector, and when."""

    async def change(
        self, ref: str, to: WriteState, among: Sequence[WriteState], who: str
    ) -> Refusal | None:
        """Let a person cancel an operation or have it tried again."""
