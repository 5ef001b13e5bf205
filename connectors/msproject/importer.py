"""The importer: one plan file as pages of records, and what kind of file it is."""

import contextlib
import io
import shutil
import tempfile
from collections.abc import Mapping
from typing import BinaryIO, Final, cast

from connectors.msproject.mpxj import Converter
from connectors.msproject.parse import filetype, ole
from connectors.msproject.parse.reading import Reading, head_of
from connectors.msproject.settings import Settings
from hub.contract import Headings, Page
from hub.contract import Reading as AnyReading
from hub.errors import Misconfigured


class MspdiImporter:
    """Reads Project XML (MSPDI) as a stream, what MPXJ makes into it, and plans in tables.

    The columns of a table are named by a mapping document.
    """

    columns: Final = "sheet-row"

    def __init__(self, settings: Settings, headings: Headings | None = None) -> None:
        self._settings = settings
        self._headings = headings

    def sniff(self, head: bytes) -> str | None:
        """Name the file type by content.

        Shape: `mspdi-xml`, `xlsx` and `csv` are read here; `mpp`, `xer`, `mpx` and `pmxml` through
               MPXJ, where that is installed; `ole-encrypted` and `xls` are refused with the remedy;
               None is no plan.
        """
        return filetype.examine(head).name

    def read(self, file: BinaryIO) -> AnyReading:
        """Return the pages of a file.

        Raises: Anomalous, when the file is damaged, hostile or no plan; Misconfigured, when it is
                too large, has cells that say no such thing, or needs an extra that is not
                installed. Both at the first page taken.
        """
        return _Chosen(file, self._settings, self._headings)

    def headed(self, headings: Headings) -> "MspdiImporter":
        """Return the importer that knows the columns of a table by these headings."""
        return MspdiImporter(self._settings, headings)

    def template(self, headings: Headings, language: str) -> bytes:
        """Write an empty workbook with an example."""
        # openpyxl takes 15 MB, which a hub without tables does not need.
        from connectors.msproject.sheet.template import template  # noqa: PLC0415

        return template(headings, language)


class _Chosen:
    """The reading that a file turns out to need; nothing is looked at before the first page."""

    def __init__(self, file: BinaryIO, settings: Settings, headings: Headings | None) -> None:
        self._file = file
        self._settings = settings
        self._headings = headings
        self._reading: AnyReading | None = None
        self._own = contextlib.ExitStack()

    def __iter__(self) -> "_Chosen":
        return self

    def __next__(self) -> Page:
        with self._own:  # a table is read whole for its first page
            if self._reading is None:
                self._reading = self._chosen()
            return next(self._reading)

    @property
    def summary(self) -> Mapping[str, object]:
        return {} if self._reading is None else self._reading.summary

    def _chosen(self) -> AnyReading:
        head = head_of(self._file)
        found = filetype.examine(head + ole.directory(head, self._file))
        if found.refusal is not None:
            raise found.refusal
        if found.name not in filetype.TABLES:
            converter = Converter(self._settings)
            return Reading(self._file, self._settings.max_bytes, converter, head)
        if self._headings is None:
            words = "no mapping document msproject/sheet-row says what the columns of a table hold"
            raise Misconfigured(f"{words}; put it into mappings/msproject/")
        from connectors.msproject.sheet.reading import SheetReading  # noqa: PLC0415

        return SheetReading(self._whole(head), found.name, self._headings, self._settings)

    def _whole(self, head: bytes) -> BinaryIO:
        """Return the file as one that can be read from anywhere. Raises: Misconfigured."""
        file, most = self._file, self._settings.max_bytes
        if not file.seekable():
            whole = tempfile.TemporaryFile()  # noqa: SIM115 - the stack closes it
            file = cast("BinaryIO", self._own.enter_context(whole))
            file.write(head)
            shutil.copyfileobj(self._file, file, 1 << 20)
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        if size > most:
            words = f"the file is larger than {most} bytes"
            raise Misconfigured(f"{words}; raise max_bytes of this connector if that is meant")
        return file
