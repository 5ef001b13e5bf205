"""The ZIP around a workbook: looked at before anything in it is unpacked or believed."""

import re
import zipfile
from typing import BinaryIO, Final

from hub.errors import Anomalous, Misconfigured

MEBIBYTE: Final = 1 << 20
MAX_PARTS: Final = 2_000
MAX_PART: Final = 64 * MEBIBYTE
"""A sheet of 50,000 rows with 20 columns has as much; nothing else in a workbook comes near."""
MAX_OTHER: Final = 8 * MEBIBYTE
"""What is read whole: styles, the list of sheets."""
MAX_ALL: Final = 4 * MAX_PART
MAX_RATIO: Final = 200
"""Sheets that Excel wrote shrink to a tenth or a fiftieth; a bomb to a thousandth."""
_RATIO_FROM: Final = 4 * MEBIBYTE

_SAVE: Final = 'save it in Excel with the type "Excel Workbook (.xlsx)"'
_READ: Final = (".xml", ".rels", ".vml")
_PIECE: Final = 4096
_ROOT: Final = re.compile(rb"<[A-Za-z_]")
_DOCTYPE: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """Open the ZIP of a workbook that openpyxl may read.

    Raises: Anomalous, when it is damaged, hostile or no workbook; Misconfigured, when it is too
            large, has a password, or is a workbook of another kind.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        words = f"the workbook is damaged or was cut off ({error}); save it again"
        raise Anomalous(words, evidence=str(error)) from error
    _sized(archive)
    _known(archive)
    _plain(archive)
    return archive


def macros(archive: zipfile.ZipFile) -> str:
    """Name the part with macros, or nothing."""
    return _first(archive, "vbaproject.bin", "xlm", "macrosheets/")


def links(archive: zipfile.ZipFile) -> str:
    """Name a part that points to other files, or nothing."""
    return _first(archive, "externallinks/", "connections.xml", "querytables/")


def _first(archive: zipfile.ZipFile, *words: str) -> str:
    names = (info.filename for info in archive.infolist())
    return next((name for name in names if any(word in name.lower() for word in words)), "")


def _sized(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise Misconfigured(f"the workbook has {len(parts)} parts, {MAX_PARTS} at most; {_SAVE}")
    total = 0
    for part in parts:
        if part.flag_bits & 1:
            raise Misconfigured("the file is password protected; remove the password and save it")
        if part.file_size > _RATIO_FROM and part.file_size > MAX_RATIO * part.compress_size:
            times = part.file_size // max(1, part.compress_size)
            words = f"{part.filename} grows {times} times when it is unpacked; plans do not"
            raise Anomalous(f"{words}, so it is refused as a ZIP bomb", evidence=part.filename)
        if not part.filename.lower().endswith(_READ):
            continue  # pictures and the like: never unpacked
        total += part.file_size
        large = "sheets/" in part.filename.lower() or "sharedstrings" in part.filename.lower()
        if part.file_size > (MAX_PART if large else MAX_OTHER):
            _too_large(part.filename, part.file_size, MAX_PART if large else MAX_OTHER)
    if total > MAX_ALL:
        _too_large("the workbook", total, MAX_ALL)


def _too_large(what: str, size: int, most: int) -> None:
    raise Misconfigured(
        f"{what} has {size // MEBIBYTE} MiB when unpacked, {most // MEBIBYTE} at most; copy the"
        " plan alone into a new workbook, or save it as Microsoft Project XML"
    )


def _known(archive: zipfile.ZipFile) -> None:
    names = {info.filename for info in archive.infolist()}
    if "mimetype" in names:
        raise Misconfigured(f"this is an OpenDocument file, no Excel workbook; {_SAVE}")
    if "[Content_Types].xml" not in names:
        words = "this is a ZIP archive, not a plan; unpack it first"
        raise Anomalous(words, evidence=sorted(names)[:5])
    types = _content(archive, "[Content_Types].xml")
    if b"ms-excel.sheet.binary" in types:
        raise Misconfigured(f"this is a binary Excel workbook (.xlsb); {_SAVE}")
    if b"spreadsheetml" not in types and b"ms-excel.sheet.macroEnabled" not in types:
        what = "a Word document" if b"wordprocessingml" in types else "no Excel workbook"
        raise Anomalous(f"this is {what} and no plan", evidence=types[:64].decode("latin-1"))
    if b"purl.oclc.org" in _content(archive, "xl/workbook.xml"):
        raise Misconfigured(f'this is a workbook of the type "Strict Open XML"; {_SAVE}')


def _plain(archive: zipfile.ZipFile) -> None:
    for part in archive.infolist():
        if part.filename.lower().endswith(_READ) and _DOCTYPE.search(_prolog(archive, part)):
            words = f"{part.filename} declares a DOCTYPE; workbooks have none, so it is refused"
            raise Anomalous(words, evidence=part.filename)


def _prolog(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """Return what stands before the first element, as far as anybody may look for it."""
    size = _PIECE
    while True:
        said = _content(archive, part.filename, size).replace(b"\0", b"")
        said = re.sub(rb"<!--.*?(?:-->|\Z)", b"", said, flags=re.DOTALL)
        if root := _ROOT.search(said):
            return said[: root.start()]
        if size >= min(MEBIBYTE, part.file_size):
            return said
        size *= 16


def _content(archive: zipfile.ZipFile, name: str, size: int = MEBIBYTE) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(size)
    except KeyError:
        return b""
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError) as error:
        words = f"{name} of the workbook is damaged ({error}); save it again"
        raise Anomalous(words, evidence=name) from error
