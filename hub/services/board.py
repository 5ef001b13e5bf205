"""The read side: lists and single entities as ready JSON bytes.

The store keeps each entity's JSON encoded once and joins bytes on read, so no list builds objects.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hub.services.refusals import Refusal


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list request asks for.

    Shape: `filters` maps a field to the values that are welcome (or-ed). `sort` is a field name,
           with a leading "-" for descending. `cursor` is what an earlier answer gave as `next`.
    """

    limit: int = 50
    cursor: str | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    q: str | None = None
    sort: str | None = None
    count: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """One page: encoded items, the cursor of the next page, the exact total if it was asked."""

    items: list[bytes]
    next: str | None
    total: int | None
    as_of: datetime


class Board(Protocol):
    """Lists and single entities.

    Kinds: projects milestones tasks alerts incidents services links quarantine changes audit
    connectors mappings operations.
    """

    async def page(self, kind: str, query: ListQuery) -> Listing | Refusal:
        """Return one page; an unknown filter or sort field or a foreign cursor is a refusal."""

    async def tally(self, query: ListQuery) -> Mapping[str, object] | Refusal:
        """Count alerts by state and severity: `{"items": [{status, severity, alerts}], …}`."""

    async def groups(self, by: str, query: ListQuery) -> Mapping[str, object] | Refusal:
        """Count alerts by service, incident, milestone, title or fingerprint, the worst first."""

    async def one(self, kind: str, ref: str) -> bytes | None:
        """Return one entity in its long form, or None."""

    async def search(self, text: str, limit: int) -> list[bytes]:
        """Return hits of any kind: `{"ref", "kind", "title"}`."""

    async def schedule(self, project: str) -> bytes | None:
        """Return computed dates and both floats of a project's tasks, or None."""

    async def earned_value(self, project: str) -> bytes | None:
        """Return the earned value of a project at its status date, or None."""

    async def forecast(self, project: str) -> bytes | None:
        """Return the forecast of a project, or None."""

    async def topology(self) -> bytes:
        """Return services as nodes and dependencies as edges, with health."""
