"""The template: what it offers is what is read, in both languages."""

import io

import pytest
from openpyxl import load_workbook

from connectors.msproject.importer import MspdiImporter
from connectors.msproject.settings import Settings
from hub.contract import Heading
from tests.connectors.msproject import tables

LANGUAGES = {"en": ("Plan", "Example"), "zh-CN": ("计划", "示例")}


def template(language: str) -> bytes:
    return MspdiImporter(Settings()).template(tables.HEADINGS, language)


def filled(language: str) -> bytes:
    """Copy the example into the plan, as somebody does who tries it."""
    book = load_workbook(io.BytesIO(template(language)))
    plan, example, _ = book.worksheets
    assert (plan.title, example.title) == LANGUAGES[language]
    for row in example.iter_rows(min_row=2):
        for cell in row:
            plan[cell.coordinate].value = cell.value
            plan[cell.coordinate].number_format = cell.number_format
    return tables.saved(book)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_an_empty_plan(language: str) -> None:
    assert tables.read(template(language)).summary["tasks"] == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", ["copied", "named"])
def test_its_example_is_imported_without_a_warning(language: str, way: str) -> None:
    if way == "copied":
        plan = tables.read(filled(language))
    else:
        plan = tables.read(template(language), sheet=LANGUAGES[language][1])
    assert plan.summary["warnings"] == []
    assert set(plan.notes("losses")) == {"standard_calendar_assumed", "project_dates_derived"}
    assert (plan.summary["tasks"], plan.summary["milestones"], plan.summary["summaries"]) == (
        5,
        1,
        1,
    )
    assert (plan.summary["dependencies"], plan.summary["deps_with_lag"]) == (4, 1)
    assert plan.summary["resources"] == 3
    tasks = plan.mapped("task")
    assert list(tasks) == ["1", "2", "3", "4", "5"]
    assert tasks["3"]["percent"] == 40
    assert all(not one["custom"] for one in tasks.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_headings_are_of_the_language_and_each_is_explained(language: str) -> None:
    book = load_workbook(io.BytesIO(template(language)))
    plan, example, explained = book.worksheets
    heads = [cell.value for cell in plan[1]]
    assert [cell.value for cell in example[1]] == heads
    assert [row[0].value for row in explained.iter_rows(min_row=2, max_row=len(heads) + 1)] == heads
    assert len(plan.data_validations.dataValidation) >= 6
    if language == "en":
        assert all(str(head).isascii() for head in heads)
    else:
        assert [head for head in heads if str(head).isascii()] == []


def test_the_headings_are_those_of_the_active_document() -> None:
    own = {"title": Heading(("工作包", "Work package")), "finish": Heading(("Due by",))}
    data = MspdiImporter(Settings()).template(own, "en")
    assert [cell.value for cell in load_workbook(io.BytesIO(data)).worksheets[0][1]] == [
        "Work package",
        "Due by",
    ]
