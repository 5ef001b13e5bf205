"""What the ingest asks of a store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.model.links import Link
from hub.model.ops import Service
from hub.services.catalogue.binding import MilestoneFacts
from hub.services.ingest.rows import (
    AlertRow,
    FormerRow,
    IncidentRow,
    QuarantineRow,
    Snapshot,
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
