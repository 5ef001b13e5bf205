"""`milepost import`: before any server, under which key, twice, and changed."""

import pytest

from tests.integration.cli.folder import Folder
from tests.integration.hub.samples import day, plan

pytestmark = pytest.mark.slow

KEYS = {
    "project", "title", "file_type", "tasks", "null_tasks", "milestones", "summaries",
    "critical_tasks", "resources", "assignments", "dependencies", "dep_FS", "dep_FF", "dep_SF",
    "dep_SS", "deps_with_lag", "calendars", "project_start", "project_finish", "status_date",
    "currency", "minutes_per_day", "sum_cost_leaf_tasks", "root_task_cost", "warnings", "losses",
}  # fmt: skip
NOTHING = {"created": 0, "updated": 0, "removed": 0}
OFFICE = plan(
    {"Go-live": day(30), "Handover": day(60)},
    title="Office",
    work=("Build", "Test", "Ship"),
    links=((1, 2), (2, 101)),
)
SETTINGS = """\
connectors:
  am-main: {type: prometheus, webhook_secret: hush}
  plan-erp: {type: msproject, project: ERP}
  plans: {type: msproject}
"""


def test_it_works_before_any_server_and_says_every_key(folder: Folder) -> None:
    folder.write("office.xml", OFFICE)
    done = folder.run("import", "office.xml", "--json")
    assert set(done.json) >= KEYS
    assert (done.json["project"], done.json["tasks"]) == ("file:project:Office", 5)
    assert (done.json["project_start"], done.json["dep_FS"]) == ("2026-03-02T08:00", 2)
    assert done.err == ""
    with folder.serving() as hub:
        refs = [one["ref"] for one in hub.client().items("milestones")]
    assert sorted(refs) == ["file:milestone:Office/101", "file:milestone:Office/102"]


def test_the_key_is_the_option_else_the_connectors_else_the_title_else_the_stem(
    folder: Folder,
) -> None:
    folder.write("milepost.yaml", SETTINGS)
    folder.write("office.xml", OFFICE)
    folder.write("plans/untitled plan.xml", plan({"Go-live": day(3)}, title=""))

    def project(*words: str) -> str:
        return str(folder.run("import", *words, "--json").json["project"])

    assert project("office.xml", "--connector", "plan-erp", "--project", "X/1 100% 上线") == (
        "plan-erp:project:X/1 100% 上线"
    )
    assert project("office.xml", "--connector", "plan-erp") == "plan-erp:project:ERP"
    assert project("office.xml", "--connector", "plans") == "plans:project:Office"
    assert project("plans/untitled plan.xml") == "file:project:untitled plan"


def test_the_same_file_twice_changes_nothing(folder: Folder) -> None:
    folder.write("office.xml", OFFICE)
    first = folder.run("import", "office.xml", "--json").json
    with folder.serving() as hub:
        before = hub.client().get("/changes", after=0, limit=1000)["last_seq"]
        second = folder.run("import", "office.xml", "--json").json
        assert second == {**first, "changed": NOTHING}
        folder.write("copy/office.xml", OFFICE)
        assert folder.run("import", "copy/office.xml", "--json").json["changed"] == NOTHING
        told = hub.client().get("/changes", after=before, limit=1000)["items"]
    assert [one for one in told if one["kind"] in {"project", "task", "milestone"}] == []


def test_a_renamed_a_moved_and_a_removed_task_are_exactly_what_changes(folder: Folder) -> None:
    folder.write("office.xml", OFFICE)
    folder.run("import", "office.xml")
    changed = plan(
        {"Go-live": day(40)},
        title="Office",
        work=("Build it", "Test", "Ship"),
        links=((1, 2), (2, 101)),
    )
    folder.write("office.xml", changed)
    with folder.serving() as hub:
        client = hub.client()
        before = {one["ref"]: one for one in client.items("tasks")}
        done = folder.run("import", "office.xml", "--json").json
        after = {one["ref"]: one for one in client.items("tasks")}
    assert done["changed"] == {"created": 0, "updated": 2, "removed": 1}
    assert set(before) - set(after) == {"file:milestone:Office/102"}
    moved = {ref for ref in after if after[ref] != before[ref]}
    assert moved == {"file:task:Office/1", "file:milestone:Office/101"}
    assert after["file:task:Office/1"]["title"] == "Build it"
    assert after["file:milestone:Office/101"]["due"].startswith(day(40))


def test_a_file_that_would_remove_most_of_the_plan_is_shown_not_applied(folder: Folder) -> None:
    folder.write("office.xml", plan({"Go-live": day(30)}, work=[f"Task {n}" for n in range(40)]))
    folder.run("import", "office.xml", "--project", "OFFICE")
    folder.write("office.xml", plan({"Go-live": day(30)}, work=["Task 0"]))
    done = folder.run("import", "office.xml", "--project", "OFFICE", "--json", status=1)
    assert "--accept-removals" in done.err
    assert done.out == ""
    with folder.serving() as hub:
        assert len(hub.client().items("tasks")) == 41
    meant = folder.run("import", "office.xml", "--project", "OFFICE", "--accept-removals", "--json")
    assert meant.json["changed"]["removed"] == 39


BAD = [
    (("nowhere.xml",), "nowhere.xml: there is no such file"),
    (("folder",), "folder: is a folder"),
    (("text.xml",), "text.xml: this is not XML and no plan format that we know"),
    (("cut.xml",), "cut.xml: "),
    (("office.xml", "--connector", "am-main"), "takes no files; use one of file, plan-erp"),
    (("office.xml", "--connector", "nobody"), "nobody: there is no such connector"),
]


def test_what_cannot_be_imported_is_said_by_name_and_stores_nothing(folder: Folder) -> None:
    folder.write("milepost.yaml", SETTINGS)
    folder.write("folder/x", "")
    folder.write("text.xml", "hello")
    folder.write("office.xml", OFFICE)
    folder.write("cut.xml", OFFICE[:900])
    for words, said in BAD:
        done = folder.run("import", *words, "--json", status=1)
        assert said in done.err
        assert done.out == ""
    with folder.serving() as hub:
        assert hub.client().items("projects") == []


def test_people_are_told_the_same_in_lines(folder: Folder) -> None:
    folder.write("office.xml", OFFICE)
    done = folder.run("import", "office.xml")
    assert "project          file:project:Office" in done.out
    assert "changed          8 new, 0 changed, 0 removed" in done.out
