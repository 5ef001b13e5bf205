"""Plans as CSV: the encoding and the separator are told by the content."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, Final

from connectors.msproject.sheet.grid import MAX_COLUMNS, MAX_ROWS, Book, Cell, Row, Sheet
from hub.errors import Anomalous, Misconfigured

MAX_BYTES: Final = 64 << 20
SEPARATORS: Final = (",", ";", "\t")
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CHINESE: Final = "gb18030"
_ERRORS: Final = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"}
)
_LOOKED_AT: Final = 50


def book(file: BinaryIO) -> Book:
    """Open a CSV file: a sheet for each separator that is in it, the likeliest first.

    Raises: Misconfigured, when it is too large; Anomalous, when it is no text.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Misconfigured(f"the table is larger than {MAX_BYTES >> 20} MiB; save it as .xlsx")
    text, encoding = decoded(data)
    skipped, text = _told(text)
    losses = {"encoding_assumed": encoding} if encoding == _CHINESE else {}
    likely = sorted(SEPARATORS, key=lambda one: -_width(text, one))
    return Book("CSV", tuple(_sheet(text, one, skipped) for one in likely), losses)


def decoded(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding: by its mark, else UTF-8, else GB18030, which Excel writes.

    Raises: Anomalous.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding), encoding
    if b"\0" in data[:4096]:
        # Text in UTF-16 has a zero beside each comma and line break.
        odd = data[1:4096:2].count(0) >= data[:4096:2].count(0)
        encoding = "utf-16-le" if odd else "utf-16-be"
        return _decoded(data, encoding), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decoded(data, _CHINESE), _CHINESE


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        words = f"line {line}: this is neither UTF-8, UTF-16 nor GB18030"
        remedy = 'save it in Excel with the type "CSV UTF-8"'
        raise Anomalous(f"{words}; {remedy}", evidence=data[error.start :][:16].hex(" ")) from error


def _told(text: str) -> tuple[int, str]:
    """Cut off the line in which Excel is told the separator; we see it anyway."""
    first, _, rest = text.partition("\n")
    return (1, rest) if first.strip().lower().startswith("sep=") else (0, text)


def _width(text: str, separator: str) -> int:
    try:
        rows = islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), _LOOKED_AT)
        return max((len(row) for row in rows), default=0)
    except csv.Error:
        return 0


def _sheet(text: str, separator: str, skipped: int) -> Sheet:
    def rows(first: int) -> Iterator[tuple[int, Row]]:
        # While the separator is looked for, what looks broken may only be read with another one.
        lines = io.StringIO(text, newline="")
        reader = csv.reader(lines, delimiter=separator, strict=not first)
        held = 0
        try:
            for number, cells in enumerate(islice(reader, first or None), start=1 + skipped):
                found = {n: _cell(said) for n, said in enumerate(cells, start=1) if said.strip()}
                held += bool(found)
                if held > MAX_ROWS or (found and max(found) > MAX_COLUMNS):
                    most = f"{MAX_ROWS} rows or {MAX_COLUMNS} columns"
                    raise Misconfigured(f"line {reader.line_num}: the table has more than {most}")
                if found:
                    yield number, found
        except csv.Error as error:
            if first:
                return
            words = f"line {reader.line_num + skipped}: {error}; save the table again"
            raise Anomalous(words, evidence=str(error)) from error

    return Sheet("", rows)


def _cell(said: str) -> Cell:
    return Cell(said, error=said.strip() in _ERRORS)
