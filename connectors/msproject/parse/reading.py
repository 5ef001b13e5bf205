"""One file from its first byte to its last: pages of records, and what the file turned out to be.

Records come in file order: calendars, tasks, then the links between them, resources, assignments;
the project's own record is the last, because the row that belongs to it may be.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import BinaryIO, Final

from lxml.etree import _Element

from connectors.msproject.mpxj import Converter
from connectors.msproject.parse import filetype, people, project
from connectors.msproject.parse.calendar import STANDARD_KEY, Calendars, standard
from connectors.msproject.parse.fields import Fields
from connectors.msproject.parse.link import Links
from connectors.msproject.parse.stream import Elements
from connectors.msproject.parse.tally import Tally
from connectors.msproject.parse.task import PROJECT_UID, Outline
from connectors.msproject.parse.words import Words, number, rejected, text
from hub.contract import Page, Record, Rejected

PAGE_RECORDS: Final = 100


class Reading:
    """Pages of one MSPDI file; `summary` is complete once the last page was taken.

    Shape: `head` is what was read of the file already.
    Raises: Anomalous, Misconfigured, see `filetype` and `stream`.
    """

    def __init__(
        self, file: BinaryIO, max_bytes: int, converter: Converter, head: bytes = b""
    ) -> None:
        self._max_bytes = max_bytes
        self._converter = converter
        self._tally = Tally()
        self._fields = Fields()
        self._calendars = Calendars(self._tally)
        self._outline = Outline(self._tally, self._fields)
        self._links = Links(self._tally)
        self._tasks: dict[str, str] = {}
        self._row: Words = {}
        self._header: Mapping[str, str] = {}
        self._pages = self._paged(file, head)

    def __iter__(self) -> "Reading":
        """Return itself: a file is read once."""
        return self

    def __next__(self) -> Page:
        """Return the next page."""
        return next(self._pages)

    @property
    def summary(self) -> Mapping[str, object]:
        """Return the words of `import --json`."""
        return self._tally.summary({**self._header})

    def _paged(self, file: BinaryIO, head: bytes = b"") -> Iterator[Page]:
        head = head or head_of(file)
        found = filetype.examine(head)
        if found.refusal is not None:
            raise found.refusal
        if found.origin is not None:
            with self._converter.converted(found.origin, head, file) as xml:
                self._tally.origin = found.origin
                yield from self._paged(xml)
            return
        elements = Elements(head, file, found.namespace, self._max_bytes)
        self._header = elements.header
        records = self._records(elements)
        while page := tuple(islice(records, PAGE_RECORDS)):
            yield Page(
                tuple(one for one in page if isinstance(one, Record)),
                rejected=tuple(one for one in page if isinstance(one, Rejected)),
            )

    def _records(self, elements: Elements) -> Iterator[Record | Rejected]:
        read: dict[str, Callable[[_Element], Record | Rejected | None]] = {
            "Task": self._task,
            "Calendar": self._calendars.record,
            "Resource": self._resource,
            "ExtendedAttributes": self._define,
            "OutlineCodes": self._define,
        }
        linked = False
        for name, element in elements:
            if "Tasks" in elements.closed and not linked:
                linked = True
                yield from self._ended()
            if name == "Assignment":
                tasks = self._tasks if linked else None
                record = people.assignment(element, tasks, self._tally)
            else:
                record = read[name](element)
            if record is not None:
                yield record
        yield from self._ended()
        self._tally.note("timephased_data", "the first of them", elements.timephased)
        self._tally.note("subproject", "an embedded project", elements.embedded)
        yield from self._project()

    def _ended(self) -> Iterator[Record]:
        last = self._outline.last()
        if last is not None:
            yield last
        yield from self._links.records(self._tasks)

    def _project(self) -> Iterator[Record]:
        header: Words = {**self._header}
        if self._tally.made_up:
            header.pop("Title", None)
        used = project.calendar(header, self._calendars)
        if used == STANDARD_KEY:
            uid = text(header, "CalendarUID")
            named = f"CalendarUID {uid}" if uid else "the project names no calendar"
            self._tally.note("standard_calendar_assumed", named)
            self._tally.count["calendars"] += 1
            yield standard()
        yield project.record(header, self._row, self._fields, used, self._tally)

    def _task(self, element: _Element) -> Record | Rejected | None:
        row = self._outline.add(element)
        if row is None:
            return None
        uid, body, links = row
        if not uid or uid in self._tasks:
            code = "task_uid_repeated" if uid else "task_without_uid"
            place = f"row {body.get('ID')} {body.get('Name')}"
            self._tally.note(code, place)
            words = f"{place}: repeats UID {uid}" if uid else f"{place}: has no UID"
            return rejected("task", element, words)
        self._tasks[uid] = uid
        self._links.add(uid, links, self._tasks)
        if uid == PROJECT_UID:
            self._row = body
            cost = number(body, "Cost")
            if cost is None and self._tally.origin is not None:
                cost = 0.0  # MPXJ writes no cost that is nought
            self._tally.root_cost = None if cost is None else cost / 100
            return None
        return self._outline.place(uid, body, self._calendars.used(body))

    def _resource(self, element: _Element) -> Record | Rejected | None:
        return people.resource(element, self._fields, self._calendars, self._tally)

    def _define(self, element: _Element) -> None:
        self._fields.define(element)


def head_of(file: BinaryIO) -> bytes:
    """Read as much as tells what a file is."""
    head = b""
    while len(head) < filetype.HEAD_BYTES:
        more = file.read(filetype.HEAD_BYTES - len(head))
        if not more:
            break
        head += more
    return head
