"""Records: what a tool said, in the tool's own words, unchanged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

Cursor = NewType("Cursor", str)
"""Where a source has to be read on from; opaque to the hub."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing of one tool, as received.

    Shape: `kind` is the tool's word and names the mapping document (`alert`, `task`).
           `key` is unique within (connector, kind): the *source key* of design 3.
           `version` is the source's own version or state. The same key with the same version
           again is a repeat: it is counted, not mapped again. "" means "always map".
           `series` groups the keys that follow one another in time (an Alertmanager fingerprint,
           whose key is fingerprint + startsAt). "" means the key stands alone.
           `span` is the byte range of this record in its delivery, if it has one.
    """

    kind: str
    key: str
    body: Mapping[str, object]
    version: str = ""
    series: str = ""
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """An element of a good envelope that has not the promised shape; it goes to quarantine."""

    kind: str
    path: str
    message: str
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A record that the hub holds for open: `series` and `key` as its `Record` had them."""

    kind: str
    series: str
    key: str


@dataclass(frozen=True, slots=True)
class Named:
    """Something that is at the tool, by name only: what a census says of a thing that is large.

    Shape: `version` as its `Record` has it. The hub asks for what it holds otherwise, or not.
    """

    kind: str
    key: str
    version: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Something open that will never be told to have ended: it is no longer at the tool.

    Shape: `why` is one of deleted (the tool removed it), unwatched (the tool no longer looks, as at
           a disabled host), left (it left what this connector is to see), ended (it is over, and
           the tool no longer says since when).
    """

    kind: str
    series: str
    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Page:
    """Records that arrived together, and where to read on once they are stored.

    Shape: `hints` tells what the delivery says about itself, e.g. {"truncated": 3}. `named` is for
           a census only.
    """

    records: tuple[Record, ...]
    cursor: Cursor | None = None
    rejected: tuple[Rejected, ...] = ()
    hints: Mapping[str, int] | None = None
    gone: tuple[Gone, ...] = ()
    named: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """Bytes as they came from outside: one webhook call, one polled page.

    Shape: `headers` is already cut down to the allow-list; no credential is in it.
    """

    connector: str
    received_at: datetime
    content_type: str
    body: bytes
    headers: Mapping[str, str]
