"""What kind of file this is, by its first bytes, never by its name."""

import re
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element

from connectors.msproject.mpxj.origin import MPP, MPX, PMXML, XER, Origin
from hub.errors import Anomalous, HubError, Misconfigured

NAMESPACE = re.compile(r"http://schemas\.microsoft\.com/project(?:/20\d\d)?\Z")
"""MS Project writes the plain form; some exporters append the year of a release."""

HEAD_BYTES = 64 * 1024
"""Enough for any prolog: the root element must begin within it."""

MSPDI = "mspdi-xml"

TABLES = frozenset({"xlsx", "csv"})
"""Plans in a table; `sheet` reads them."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_EXCEL_97 = "Workbook".encode("utf-16-le").ljust(64, b"\0") + b"\x12\0"
"""As an entry of the directory: a plan may have a task of that name."""
_OFFICE = (
    b"[Content_Types].xml",
    b"_rels/.rels",
    b"docProps/",
    b"xl/",
    b"mimetypeapplication/vnd.",
)
_SAVE_AS_XLSX = 'save it in Excel with the type "Excel Workbook (.xlsx)"'
_FIRST_LINES = 20
_BOMS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_SAVE_AS_XML = 'in Microsoft Project use "Save As" with the type "XML Format"'


@dataclass(frozen=True, slots=True)
class FileType:
    """What a file is.

    Shape: `name` is None when it is no plan; `refusal` is None for what can be read. `origin` is
           the format of what MPXJ makes into MSPDI.
    """

    name: str | None
    refusal: HubError | None = None
    namespace: str = ""
    origin: Origin | None = None


def examine(head: bytes) -> FileType:
    """Tell what a file is from its first bytes, and why it is not read if it is not."""
    if not head.strip(b"\0 \t\r\n"):
        return FileType(None, Anomalous("the file is empty", evidence=""))
    if head.startswith(_OLE):
        return _ole(head)
    if head.startswith(_ZIP):
        if any(name in head for name in _OFFICE):
            return FileType("xlsx")
        return _anomalous(None, "this is a ZIP archive, not a plan; unpack it first", head)
    if head.startswith(b"ERMHDR"):
        return FileType("xer", origin=XER)
    if re.match(rb"MPX[,;\t ]", head):
        return FileType("mpx", origin=MPX)
    return _markup(head)


def _ole(head: bytes) -> FileType:
    if _ENCRYPTED in head:
        words = (
            "this is an encrypted Office document (OLE): it is password protected, whatever its"
            " name says; remove the password and save it again"
        )
        return FileType("ole-encrypted", Misconfigured(words))
    if _EXCEL_97 in head:
        words = f"this is a workbook of Excel 97 to 2003 (.xls); {_SAVE_AS_XLSX}"
        return FileType("xls", Misconfigured(words))
    return FileType("mpp", origin=MPP)


def _markup(head: bytes) -> FileType:
    text = _ascii(head)
    if re.match(rb"<(?:!DOCTYPE\s+html|html)\b", text.lstrip(), re.IGNORECASE):
        words = (
            "this is a web page, not a plan; perhaps a log-in page was saved instead of the file"
        )
        return _anomalous(None, words, head)
    if not text.lstrip().startswith(b"<"):
        if _tabular(text):
            return FileType("csv")
        return _anomalous(None, "this is not XML and no plan format that we know", head)
    opening = re.search(rb"<[A-Za-z_]", re.sub(rb"<!--.*?(?:-->|\Z)", b"", text, flags=re.DOTALL))
    doctype = _DOCTYPE.search(text)
    if doctype and (not opening or opening.start() > 0):
        line = 1 + text.count(b"\n", 0, doctype.start())
        return FileType(
            MSPDI if b"schemas.microsoft.com/project" in text else None, no_doctype(line)
        )
    return _root(head)


def _tabular(text: bytes) -> bool:
    """Tell whether this may be a table in text: lines with separators, and nothing binary."""
    if text.lstrip()[:1] in {b"{", b"["} or re.search(
        rb"[\x01-\x08\x0b\x0c\x0e-\x1f]|\A%PDF", text
    ):
        return False
    return any(re.search(rb"[,;\t]", line) for line in text.splitlines()[:_FIRST_LINES])


def no_doctype(line: int) -> Anomalous:
    """Say why a document type declaration is refused."""
    words = (
        f"line {line}: the file declares a DOCTYPE; plans have none, and it can name other files or"
        " grow without end, so it is refused; save the plan again with Microsoft Project"
    )
    return Anomalous(words, evidence="DOCTYPE")


def _root(head: bytes) -> FileType:
    parser = etree.XMLPullParser(
        events=("start",), resolve_entities=False, no_network=True, load_dtd=False
    )
    failure = ""
    try:
        parser.feed(head)
    except etree.XMLSyntaxError as error:
        failure = str(error.msg)
    _, root = next(iter(parser.read_events()), (None, None))
    if not isinstance(root, _Element):
        reason = failure or f"no element begins within the first {HEAD_BYTES} bytes"
        return _anomalous(None, f"this is not well-formed XML: {reason}", head)
    if root.getroottree().docinfo.internalDTD is not None:
        return FileType(None, no_doctype(1))
    name = etree.QName(root)
    return _named(name.localname, name.namespace or "", head)


def _named(root: str, namespace: str, head: bytes) -> FileType:
    if root == "Project" and NAMESPACE.match(namespace):
        return FileType(MSPDI, None, namespace)
    if root == "APIBusinessObjects" or "primavera" in namespace.lower():
        return FileType("pmxml", origin=PMXML)
    shown = f"<{root}> in the namespace {namespace!r}" if namespace else f"<{root}>, no namespace"
    words = (
        f"line 1: the root element is {shown}; a plan begins with <Project> in"
        f" 'http://schemas.microsoft.com/project'; {_SAVE_AS_XML}"
    )
    return _anomalous(None, words, head)


def _anomalous(name: str | None, words: str, head: bytes) -> FileType:
    return FileType(name, Anomalous(words, evidence=head[:64].hex(" ")))


def _ascii(head: bytes) -> bytes:
    # Markup is ASCII in every encoding that XML files come in, but for the zero bytes of UTF-16.
    for bom in _BOMS:
        if head.startswith(bom):
            head = head[len(bom) :]
            break
    return head.replace(b"\0", b"")
