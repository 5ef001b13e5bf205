"""Tables as people write them: what comes of them, and every fault by its cell."""

from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from tests.connectors.msproject import tables
from tests.connectors.msproject.plans import Plan

HEAD = ("ID", "WBS", "Task Name", "Duration", "Start", "Finish", "% Complete", "Predecessors")


def at(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour)  # noqa: DTZ001 - a plan's dates have no zone


def names(plan: Plan) -> dict[str, str | None]:
    """Return the names of tasks, and of what is above each."""
    bodies = plan.of("task")
    return {
        body["Name"]: bodies[up]["Name"] if (up := body["derived"].get("parent")) else None
        for body in bodies.values()
    }


def test_a_plan_in_english_becomes_what_the_xml_of_it_would() -> None:
    plan = tables.read(
        tables.workbook(
            HEAD,
            (1, "1", "Phase", None, None, None, None, None),
            (2, "1.1", "Design", "5d", at(11, 23), at(11, 27), "50%", None),
            (3, "1.2", "Live", "0d", None, "2026-12-01", 0, "2FS+2d"),
        )
    )
    tasks = plan.mapped("task")
    assert {key: str(one["kind"]) for key, one in tasks.items()} == {
        "1": "summary",
        "1.1": "work",
        "1.2": "milestone",
    }
    design = tasks["1.1"]
    assert design["title"] == "Design"
    assert design["parent"] == "1"
    assert (design["start"], design["finish"]) == (at(11, 23, 8), at(11, 27, 17))
    assert (design["duration_minutes"], design["percent"]) == (2400, 50)
    assert str(design["status"]) == "in_progress"
    assert tasks["1.2"]["start"] == tasks["1.2"]["finish"] == at(12, 1, 17)
    (link,) = plan.mapped("dependency").values()
    assert (link["predecessor"], link["successor"], link["lag"]) == ("1.1", "1.2", 960)
    assert plan.summary["file_type"] == "XLSX"
    assert plan.summary["warnings"] == []


def test_a_plan_in_chinese_becomes_the_same() -> None:
    head = (
        "标识号", "大纲级别", "任务名称", "工期", "开始时间", "完成时间", "完成百分比", "前置任务",
        "资源名称", "里程碑", "比较基准开始时间", "比较基准完成时间", "工时", "成本", "备注",
        "唯一标识号", "期限",
    )  # fmt: skip
    plan = tables.read(
        tables.workbook(
            head,
            (1, 1, "阶段一", *[None] * 12, 11),
            (
                2, 2, "设计", "5 个工作日?", "2026年11月23日 8:00", "2026年11月27日", "100%", None,
                "张三;李四[50%]", "否", "2026/11/20", "2026/11/25", "40 工时", "￥1,200.50",
                "第一版", 12, "2026-11-30",
            ),
            (3, 2, "上线", "0 个工作日", None, "2026-12-01", "0%", "2FS+2 个工作日", None, "是",
             *[None] * 5, 13),
        )
    )  # fmt: skip
    tasks = plan.mapped("task")
    design = tasks["12"]
    assert design["parent"] == "11"
    assert design["work_minutes"] == 2400
    assert design["cost"] == 1200.5
    assert design["notes"] == "第一版"
    assert design["deadline"] == at(11, 30, 17)
    assert str(design["status"]) == "done"
    assert design["baselines"] == [
        {"number": 0, "start": "2026-11-20T08:00:00", "finish": "2026-11-25T17:00:00"}
    ]
    assert str(tasks["13"]["kind"]) == "milestone"
    assert {one["title"] for one in plan.mapped("resource").values()} == {"张三", "李四"}
    shares = {
        (one["task"], one["resource"]): one["units"] for one in plan.mapped("assignment").values()
    }
    assert shares == {("12", "张三"): 1, ("12", "李四"): 0.5}
    assert plan.summary["deps_with_lag"] == 1


def test_a_column_of_ones_own_is_a_custom_field() -> None:
    plan = tables.read(
        tables.workbook(("Task Name", "Start", "风险", "Risk"), ("A", at(3, 2), "高", 3))
    )
    assert plan.mapped("task")["A"]["custom"] == {"风险": "高", "Risk": "3"}
    assert plan.of("project")["0"]["derived"]["custom_fields"] == {"风险": "风险", "Risk": "Risk"}


# Where the header and the sheet are.


def test_the_header_may_stand_below_titles_and_legends() -> None:
    def banded(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:H1")

    rows = [("ERP 项目计划",), ("Name", "legend"), *[()] * 16, HEAD, (1, "1", "A", "1d")]
    plan = tables.read(tables.workbook(*rows, change=banded))
    assert names(plan) == {"A": None}


def test_a_header_below_the_twentieth_row_is_not_looked_for() -> None:
    error = tables.refusal(tables.workbook(*[("x",)] * 20, HEAD, (1, "1", "A", "1d")))
    assert "no row of the first 20" in str(error)
    assert '"Plan"' in str(error)
    assert '"Task Name" or "任务名称"' in str(error)
    assert "msproject/sheet-row" in str(error)


def test_the_first_sheet_with_a_header_is_the_plan_and_a_setting_names_another() -> None:
    book = Workbook()
    cover = book.active
    assert isinstance(cover, Worksheet)
    cover.append(["Cover"])
    for name in ("One", "Two"):
        sheet = book.create_sheet(name)
        sheet.append(["Task Name", "Duration"])
        sheet.append([f"of {name}", "1d"])
    data = tables.saved(book)
    assert names(tables.read(data)) == {"of One": None}
    assert names(tables.read(data, sheet="Two")) == {"of Two": None}
    error = tables.refusal(data, sheet="Three")
    assert str(error) == ('there is no sheet "Three"; this workbook has "Sheet", "One", "Two"')


def test_a_hidden_sheet_comes_last() -> None:
    book = Workbook()
    hidden = book.active
    assert isinstance(hidden, Worksheet)
    hidden.append(["Task Name", "Duration"])
    hidden.append(["old", "1d"])
    hidden.sheet_state = "hidden"
    shown = book.create_sheet("Plan")
    shown.append(["Task Name", "Duration"])
    shown.append(["new", "1d"])
    assert names(tables.read(tables.saved(book))) == {"new": None}


def test_a_header_of_two_merged_rows_is_read_together() -> None:
    def merged(sheet: Worksheet) -> None:
        for area in ("A1:A2", "B1:B2", "C1:C2", "D1:E1"):
            sheet.merge_cells(area)

    plan = tables.read(
        tables.workbook(
            ("Task Name", "Start", "Finish", "Baseline", None),
            (None, None, None, "Start", "Finish"),
            ("A", at(3, 2), at(3, 6), at(3, 1), at(3, 5)),
            change=merged,
        )
    )
    task = plan.mapped("task")["A"]
    assert task["start"] == at(3, 2, 8)
    assert task["baselines"] == [
        {"number": 0, "start": "2026-03-01T08:00:00", "finish": "2026-03-05T17:00:00"}
    ]


def test_a_heading_that_stands_twice_is_a_fault() -> None:
    data = tables.workbook(("Task Name", "Start", " start "), ("A", at(3, 2), at(3, 3)))
    assert tables.faults(data) == (
        (
            'sheet "Plan", cell C1: the heading "start" stands in B1 already; rename one of the two'
            " columns"
        ),
    )


# Structure.


def test_the_outline_level_comes_first() -> None:
    data = tables.workbook(
        ("WBS", "Task Name", "Outline Level"), ("1", "A", 1), ("1.1", "B", 1), ("x", "C", 2)
    )
    assert names(tables.read(data)) == {"A": None, "B": None, "C": "B"}


def test_else_the_dots_of_the_wbs() -> None:
    data = tables.workbook(
        ("WBS", "Task Name"), ("1", "A"), ("1.1", "B"), ("1.1.1", "C"), ("2.1", "D"), ("3", "E")
    )
    assert names(tables.read(data)) == {"A": None, "B": "A", "C": "B", "D": None, "E": None}


def test_else_the_indents_and_the_blanks_before_the_name() -> None:
    def indented(sheet: Worksheet) -> None:
        sheet["A3"].alignment = Alignment(indent=2)

    data = tables.workbook(
        ("Task Name", "Duration"), ("A", "1d"), ("B", "1d"), ("  C", "1d"), ("D", "1d"),
        change=indented,
    )  # fmt: skip
    assert names(tables.read(data)) == {"A": None, "B": "A", "C": "A", "D": None}


def test_rows_that_are_not_sorted_by_their_wbs_are_refused() -> None:
    data = tables.workbook(("WBS", "Task Name"), ("1", "A"), ("2", "B"), ("1.1", "C"), (None, "D"))
    first, second = tables.faults(data)
    assert first.startswith('sheet "Plan", cell A4: "1.1" does not stand below "1"; sort the rows')
    assert second.startswith('sheet "Plan", cell A5: the row has no WBS')


def test_predecessors_name_the_id_where_there_is_one_else_the_wbs() -> None:
    head = ("ID", "WBS", "Task Name", "Predecessors")
    rows = (("2", "1", "A", None), ("1", "2", "B", "2"))
    (link,) = tables.read(tables.workbook(head, *rows)).mapped("dependency").values()
    assert (link["predecessor"], link["successor"]) == ("1", "2")
    (link,) = (
        tables.read(tables.workbook(head[1:], ("1", "A", "2"), ("2", "B", None)))
        .mapped("dependency")
        .values()
    )
    assert (link["predecessor"], link["successor"]) == ("2", "1")


def test_predecessors_without_anything_to_name_are_refused() -> None:
    data = tables.workbook(("Task Name", "Predecessors"), ("A", None), ("B", 1))
    assert (
        "nothing says which row a predecessor is; add a column ID or WBS" in tables.faults(data)[0]
    )


def test_a_row_that_waits_for_itself_and_one_for_nobody_are_refused() -> None:
    data = tables.workbook(
        HEAD, (1, "1", "A", None, None, None, None, "1"), (2, "2", "B", *[None] * 4, "9FS+1d")
    )
    first, second = tables.faults(data)
    assert 'cell H2: "1" names the row itself' in first
    assert 'cell H3: there is no task "9" of this sheet by its ID' in second


def test_a_circle_is_told_and_not_fatal() -> None:
    data = tables.workbook(HEAD, (1, "1", "A", *[None] * 4, 2), (2, "2", "B", *[None] * 4, 1))
    assert tables.read(data).notes("warnings") == {"cycle": 1}


# Keys.


def keys(*rows: tuple[object, ...]) -> list[str]:
    return list(tables.read(tables.workbook(*rows)).of("task"))


def test_the_unique_id_is_the_key_then_the_guid_then_the_wbs_then_the_names() -> None:
    row = (7, "{0a-1}", "1.1", "A")
    assert keys(("Unique ID", "GUID", "WBS", "Task Name"), row) == ["7"]
    assert keys(("GUID", "WBS", "Task Name"), row[1:]) == ["0A-1"]
    assert keys(("WBS", "Task Name"), row[2:]) == ["1.1"]
    rows = (("P", 1), ("A", 2), ("A", 2), ("Q", 1), ("A", 2))
    found = keys(("Task Name", "Outline Level"), *rows)
    assert found == ["P", "P/A", "P/A#2", "Q", "Q/A"]


def test_names_as_keys_and_a_wbs_that_repeats_are_told() -> None:
    plan = tables.read(tables.workbook(("Task Name", "Duration"), ("A", "1d")))
    assert plan.notes("losses")["key_by_name"] == 1
    plan = tables.read(tables.workbook(("WBS", "Task Name"), ("x", "A"), ("x", "B")))
    assert list(plan.of("task")) == ["A", "B"]
    assert plan.notes("warnings") == {"wbs_repeated": 1}


def test_an_identifier_that_is_missing_or_repeats_is_a_fault() -> None:
    data = tables.workbook(("Unique ID", "Task Name"), (1, "A"), (None, "B"), (1, "C"))
    missing, repeated = tables.faults(data)
    assert "cell A3: the row has no identifier here" in missing
    assert 'cell A4: "1" stands in A2 already' in repeated


def test_an_id_that_stands_twice_is_a_fault_where_it_is_pointed_at() -> None:
    data = tables.workbook(("ID", "Task Name", "Predecessors"), (1, "A", None), (1, "B", None))
    assert len(tables.faults(data)) == 2


def test_a_very_long_path_of_names_is_cut_and_stays_unique() -> None:
    long = "x" * 190
    rows = [(f"{long}{n}", 2) for n in range(2)]
    found = keys(("Task Name", "Outline Level"), ("top" * 20, 1), *rows)
    assert len(set(found)) == 3
    assert all(len(key) <= 200 for key in found)


# Faults.


def test_every_fault_of_a_file_is_told_at_once_by_its_cell() -> None:
    data = tables.workbook(
        ("Task Name", "Duration", "Start", "Finish", "% Complete", "Milestone", "Cost", "Work"),
        ("A", "soon", "03/04/2026", "31/02/2026", 0.5, "perhaps", "free", "2x"),
        (None, "1d"),
        ("B", "1d", at(3, 6), at(3, 2), None, None, None, None),
    )
    found = tables.faults(data)
    cells = ("B2", "C2", "D2", "E2", "F2", "G2", "H2", "A3", "D4")
    assert {line.split(":")[0] for line in found} == {
        f'sheet "Plan", cell {cell}' for cell in cells
    }
    assert any('"31/02/2026" is no date; write it as 2026-11-23' in line for line in found)
    assert any("D4: the finish 2026-03-02 17:00 lies before the start" in line for line in found)


def test_the_list_of_faults_is_bounded_and_says_how_many_there_are() -> None:
    data = tables.workbook(("Task Name", "Duration"), *[("A", "soon")] * 300)
    error: Any = tables.refusal(data)
    assert str(error).endswith("(and 299 more)")
    assert len(error.problems) == 101
    assert error.problems[-1] == "and 200 more cells"


def test_one_without_a_per_cent_sign_is_no_hundred_unless_others_tell() -> None:
    head = ("Task Name", "% Complete")
    assert "may be 1% or 100%" in tables.faults(tables.workbook(head, ("A", 1), ("B", 0)))[0]
    plan = tables.read(tables.workbook(head, ("A", 1), ("B", 50)))
    assert [one["percent"] for one in plan.mapped("task").values()] == [1, 50]


def test_na_is_nothing_where_microsoft_project_writes_it() -> None:
    plan = tables.read(tables.workbook(("Task Name", "Start", "Deadline"), ("A", "NA", "na")))
    assert "start" not in plan.mapped("task")["A"]


def test_one_date_alone_is_told() -> None:
    plan = tables.read(tables.workbook(("Task Name", "Start"), ("A", at(3, 2))))
    assert plan.notes("losses")["date_missing"] == 1


@pytest.mark.parametrize("word", ["#REF!", "#N/A", "#DIV/0!"])
def test_an_error_value_is_a_fault(word: str) -> None:
    data = tables.workbook(("Task Name", "Start", "Own"), ("A", word, None), ("B", None, word))
    first, second = tables.faults(data)
    assert f"cell B2: holds the error {word}; mend the formula" in first
    assert "cell C3" in second


def test_a_formula_that_nobody_computed_is_a_fault() -> None:
    data = tables.workbook(("Task Name", "Duration"), ("A", "=1+1"), ("B", "1d"))
    (fault,) = tables.faults(data)
    assert fault == (
        'sheet "Plan", cell B2: holds a formula that was never computed; open the file in Excel'
        " and save it"
    )


def test_a_row_of_nothing_but_formulas_that_nobody_computed_is_not_passed_over() -> None:
    data = tables.workbook(("Task Name", "Duration"), ("=A9", "=B9"), ("B", "1d"))
    assert [line.split(": ")[0] for line in tables.faults(data)] == [
        'sheet "Plan", cell A2',
        'sheet "Plan", cell B2',
    ]


def test_a_row_with_a_fault_can_still_be_pointed_at() -> None:
    rows = ((1, "1", "A", "#REF!"), (2, "2", "B", "1d", None, None, None, 1))
    (fault,) = tables.faults(tables.workbook(HEAD, *rows))
    assert "cell D2: holds the error #REF!" in fault


def test_a_formula_is_read_as_excel_saved_it() -> None:
    data = tables.workbook(("Task Name", "Duration"), ("A", "=1+1"))
    part = "xl/worksheets/sheet1.xml"
    data = tables.repacked(
        data,
        {part: lambda xml: xml.replace(b"<v />", b"<v>3</v>").replace(b"<v></v>", b"<v>3</v>")},
    )
    assert tables.read(data).mapped("task")["A"]["duration_minutes"] == 3 * 480


def test_cells_that_are_merged_over_rows_are_a_fault_and_bands_are_not() -> None:
    def merged(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B4:C4")

    data = tables.workbook(
        ("WBS", "Task Name", "Duration"), ("1", "A", "1d"), (None, "B", "1d"), ("2", "band", None),
        change=merged,
    )  # fmt: skip
    (fault,) = tables.faults(data)
    assert fault.startswith('sheet "Plan", cells A2:A3: are merged over several rows')


def test_blank_rows_and_what_stands_beside_the_table_are_left_alone() -> None:
    data = tables.workbook(
        ("Task Name", "Duration"), ("A", "1d"), (), (None, None, None, "note"), ("B", "1d")
    )
    assert names(tables.read(data)) == {"A": None, "B": None}


def test_a_cell_may_not_be_longer_than_excel_lets_it() -> None:
    data = tables.csv(f"Task Name,Notes\nA,{'x' * 40_000}\n")
    assert "cell B2: holds 40000 characters, 32767 at most" in tables.faults(data)[0]
