"""What measuring asks of a store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from hub.services.measuring.turns import Kept, News


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an objective, and since when. Shape: `body` is its JSON for the API."""

    name: str
    service: str
    state: str
    since: datetime
    judged_at: datetime
    body: bytes


class SeriesStore(Protocol):
    """Series in blocks. Every method raises Transient when the store cannot."""

    async def series(self) -> Mapping[str, Kept]:
        """Return how far every series was asked for."""

    async def keep(self, news: Sequence[News], now: datetime) -> None:
        """Put points into their blocks and write down how far it went, in one write.

        Shape: the same points again change nothing. Points of a series whose digest is another one
               take the place of all that it had.
        """

    async def blocks(
        self, ref: str, step: timedelta, start: datetime, end: datetime
    ) -> Mapping[datetime, bytes]:
        """Return the blocks of a series that touch a span, by their beginnings."""

    async def forget(self, now: datetime) -> int:
        """Remove a piece of the blocks that are over their term; return how many."""


class ObjectiveStore(Protocol):
    """What is said of objectives. Every method raises Transient when the store cannot."""

    async def told(self) -> Mapping[str, Told]:
        """Return what was last said of every objective."""

    async def tell(self, told: Sequence[Told], gone: Sequence[str] = ()) -> None:
        """Write down what is said, in one write; readers are told what has another state."""
