"""Import a plan file: journal, map, put aside in pieces, switch in one short transaction.

Reading and mapping run in a worker thread, so the hub answers meanwhile. A file that has a fault
changes nothing.
"""

import asyncio
import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

import orjson

from hub.contract import Importer, Page, Record, Rejected
from hub.errors import Anomalous, Misconfigured, Unmappable
from hub.mapping import Document, apply
from hub.model.refs import ref as make_ref
from hub.model.words import TaskKind
from hub.services.plans.ports import Merged, PlanStore, ProjectRow, Raw, TooMuchGone
from hub.services.plans.rows import ItemRow, Refs, board_row, other_row, pointing_row

PART_BYTES: Final = 1 << 20
STAGE_ROWS: Final = 500
REJECTED_KEPT: Final = 1000
HEAD_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Order:
    """What to import, as whom, and what it is called when the file does not say.

    Shape: `stored` is the number of the journal's file when it is that which is read again.
    """

    connector: str
    type: str
    name: str
    project_key: str | None
    stem: str
    who: str
    zone: str = "UTC"
    allow_removals: bool = False
    dry: bool = False
    stored: int | None = None


Progress = Callable[[str, int], None]
"""Told a step (`stored`, `read`) and how many bytes or records so far."""


def _quiet(step: str, amount: int) -> None:
    """Show nothing."""


class PlanImport:
    """One import of one file."""

    def __init__(
        self,
        store: PlanStore,
        importer: Importer,
        documents: Mapping[str, Document],
        order: Order,
        progress: Progress = _quiet,
    ) -> None:
        self._store = store
        self._importer = importer
        self._documents = documents
        self._order = order
        self._progress = progress

    async def run(self, file: BinaryIO) -> dict[str, object]:
        """Import a seekable file; return the summary of `import --json`.

        Raises: Anomalous, Misconfigured, Unmappable (the file is refused whole), Transient.
        """
        bridge = _Bridge(asyncio.get_running_loop())
        number = await self._store.begin()
        work = asyncio.ensure_future(asyncio.to_thread(self._work, file, number, bridge))
        try:
            return await asyncio.shield(work)
        except BaseException:
            # A thread cannot be cancelled: it would merge what is left once the rest is taken away.
            bridge.stopped = True
            await asyncio.wait([work])
            if work.cancelled() or work.exception() is not None:
                await self._store.abandon(number)
            raise

    def _work(self, file: BinaryIO, number: int, bridge: "_Bridge") -> dict[str, object]:
        kind = self._importer.sniff(file.read(HEAD_BYTES))
        file.seek(0)
        if kind is None:
            next(self._importer.read(file), None)  # knows best what it is instead, and says so
            raise Anomalous(
                f"{self._order.name}: this is no plan file that the {self._order.type} connector "
                "knows"
            )
        digest, size = self._keep(file, number, bridge)
        file.seek(0)
        pages = self._importer.read(file)
        first = self._first(pages)
        rejected: list[Rejected] = []
        records = _records(first, pages, rejected)
        title = str(pages.summary.get("title") or "").strip()
        key = self._order.project_key or title or self._order.stem
        project_ref = make_ref(self._order.connector, "project", key)
        known = bridge.wait(self._store.known(number, project_ref, dry=self._order.dry))
        refs = Refs(self._order.connector, key, known.guids, ZoneInfo(self._order.zone))
        staged = _Staging(refs, self._documents, self._order)
        seen = 0
        for rows in staged.rows(records):
            bridge.wait(self._store.stage(number, rows))
            seen += len(rows)
            self._progress("read", seen)
        summary = dict(pages.summary)
        summary["warnings"] = [
            *_listed(summary.get("warnings")), *_empty(summary), *staged.warnings(),
        ]  # fmt: skip
        project = staged.project_row(key, summary)
        raw = Raw(
            number, self._order.connector, self._order.name, str(kind), digest, size, staged.count,
            self._order.stored,
        )  # fmt: skip
        merged = bridge.wait(
            self._store.merge(
                raw, project, known, rejected,
                allow_removals=self._order.allow_removals,
                dry=self._order.dry, who=self._order.who,
            )
        )  # fmt: skip
        return {"project": project_ref, **summary, "changed": _report(merged, self._order.name)}

    def _first(self, pages: Iterator[Page]) -> Page | None:
        """Take the first page; what is wrong with a table is told there, all of it."""
        try:
            return next(pages, None)
        except Misconfigured as error:
            if not error.problems:
                raise
            told = tuple(f"{self._order.name}: {problem}" for problem in error.problems)
            raise Misconfigured(str(error), problems=told) from error

    def _keep(self, file: BinaryIO, number: int, bridge: "_Bridge") -> tuple[bytes, int]:
        """Put the bytes into the journal as they came, compressed piece by piece."""
        hasher, size, n = hashlib.blake2b(digest_size=16), 0, 0
        while piece := file.read(PART_BYTES):
            hasher.update(piece)
            size += len(piece)
            if self._order.dry or self._order.stored is not None:
                continue
            bridge.wait(self._store.keep_part(number, n, zlib.compress(piece, 1)))
            n += 1
            self._progress("stored", size)
        return hasher.digest(), size


def _records(
    first: Page | None, pages: Iterator[Page], rejected: list[Rejected]
) -> Iterator[Record]:
    """Yield the records of all pages; what has not the promised shape is put aside."""
    for page in chain(() if first is None else (first,), pages):
        rejected.extend(page.rejected[: max(0, REJECTED_KEPT - len(rejected))])
        yield from page.records


class _Stopped(Exception):
    """Nobody waits for this import any more."""


class _Bridge:
    """Lets the worker thread wait for the store, which lives on the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.stopped = False

    def wait(self, call: Any) -> Any:
        """Run a coroutine on the loop and return its result."""
        if self.stopped:
            call.close()
            raise _Stopped
        return asyncio.run_coroutine_threadsafe(call, self._loop).result()


class _Staging:
    """Maps records to rows in the order of the file."""

    def __init__(self, refs: Refs, documents: Mapping[str, Document], order: Order) -> None:
        self._refs = refs
        self._documents = documents
        self._order = order
        self._dangling: dict[str, list[str]] = {}
        self._resources: dict[str, str] = {}
        self._project: dict[str, object] = {}
        self._forward: list[Record] = []
        self._ended = False
        self.count = 0

    def rows(self, records: Iterator[Record]) -> Iterator[list[ItemRow]]:
        """Yield rows in pieces."""
        piece: list[ItemRow] = []
        for record in records:
            row = self._row(record)
            self.count += 1
            if row is not None:
                piece.append(row)
            if len(piece) >= STAGE_ROWS:
                yield piece
                piece = []
        self._ended = True
        piece.extend(row for record in self._forward if (row := self._row(record)) is not None)
        if piece:
            yield piece

    def _row(self, record: Record) -> ItemRow | None:
        document = self._documents.get(record.kind)
        if document is None:
            raise Misconfigured(f"there is no mapping document {self._order.type}/{record.kind}")
        if document.when and not document.takes(record.body):
            return None
        try:
            values = apply(document, record).values
        except Unmappable as error:
            raise Unmappable(
                f"{self._order.name}: {record.kind} {record.key}: {error}", path=error.path
            ) from error
        if record.kind == "project":
            self._project.update(values)
            return None
        if record.kind == "task":
            milestone = values["kind"] is TaskKind.MILESTONE
            return board_row(self._refs, record.key, self.count, values, milestone=milestone)
        if record.kind == "dependency":
            return self._dependency(record, dict(values))
        if record.kind == "assignment":
            return self._assignment(record, dict(values))
        if record.kind == "resource":
            self._resources[record.key] = str(values.get("title") or record.key)
        return other_row(self._refs, record.kind, record.key, self.count, values)

    def _dependency(self, record: Record, values: dict[str, object]) -> ItemRow | None:
        external = values.get("external") is not None
        successor = self._refs.pointed(str(values["successor"]))
        predecessor = self._refs.pointed(str(values["predecessor"]))
        if successor is None or (predecessor is None and not external):
            self._later(record)
            return None
        values.update(successor=successor, predecessor=predecessor or values["predecessor"])
        return pointing_row(self._refs, "dependency", record.key, self.count, values, successor)

    def _assignment(self, record: Record, values: dict[str, object]) -> ItemRow | None:
        task = self._refs.pointed(str(values["task"]))
        resource = values.get("resource")
        known = resource is None or str(resource) in self._resources
        if task is None or not (known or self._ended):
            self._later(record)
            return None
        values["task"] = task
        values["title"] = self._resources.get(str(resource)) if resource is not None else None
        values["resource"] = self._refs.other("resource", str(resource)) if resource else None
        return pointing_row(self._refs, "assignment", record.key, self.count, values, task)

    def _later(self, record: Record) -> None:
        """Keep what points at something that may stand further down; at the end, leave it out."""
        if self._ended:
            self._dangling.setdefault(record.kind, []).append(record.key)
        else:
            self._forward.append(record)

    def warnings(self) -> list[dict[str, object]]:
        """Return what was left out because it points at nothing."""
        return [
            {
                "code": f"dangling-{kind}",
                "count": len(keys),
                "example": keys[0],
                "message": f"each {kind} of a task that the file does not hold was left out",
            }
            for kind, keys in sorted(self._dangling.items())
        ]

    def project_row(self, key: str, summary: Mapping[str, object]) -> ProjectRow:
        """Make the row of the project."""
        title = str(self._project.get("title") or summary.get("title") or key)
        body = {
            "ref": self._refs.project,
            "key": key,
            "title": title,
            "timezone": self._order.zone,
            **{name: _json(value) for name, value in self._project.items() if name != "title"},
            "file": self._order.name,
            "summary": {name: value for name, value in summary.items() if name != "title"},
        }
        return ProjectRow(
            self._refs.project, key, self._order.connector, title, orjson.dumps(body, default=str)
        )


def _json(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _empty(summary: Mapping[str, object]) -> Iterator[dict[str, object]]:
    """Warn of a plan without a task: it is stored, and hardly what was meant."""
    if summary.get("tasks") == 0:
        yield {
            "code": "no-tasks",
            "message": "the file holds no tasks; if it should, save the whole plan and import it "
            "again",
        }


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _report(merged: Merged | TooMuchGone, name: str) -> dict[str, int]:
    if isinstance(merged, TooMuchGone):
        raise Misconfigured(
            f"{name}: this file would remove {merged.gone} of {merged.of} tasks of the project; "
            "nothing was changed. If it is another plan, give --project another key; if it is "
            "meant, repeat with --accept-removals"
        )
    return {"created": merged.created, "updated": merged.updated, "removed": merged.removed}
