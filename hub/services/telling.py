"""Telling the outside: the port to a message bus. The bus is a reader of the change log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.services.changes import Batch, Change


class ChangeLog(Protocol):
    """What a bus reads from; `Feed` is one."""

    @property
    def last_seq(self) -> int:
        """The newest sequence number that this process knows."""

    async def after(self, seq: int, limit: int = 1000) -> Batch:
        """Return changes after `seq`, at once."""


class Position(Protocol):
    """Where a bus remembers how far it has told, so that a restart tells the rest."""

    def load(self) -> int | None:
        """Return the last sequence number that was told; None: never told anything."""

    def save(self, seq: int) -> None:
        """Remember it; may be late, which means telling some changes twice."""


@dataclass(frozen=True, slots=True)
class BusHealth:
    """State of a bus.

    Shape: `since` is when it was reached or lost. `told` is the last sequence number that the
           broker has confirmed. `detail` says what is wrong, without a secret; "" when nothing is.
    """

    transport: str
    reachable: bool
    since: datetime
    told: int
    detail: str = ""


class Bus(Protocol):
    """Tells changes to whoever subscribed outside. Never holds up the one who has news."""

    async def start(self, changes: ChangeLog) -> None:
        """Begin to tell what comes after the remembered position, else after the newest change."""

    def publish(self, changes: Sequence[Change]) -> None:
        """Say that there is news; returns at once, from any thread, whatever the broker does."""

    def health(self) -> BusHealth:
        """Return the state of the bus."""

    async def stop(self) -> None:
        """Finish what is being sent and let go of the broker."""
