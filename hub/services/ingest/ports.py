"""What the ingest asks of a store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hub.linking import FLAPS, FlapRule
from hub.model.links import Link
from hub.model.ops import Service
from hub.services.catalogue.binding import MilestoneFacts
from hub.services.ingest.rows import (
    AlertRow,
    FormerRow,
    IncidentRow,
    OccurrenceRow,
    QuarantineRow,
    Snapshot,
    Spoken,
    WriteSet,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Catalogue, plan and verdicts, true for change number `seq`.

    Shape: `verdicts` are links that a person confirmed or rejected. `documents` maps
           `<tool>/<kind>` to the text of the active mapping document and its number.
    """

    seq: int
    services: tuple[Service, ...]
    milestones: tuple[MilestoneFacts, ...]
    verdicts: tuple[Link, ...]
    documents: dict[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class LiveRows:
    """Incidents that may still change, with their newest members, true for `seq`."""

    seq: int
    incident_no: int
    incidents: tuple[IncidentRow, ...]
    members: tuple[AlertRow, ...]
    former: tuple[FormerRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Unverified:
    """A series whose end was reported while nobody could vouch for it."""

    ref: str
    connector: str
    series: str
    key: str
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Placed:
    """Which alert a series speaks of.

    Shape: `ref` is the stored alert that has it now, `goal` the one that it is of. `words` are what
           its record says, where it could be read again.
    """

    ref: str
    series: str
    goal: str
    words: Spoken | None = None


@dataclass(frozen=True, slots=True)
class Carrying:
    """What moves together: every series of the alerts concerned, and whose each source key is.

    Shape: `owners` maps (ref, source key) to a goal, for alerts that are parted. `rule` says what
           is flapping.
    """

    placed: tuple[Placed, ...] = ()
    owners: Mapping[tuple[str, str], str] = field(default_factory=dict)
    rule: FlapRule = FLAPS


class CarryStore(Protocol):
    """The store as a change of identity sees it."""

    async def identified(self) -> dict[str, str]:
        """Return by which rules the stored alerts are told apart, a digest for each document."""

    async def note_identified(self, digests: Mapping[str, str]) -> None:
        """Write down by which rules they are told apart from now on."""

    async def alerts(
        self, connectors: Sequence[str], *, going_on: bool, after: str, limit: int
    ) -> list[AlertRow]:
        """Return alerts of connectors by their refs: those that go on, or those that ended."""

    async def newest_ended(self, connectors: Sequence[str], limit: int) -> list[AlertRow]:
        """Return the alerts that ended, newest first."""

    async def count(self, connectors: Sequence[str]) -> int:
        """Count the alerts of connectors."""

    async def told(self, refs: Sequence[str]) -> list[OccurrenceRow]:
        """Return what happened to alerts, in the order stored."""

    async def bodies(self, numbers: Sequence[int]) -> dict[int, tuple[str, bytes]]:
        """Return deliveries of the journal, as (connector, bytes)."""

    async def carry(self, carrying: Carrying, cause: str) -> int:
        """Let alerts become what their series speak of; return how many changed."""


class HotStore(Protocol):
    """The store as the ingest sees it. Each method raises Transient when it cannot."""

    async def commit(self, refs: Sequence[str], decide: Callable[[Snapshot], WriteSet]) -> WriteSet:
        """Read what is known of `refs`, let `decide` say what changes, store it whole or not."""

    async def facts(self) -> Facts:
        """Read catalogue, plan and verdicts."""

    async def live(self, also: Sequence[int] = ()) -> LiveRows:
        """Read incidents that are open or ended lately, and those of `also`."""

    async def firing(self) -> list[str]:
        """Return the refs of all alerts that fire."""

    async def unverified(self) -> list[Unverified]:
        """Return every series whose end is not verified."""

    async def still_true_at(self, seq: int) -> int | None:
        """Return the newest number if no change after `seq` was of an alert or an incident."""

    async def keep_evidence(self, row: QuarantineRow) -> None:
        """Keep the head of a delivery that was no envelope; old ones make room."""
