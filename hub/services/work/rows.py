"""Work that a tracker tells of, one by one, as rows: what the store holds and takes.

Plain tuples: an issue costs some microseconds, and a dataclass would double that.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from hub.services.ingest.rows import JournalRow, PositionRow, QuarantineRow


class WorkRow(NamedTuple):
    """A row of `item_row` in the order of its columns.

    Shape: `people` and `owns` are JSON lists of text. Units: microseconds since the epoch.
    """

    ref: str
    project: str
    kind: str
    key: str
    guid: str | None
    parent: str | None
    ord: int
    title: str | None
    status: str | None
    start: str | None
    finish: str | None
    due: str | None
    digest: bytes
    body: bytes
    detail: bytes
    since: int
    until: int | None
    version: int
    deleted_at: int | None
    origin: str
    stamp: str
    heard_at: int
    journal: int
    code: str | None
    people: str | None
    owns: str | None
    awaits: str | None
    gone: str | None


class KnownRow(NamedTuple):
    """What is read of a row before it is decided upon."""

    ref: str
    project: str
    parent: str | None
    status: str | None
    start: str | None
    finish: str | None
    due: str | None
    digest: bytes
    version: int
    deleted_at: int | None
    stamp: str
    code: str | None
    owns: str | None
    gone: str | None


class KnownProject(NamedTuple):
    """What is read of a project. Shape: `body` is its encoded JSON."""

    ref: str
    version: int
    deleted_at: int | None
    body: bytes


class ProjectRow(NamedTuple):
    """A project as stored, in the order of its columns."""

    ref: str
    key: str
    connector: str
    title: str
    version: int
    imported_at: int
    journal: int
    deleted_at: int | None
    body: bytes


class Tomb(NamedTuple):
    """A row that is not there any more, and why."""

    gone: str
    deleted_at: int
    heard_at: int
    version: int
    ref: str


class FormerCode(NamedTuple):
    """What work was called before."""

    connector: str
    code: str
    ref: str


@dataclass(slots=True)
class Before:
    """What the store holds of what a page speaks of; nobody else writes until it is decided.

    Shape: `milestones` are the keys of all milestones of the connector, `awaited` the refs of the
           rows that wait for a parent, by its code. `codes` has the refs of the codes asked about.
    """

    rows: dict[str, KnownRow]
    projects: dict[str, KnownProject]
    milestones: set[str]
    awaited: dict[str, list[str]]
    codes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What has to be read before a page can be decided upon.

    Shape: refs of rows and of projects, and codes of parents. `keys` are those of tasks: of these
           the milestone of the same key is read too, if there is one.
    """

    connector: str
    rows: list[str]
    keys: list[str]
    projects: list[str]
    codes: list[str]


@dataclass(slots=True)
class WorkWrites:
    """What one page changes; stored whole or not at all.

    Shape: `renamed` are refs that are another kind now: (before, now); whatever names the first
           one, names the second. `adopted` are rows that get a parent: (row, parent).
    """

    journal: list[JournalRow] = field(default_factory=list)
    rows: list[WorkRow] = field(default_factory=list)
    tombs: list[Tomb] = field(default_factory=list)
    projects: list[ProjectRow] = field(default_factory=list)
    former: list[FormerCode] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    adopted: list[tuple[str, str]] = field(default_factory=list)
    quarantine: list[QuarantineRow] = field(default_factory=list)
    positions: list[PositionRow] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    removed: int = 0
    repeats: int = 0
