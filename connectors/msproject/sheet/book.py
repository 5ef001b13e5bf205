"""Excel workbooks, by openpyxl in read-only mode: values as Excel saved them, nothing is run."""

import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO, Final, cast

from defusedxml import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from connectors.msproject.sheet import archive
from connectors.msproject.sheet.grid import Book, Cell, Marks, Row, Sheet
from connectors.msproject.sheet.marks import looked
from hub.errors import Anomalous, HubError

# What openpyxl and the parsers below it were seen to raise on damaged files; a missing part is a
# KeyError, an unknown word a ValueError, a wrong element a TypeError.
_DAMAGE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    DefusedXmlException,
    EOFError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


@contextmanager
def guarded() -> Iterator[None]:
    """Turn what a damaged workbook raises into one sentence; and be quiet about odd styles."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except HubError:
            raise
        except _DAMAGE as error:
            why = f"{type(error).__name__}: {str(error)[:200]}"
            words = f"the workbook is damaged ({why}); open it in Excel and save it again"
            raise Anomalous(words, evidence=why) from error


def book(file: BinaryIO) -> Book:
    """Open a workbook.

    Raises: Anomalous, Misconfigured, see `archive`; rows and marks raise what `guarded` turns.
    """
    closing = ExitStack()
    unpacked = closing.enter_context(archive.opened(file))
    losses = {}
    if macros := archive.macros(unpacked):
        losses["macros_ignored"] = macros
    if links := archive.links(unpacked):
        losses["external_links_ignored"] = links
    file.seek(0)
    loaded = load_workbook(file, read_only=True, data_only=True, keep_links=False, keep_vba=False)
    closing.callback(loaded.close)
    shown = [sheet for sheet in loaded.worksheets if sheet.sheet_state == "visible"]
    hidden = [sheet for sheet in loaded.worksheets if sheet.sheet_state != "visible"]
    sheets = tuple(_sheet(cast("Any", one), unpacked) for one in (*shown, *hidden))
    return Book("XLSX", sheets, losses, closing.close)


def _sheet(one: Any, unpacked: zipfile.ZipFile) -> Sheet:
    seen: list[tuple[Marks, int, int]] = []

    def look() -> tuple[Marks, int, int]:
        if not seen:
            # The place of a sheet is told by no public name; openpyxl 3.1 pins it to this one.
            with unpacked.open(one._worksheet_path) as part:  # noqa: SLF001
                seen.append(looked(part))
        return seen[0]

    def rows(first: int) -> Iterator[tuple[int, Row]]:
        _, last_row, last_column = look()
        # What a sheet says of its own size is not believed: it may be all that Excel can hold.
        one.reset_dimensions()
        until = min(first, last_row) if first else last_row
        if not until:
            return
        for cells in one.iter_rows(max_row=until, max_col=last_column):
            found = {cell.column: _cell(cell) for cell in cells if cell.value is not None}
            if found:
                yield next(c.row for c in cells if c.value is not None), found

    return Sheet(one.title, rows, lambda: look()[0])


def _cell(cell: Any) -> Cell:
    text = cell.data_type in {"s", "str", "inlineStr"}
    return Cell(
        cell.value,
        "" if text else str(cell.number_format or ""),
        int(cell.alignment.indent or 0) if text and cell.has_style else 0,
        error=cell.data_type == "e",
    )
