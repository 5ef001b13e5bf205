"""Plans in Excel and CSV through the hub: imported, imported again, renamed, refused by cell."""

import io

import pytest
from openpyxl import load_workbook

from tests.connectors.msproject.tables import workbook
from tests.integration.cli.folder import Folder

pytestmark = pytest.mark.slow

NOTHING = {"created": 0, "updated": 0, "removed": 0}
HEAD = (
    "唯一标识号",
    "WBS",
    "任务名称",
    "工期",
    "开始时间",
    "完成时间",
    "完成百分比",
    "前置任务",
    "资源名称",
)
ROWS = (
    (1, "1", "ERP 上线", None, None, None, None, None, None),
    (2, "1.1", "接口设计", "5个工作日", "2026-03-02", "2026-03-06", "100%", None, "王伟;李娜[50%]"),
    (3, "1.2", "数据迁移", "10个工作日", "2026-03-09", "2026-03-20", "40%", "1.1", "李娜"),
    (4, "1.3", "正式上线", "0", None, "2026-03-20", "0%", "1.2", None),
)


def test_a_workbook_stands_on_the_board_and_a_renamed_row_keeps_its_ref(folder: Folder) -> None:
    folder.write("plan.xlsx", workbook(HEAD, *ROWS))
    first = folder.run("import", "plan.xlsx", "--project", "ERP", "--json").json
    assert (first["file_type"], first["tasks"], first["milestones"]) == ("XLSX", 4, 1)
    assert first["warnings"] == []
    again = folder.run("import", "plan.xlsx", "--project", "ERP", "--json").json
    assert again["changed"] == NOTHING

    with folder.serving() as hub:
        tasks = {one["ref"]: one for one in hub.client().items("tasks")}
        # The file is read again for this, with the headings of the active document.
        assert hub.client().get("/mappings/msproject%2Ftask/coverage")["records"] == 4
    assert set(tasks) == {
        "file:task:ERP/1", "file:task:ERP/2", "file:task:ERP/3", "file:milestone:ERP/4",
    }  # fmt: skip
    design = tasks["file:task:ERP/2"]
    assert (design["title"], design["status"], design["percent"]) == ("接口设计", "done", 100)
    assert design["parent"] == "file:task:ERP/1"
    assert design["start"] == "2026-03-02T08:00:00+00:00"
    assert sorted(design["assignees"]) == ["李娜", "王伟"]
    assert tasks["file:milestone:ERP/4"]["due"] == "2026-03-20T17:00:00+00:00"

    # Renamed, moved up and renumbered: the Unique ID tells that it is the same.
    moved = [ROWS[0], (3, "1.1", "数据搬迁", *ROWS[2][3:7], None, None), (2, "1.2", *ROWS[1][2:])]
    folder.write("plan.xlsx", workbook(HEAD, *moved, (4, "1.3", *ROWS[3][2:7], "1.1", None)))
    changed = folder.run("import", "plan.xlsx", "--project", "ERP", "--json").json["changed"]
    assert changed["updated"] >= 1
    with folder.serving() as hub:
        after = {one["ref"]: one["title"] for one in hub.client().items("tasks")}
    assert set(after) == set(tasks)
    assert after["file:task:ERP/3"] == "数据搬迁"


def test_every_fault_is_told_by_its_cell_and_nothing_is_imported(folder: Folder) -> None:
    bad = (ROWS[0], (2, "1.1", "A", "5d", "31/02/2026", "03/04/2026", None, "9", None))
    folder.write("plan.xlsx", workbook(HEAD, *bad, name="计划"))
    done = folder.run("import", "plan.xlsx", status=1)
    lines = [line.strip() for line in done.err.splitlines()[1:]]
    assert [line.split(": ")[1] for line in lines] == [
        'sheet "计划", cell E3',
        'sheet "计划", cell F3',
        'sheet "计划", cell H3',
    ]
    assert all(line.startswith("plan.xlsx: ") for line in lines)
    with folder.serving() as hub:
        client = hub.client()
        assert client.items("tasks") == []
        refused = client.upload((folder.path / "plan.xlsx").read_bytes(), name="plan.xlsx")
        assert refused.status == 422
        assert len(refused.json["errors"]) == 3


def test_a_setting_says_what_a_date_means_and_a_document_what_a_column_is(folder: Folder) -> None:
    folder.write("milepost.yaml", "connectors: {plans: {type: msproject, date_order: dmy}}\n")
    folder.write("plan.csv", "Paket;Bis;Wer\nBau;03/04/2026;Bob\n".encode("utf-8-sig"))
    told = folder.run("import", "plan.csv", "--connector", "plans", status=1).err
    assert "is the header of a plan" in told
    folder.write(
        "mappings/msproject/sheet-row.yaml",
        "mapping: msproject.sheet-row\nto: plan_row\nversion: 1\nfields:\n"
        "  title: {path: Paket}\n  finish: {path: Bis}\n  resources: {path: Wer}\n",
    )
    done = folder.run("import", "plan.csv", "--connector", "plans", "--json").json
    assert (done["project"], done["tasks"], done["resources"]) == ("plans:project:plan", 1, 1)
    assert done["project_finish"] == "2026-04-03T17:00"
    folder.write(
        "mappings/msproject/sheet-row.yaml",
        "mapping: msproject.sheet-row\nto: plan_row\nversion: 2\n"
        "fields: {title: {path: Paket, as: raw}}\n",
    )
    assert "as: has no meaning for a column" in folder.run("check", status=1).err


def test_the_template_is_written_by_the_command_and_by_the_api(folder: Folder) -> None:
    folder.write("milepost.yaml", "organisation: {locale: zh-CN}\n")
    folder.run("template", "plan.xlsx")
    assert load_workbook(folder.path / "plan.xlsx").sheetnames == ["计划", "示例", "填写说明"]
    assert "is there already" in folder.run("template", "plan.xlsx", status=1).err
    folder.run("template", "en.xlsx", "--language", "en")
    assert load_workbook(folder.path / "en.xlsx").sheetnames[0] == "Plan"
    assert "use one of en, zh-CN" in folder.run("template", "x", "--language", "fr", status=1).err
    with folder.serving() as hub:
        answer = hub.client("viewer").ask("GET", "/plan-template")
        assert load_workbook(io.BytesIO(answer.body)).sheetnames[0] == "计划"
        assert hub.client().ask("GET", "/plan-template?language=fr").status == 422
        assert hub.client().ask("GET", "/plan-template?connector=none").status == 404
