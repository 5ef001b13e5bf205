"""The ports a connector may fill. None of them is a base class: a matching shape is enough."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Protocol, runtime_checkable

from pydantic import BaseModel

from hub.contract.measuring import Measurer
from hub.contract.records import Cursor, Known, Page
from hub.contract.surveying import Surveyor
from hub.contract.wire import Wire


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


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a tool's silence may be believed: is it alive, and since when has it not been seen.

    Shape: `alive` False means that an end which the tool reports may only be its own; None means
           that nobody could tell. `why` is a sentence for the admin. Where a tool takes its own
           silence for an end, `vouches_until` is up to when a reported end cannot be that; None:
           it never is.
    """

    alive: bool | None
    why: str = ""
    seen_at: datetime | None = None
    vouches_until: datetime | None = None


class Source(Protocol):
    """Pulls from a tool. Polling is the truth: with it alone the hub ends in the right state.

    Every method raises Transient, Misconfigured, Anomalous. One method runs at a time.
    """

    def read(self, since: Cursor | None) -> AsyncIterator[Page]:
        """Yield what is new after `since`, oldest first; each page carries the cursor after it.

        Shape: a source without such an order yields nothing; its census says it all.
        """

    def census(self) -> AsyncIterator[Page]:
        """Yield all that is there now, as records or by name; a list cut short must raise.

        Shape: of alerts, what is open; of work, all of it. What is only named and is held in
               another version, or not at all, is asked about by `fate`.
        """

    async def fate(self, missing: Sequence[Known]) -> Page:
        """Say what became of what the hub holds and the census did not name, or named as news.

        Shape: records where the tool still knows it, `gone` where it does not. What is in neither
               stays as it is and is asked about again. Of what the hub does not hold yet, `series`
               is the key.
        """

    async def standing(self) -> Standing:
        """Tell whether the tool is alive, by its heartbeat or by asking it."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """When the secret ends by which a tool knows the hub. Shape: `at` None: it never ends."""

    at: datetime | None


@runtime_checkable
class Expiring(Protocol):
    """What a source may be as well: one that can say when its secret ends."""

    async def expiry(self) -> Expiry | None:
        """Ask the tool; None: it cannot be told. Raises: Transient, Misconfigured, Anomalous."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of looking whether a connector can do what it is told to.

    Shape: `code` names the step in words of the connector, e.g. `log-in`; `done` None: not tried.
           `says` is a sentence with the remedy where it failed, with the fact where it did not.
    """

    code: str
    done: bool | None
    says: str


class Checker(Protocol):
    """Looks, changing nothing, whether the tool can be reached, with which rights and versions."""

    def check(self) -> AsyncIterator[Step]:
        """Yield the steps in the order taken; raises none of the four errors."""


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


class Onboarding(Protocol):
    """Brings a tool to tell the hub what happens."""

    def printed(self, hook: str) -> str:
        """Write what an admin copies into the tool; secrets stand as placeholders.

        Shape: `hook` is the address that the tool is to call.
        """

    def install(self, hook: str) -> AsyncIterator[Step]:
        """Do it in the tool, any number of times to the same end, and look whether it holds."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One write to a tool, wanted once.

    Shape: `key` is the idempotency key, `write` one of the manifest's `writes`, `on` what it is
           about; `values` are plain JSON in the hub's words, e.g. {"message": "…", "by": "…"}.
    """

    key: str
    write: str
    on: Known
    values: Mapping[str, object]


class Writer(Protocol):
    """Writes back to a tool. Every method raises Transient, Misconfigured, Anomalous."""

    async def holds(self, operation: Operation) -> bool:
        """Ask the tool whether what the operation wants is there already.

        Used before writing, so that nothing is written twice, and after a time-out, to read back.
        Raises: Misconfigured too when the operation can never be done (no such thing, not allowed);
                its sentence says why.
        """

    async def apply(self, operation: Operation) -> Mapping[str, object]:
        """Write once, without trying again; return what the tool says of it, for the ledger."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a connector says of itself.

    Shape: `type` is the word in `milepost.yaml`. `mappings` names the import package and folder
           with the default documents, e.g. ("mappings", "prometheus"). `kinds` are the record
           kinds it delivers, in the order in which they must be mapped within one delivery.
           `writes` are the classes of write that it can do: acknowledge, comment, severity,
           suppress, unsuppress, close. `work`: what its source delivers is work (projects, tasks,
           milestones, …) and no alerts; a key is then unique within the connector.
    """

    type: str
    title: str
    kinds: tuple[str, ...]
    mappings: tuple[str, str]
    manual: str = ""
    writes: tuple[str, ...] = ()
    work: bool = False


@dataclass(frozen=True, slots=True)
class Connector:
    """The one object that a connector package exports as CONNECTOR.

    Shape: each factory gets an instance of `settings`, and the wire to the tool where it needs one;
           what a connector cannot do is None. A factory of a source, a watch or a measurer answers
           None where these settings name nothing to pull from or to ask.
    """

    manifest: Manifest
    settings: type[BaseModel]
    receiver: Callable[[Any], Receiver] | None = None
    source: Callable[[Any, Wire], Source | None] | None = None
    checker: Callable[[Any, Wire], Checker] | None = None
    importer: Callable[[Any], Importer] | None = None
    watch: Callable[[Any], Watch | None] | None = None
    writer: Callable[[Any, Wire], Writer] | None = None
    onboarding: Callable[[Any, Wire], Onboarding] | None = None
    measurer: Callable[[Any, Wire], Measurer | None] | None = None
    surveyor: Callable[[Any, Wire], Surveyor] | None = None
    extras: Mapping[str, str] = field(default_factory=dict)
