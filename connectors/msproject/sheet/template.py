"""An empty plan to download: headings, checks while one types, an example and what is meant.

The headings are those of the active mapping document, so what is filled in is always understood.
"""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from connectors.msproject.sheet.grid import letters
from hub.contract import Headings

LANGUAGES: Final = ("en", "zh-CN")

_FIELDS: Final = (
    "unique_id", "wbs", "title", "milestone", "duration", "start", "finish", "percent",
    "predecessors", "resources", "work", "cost", "deadline", "baseline_start", "baseline_finish",
    "notes",
)  # fmt: skip
_DAYS: Final = frozenset({"start", "finish", "deadline", "baseline_start", "baseline_finish"})
_TEXTS: Final = frozenset(
    {"wbs", "title", "duration", "predecessors", "resources", "work", "notes"}
)
_WIDTHS: Final = {"title": 34, "resources": 22, "notes": 30, "unique_id": 11, "wbs": 8}
_LAST_ROW: Final = 5000
_FIRST_DAY, _LAST_DAY = date(1984, 1, 1), date(2149, 12, 31)
_BOLD: Final = Font(bold=True)
_SHADE: Final = PatternFill("solid", fgColor="DDE6F0")

Texts = Mapping[str, str]
_EN: Final[Texts] = {
    "plan": "Plan",
    "example": "Example",
    "explanation": "How to fill in",
    "column": "Heading",
    "meaning": "What it is",
    "form": "How to write it",
    "yes": "Yes",
    "no": "No",
    "bad_day": "Write a date as 2026-11-23.",
    "bad_share": "Write a share between 0% and 100%.",
    "bad_word": "Choose one of the list.",
    "bad_number": "Write a number that no other row has.",
    "unique_id": "Tells the row from all others, also after it was renamed or moved.|A number, 1, 2"
    " …; never use one again. Without this column the WBS takes its place.",
    "wbs": "Where the row stands in the plan: 1.2 is part of 1.|1, 1.1, 1.1.1; as text.",
    "title": "What is to be done. The only column that each row needs.|Text.",
    "milestone": "A date that was promised, not work.|Yes or No. A duration of 0 means Yes, too.",
    "duration": "How long the work takes, in working time.|5d, 2w, 3h, 1ed (elapsed day). A number"
    " alone means days; a day has 8 hours, a week 5 days.",
    "start": "When the work begins.|A date, with or without an hour. Without one: 08:00.",
    "finish": "When the work ends.|A date, with or without an hour. Without one: 17:00.",
    "percent": "How much of it is done.|50%.",
    "predecessors": "What must come first, by its WBS.|1.1; 1.1FS+2d; several: 1.1;1.2SS-1w.",
    "resources": "Who does it.|Names; several: Wang;Li[50%].",
    "work": "How many hours of work it is.|16h. A number alone means hours.",
    "cost": "What it costs.|A number, with or without a currency.",
    "deadline": "The last day that is acceptable.|A date.",
    "baseline_start": "When it was to begin when the plan was approved.|A date.",
    "baseline_finish": "When it was to end when the plan was approved.|A date.",
    "notes": "Anything else.|Text.",
    "own": "Your own columns are kept as custom fields under their headings.",
    "rows": "Leave no merged cells below the headings; blank rows are skipped.",
}
_ZH: Final[Texts] = {
    "plan": "计划",
    "example": "示例",
    "explanation": "填写说明",
    "column": "列名",
    "meaning": "含义",
    "form": "写法",
    "yes": "是",
    "no": "否",
    "bad_day": "请按 2026-11-23 的格式填写日期。",
    "bad_share": "请填写 0% 到 100% 之间的百分比。",
    "bad_word": "请从列表中选择。",
    "bad_number": "请填写一个其他行没有用过的编号。",
    "unique_id": "这一行的身份：改名、移动之后仍然认得出是它。|数字 1、2、3……，用过的不要再用。"
    "没有这一列时，以 WBS 代替。",
    "wbs": "这一行在计划中的位置：1.2 属于 1。|1、1.1、1.1.1，按文本填写。",
    "title": "要做的事。只有这一列每行必填。|文本。",
    "milestone": "承诺的时间点，不是工作。|是或否。工期为 0 也算里程碑。",
    "duration": "需要多长的工作时间。|5d、2w、3h、5个工作日、1ed（连续一天，含非工作时间）。只写"
    "数字表示天；一天 8 小时，一周 5 天。",
    "start": "何时开始。|日期，可带时刻；不带时刻按 08:00。",
    "finish": "何时完成。|日期，可带时刻；不带时刻按 17:00。",
    "percent": "完成了多少。|50%。",
    "predecessors": "必须先完成的任务，写它的 WBS。|1.1；1.1FS+2d；多个：1.1;1.2SS-1w。",
    "resources": "由谁来做。|姓名；多个：王伟;李娜[50%]。",
    "work": "需要多少工时。|16h。只写数字表示小时。",
    "cost": "需要多少费用。|数字，可带货币符号。",
    "deadline": "最晚不能超过的日期。|日期。",
    "baseline_start": "计划批准时的开始日期。|日期。",
    "baseline_finish": "计划批准时的完成日期。|日期。",
    "notes": "其他说明。|文本。",
    "own": "您自己加的列会按列名保存为自定义字段。",
    "rows": "表头以下请不要合并单元格；空行会被跳过。",
}
_ROWS_EN: Final = (
    (1, "1", "ERP go-live", None, None, None, None, None, None, None, None, None),
    (2, "1.1", "Design interfaces", None, "5d", 1, 5, 1, None, "Wang;Li[50%]", "60h", 24000),
    (3, "1.2", "Migrate data", None, "2w", 8, 19, 0.4, "1.1", "Li", "80h", 32000),
    (4, "1.3", "Train users", None, "3d", 10, 12, 0, "1.1FS+2d", "Zhang", "24h", 9600),
    (5, "1.4", "ERP live", "Yes", "0d", 19, 19, 0, "1.2;1.3", None, None, None),
)
_NAMES_ZH: Final = {
    "ERP go-live": "ERP 上线",
    "Design interfaces": "接口设计",
    "Migrate data": "数据迁移",
    "Train users": "用户培训",
    "ERP live": "ERP 正式上线",
    "Wang;Li[50%]": "王伟;李娜[50%]",
    "Li": "李娜",
    "Zhang": "张敏",
    "Yes": "是",
}


def template(headings: Headings, language: str) -> bytes:
    """Write the workbook; any language but zh-CN gets English."""
    texts = _ZH if language == "zh-CN" else _EN
    fields = [name for name in _FIELDS if name in headings]
    shown = {name: _heading(headings[name].names, chinese=texts is _ZH) for name in fields}
    workbook = Workbook()
    plan = workbook.active
    assert isinstance(plan, Worksheet)  # noqa: S101 - a new workbook has one
    plan.title = texts["plan"]
    _headed(plan, fields, shown, texts)
    example = workbook.create_sheet(texts["example"])
    _headed(example, fields, shown, texts)
    _filled(example, fields, chinese=texts is _ZH)
    _explained(workbook.create_sheet(texts["explanation"]), fields, shown, texts)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _heading(names: Sequence[str], *, chinese: bool) -> str:
    fitting = (name for name in names if bool(re.search(r"[\u4e00-\u9fff]", name)) == chinese)
    return next(fitting, names[0])


def _headed(sheet: Worksheet, fields: Sequence[str], shown: Texts, texts: Texts) -> None:
    for n, name in enumerate(fields, start=1):
        cell = sheet.cell(1, n, shown[name])
        cell.font, cell.fill = _BOLD, _SHADE
        column = sheet.column_dimensions[letters(n)]
        column.width = _WIDTHS.get(name, 15)
        column.number_format = _form(name)
        check = _check(name, letters(n), texts)
        if check is not None:
            check.add(f"{letters(n)}2:{letters(n)}{_LAST_ROW}")
            sheet.add_data_validation(check)
    sheet.freeze_panes = "A2"


def _form(name: str) -> str:
    if name in _DAYS:
        return "yyyy-mm-dd"
    if name in _TEXTS:
        return "@"
    return {"percent": "0%", "cost": "#,##0.00"}.get(name, "General")


def _check(name: str, letter: str, texts: Texts) -> DataValidation | None:
    if name in _DAYS:
        first, last = (f"DATE({day.year},{day.month},{day.day})" for day in (_FIRST_DAY, _LAST_DAY))
        check = DataValidation("date", operator="between", formula1=first, formula2=last)
        check.error = texts["bad_day"]
    elif name == "percent":
        check = DataValidation("decimal", operator="between", formula1="0", formula2="1")
        check.error = texts["bad_share"]
    elif name == "milestone":
        check = DataValidation("list", formula1=f'"{texts["yes"]},{texts["no"]}"')
        check.error = texts["bad_word"]
    elif name == "unique_id":
        check = DataValidation("custom", formula1=f"COUNTIF(${letter}:${letter},{letter}2)=1")
        check.error = texts["bad_number"]
    else:
        return None
    check.allow_blank, check.showErrorMessage = True, True
    return check


def _filled(sheet: Worksheet, fields: Sequence[str], *, chinese: bool) -> None:
    for number, said in enumerate(_ROWS_EN, start=2):
        row = dict(zip(_FIELDS, said, strict=False))
        for n, name in enumerate(fields, start=1):
            value = row.get(name)
            if value is None:
                continue
            if name in _DAYS and isinstance(value, int):
                sheet.cell(number, n, date(2027, 3, value)).number_format = _form(name)
                continue
            words = _NAMES_ZH.get(str(value), value) if chinese else value
            sheet.cell(number, n, words).number_format = _form(name)


def _explained(sheet: Worksheet, fields: Sequence[str], shown: Texts, texts: Texts) -> None:
    sheet.append([texts["column"], texts["meaning"], texts["form"]])
    for name in fields:
        sheet.append([shown[name], *texts[name].split("|")])
    sheet.append([])
    for line in ("own", "rows"):
        sheet.append([texts[line]])
    for letter, width in (("A", 18), ("B", 48), ("C", 60)):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=1, max_row=len(fields) + 1):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font, cell.fill = _BOLD, _SHADE
