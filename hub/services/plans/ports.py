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

    Shape: `guids` maps GUID to key of the tasks and milestones that are not removed; one that
           stands twice says nothing and is left out.
    """

    version: int
    guids: Mapping[str, str]
    items: int


@dataclass(frozen=True, slots=True)
class Raw:
    """The file as it came: what the journal says of it.

    Shape: `number` is the import's; `stored` is that of the journal's file when it was read from
           there.
    """

    number: int
    connector: str
    name: str
    content_type: str
    digest: bytes
    size: int
    records: int
    stored: int | None = None

    @property
    def journal(self) -> int:
        """The number by which the journal knows the file."""
        return self.number if self.stored is None else self.stored


@dataclass(frozen=True, slots=True)
class Merged:
    """What an import changes."""

    created: int
    updated: int
    removed: int

    @property
    def any(self) -> bool:
        """Whether it is anything."""
        return bool(self.created or self.updated or self.removed)


@dataclass(frozen=True, slots=True)
class TooMuchGone:
    """The file would remove so much that a person has to say that it is meant."""

    gone: int
    of: int


class Watched(NamedTuple):
    """How the newest file of a watched path was dealt with.

    Shape: `cursor` names the file; `refusal` says why it is not the plan, None when it is; `stamp`
           tells by which mappings that was decided.
    """

    cursor: str
    stamp: str
    refusal: str | None


class PlanStore(Protocol):
    """Where plans are kept. Each method raises Transient when the store cannot."""

    async def begin(self) -> int:
        """Take a number for an import, which is that of its file in the journal too."""

    async def keep_part(self, number: int, n: int, compressed: bytes) -> None:
        """Store a piece of the file as it came."""

    async def known(self, number: int, project: str, *, dry: bool = False) -> Known:
        """Take a project over from whoever imports it, and read what is known of it.

        Raises: Transient, when it is `dry` and somebody imports the project right now.
        """

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
        """Make the staged rows the plan, all at once; with `dry` only count.

        Raises: Transient, when somebody else took the project over since `known` was read.
        """

    async def abandon(self, number: int) -> None:
        """Remove what an import left behind."""

    async def tidy(self) -> None:
        """Remove what imports left behind that were killed."""
