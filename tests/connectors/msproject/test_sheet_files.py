"""The files around a table: workbooks of every kind, CSV in every encoding, and hostile ones."""

import contextlib
import io
import struct
import tracemalloc
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from connectors.msproject.importer import MspdiImporter
from connectors.msproject.settings import Settings
from connectors.msproject.sheet import archive
from hub.errors import Anomalous, HubError, Misconfigured
from tests.connectors.msproject import tables

SHEET = "xl/worksheets/sheet1.xml"
GOOD = (("Task Name", "Duration"), ("设计", "5d"))
TYPES = "[Content_Types].xml"
MAIN = b"spreadsheetml.sheet.main+xml"


def sniff(data: bytes) -> str | None:
    return MspdiImporter(Settings()).sniff(data[:4096])


def titles(data: bytes) -> list[str]:
    return [body["Name"] for body in tables.read(data).of("task").values()]


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return file.getvalue()


def test_a_workbook_is_known_by_its_content() -> None:
    assert sniff(tables.workbook(*GOOD)) == "xlsx"


def test_a_workbook_that_cannot_be_read_from_anywhere_is_read_too() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    reading = MspdiImporter(Settings(), tables.HEADINGS).read(Pipe(tables.workbook(*GOOD)))
    assert next(r.kind for page in reading for r in page.records) == "task"


def test_texts_are_read_where_excel_keeps_them() -> None:
    data = tables.shared(tables.workbook(*GOOD))
    assert b"inlineStr" not in zipfile.ZipFile(io.BytesIO(data)).read(SHEET)
    assert titles(data) == ["设计"]


def test_macros_are_ignored_and_that_is_told() -> None:
    data = tables.repacked(
        tables.workbook(*GOOD),
        {
            TYPES: lambda xml: xml.replace(
                b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            ),
            "xl/vbaProject.bin": b"\0" * 100,
        },
    )
    plan = tables.read(data)
    assert [body["Name"] for body in plan.of("task").values()] == ["设计"]
    assert plan.notes("losses")["macros_ignored"] == 1


def test_links_to_other_files_are_not_followed_and_that_is_told() -> None:
    link = b'<externalLink xmlns="x"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    data = tables.repacked(tables.workbook(*GOOD), {"xl/externalLinks/externalLink1.xml": link})
    assert tables.read(data).notes("losses")["external_links_ignored"] == 1


def test_a_sheet_that_says_to_be_as_large_as_excel_can_hold_is_read_in_no_time() -> None:
    data = tables.repacked(
        tables.workbook(*GOOD),
        {SHEET: lambda xml: xml.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')},
    )
    assert b"XFD1048576" in zipfile.ZipFile(io.BytesIO(data)).read(SHEET)
    tracemalloc.start()
    assert titles(data) == ["设计"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 << 20


def test_a_lone_cell_at_the_far_end_costs_nothing() -> None:
    def far(sheet: Worksheet) -> None:
        sheet["A1048576"] = "B"

    assert titles(tables.workbook(*GOOD, change=far)) == ["设计", "B"]


def test_a_cell_beyond_the_last_column_is_refused() -> None:
    def far(sheet: Worksheet) -> None:
        sheet["XFD2"] = "x"

    assert "cell XFD2: the sheet has more than 512 columns" in str(
        tables.refusal(tables.workbook(*GOOD, change=far))
    )


def test_more_rows_than_a_table_may_have_are_refused() -> None:
    row = b'<row><c t="n"><v>1</v></c></row>'
    data = tables.repacked(
        tables.workbook(*GOOD),
        {SHEET: lambda xml: xml.replace(b"</sheetData>", row * 50_001 + b"</sheetData>")},
    )
    assert "more than 50000 rows" in str(tables.refusal(data))


def test_a_row_beyond_what_excel_has_is_refused_and_not_counted_up_to() -> None:
    row = b'<row r="999999999"><c t="n"><v>1</v></c></row></sheetData>'
    data = tables.repacked(
        tables.workbook(*GOOD), {SHEET: lambda xml: xml.replace(b"</sheetData>", row)}
    )
    assert "says to have a row 999999999" in str(tables.refusal(data))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    data = tables.repacked(tables.workbook(*GOOD), {"xl/big.xml": b" " * (100 << 20)})
    assert len(data) < 200_000
    error = tables.refusal(data)
    assert isinstance(error, Anomalous)
    assert "ZIP bomb" in str(error)


def test_a_workbook_that_is_too_large_when_unpacked_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "MAX_PART", 100)
    assert "MiB when unpacked" in str(tables.refusal(tables.workbook(*GOOD)))


def test_a_workbook_over_the_limit_of_its_connector_is_refused() -> None:
    error = tables.refusal(tables.workbook(*GOOD), max_bytes=1000)
    assert "larger than 1000 bytes; raise max_bytes" in str(error)


@pytest.mark.parametrize(
    "part", [SHEET, "xl/styles.xml", "xl/workbook.xml", "xl/sharedStrings.xml"]
)
@pytest.mark.parametrize(
    "attack",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b" " * 5000 + b'<!DOCTYPE x [<!ENTITY a "b">]>',
    ],
)
def test_a_doctype_in_any_part_is_refused(part: str, attack: bytes) -> None:
    def attacked(xml: bytes) -> bytes:
        return attack + (xml.partition(b"?>")[2] if xml.startswith(b"<?xml") else xml)

    data = tables.shared(tables.workbook(*GOOD))
    error = tables.refusal(tables.repacked(data, {part: attacked}))
    assert isinstance(error, Anomalous)
    assert "DOCTYPE" in str(error)


def ole(*names: str, at: int = 512) -> bytes:
    """Make the least of an OLE file: a header, and a directory of these names somewhere in it."""
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + bytes(62)
        for name in ("Root Entry", *names)
    )
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<I", head, 48, at // 512 - 1)
    return bytes(head).ljust(at, b"\0") + entries.ljust(512, b"\0")


@pytest.mark.parametrize("at", [512, 512 * 1000])
def test_a_workbook_with_a_password_is_told_so_wherever_its_directory_stands(at: int) -> None:
    error = tables.refusal(ole("EncryptionInfo", "EncryptedPackage", at=at))
    assert isinstance(error, Misconfigured)
    assert "password protected" in str(error)


def test_an_old_workbook_is_told_so() -> None:
    error = tables.refusal(ole("Workbook"))
    assert "workbook of Excel 97 to 2003 (.xls); save it in Excel" in str(error)


def test_other_zips_are_told_for_what_they_are() -> None:
    word = {
        TYPES: b'<Types><Override ContentType="wordprocessingml"/></Types>',
        "word/a.xml": b"<a/>",
    }
    assert "Word document" in str(tables.refusal(zipped(**word)))
    binary = {TYPES: b'<Types ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled"/>'}
    assert ".xlsb" in str(tables.refusal(zipped(**binary)))
    open_ = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}
    assert "OpenDocument" in str(tables.refusal(zipped(**{**open_, "xl/x": b""})))
    strict = {
        "xl/workbook.xml": lambda xml: xml.replace(b"<workbook", b"<workbook a='purl.oclc.org'")
    }
    assert "Strict Open XML" in str(tables.refusal(tables.repacked(tables.workbook(*GOOD), strict)))


@pytest.mark.parametrize("cut", [100, 1000, 2000, 4000, -200, -30])
def test_a_workbook_that_was_cut_off_is_anomalous(cut: int) -> None:
    error = tables.refusal(tables.workbook(*GOOD)[:cut])
    assert isinstance(error, Anomalous)
    assert "damaged or was cut off" in str(error)


@pytest.mark.parametrize(
    "part", [SHEET, "xl/styles.xml", "xl/workbook.xml", "xl/sharedStrings.xml", TYPES]
)
@pytest.mark.parametrize("content", [b"<broken", b"", b"<a/>", b"\x00\x01\x02"])
def test_a_workbook_with_a_broken_part_ends_in_one_of_our_errors(part: str, content: bytes) -> None:
    data = tables.repacked(tables.shared(tables.workbook(*GOOD)), {part: lambda _: content})
    with contextlib.suppress(HubError):
        tables.read(data)


@pytest.mark.parametrize("number", range(0, 4000, 97))
def test_a_byte_that_is_wrong_anywhere_ends_in_one_of_our_errors_or_in_a_plan(number: int) -> None:
    data = bytearray(tables.shared(tables.workbook(*GOOD)))
    data[number % len(data)] ^= 0xFF
    with contextlib.suppress(HubError):
        tables.read(bytes(data))


# CSV.

TEXT = 'Task Name,Duration,Notes\n设计,5d,"two\nlines, and a comma"\n上线,0d,\n'


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"]
)
def test_csv_is_read_in_every_encoding_that_excel_writes(encoding: str) -> None:
    data = TEXT.encode(encoding)
    assert sniff(data) == "csv"
    plan = tables.read(data)
    assert [body["Name"] for body in plan.of("task").values()] == ["设计", "上线"]
    assert plan.of("task")["设计"]["Notes"] == "two\nlines, and a comma"
    assert plan.summary["file_type"] == "CSV"
    assert ("encoding_assumed" in plan.notes("losses")) == encoding.startswith("gb")


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_csv_in_utf_16_with_a_mark_is_read(mark: str) -> None:
    assert titles("\ufeff".encode(mark) + TEXT.encode(mark)) == ["设计", "上线"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_csv_is_read_with_every_separator(separator: str, line_end: str) -> None:
    rows = [["Plan, of; all"], ["Task Name", "Duration", "Start"], ["A", "5d", "2026-03-02"]]
    text = line_end.join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    assert titles(text.encode()) == ["A"]


def test_the_line_that_tells_excel_the_separator_is_no_row() -> None:
    (fault,) = tables.faults(b"sep=;\nTask Name;Duration\nA;soon\n")
    assert fault.startswith("cell B3: ")


def test_a_fault_of_csv_is_told_by_its_cell_too() -> None:
    (fault,) = tables.faults(b"Task Name,Start\nA,31/02/2026\n")
    assert fault == ('cell B2: "31/02/2026" is no date; write it as 2026-11-23 or 2026-11-23 17:00')


def test_csv_that_is_no_text_or_has_an_open_quote_is_anomalous() -> None:
    error = tables.refusal(b"Task Name,Duration\nA,\xff\xff\n")
    assert isinstance(error, Anomalous)
    assert "line 2: this is neither UTF-8, UTF-16 nor GB18030" in str(error)
    error = tables.refusal(b'Task Name,Duration\nA,"5d\n')
    assert isinstance(error, Anomalous)
    assert str(error).startswith("line 2: unexpected end of data")


def test_a_text_without_a_header_is_told_what_it_needs() -> None:
    error = tables.refusal(b"Dear all,\nplease find the plan attached.\n")
    assert "no row of the first 20 of the table is the header of a plan" in str(error)


@pytest.mark.parametrize(
    "data", [b'{"a": 1, "b": 2}', b"%PDF-1.4\na,b", b"hello\nworld\n", b"a,\x01b"]
)
def test_what_is_no_table_is_no_plan(data: bytes) -> None:
    assert sniff(data) is None
    assert isinstance(tables.refusal(data), Anomalous)


def test_a_table_without_a_document_of_its_columns_says_so() -> None:
    reading = MspdiImporter(Settings()).read(io.BytesIO(tables.workbook(*GOOD)))
    with pytest.raises(Misconfigured, match="no mapping document msproject/sheet-row"):
        next(reading)


def test_an_empty_workbook_is_told_what_it_needs() -> None:
    assert "is the header of a plan" in str(tables.refusal(tables.saved(Workbook())))
