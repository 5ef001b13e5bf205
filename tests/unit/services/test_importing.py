"""Importing a plan file: whole or not at all, with the real connector and its shipped documents."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

import pytest

from hub.contract import Importer, Page, Record, Rejected
from hub.errors import Anomalous, HubError, Misconfigured, Transient, Unmappable
from hub.mapping import Document, load
from hub.services.plans.importing import Order, PlanImport
from tests.connectors.msproject import plans
from tests.unit.services.planstore import MemoryPlans

ORDER = Order("file", "msproject", "plan.xml", None, "plan", "ada", zone="Asia/Shanghai")


def fixture(name: str) -> bytes:
    return (plans.FIXTURES / name).read_bytes()


async def bring(
    store: MemoryPlans,
    data: bytes,
    *,
    importer: Importer | None = None,
    documents: Mapping[str, Document] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    run = PlanImport(
        store,
        importer or plans.importer(),
        documents or plans.documents(),
        replace(ORDER, **changes),
    )
    return await run.run(io.BytesIO(data))


async def test_a_file_becomes_a_plan() -> None:
    store = MemoryPlans()
    summary = await bring(store, fixture("people.xml"))
    assert summary["project"] == "file:project:People"
    assert summary["changed"] == {"created": 7, "updated": 0, "removed": 0}
    kept = store.projects["file:project:People"]
    assert (kept.row.title, kept.row.key, kept.row.connector) == ("People", "People", "file")
    assert set(store.titles("file:project:People", "task")) == {"file:task:People/1"}
    ((raw, _),) = store.journal
    assert (raw.name, raw.size) == ("plan.xml", len(fixture("people.xml")))
    assert b"".join(store.parts[raw.number]) == fixture("people.xml")
    assert store.staged == {}


async def test_the_same_file_again_changes_nothing() -> None:
    store = MemoryPlans()
    await bring(store, fixture("rows.xml"))
    again = await bring(store, fixture("rows.xml"))
    assert again["changed"] == {"created": 0, "updated": 0, "removed": 0}
    assert len(store.journal) == 2


async def test_the_key_is_the_orders_then_the_title_then_the_stem() -> None:
    store = MemoryPlans()
    titled = fixture("people.xml")
    untitled = titled.replace(b"<Title>People</Title>", b"")
    assert (await bring(store, titled, project_key="ERP"))["project"] == "file:project:ERP"
    assert (await bring(store, titled))["project"] == "file:project:People"
    assert (await bring(store, untitled))["project"] == "file:project:plan"
    assert store.projects["file:project:ERP"].row.title == "People"


async def test_two_milestones_of_one_title_are_two() -> None:
    store = MemoryPlans()
    await bring(store, fixture("rows.xml"))
    titles = store.titles("file:project:Rows", "milestone")
    assert list(titles.values()) == ["Go-live", "Go-live"]
    assert len(titles) == 2


async def test_a_record_without_a_key_is_put_aside_and_the_rest_counts() -> None:
    store = MemoryPlans()
    await bring(store, fixture("rows.xml"))
    ((_, rejected),) = store.journal
    assert len(rejected) == 1
    assert rejected[0].message


async def test_people_are_on_their_tasks_by_name() -> None:
    store = MemoryPlans()
    await bring(store, fixture("people.xml"))
    project = "file:project:People"
    people = store.titles(project, "resource")
    assigned = store.titles(project, "assignment")
    assert set(assigned.values()) - {None} <= set(people.values())
    row = next(row for row in store.projects[project].items.values() if row.kind == "assignment")
    assert row.parent == "file:task:People/1"
    assert store.detail(project, row.ref)["task"] == "file:task:People/1"


@pytest.mark.parametrize(
    "name",
    [
        "truncated.xml", "empty.xml", "web-page.xml", "other-xml.xml", "no-namespace.xml",
        "wrong-namespace.xml", "billion-laughs.xml", "external-entity.xml", "undeclared-entity.xml",
        "control-character.xml", "gb18030.xml", "wrong-encoding.xml", "primavera.xer", "old.mpx",
    ],
)  # fmt: skip
async def test_a_file_that_cannot_be_read_leaves_nothing_behind(name: str) -> None:
    store = MemoryPlans()
    await bring(store, fixture("people.xml"), project_key="ERP")
    before = store.projects["file:project:ERP"]
    with pytest.raises(HubError):
        await bring(store, fixture(name), project_key="ERP")
    assert store.projects == {"file:project:ERP": before}
    assert (len(store.journal), store.staged, list(store.parts)) == (1, {}, [1])


async def test_a_record_that_does_not_fit_refuses_the_file_and_names_the_record() -> None:
    store = MemoryPlans()
    with pytest.raises(Unmappable, match=r"plan\.xml: dependency 9>10#1: type: ") as caught:
        await bring(store, fixture("links.xml"))
    assert caught.value.path == "derived.type"
    assert (store.projects, store.journal, store.staged, store.parts) == ({}, [], {}, {})


@pytest.mark.parametrize("step", ["begin", "keep_part", "known", "stage", "merge"])
async def test_a_store_that_goes_away_at_any_step_leaves_nothing_behind(step: str) -> None:
    store = MemoryPlans(fails_at=step)
    with pytest.raises(Transient, match="the store is away"):
        await bring(store, fixture("people.xml"))
    assert (store.projects, store.journal, store.staged, store.parts) == ({}, [], {}, {})


async def test_a_missing_document_is_named() -> None:
    documents = {kind: doc for kind, doc in plans.documents().items() if kind != "resource"}
    store = MemoryPlans()
    with pytest.raises(Misconfigured, match="msproject/resource"):
        await bring(store, fixture("people.xml"), documents=documents)
    assert (store.projects, store.parts) == ({}, {})


async def test_a_file_that_would_remove_most_of_the_plan_is_shown_and_not_applied() -> None:
    store = MemoryPlans()
    await bring(store, fixture("rows.xml"), project_key="ERP")
    with pytest.raises(Misconfigured, match=r"would remove 8 of 10 .*--accept-removals"):
        await bring(store, fixture("bare.xml"), project_key="ERP")
    assert len(store.projects["file:project:ERP"].items) == 10
    assert list(store.parts) == [1]
    done = await bring(store, fixture("bare.xml"), project_key="ERP", allow_removals=True)
    assert done["changed"]["removed"] == 8


async def test_a_dry_run_counts_and_keeps_nothing() -> None:
    store = MemoryPlans()
    summary = await bring(store, fixture("people.xml"), dry=True)
    assert summary["changed"] == {"created": 7, "updated": 0, "removed": 0}
    assert (store.projects, store.journal) == ({}, [])
    assert b"".join(b"".join(parts) for parts in store.parts.values()) == b""


async def test_progress_is_told_in_bytes_and_rows() -> None:
    told: list[tuple[str, int]] = []
    store, data = MemoryPlans(), fixture("people.xml")
    run = PlanImport(
        store, plans.importer(), plans.documents(), ORDER, lambda *step: told.append(step)
    )
    await run.run(io.BytesIO(data))
    assert told == [("stored", len(data)), ("read", 7)]


class Scripted:
    """An importer of another tool: hands out the records that a test wrote down."""

    def __init__(self, *records: Record, rejected: tuple[Rejected, ...] = ()) -> None:
        self._pages = [Page((record,)) for record in records] + [Page((), rejected=rejected)]
        self.summary: Mapping[str, object] = {"title": "Scripted"}

    def sniff(self, head: bytes) -> str | None:
        return "script" if head else None

    def read(self, file: BinaryIO) -> "Scripted":
        del file
        return self

    def __iter__(self) -> Iterator[Page]:
        return self

    def __next__(self) -> Page:
        if not self._pages:
            raise StopIteration
        return self._pages.pop(0)


def plain_documents() -> dict[str, Document]:
    task = "fields: {title: {path: t}, kind: {value: work}, status: {value: todo}}"
    link = "fields: {predecessor: {path: p}, successor: {path: s}, type: {value: FS}}"
    work = "fields: {task: {path: task}, resource: {path: resource, optional: true}}"
    texts = {
        "task": f"mapping: x.task\nto: task\nversion: 1\n{task}",
        "dependency": f"mapping: x.dependency\nto: dependency\nversion: 1\n{link}",
        "assignment": f"mapping: x.assignment\nto: assignment\nversion: 1\n{work}",
        "resource": "mapping: x.resource\nto: resource\nversion: 1\nfields: {title: {path: t}}",
    }
    return {kind: load(text, name=kind) for kind, text in texts.items()}


def task(uid: str) -> Record:
    return Record("task", uid, {"t": f"Task {uid}"})


def link(before: str, after: str) -> Record:
    return Record("dependency", f"{before}>{after}#1", {"p": before, "s": after})


async def scripted(store: MemoryPlans, *records: Record) -> dict[str, Any]:
    return await bring(store, b"script", importer=Scripted(*records), documents=plain_documents())


PROJECT = "file:project:Scripted"


async def test_a_link_to_a_task_further_down_is_resolved() -> None:
    store = MemoryPlans()
    summary = await scripted(store, link("1", "2"), task("1"), link("2", "3"), task("2"), task("3"))
    assert summary["warnings"] == []
    found = {ref: store.detail(PROJECT, ref) for ref in store.titles(PROJECT, "dependency")}
    assert {ref: (row["predecessor"], row["successor"]) for ref, row in found.items()} == {
        "file:dependency:Scripted/1>2#1": ("file:task:Scripted/1", "file:task:Scripted/2"),
        "file:dependency:Scripted/2>3#1": ("file:task:Scripted/2", "file:task:Scripted/3"),
    }


async def test_a_dangling_link_is_left_out_and_warned_of() -> None:
    store = MemoryPlans()
    summary = await scripted(store, task("1"), link("9", "1"), link("1", "8"), task("2"))
    assert store.titles(PROJECT, "dependency") == {}
    (warning,) = summary["warnings"]
    assert (warning["code"], warning["count"]) == ("dangling-dependency", 2)
    assert warning["example"] == "9>1#1"


async def test_work_on_a_task_that_is_not_there_is_left_out_and_warned_of() -> None:
    store = MemoryPlans()
    records = (
        task("1"),
        Record("resource", "5", {"t": "Ada"}),
        Record("assignment", "1", {"task": "1", "resource": "5"}),
        Record("assignment", "2", {"task": "9", "resource": "5"}),
    )
    summary = await scripted(store, *records)
    assert store.titles(PROJECT, "assignment") == {"file:assignment:Scripted/1": "Ada"}
    (warning,) = summary["warnings"]
    assert (warning["code"], warning["count"]) == ("dangling-assignment", 1)


async def test_work_that_stands_before_its_task_and_person_is_resolved() -> None:
    store = MemoryPlans()
    records = (
        Record("assignment", "1", {"task": "1", "resource": "5"}),
        Record("resource", "5", {"t": "Ada"}),
        task("1"),
    )
    summary = await scripted(store, *records)
    assert summary["warnings"] == []
    assert store.titles(PROJECT, "assignment") == {"file:assignment:Scripted/1": "Ada"}


async def test_a_link_into_another_plan_keeps_the_name_it_has_there() -> None:
    store = MemoryPlans()
    await bring(store, fixture("cross-project-link.xml"))
    (ref,) = store.titles("file:project:Cross", "dependency")
    detail = store.detail("file:project:Cross", ref)
    assert detail["successor"] == "file:task:Cross/1"
    assert detail["external"]


async def test_links_to_nothing_in_a_real_file_are_warned_of_by_the_connector() -> None:
    store = MemoryPlans()
    summary = await bring(store, fixture("dangling-links.xml"))
    codes = [warning["code"] for warning in summary["warnings"]]
    assert codes == ["link_to_project_row", "link_to_unknown_task"]
    assert len(store.titles("file:project:Dangling", "dependency")) == 1


async def test_a_file_of_no_known_kind_is_refused_before_anything_is_kept() -> None:
    store = MemoryPlans()
    with pytest.raises(Anomalous):
        await bring(store, b"\x00\x01 nothing that anybody knows")
    assert (store.parts, store.journal) == ({}, [])


async def test_a_plan_without_tasks_is_stored_with_a_warning() -> None:
    empty = b'<Project xmlns="http://schemas.microsoft.com/project"><Title>Hollow</Title></Project>'
    summary = await bring(MemoryPlans(), empty)
    assert summary["tasks"] == 0
    (warning,) = summary["warnings"]
    assert (warning["code"], "holds no tasks" in warning["message"]) == ("no-tasks", True)
