"""The mapping desk: store a draft, try it on real records, see what it leaves out, activate it."""

import asyncio
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import BinaryIO, Final, Protocol

from hub.contract import Importer, Receiver, Record, Tabular
from hub.errors import Anomalous, Misconfigured
from hub.mapping import Document, load
from hub.services.access import Principal
from hub.services.plans.tables import headed
from hub.services.previewing import covered, previewed, refused
from hub.services.pulled import reread
from hub.services.refusals import Fault, Refusal, Why

KIND: Final = "mapping"
NEWEST: Final = 2000
"""Records that coverage looks at: enough to meet the rare words, read in less than a second."""
PIECE: Final = 20
_ONLY_ALERTS: Final = "only alerts are joined or split; name a document that makes alerts"
_RECEIPT: Final = re.compile(r"([a-z][a-z0-9-]*):([0-9]{1,18})#([0-9]{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """One version of a document. Shape: `kind` is mapping or services; `name` `<tool>/<kind>`."""

    id: str
    kind: str
    name: str
    number: int
    origin: str
    active: bool
    digest: str
    text: str


class DocumentVersions(Protocol):
    """What the desk asks of the stored documents."""

    async def active_one(self, kind: str, name: str) -> DocumentVersion | None:
        """Return the active version of a document."""

    async def version(self, id_: str) -> DocumentVersion | None:
        """Return one version."""

    async def add_draft(self, kind: str, name: str, text: str, who: str) -> DocumentVersion:
        """Store a version that is not active; the same draft again is the one that is there."""

    async def activate(self, id_: str, who: str) -> DocumentVersion | None:
        """Make a version the active one, and tell it; None when there is none of that id."""


class DeliveryBodies(Protocol):
    """What the desk asks of the journal."""

    async def newest(
        self, connectors: Sequence[str], before: int | None, limit: int
    ) -> list[tuple[int, str, bytes]]:
        """Return webhook deliveries (number, connector, body), newest first."""

    async def body(self, connector: str, number: int) -> bytes | None:
        """Return the bytes of one delivery of a connector."""

    async def newest_file(self, connectors: Sequence[str]) -> tuple[int, str] | None:
        """Return number and connector of the file that came last."""

    async def copy_file(self, number: int, to: BinaryIO) -> None:
        """Write a stored file's bytes as they came."""


class Shown(Protocol):
    """What the desk asks of the board."""

    async def one(self, kind: str, ref: str) -> bytes | None:
        """Return one entity in its long form, or None."""


class Foreseen(Protocol):
    """What the desk asks of the ingest."""

    async def joins(self, name: str, document: Document) -> Mapping[str, object]:
        """Return which stored alerts a document would make one of, and which several of."""


class MappingDesk:
    """The port `hub.services.desks.Mappings`.

    Shape: `unpackers` maps a connector id to its type and receiver, `importers` to its type and
           importer.
    """

    def __init__(
        self,
        documents: DocumentVersions,
        journal: DeliveryBodies,
        board: Shown,
        unpackers: Mapping[str, tuple[str, Receiver | None]],
        importers: Mapping[str, tuple[str, Importer]] = MappingProxyType({}),
        foreseen: Foreseen | None = None,
    ) -> None:
        self._documents = documents
        self._journal = journal
        self._board = board
        self._unpackers = unpackers
        self._importers = importers
        self._foreseen = foreseen

    async def preview(
        self, document: str | None, text: str | None, record: object | None, receipt: str | None
    ) -> Mapping[str, object] | Refusal:
        """Map one record without storing anything; return every step."""
        loaded = await self._loaded(document, text)
        if isinstance(loaded, Refusal):
            return loaded
        kind = loaded.mapping.partition(".")[2]
        found = _given(kind, record) if receipt is None else await self._stored(receipt, loaded)
        if isinstance(found, Refusal):
            return found
        return await asyncio.to_thread(previewed, loaded, found)

    async def joins(self, document: str | None, text: str | None) -> Mapping[str, object] | Refusal:
        """Return which stored alerts a document would join or split; nothing is stored."""
        loaded = await self._loaded(document, text)
        if isinstance(loaded, Refusal):
            return loaded
        if loaded.to != "alert" or self._foreseen is None:
            return _fault("text" if document is None else "document", _ONLY_ALERTS)
        return await self._foreseen.joins(loaded.mapping.replace(".", "/"), loaded)

    async def coverage(self, document: str) -> Mapping[str, object] | Refusal:
        """Return unmapped words and unused paths over the newest stored records."""
        version = await self._version(document)
        if isinstance(version, Refusal):
            return version
        loaded = await self._checked(version.text, version.name)
        if isinstance(loaded, Refusal):
            return loaded
        tool, _, kind = version.name.partition("/")
        sending = [id_ for id_, (type_, _) in self._unpackers.items() if type_ == tool]
        reading = [id_ for id_, (type_, _) in self._importers.items() if type_ == tool]
        if not (sending or reading):
            return Refusal(
                Why.CONFLICT,
                f"no configured connector of type {tool} keeps records that can be read again; "
                "preview a record of your own instead",
            )
        records = await self._newest(sending, kind) if sending else []
        if reading and not records:
            records = await self._of_file(reading, kind)
        return await asyncio.to_thread(covered, loaded, version.name, records)

    async def put(self, text: str, who: Principal) -> bytes | Refusal:
        """Store a draft version; return it."""
        loaded = await self._checked(text, "")
        if isinstance(loaded, Refusal):
            return loaded
        name = loaded.mapping.replace(".", "/")
        foreign = await self._other_target(loaded, name)
        if foreign is not None:
            return foreign
        draft = await self._documents.add_draft(KIND, name, text, who.name)
        return await self._in_full(draft.id)

    async def activate(self, version: str, who: Principal) -> bytes | Refusal:
        """Make a stored version the active one; one that is not valid any more is refused."""
        stored = await self._documents.version(version)
        if stored is None or stored.kind != KIND:
            return _unknown(version)
        loaded = await self._checked(stored.text, stored.name)
        if isinstance(loaded, Refusal):
            return loaded
        foreign = await self._other_target(loaded, stored.name)
        if foreign is not None:
            return foreign
        if await self._documents.activate(version, who.name) is None:
            return _unknown(version)
        return await self._in_full(version)

    async def _in_full(self, id_: str) -> bytes | Refusal:
        found = await self._board.one("mappings", id_)
        return found if found is not None else _unknown(id_)

    async def _loaded(self, document: str | None, text: str | None) -> Document | Refusal:
        if text is not None:
            return await self._checked(text, "")
        version = await self._version(document or "")
        if isinstance(version, Refusal):
            return version
        return await self._checked(version.text, version.name)

    async def _version(self, document: str) -> DocumentVersion | Refusal:
        """Find a version by its id, or the active one by `<tool>/<kind>` or `<tool>.<kind>`."""
        if "@" in document:
            version = await self._documents.version(document)
        else:
            version = await self._documents.active_one(KIND, document.replace(".", "/", 1))
        return version if version is not None and version.kind == KIND else _unknown(document)

    @staticmethod
    async def _checked(text: str, name: str) -> Document | Refusal:
        try:
            return await asyncio.to_thread(
                load, text, name=f"mappings/{name}.yaml" if name else "draft"
            )
        except Misconfigured as error:
            return refused(error)

    async def _other_target(self, document: Document, name: str) -> Refusal | None:
        """Refuse a document that makes something else of the records than the active one does.

        Who takes the records expects alerts of a tool that sends alerts, and tasks of a plan.
        """
        active = await self._documents.active_one(KIND, name)
        before = None if active is None else await self._checked(active.text, name)
        if not isinstance(before, Document) or before.to == document.to:
            return None
        lines = enumerate(document.text.splitlines(), start=1)
        line = next((n for n, text in lines if text.startswith("to:")), 1)
        msg = f"to: {document.mapping} makes {before.to}, not {document.to}; write to: {before.to}"
        return Refusal(Why.INVALID, msg, (Fault(f"{document.name}:{line}", "mapping", msg),))

    async def _stored(self, receipt: str, document: Document) -> Record | Refusal:
        named = _RECEIPT.fullmatch(receipt)
        if named is None:
            return _fault("receipt", f"{receipt!r} names no record; write <connector>:<number>#<n>")
        connector, number, n = named[1], int(named[2]), int(named[3])
        body = await self._journal.body(connector, number)
        records = () if body is None else await self._unpacked([(connector, body)])
        if n >= len(records):
            return Refusal(Why.NOT_FOUND, f"the journal has no record {receipt} to be read again")
        type_, _ = self._unpackers[connector]
        record = records[n]
        if document.mapping != f"{type_}.{record.kind}":
            return _fault("receipt", f"{receipt} is {type_}.{record.kind}, not {document.mapping}")
        return record

    async def _newest(self, connectors: Sequence[str], kind: str) -> list[Record]:
        found: list[Record] = []
        before: int | None = None
        while len(found) < NEWEST:
            piece = await self._journal.newest(connectors, before, PIECE)
            if not piece:
                break
            before = piece[-1][0]
            records = await self._unpacked([(connector, body) for _, connector, body in piece])
            found += [record for record in records if record.kind == kind]
        return found[:NEWEST]

    async def _of_file(self, connectors: Sequence[str], kind: str) -> list[Record]:
        """Read the file that came last, as far as it takes."""
        newest = await self._journal.newest_file(connectors)
        if newest is None:
            return []
        number, connector = newest
        type_, importer = self._importers[connector]
        importer = await self._headed(type_, importer)
        with tempfile.TemporaryFile() as file:
            await self._journal.copy_file(number, file)
            file.seek(0)
            return await asyncio.to_thread(_read, importer, file, kind)

    async def _headed(self, type_: str, importer: Importer) -> Importer:
        if not isinstance(importer, Tabular):
            return importer
        active = await self._documents.active_one(KIND, f"{type_}/{importer.columns}")
        document = None if active is None else await self._checked(active.text, active.name)
        if not isinstance(document, Document):
            return importer
        return headed(importer, {importer.columns: document})

    async def _unpacked(self, bodies: Sequence[tuple[str, bytes]]) -> tuple[Record, ...]:
        return await asyncio.to_thread(
            lambda: tuple(r for connector, body in bodies for r in self._unpack(connector, body))
        )

    def _unpack(self, connector: str, body: bytes) -> tuple[Record, ...]:
        known = self._unpackers.get(connector)
        if known is None:
            return ()
        try:
            return reread(known[1], body).records
        except Anomalous:
            return ()  # it was accepted once; a newer release of the connector reads it otherwise


def _read(importer: Importer, file: BinaryIO, kind: str) -> list[Record]:
    try:
        records = (record for page in importer.read(file) for record in page.records)
        return list(islice((record for record in records if record.kind == kind), NEWEST))
    except (Anomalous, Misconfigured):
        return []  # it was accepted once; a newer release or document reads it otherwise


def _given(kind: str, record: object | None) -> Record | Refusal:
    if not isinstance(record, Mapping):
        return _fault("record", "a record is one JSON object, as the tool sends it")
    return Record(kind, "preview", record)


def _fault(loc: str, msg: str) -> Refusal:
    return Refusal(Why.INVALID, msg, (Fault(loc, "invalid", msg),))


def _unknown(document: str) -> Refusal:
    return Refusal(Why.NOT_FOUND, f"there is no mapping document {document}")
