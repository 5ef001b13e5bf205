"""Plan files that are broken or hostile, by the command line and by upload: nothing half done."""

import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.integration.hub.running import RunningHub
from tests.integration.hub.samples import alert, day, plan
from tests.integration.hub.stored import dump

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).parents[2] / "connectors" / "msproject" / "fixtures"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = OLE + bytes(2000) + "EncryptedPackage".encode("utf-16-le") + bytes(99)
LATE = b'<Project xmlns="http://schemas.microsoft.com/project"><Tasks>' + b"".join(
    b"<Task><UID>%d</UID><Name>Row %d</Name></Task>" % (n, n) for n in range(1, 2500)
)
"""Cut off only after several pages of it were stored aside."""

REFUSED = [
    pytest.param((FIXTURES / "truncated.xml").read_bytes(), "cut off", id="truncated"),
    pytest.param(LATE, "line 1, column", id="truncated-late"),
    pytest.param(ENCRYPTED, "encrypted Office document", id="encrypted"),
    pytest.param(OLE + bytes(2000), ".mpp", id="mpp-called-xml"),
    pytest.param((FIXTURES / "billion-laughs.xml").read_bytes(), "DOCTYPE", id="billion-laughs"),
    pytest.param((FIXTURES / "external-entity.xml").read_bytes(), "DOCTYPE", id="external-entity"),
    pytest.param((FIXTURES / "other-xml.xml").read_bytes(), "<note>", id="other-xml"),
    pytest.param(plan({"Far": "9999-12-31"}), "'9999-12-31T17:00:00' lies outside", id="year-9999"),
    pytest.param(b"", "empty", id="empty"),
    pytest.param(b"\x00\xff" * 100, "", id="noise"),
]


@pytest.fixture(scope="module")
def hub(shared_hub: Callable[..., RunningHub]) -> RunningHub:
    made = shared_hub(quiet_seconds=3600)
    made.bring_in(plan({"Go-live": day(9)}, work=["Build", "Test"]))
    return made


@pytest.mark.parametrize(("data", "words"), REFUSED)
def test_an_upload_that_is_refused_changes_nothing(
    hub: RunningHub, data: bytes, words: str
) -> None:
    before = dump(hub)
    answer = hub.api.upload(data, project="ERP", name="erp.xml")
    assert answer.status == 422
    assert words in answer.json["detail"]
    assert dump(hub) == before


@pytest.mark.parametrize(("data", "words"), [REFUSED[n] for n in (0, 1, 2, 4, 7)])
def test_a_file_that_is_refused_ends_in_status_1_and_changes_nothing(
    hub: RunningHub, data: bytes, words: str
) -> None:
    before = dump(hub)
    path = hub.write("bad.xml", data)
    done = hub.cli("import", str(path), "--project", "ERP", "--json", status=1)
    assert done.stdout == ""
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert dump(hub) == before


def test_an_external_entity_is_never_opened(hub: RunningHub, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the-content-of-a-file")
    entity = f'<!DOCTYPE p [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    body = plan({"&x;": day(3)}).decode().replace("&amp;x;", "&x;")
    data = body.replace("?>\n", f"?>\n{entity}\n", 1).encode()
    answer = hub.api.upload(data, project="XXE")
    assert answer.status == 422
    assert "the-content-of-a-file" not in answer.body.decode() + hub.log.read_text()


def test_a_cycle_of_dependencies_is_kept_and_shown_not_followed_for_ever(hub: RunningHub) -> None:
    data = plan(
        {"End": day(5)},
        work=["A", "B", "C"],
        links=[(1, 2), (2, 3), (3, 1), (3, 101)],
        title="Ring",
    )
    assert hub.bring_in(data, "RING")["dependencies"] == 4
    shown = hub.api.get("/projects/file%3Aproject%3ARING/schedule")
    (told,) = [one for one in shown["reasons"] if "cycle" in one["code"]]
    assert told["values"] == {"count": 3, "path": "A -> B -> C -> A"}
    assert [one["title"] for one in hub.api.items("milestones", q="End")] == ["End"]


def test_a_file_that_would_remove_most_of_the_plan_is_refused(hub: RunningHub) -> None:
    whole = plan({"End": day(5)}, work=[f"Task {n}" for n in range(30)], title="Large")
    hub.bring_in(whole, "LARGE")
    before = dump(hub)
    answer = hub.api.upload(plan({"End": day(5)}, work=["Task 0"], title="Large"), project="LARGE")
    assert answer.status == 422
    assert "--accept-removals" in answer.json["detail"]
    assert dump(hub) == before


def test_an_upload_that_breaks_off_changes_nothing(hub: RunningHub) -> None:
    before = dump(hub)
    place = urlsplit(hub.base)
    assert place.hostname
    assert place.port
    head = (
        f"POST /api/v1/imports?project=ERP HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {hub.token}"
        "\r\nContent-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), 10) as plug:
        plug.sendall(head.encode() + plan({"Half": day(1)})[:300])
    hub.tell(alert("Beside a broken upload"))
    after = dump(hub)
    assert {name for name in before if before[name] != after[name]} <= {
        "alert", "incident", "journal", "occurrence", "change",
    }  # fmt: skip
    assert [row[0] for row in after["project"]] == [row[0] for row in before["project"]]
