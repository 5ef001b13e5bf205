"""The first look of an admin: what waits, what did not fit, what changed last."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from hub.services.ingest.intake import Queue
from hub.services.mapping_desk import KIND, DocumentVersion
from hub.services.refusals import Refusal
from hub.services.telling import BusHealth

MEASURED_SECONDS: Final = 120
"""So long a measurement of unmapped words counts; arbitrary, it reads thousands of records."""


@dataclass(frozen=True, slots=True)
class Counted:
    """So many, and when the newest came. Shape: `more` means at least so many."""

    count: int
    more: bool
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A version of a document that was made active."""

    document: str
    version: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store knows.

    Shape: `rejected` records or deliveries that did not fit, `unbound` firing alerts that no
           service owns; None where a document was never made active.
    """

    rejected: Counted
    unbound: Counted
    mapping: Changed | None
    catalogue: Changed | None


class Rows(Protocol):
    """What the first look asks of a store."""

    async def stored(self) -> Stored:
        """Return what the store knows, in one moment."""


class Waiting(Protocol):
    """An ingest that says what is not stored yet."""

    @property
    def queue(self) -> Queue:
        """What waits for a commit or is in one that has not ended."""


class HealthyBus(Protocol):
    """A bus that knows how it is."""

    def health(self) -> BusHealth:
        """Return the state of the bus."""


class ActiveDocuments(Protocol):
    """The documents that records are mapped with."""

    async def active(self, kind: str) -> Sequence[DocumentVersion]:
        """Return the active version of every document of a kind."""


class Covering(Protocol):
    """Measures a document against the newest stored records."""

    async def coverage(self, document: str) -> Mapping[str, object] | Refusal:
        """Return unmapped words and unused paths."""


@dataclass(frozen=True, slots=True)
class _Measured:
    documents: tuple[str, ...]
    until: float
    answer: Mapping[str, object]


class IntakeOverview:
    """The port `hub.services.desks.Overview`."""

    def __init__(
        self,
        intake: Waiting,
        bus: HealthyBus,
        rows: Rows,
        documents: ActiveDocuments,
        mappings: Covering,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._intake = intake
        self._bus = bus
        self._rows = rows
        self._documents = documents
        self._mappings = mappings
        self._now = now
        self._measuring = asyncio.Lock()
        self._measured: _Measured | None = None

    async def intake(self) -> Mapping[str, object]:
        """Return what waits, what was rejected or is bound nowhere, and the last changes."""
        waiting = asdict(self._intake.queue)  # before the store is asked: its wait is no news
        stored = await self._rows.stored()
        health = self._bus.health()
        return {
            "waiting": waiting,
            **asdict(stored),
            "bus": {
                "transport": health.transport,
                "reachable": health.reachable,
                "since": health.since,
                "detail": health.detail or None,
            },
            "as_of": self._now(),
        }

    async def unmapped(self) -> Mapping[str, object]:
        """Return the words of the newest records that no table of an active document holds."""
        active = await self._documents.active(KIND)
        ids = tuple(version.id for version in active)
        async with self._measuring:  # who comes meanwhile takes the same answer
            known = self._measured
            if known is None or known.documents != ids or time.monotonic() > known.until:
                answer = await self._measure(active)
                known = _Measured(ids, time.monotonic() + MEASURED_SECONDS, answer)
                self._measured = known
        return known.answer

    async def _measure(self, active: Sequence[DocumentVersion]) -> Mapping[str, object]:
        at = self._now()
        records = 0
        words: list[dict[str, Any]] = []
        for version in active:
            found: Any = await self._mappings.coverage(version.id)
            if isinstance(found, Refusal):
                continue  # none of its connectors is set up, so nothing of it can be unmapped
            records += found["records"]
            words += [{"mapping": version.name, **word} for word in found["unmapped"]]
        words.sort(key=lambda word: -word["count"])
        return {"items": words, "next": None, "total": len(words), "records": records, "as_of": at}
