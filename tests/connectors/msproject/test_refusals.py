"""Bad input: each gets one clear sentence, and nothing comes out before it."""

import io
import re

import pytest

from hub.contract import Page
from hub.errors import Anomalous, HubError, Misconfigured
from tests.connectors.msproject import plans

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(name: str) -> HubError:
    with (plans.FIXTURES / name).open("rb") as file:
        return refusal_of(file.read())


def refusal_of(data: bytes) -> HubError:
    pages: list[Page] = []
    with pytest.raises(HubError) as raised:
        pages.extend(plans.importer().read(io.BytesIO(data)))
    assert pages == []
    return raised.value


@pytest.mark.parametrize(
    ("name", "line"),
    [("billion-laughs.xml", 2), ("external-entity.xml", 3), ("doctype-only.xml", 2)],
)
def test_a_doctype_is_refused_before_anything_is_read(name: str, line: int) -> None:
    error = refusal(name)
    assert isinstance(error, Anomalous)
    assert str(error).startswith(f"line {line}: the file declares a DOCTYPE")


def test_a_doctype_in_utf_16_is_refused_too() -> None:
    text = (plans.FIXTURES / "external-entity.xml").read_text(encoding="utf-8")
    data = text.replace("UTF-8", "UTF-16").encode("utf-16")
    assert "DOCTYPE" in str(refusal_of(data))


def test_a_doctype_behind_a_long_comment_is_refused_too() -> None:
    body = b'<!DOCTYPE Project><Project xmlns="http://schemas.microsoft.com/project"/>'
    assert "no element begins" in str(refusal_of(b"<!--" + b"x" * 70_000 + b"-->" + body))


def test_a_doctype_inside_a_comment_is_none() -> None:
    body = b'<!-- <!DOCTYPE x> --><Project xmlns="http://schemas.microsoft.com/project"/>'
    assert plans.content(body).summary["tasks"] == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("truncated.xml", r"line 34, column \d+: .*cut off"),
        ("control-character.xml", r"line 44, column \d+: .*invalid Char value 1"),
        ("control-reference.xml", r"line 44, column \d+: .*invalid xmlChar value 1"),
        ("wrong-encoding.xml", r"line 44, column \d+: "),
        ("undeclared-entity.xml", r"line 44, column \d+: Entity 'nbsp' not defined"),
        ("wrong-namespace.xml", r"line 1: .*http://example\.com/project"),
        ("no-namespace.xml", "line 1: .*no namespace"),
        ("other-xml.xml", "line 1: the root element is <note>"),
        ("web-page.xml", "web page, not a plan"),
        ("empty.xml", "the file is empty"),
    ],
)
def test_a_damaged_or_foreign_file_is_anomalous_with_its_place(name: str, words: str) -> None:
    error = refusal(name)
    assert isinstance(error, Anomalous)
    assert re.search(words, str(error)), str(error)


@pytest.mark.parametrize(
    ("name", "kind"), [("primavera.xml", "pmxml"), ("primavera.xer", "xer"), ("old.mpx", "mpx")]
)
def test_a_plan_of_another_tool_is_named_with_its_remedy(name: str, kind: str) -> None:
    data = (plans.FIXTURES / name).read_bytes()
    assert plans.importer().sniff(data[:4096]) == kind
    with pytest.raises(Misconfigured, match=r"install Java .* save it as XML"):
        plans.content(data, java="/nowhere/java")


def test_an_mpp_that_is_called_xml_is_named_for_what_it_is() -> None:
    with pytest.raises(Misconfigured, match=r"this is a Microsoft Project \.mpp file"):
        plans.content(OLE + bytes(2000), java="/nowhere/java")


def test_an_encrypted_document_that_is_called_xml_is_named_for_what_it_is() -> None:
    error = refusal_of(OLE + bytes(2000) + "EncryptedPackage".encode("utf-16-le") + bytes(99))
    assert isinstance(error, Misconfigured)
    assert "encrypted Office document" in str(error)
    assert "password" in str(error)


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b'{"a": 1}', b"\x00\x00\x00", b"<Project"])
def test_what_is_no_plan_has_no_type_and_is_anomalous(data: bytes) -> None:
    assert plans.importer().sniff(data) is None
    assert isinstance(refusal_of(data), Anomalous)


def test_a_file_over_the_limit_is_the_administrators_business() -> None:
    with (plans.FIXTURES / "rows.xml").open("rb") as file:
        reading = plans.importer(max_bytes=1000).read(file)
        with pytest.raises(Misconfigured, match="larger than 1000 bytes; raise max_bytes"):
            next(reading)


def test_a_tail_that_is_cut_off_is_an_error_although_pages_came_before() -> None:
    rows = "".join(f"<Task><UID>{n}</UID><Name>{'x' * 200}</Name></Task>" for n in range(1, 2000))
    head = '<Project xmlns="http://schemas.microsoft.com/project"><Tasks>'
    reading = plans.importer().read(io.BytesIO((head + rows).encode()))
    assert len(next(reading).records) == 100
    with pytest.raises(Anomalous, match="line 1, column"):
        list(reading)
