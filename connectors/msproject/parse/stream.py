"""Pull the elements that matter out of a file, one at a time, and keep nothing else in memory.

libxml2 builds the tree while it reads; after each chunk everything that is complete and was
handed out, or that nobody wants, is cut off again, at every level down to the open element. So a
big file, and a big nest of unknown elements too, costs the memory of one element and one chunk.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final

from lxml import etree
from lxml.etree import _Element

from connectors.msproject.parse.filetype import no_doctype
from connectors.msproject.parse.words import local
from hub.errors import Anomalous, Misconfigured

CHUNK_BYTES: Final = 64 * 1024

MAX_ELEMENT_BYTES: Final = 4 * 1024 * 1024
"""Arbitrary; the largest single task or definition list seen has less than 1 MB."""

HOMES: Final = {
    "Task": "Tasks",
    "Resource": "Resources",
    "Assignment": "Assignments",
    "Calendar": "Calendars",
    "ExtendedAttributes": "Project",
    "OutlineCodes": "Project",
}
"""Elements that are handed out, and the name of the parent in which they count."""

CONTAINERS: Final = frozenset(HOMES.values()) - {"Project"}
_TIMEPHASED: Final = "TimephasedData"


class Elements:
    """An iterator of (name, element) in file order; an element is valid until the next one.

    Shape: `header` fills with the root's plain children; `timephased` and `embedded` count what is
           left out; `closed` names the containers that have ended.
    Raises: Anomalous, with line and column; Misconfigured, when the file is over `max_bytes`.
    """

    def __init__(self, head: bytes, file: BinaryIO, namespace: str, max_bytes: int) -> None:
        self.header: dict[str, str] = {}
        self.closed: set[str] = set()
        self.timephased = 0
        self.embedded = 0
        self._head = head
        self._file = file
        self._max_bytes = max_bytes
        self._fed = 0
        self._opened_at: int | None = None
        self._root: _Element | None = None
        names = ("Project", _TIMEPHASED, *HOMES, *CONTAINERS)
        self._parser = etree.XMLPullParser(
            events=("start", "end"),
            tag=[f"{{{namespace}}}{name}" for name in names],
            huge_tree=False,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
            collect_ids=False,
        )

    def __iter__(self) -> Iterator[tuple[str, _Element]]:
        """Feed chunk after chunk, and hand out what each completes."""
        chunk = self._head
        while chunk:
            self._feed(chunk)
            yield from self._complete()
            self._prune()
            chunk = self._file.read(CHUNK_BYTES)
        self._close()
        yield from self._complete()

    def _feed(self, chunk: bytes) -> None:
        self._fed += len(chunk)
        if self._fed > self._max_bytes:
            raise Misconfigured(
                f"the file is larger than {self._max_bytes} bytes; raise max_bytes of this"
                " connector if that is meant"
            )
        try:
            self._parser.feed(chunk)
        except etree.XMLSyntaxError as error:
            raise self._located(error) from error
        # An entity that nobody declared is fatal, but lxml raises it only at the very end.
        if self._parser.feed_error_log.filter_from_fatals():
            self._close()

    def _close(self) -> None:
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            raise self._located(error) from error

    def _located(self, error: etree.XMLSyntaxError) -> Anomalous:
        line, column = error.position
        message = str(error.msg).rsplit(", line ", 1)[0]
        for first in self._parser.feed_error_log.filter_from_fatals():
            line, column, message = first.line, first.column, first.message
            break
        return Anomalous(
            f"line {line}, column {column}: {message}; the file is damaged or was cut off; save it"
            " again",
            evidence={"line": line, "column": column},
        )

    def _complete(self) -> Iterator[tuple[str, _Element]]:
        for event, element in self._parser.read_events():
            if not isinstance(element, _Element):
                continue
            name = local(element.tag)
            if event == "start":
                self._open(name, element)
            elif name == _TIMEPHASED:
                self._drop_timephased(element)
            elif element is self._root:
                self._take_header(list(element))
            elif name == "Project":
                self.embedded += 1
                element.clear()
            elif name in CONTAINERS:
                if element.getparent() is self._root:
                    self.closed.add(name)
            elif name in HOMES:
                home = self._at_home(name, element)
                self._opened_at = None if home else self._fed
                if home:
                    yield name, element
                _forget(element)

    def _open(self, name: str, element: _Element) -> None:
        if self._root is None:
            self._root = element
            if element.getroottree().docinfo.internalDTD is not None:
                raise no_doctype(1)
        elif name in HOMES and self._opened_at is None:
            self._opened_at = self._fed
        elif name in CONTAINERS and element.getparent() is self._root:
            # The title stands above the first task, and is asked for before the last one is read.
            self._take_header(list(self._root)[:-1])

    def _at_home(self, name: str, element: _Element) -> bool:
        parent = element.getparent()
        if parent is None or local(parent.tag) != HOMES[name]:
            return False
        return parent is self._root or parent.getparent() is self._root

    def _drop_timephased(self, element: _Element) -> None:
        self.timephased += 1
        if self._opened_at is not None:
            self._opened_at = self._fed
        element.clear()
        before = element.getprevious()
        if before is not None and before.tag == element.tag:
            parent = before.getparent()
            if parent is not None:
                parent.remove(before)

    def _take_header(self, children: list[_Element]) -> None:
        for child in children:
            if child.text and not len(child) and child.text.strip():
                self.header[local(child.tag)] = child.text

    def _prune(self) -> None:
        if self._opened_at is not None and self._fed - self._opened_at > MAX_ELEMENT_BYTES:
            raise Anomalous(
                f"one element before byte {self._fed} is larger than {MAX_ELEMENT_BYTES} bytes",
                evidence={"byte": self._fed},
            )
        node = self._root
        while node is not None and len(node):
            # The last child may still be open: libxml2 would go on writing into freed memory.
            last = node[-1]
            if node is self._root:
                self._take_header(list(node)[:-1])
            del node[:-1]
            if local(last.tag) in HOMES:
                return
            node = last


def _forget(element: _Element) -> None:
    parent = element.getparent()
    element.clear()
    if parent is not None and local(parent.tag) in CONTAINERS:
        del parent[: parent.index(element)]
