"""Makes workbooks and CSV files, real ones, and reads them as the hub does."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from connectors.msproject.importer import MspdiImporter
from connectors.msproject.settings import Settings
from hub.errors import HubError, Misconfigured
from hub.mapping import headings, load
from tests.connectors.msproject.plans import MAPPINGS, Plan

HEADINGS = headings(
    load((MAPPINGS / "sheet-row.yaml").read_text("utf-8"), name="sheet-row.yaml").rules
)


def workbook(
    *rows: Sequence[object], change: Callable[[Worksheet], object] | None = None, name: str = "Plan"
) -> bytes:
    """Write a workbook of one sheet."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(data: bytes, parts: Mapping[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """Change or add parts of a workbook."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = parts.get(name)
            content = old.read(name)
            new.writestr(name, part(content) if callable(part) else part or content)
        for name, part in parts.items():
            if name not in old.namelist() and isinstance(part, bytes):
                new.writestr(name, part)
    return file.getvalue()


def shared(data: bytes) -> bytes:
    """Write the texts of a workbook where Excel writes them: once, in a part of their own."""
    texts: list[bytes] = []

    def moved(xml: bytes) -> bytes:
        def one(match: re.Match[bytes]) -> bytes:
            texts.append(match[2])
            return b'%st="s"><v>%d</v></c>' % (match[1], len(texts) - 1)

        return re.sub(rb'(<c r="\w+" )t="inlineStr"><is>(.*?)</is></c>', one, xml, flags=re.DOTALL)

    data = repacked(data, {"xl/worksheets/sheet1.xml": moved})
    main, kind = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"sharedStrings"
    items = b"".join(b"<si>%s</si>" % text for text in texts)
    place = b'<Override PartName="/xl/%s.xml" ContentType="application/vnd.openxmlformats-office'
    place += b'document.spreadsheetml.%s+xml"/>'
    return repacked(
        data,
        {
            "xl/sharedStrings.xml": b'<?xml version="1.0"?><sst xmlns="%s">%s</sst>'
            % (main, items),
            "[Content_Types].xml": lambda xml: xml.replace(
                b"</Types>", place % (kind, kind) + b"</Types>"
            ),
        },
    )


def csv(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding)


def read(data: bytes, **settings: Any) -> Plan:
    reading = MspdiImporter(Settings(**settings), HEADINGS).read(io.BytesIO(data))
    records = [record for page in reading for record in page.records]
    return Plan(records, reading.summary, [])


def refusal(data: bytes, **settings: Any) -> HubError:
    with pytest.raises(HubError) as raised:
        read(data, **settings)
    return raised.value


def faults(data: bytes, **settings: Any) -> tuple[str, ...]:
    """Return what is wrong with the cells; nothing may have come out."""
    error = refusal(data, **settings)
    assert isinstance(error, Misconfigured), error
    assert error.problems, error
    return error.problems
