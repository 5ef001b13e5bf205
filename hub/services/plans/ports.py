"""What an import asks of a store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from hub.contract import Rejected
from hub.services.plans.rows import ItemRow


class ProjectRow(NamedTuple):
    """A project as stored; `body` is its encoded JSON."""

    ref: str
    key: str
    connector: str
    title: str
    body: bytes


class Known(NamedTuple):
    """What the store holds of a project before an import.

    Shape: `guids` maps GUID to (key, ref) of the tasks and milestones that are not removed; one
           that stands twice says nothing and is left out.
    """

    version: int
    guids: Mapping[str, tuple[str, str]]
    items: int


@dataclass(frozen=True, slots=True)
class Raw:
    """The file as it came: what the journal says of it."""

    number: int
    connector: str
    name: str
    content_type: str
    digest: bytes
    size: int
    records: int


@dataclass(frozen=True, slots=True)
class Merged:
    """What an import changed. `milestones` are the refs of those created, changed or removed."""

    created: int
    updated: int
    removed: int
    milestones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TooMuchGone:
    """The file would remove so much that a person has to say that it is meant."""

    gone: int
    of: int


class PlanStore(Protocol):
    """Where plans are kept. Each method raises Transient when the store cannot."""

    async def begin(self) -> int:
        """Take a journal number for a file."""

    async def keep_part(self, number: int, n: int, compressed: bytes) -> None:
        """Store a piece of the file as it came."""

    async def known(self, project: str) -> Known:
        """Read what is known of a project."""

    async def stage(self, number: int, rows: Sequence[ItemRow]) -> None:
        """Put rows aside; nobody sees them before `merge`."""

    async def merge(
        self,
        raw: Raw,
        row: ProjectRow,
        known: Known,
        rejected: Sequence[Rejected],
        *,
        allow_removals: bool,
        who: str,
        dry: bool = False,
    ) -> Merged | TooMuchGone:
        """Make the staged rows the plan, in one transaction; with `dry` only count.

        Raises: Transient, when somebody else imported the project since `known` was read.
        """

    async def abandon(self, number: int) -> None:
        """Remove what an import left behind."""
