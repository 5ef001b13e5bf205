"""The mapping desk on a real store, with the real receiver and what the real ingest stored."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from connectors.prometheus import CONNECTOR
from hub.contract import Page, Receiver
from hub.errors import Anomalous
from hub.services.access import Principal, Role
from hub.services.desks import Accepted
from hub.services.ingest.intake import GroupIntake
from hub.services.mapping_desk import MappingDesk
from hub.services.plans.importing import Order, PlanImport
from hub.services.plans.networks import Networks
from hub.services.refusals import Fault, Refusal, Why
from hub.store.board import BoardRows
from hub.store.documents import Documents
from hub.store.ingest import IngestStore
from hub.store.journal import Journal
from hub.store.plans import Plans
from hub.store.sqlite import Sqlite
from tests.connectors.msproject import plans
from tests.unit.mapping.samples import ALERT_YAML, ZABBIX

ADA = Principal("ada", Role.ADMIN, "session", "1")
TEXT = ALERT_YAML.read_text(encoding="utf-8")
NAME = "prometheus/alert"


def receiver() -> Receiver:
    assert CONNECTOR.receiver is not None
    return CONNECTOR.receiver(CONNECTOR.settings(webhook_secret="s"))  # noqa: S106


UNPACKERS: dict[str, tuple[str, Receiver]] = {"am-main": ("prometheus", receiver())}


@pytest.fixture
async def documents(database: Sqlite) -> Documents:
    documents = Documents(database)
    await documents.offer("mapping", NAME, "shipped", TEXT)
    await documents.offer("mapping", "zabbix/problem", "shipped", ZABBIX)
    return documents


@pytest.fixture
def desk(database: Sqlite, documents: Documents) -> MappingDesk:
    return MappingDesk(documents, Journal(database), BoardRows(database), UNPACKERS)


@asynccontextmanager
async def running(database: Sqlite) -> AsyncIterator[GroupIntake]:
    intake = GroupIntake(IngestStore(database), UNPACKERS, Networks(BoardRows(database)))
    await intake.start()
    try:
        yield intake
    finally:
        await intake.stop()


def alert(name: str, **labels: str) -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": {"alertname": name, "severity": "critical", **labels},
        "annotations": {"summary": f"{name} is on fire"},
        "startsAt": "2026-01-05T10:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "",
        "fingerprint": f"{name:0>16}",
    }


async def delivered(database: Sqlite, *deliveries: list[dict[str, Any]]) -> list[str]:
    receipts = []
    async with running(database) as intake:
        for alerts in deliveries:
            body = json.dumps({"version": "4", "alerts": alerts}).encode()
            answer = await intake.receive("am-main", {"authorization": "Bearer s"}, body)
            assert isinstance(answer, Accepted)
            receipts.append(answer.receipt)
    return receipts


def good(answer: Mapping[str, object] | Refusal) -> Mapping[str, Any]:
    assert not isinstance(answer, Refusal), answer
    return answer


def bad(answer: object) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


async def test_a_stored_record_is_previewed_with_every_step(
    desk: MappingDesk, database: Sqlite
) -> None:
    (receipt,) = await delivered(database, [alert("one"), alert("two", team="blue")])
    found = good(await desk.preview(NAME, None, None, f"{receipt}#1"))
    assert found["to"] == "alert"
    assert found["errors"] == []
    assert found["entity"]["title"] == "two is on fire"
    assert found["entity"]["starts_at"] == "2026-01-05T10:00:00+00:00"
    assert found["entity"]["severity"] == 5
    assert found["entity"]["status"] == "firing"
    severity = next(step for step in found["steps"] if step["field"] == "severity")
    assert severity == {
        "field": "severity", "path": "labels.severity", "value": "critical",
        "converter": "table severity", "result": 5,
    }  # fmt: skip
    assert orjson.loads(orjson.dumps(found)) == found


async def test_a_preview_shows_what_ingest_stored(desk: MappingDesk, database: Sqlite) -> None:
    (receipt,) = await delivered(database, [alert("one", severity="page", service="shop-db")])
    entity = good(await desk.preview(NAME, None, None, f"{receipt}#0"))["entity"]
    query = {"title": "one is on fire"}
    rows = await database.read(
        lambda c: c.exec_driver_sql(
            "SELECT severity, status, body FROM alert WHERE title = :title", query
        ).all()
    )
    ((severity, status, body),) = rows
    stored = orjson.loads(body)
    assert (entity["severity"], entity["status"]) == (severity, status)
    assert entity["labels"] == stored["labels"]
    assert entity["severity_raw"] == stored["severity_raw"]


async def test_a_preview_stores_nothing(desk: MappingDesk, database: Sqlite) -> None:
    (receipt,) = await delivered(database, [alert("one")])
    before = await database.clock()
    good(await desk.preview(NAME, None, None, f"{receipt}#0"))
    good(await desk.preview(None, TEXT.replace("version: 1", "version: 2"), {}, None))
    assert await database.clock() == before


async def test_an_own_record_and_a_draft_are_previewed(desk: MappingDesk) -> None:
    draft = ZABBIX.replace("path: name", "path: problem")
    record = {"problem": "Disk full", "severity": "4", "clock": "1700000000", "r_clock": "0"}
    found = good(await desk.preview(None, draft, record, None))
    assert found["entity"]["title"] == "Disk full"
    assert found["entity"]["starts_at"] == "2023-11-14T22:13:20+00:00"


async def test_every_field_that_does_not_fit_is_told_at_once(desk: MappingDesk) -> None:
    record = {"severity": "9", "clock": "yesterday", "r_clock": "0"}
    found = good(await desk.preview("zabbix/problem", None, record, None))
    assert found["entity"] is None
    assert [(e["field"], e["path"], e["line"]) for e in found["errors"]] == [
        ("title", "name", 5),
        ("severity", "severity", 7),
        ("starts_at", "clock", 8),
    ]
    assert "'yesterday'" in found["errors"][2]["msg"]


async def test_a_word_that_other_stands_in_for_is_a_warning(desk: MappingDesk) -> None:
    found = good(await desk.preview(NAME, None, alert("one", severity="sev-9"), None))
    assert found["entity"]["severity"] == 0
    assert found["warnings"] == [
        {"code": "unknown-word", "field": "severity", "table": "severity", "word": "sev-9"}
    ]


async def test_a_draft_with_faults_is_refused_with_the_line_of_each(desk: MappingDesk) -> None:
    text = ZABBIX.replace("epoch_seconds}", "epoch_second}").replace("alert\n", "alarm\n", 1)
    refusal = bad(await desk.preview(None, text, {}, None))
    assert refusal.why is Why.INVALID
    assert [fault.loc for fault in refusal.errors] == ["draft:2"]
    text = ZABBIX.replace("epoch_seconds", "epoch_second")
    refusal = bad(await desk.put(text, ADA))
    assert [fault.loc for fault in refusal.errors] == ["draft:8", "draft:9"]
    assert "epoch_seconds" in refusal.errors[0].msg


@pytest.mark.parametrize("record", [[1], "text", 7, True])
async def test_a_record_that_is_no_object_is_refused(desk: MappingDesk, record: object) -> None:
    refusal = bad(await desk.preview(NAME, None, record, None))
    assert [fault.loc for fault in refusal.errors] == ["record"]


async def test_values_that_json_cannot_say_are_shown_nevertheless(desk: MappingDesk) -> None:
    record = alert("one") | {"status": 10**30, "generatorURL": "\ud800"}
    found = good(await desk.preview(NAME, None, record, None))
    steps = {step["field"]: step["value"] for step in found["steps"]}
    assert (steps["status"], steps["url"]) == (str(10**30), "\\ud800")
    assert orjson.dumps(found)


async def test_a_record_of_another_tool_is_not_tried(desk: MappingDesk, database: Sqlite) -> None:
    (receipt,) = await delivered(database, [alert("one")])
    refusal = bad(await desk.preview("zabbix/problem", None, None, f"{receipt}#0"))
    assert refusal.detail == f"{receipt}#0 is prometheus.alert, not zabbix.problem"


@pytest.mark.parametrize(
    ("receipt", "why"),
    [
        ("am-main:{n}#7", Why.NOT_FOUND),
        ("am-main:999999#0", Why.NOT_FOUND),
        ("am-other:{n}#0", Why.NOT_FOUND),
        ("am-main:{n}", Why.INVALID),
        ("am-main:{n}!0", Why.INVALID),
        ("{n}#0", Why.INVALID),
        ("am-main:-1#0", Why.INVALID),
        ("am-main:99999999999999999999#0", Why.INVALID),
        ("am-main:²#0", Why.INVALID),
    ],
)
async def test_a_receipt_that_leads_nowhere_is_refused(
    desk: MappingDesk, database: Sqlite, receipt: str, why: Why
) -> None:
    (stored,) = await delivered(database, [alert("one")])
    named = receipt.replace("{n}", stored.partition(":")[2])
    assert bad(await desk.preview(NAME, None, None, named)).why is why


async def test_an_unknown_document_is_not_found(desk: MappingDesk) -> None:
    for name in ("prometheus/alarm", "nonsense", "", "mapping:prometheus/alert@99"):
        assert bad(await desk.preview(name, None, {}, None)).why is Why.NOT_FOUND
        assert bad(await desk.coverage(name)).why is Why.NOT_FOUND
    assert bad(await desk.activate("mapping:prometheus/alert@99", ADA)).why is Why.NOT_FOUND


async def test_a_catalogue_version_is_no_mapping(desk: MappingDesk, documents: Documents) -> None:
    offered = await documents.offer("services", "services", "file", "services: []")
    assert bad(await desk.activate(offered.active.id, ADA)).why is Why.NOT_FOUND


async def test_coverage_counts_words_and_places_of_stored_records(
    desk: MappingDesk, database: Sqlite
) -> None:
    await delivered(
        database,
        [alert("one", severity="odd"), alert("two", team="blue")],
        [alert("three", severity="odd"), alert("four", severity="odder")],
    )
    found = good(await desk.coverage(NAME))
    assert (found["document"], found["records"]) == (NAME, 4)
    assert found["unmapped"] == [
        {"field": "severity", "path": "labels.severity", "word": "odd", "count": 2},
        {"field": "severity", "path": "labels.severity", "word": "odder", "count": 1},
    ]
    unused = {row["path"]: row["count"] for row in found["unused"]}
    assert unused["fingerprint"] == 4
    assert orjson.dumps(found)


async def test_coverage_reads_the_newest_records(
    desk: MappingDesk, database: Sqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.services.mapping_desk.NEWEST", 3)
    monkeypatch.setattr("hub.services.mapping_desk.PIECE", 1)
    pairs = [[alert(f"{n}a", severity=f"w{n}"), alert(f"{n}b", severity=f"w{n}")] for n in range(4)]
    await delivered(database, *pairs)
    found = good(await desk.coverage(NAME))
    assert found["records"] == 3
    assert {row["word"] for row in found["unmapped"]} == {"w3", "w2"}


async def test_coverage_of_a_draft_is_that_of_its_own_text(
    desk: MappingDesk, database: Sqlite
) -> None:
    await delivered(database, [alert("one", severity="odd")])
    draft = TEXT.replace("    unknown: unknown\n", "    unknown: unknown\n    odd: high\n")
    stored = orjson.loads(good_bytes(await desk.put(draft, ADA)))
    assert good(await desk.coverage(stored["id"]))["unmapped"] == []
    assert good(await desk.coverage("prometheus.alert"))["unmapped"] != []


async def test_coverage_without_a_connector_says_so(desk: MappingDesk) -> None:
    refusal = bad(await desk.coverage("zabbix/problem"))
    assert refusal.why is Why.CONFLICT
    assert "zabbix" in refusal.detail


async def test_coverage_of_a_plan_reads_the_file_that_came_last(
    database: Sqlite, documents: Documents
) -> None:
    for kind in ("task", "assignment"):
        text = (plans.MAPPINGS / f"{kind}.yaml").read_text("utf-8")
        await documents.offer("mapping", f"msproject/{kind}", "shipped", text)
    importers = {"file": ("msproject", plans.importer())}
    desk = MappingDesk(documents, Journal(database), BoardRows(database), UNPACKERS, importers)
    assert good(await desk.coverage("msproject/task"))["records"] == 0
    for name in ("rows.xml", "people.xml"):
        order = Order("file", "msproject", name, None, "plan", "ada")
        run = PlanImport(Plans(database), plans.importer(), plans.documents(), order)
        with (plans.FIXTURES / name).open("rb") as file:
            await run.run(file)
    found = good(await desk.coverage("msproject/assignment"))
    assert (found["records"], found["unmapped"]) == (2, [])
    assert {"path": "UID", "count": 2} in [
        {"path": row["path"], "count": row["count"]} for row in found["unused"]
    ]


async def test_a_delivery_that_cannot_be_read_any_more_is_passed_over(
    database: Sqlite, documents: Documents
) -> None:
    class Newer:
        def authentic(self, headers: Mapping[str, str], body: bytes) -> bool:
            raise NotImplementedError

        def unpack(self, body: bytes) -> Page:
            if b"old" in body:
                raise Anomalous("an old form")
            return receiver().unpack(body)

    receipt, _ = await delivered(database, [alert("old")], [alert("new")])
    desk = MappingDesk(
        documents, Journal(database), BoardRows(database), {"am-main": ("prometheus", Newer())}
    )
    assert good(await desk.coverage(NAME))["records"] == 1
    assert bad(await desk.preview(NAME, None, None, f"{receipt}#0")).why is Why.NOT_FOUND


def good_bytes(answer: bytes | Refusal) -> bytes:
    assert isinstance(answer, bytes), answer
    return answer


async def test_a_draft_is_stored_and_counts_for_nothing_until_activated(
    desk: MappingDesk, documents: Documents, database: Sqlite
) -> None:
    text = TEXT.replace("    critical: critical\n", "    critical: high\n")
    draft = orjson.loads(good_bytes(await desk.put(text, ADA)))
    assert (draft["active"], draft["origin"], draft["by"]) == (False, "console", "ada")
    assert draft["text"] == text
    (shipped,) = [v for v in await documents.active("mapping") if v.name == NAME]
    assert shipped.text == TEXT
    done = orjson.loads(good_bytes(await desk.activate(draft["id"], ADA)))
    assert done["active"] is True
    (receipt,) = await delivered(database, [alert("one")])
    found = good(await desk.preview(NAME, None, None, f"{receipt}#0"))
    assert found["entity"]["severity"] == 4


async def test_a_document_that_makes_something_else_than_before_is_refused(
    desk: MappingDesk, documents: Documents
) -> None:
    text = (
        "mapping: prometheus.alert\nversion: 1\nto: task\n"
        "fields: {title: {value: t}, kind: {value: work}, status: {value: todo}}\n"
    )
    refusal = bad(await desk.put(text, ADA))
    msg = "to: prometheus.alert makes alert, not task; write to: alert"
    assert refusal.errors == (Fault("draft:3", "mapping", msg),)
    stored = await documents.add_draft("mapping", NAME, text, "ada")
    assert bad(await desk.activate(stored.id, ADA)).why is Why.INVALID


async def test_a_version_that_is_not_valid_any_more_is_not_activated(
    desk: MappingDesk, documents: Documents
) -> None:
    stored = await documents.add_draft("mapping", NAME, "mapping: prometheus.alert\n", "ada")
    refusal = bad(await desk.activate(stored.id, ADA))
    assert refusal.why is Why.INVALID
    assert all(fault.loc.startswith("mappings/prometheus/alert.yaml:") for fault in refusal.errors)
    version = await documents.active_one("mapping", NAME)
    assert version is not None
    assert version.text == TEXT
