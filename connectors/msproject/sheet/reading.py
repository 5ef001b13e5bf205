"""One table from its first byte to its last, in the kinds of records that the XML reader gives."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import BinaryIO, Final

from connectors.msproject.parse import project
from connectors.msproject.parse.calendar import STANDARD_KEY, Calendars, standard
from connectors.msproject.parse.fields import Fields
from connectors.msproject.parse.link import Links
from connectors.msproject.parse.tally import Tally
from connectors.msproject.parse.task import Outline
from connectors.msproject.parse.words import Words, digest
from connectors.msproject.settings import Settings
from connectors.msproject.sheet import book, columns, text
from connectors.msproject.sheet.grid import Book
from connectors.msproject.sheet.line import Line
from connectors.msproject.sheet.rows import Lines
from hub.contract import Headings, Page, Record

PAGE_RECORDS: Final = 100


class _Own(Fields):
    """Custom fields of a table: what stands under headings that no field is made of."""

    def custom(self, body: Words, place: str, tally: Tally) -> dict[str, str]:
        del place, tally
        found = body.pop("columns", None)
        return found if isinstance(found, dict) else {}


class SheetReading:
    """Pages of one table; `summary` is complete once the last page was taken.

    Raises: Misconfigured, with every fault by its cell; Anomalous, when the file is damaged. Both
            at the first page taken: all cells are read before the first record is handed out.
    """

    def __init__(self, file: BinaryIO, kind: str, headings: Headings, settings: Settings) -> None:
        self._kind = kind
        self._headings = headings
        self._settings = settings
        self._tally = Tally()
        self._fields = _Own()
        self._outline = Outline(self._tally, self._fields)
        self._pages = self._paged(file)

    def __iter__(self) -> "SheetReading":
        """Return itself: a file is read once."""
        return self

    def __next__(self) -> Page:
        """Return the next page."""
        return next(self._pages)

    @property
    def summary(self) -> Mapping[str, object]:
        """Return the words of `import --json`."""
        return {**self._tally.summary({}), "file_type": self._kind.upper()}

    def _paged(self, file: BinaryIO) -> Iterator[Page]:
        with book.guarded():
            opened = text.book(file) if self._kind == "csv" else book.book(file)
            try:
                lines = self._lines(opened)
            finally:
                opened.close()
        records = self._records(lines)
        while page := tuple(islice(records, PAGE_RECORDS)):
            yield Page(page)

    def _lines(self, opened: Book) -> list[Line]:
        for code, example in opened.losses.items():
            self._tally.note(code, example)
        sheet, found, faults = columns.found(opened, self._headings, self._settings.sheet)
        order = self._settings.date_order
        lines = Lines(found, self._headings, faults, self._tally, order).of(sheet)
        faults.raised()
        self._fields.names.update({heading: heading for heading in found.own.values()})
        return lines

    def _records(self, lines: list[Line]) -> Iterator[Record]:
        known = {line.uid: line.uid for line in lines}
        links = Links(self._tally)
        for line in lines:
            line.body["UID"] = line.uid
            before = self._outline.place(line.uid, line.body, None)
            if before is not None:
                yield before
            links.add(line.uid, line.links, known)
        last = self._outline.last()
        if last is not None:
            yield last
        yield from links.records(known)
        yield from self._people(lines)
        self._tally.note("standard_calendar_assumed", "a table names no calendar")
        self._tally.count["calendars"] += 1
        yield standard()
        header: Words = {}
        used = project.calendar(header, Calendars(self._tally))
        assert used == STANDARD_KEY  # noqa: S101 - a table holds no other
        yield project.record(header, {}, self._fields, used, self._tally)

    def _people(self, lines: list[Line]) -> Iterator[Record]:
        kinds = {one.name: "material" if one.of else "work" for line in lines for one in line.who}
        for name, kind in kinds.items():
            self._tally.count["resources"] += 1
            body: Words = {"UID": name, "Name": name, "custom": {}}
            body["derived"] = {"resource_kind": kind}
            yield Record(kind="resource", key=name, body=body, version=digest(body))
        for line in lines:
            for one in line.who:
                self._tally.count["assignments"] += 1
                key = f"{line.uid}@{one.name}"
                said: Words = {"UID": key, "TaskUID": line.uid, "ResourceUID": one.name}
                said |= {"Units": f"{one.units:g}"}
                said["derived"] = {"task": line.uid, "resource": one.name}
                yield Record(kind="assignment", key=key, body=said, version=digest(said))
