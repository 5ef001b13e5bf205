"""The ports a connector may fill. None of them is a base class: a matching shape is enough."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from pydantic import BaseModel

from hub.contract.records import Cursor, Page


class Receiver(Protocol):
    """Takes what a tool pushes. Gets headers and bytes, never a web framework's request."""

    def authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Tell whether the sender knows the secret; compare in constant time.

        Shape: header names are lower-case.
        """

    def unpack(self, body: bytes) -> Page:
        """Split a delivery into records.

        Raises: Anomalous, when the bytes are not this tool's envelope.
        """


class Source(Protocol):
    """Pulls pages from a tool."""

    def read(self, since: Cursor | None) -> AsyncIterator[Page]:
        """Yield pages after `since`, oldest first; each carries the cursor that follows it.

        Raises: Transient, Misconfigured, Anomalous.
        """


class Reading(Iterator[Page], Protocol):
    """Pages of one file, in file order, and what the file as a whole turned out to be."""

    @property
    def summary(self) -> Mapping[str, object]:
        """Return what was counted; complete once the last page was taken.

        Shape: JSON values, in the tool-neutral words of `import --json`, with `warnings` (what is
               wrong with the file) and `losses` (what we approximated or left out), each a list of
               {"code", "count", "example", "message"}.
        """


class Importer(Protocol):
    """Reads a file that a person or a folder hands in, as a stream."""

    def sniff(self, head: bytes) -> str | None:
        """Name the file type from its first 4 KiB by content, never by its name; None: not ours.

        Shape: a type that we know but cannot read is named too; `read` then says what to do.
        """

    def read(self, file: BinaryIO) -> Reading:
        """Yield pages of records in file order, holding no more than one page in memory.

        Raises: Anomalous, with line and column where the format has them; Misconfigured, when the
                file is of a kind that needs something not installed.
        """


class Watch(Protocol):
    """Looks at a file that somebody else writes, and opens it when it has changed."""

    def poll(self, since: Cursor | None) -> tuple[BinaryIO, Cursor] | None:
        """Open the file when it differs from what `since` saw; the caller closes it.

        Shape: reading the file to its end raises Transient when it changed meanwhile.
        Raises: Misconfigured, when there is no such file; Transient, when it went away.
        """


class Writer(Protocol):
    """Writes back to a tool. Nothing fills it yet; a manifest can name it already."""

    async def apply(self, operation: Mapping[str, object]) -> Mapping[str, object]:
        """Carry out one operation and return what the tool says it stored."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a connector says of itself.

    Shape: `type` is the word in `milepost.yaml`. `mappings` names the import package and folder
           with the default documents, e.g. ("mappings", "prometheus"). `kinds` are the record
           kinds it delivers, in the order in which they must be mapped within one delivery.
    """

    type: str
    title: str
    kinds: tuple[str, ...]
    mappings: tuple[str, str]
    manual: str = ""


@dataclass(frozen=True, slots=True)
class Connector:
    """The one object that a connector package exports as CONNECTOR.

    Shape: each factory gets an instance of `settings`; what a connector cannot do is None.
    """

    manifest: Manifest
    settings: type[BaseModel]
    receiver: Callable[[Any], Receiver] | None = None
    source: Callable[[Any], Source] | None = None
    importer: Callable[[Any], Importer] | None = None
    watch: Callable[[Any], Watch | None] | None = None
    writer: Callable[[Any], Writer] | None = None
    extras: Mapping[str, str] = field(default_factory=dict)
