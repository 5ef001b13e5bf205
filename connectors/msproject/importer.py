"""The importer: one plan file as pages of records, and what kind of file it is."""

from typing import BinaryIO

from connectors.msproject.mpxj import Converter
from connectors.msproject.parse import filetype
from connectors.msproject.parse.reading import Reading
from connectors.msproject.settings import Settings


class MspdiImporter:
    """Reads Project XML (MSPDI) as a stream, and what MPXJ makes into it."""

    def __init__(self, settings: Settings) -> None:
        self._max_bytes = settings.max_bytes
        self._converter = Converter(settings)

    def sniff(self, head: bytes) -> str | None:
        """Name the file type by content.

        Shape: `mspdi-xml` is read here; `mpp`, `xer`, `mpx` and `pmxml` through MPXJ, where that is
               installed; `ole-encrypted` is refused with the remedy; None is no plan.
        """
        return filetype.examine(head).name

    def read(self, file: BinaryIO) -> Reading:
        """Return the pages of a file.

        Raises: Anomalous, when the file is damaged, hostile or no plan; Misconfigured, when it is
                too large or needs an extra that is not installed. Both at the first page taken.
        """
        return Reading(file, self._max_bytes, self._converter)
