"""A document of a table names columns, and nothing else."""

from pathlib import Path

import pytest

from hub.contract import Heading
from hub.errors import Misconfigured
from hub.mapping import headings, load

HEAD = "mapping: msproject.sheet-row\nto: plan_row\nversion: 1\n"
SHIPPED = Path(__file__).parents[3] / "mappings" / "msproject" / "sheet-row.yaml"


def problems(fields: str, more: str = "") -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as raised:
        load(f"{HEAD}{more}fields:\n{fields}", name="x.yaml")
    return raised.value.problems


def test_a_rule_gives_headings_in_their_order_and_what_means_none() -> None:
    text = """fields:
  title: {first_of: ['"Work package"', '"工作包"']}
  finish: {path: '"Due by"', optional: true, absent_if: [NA, 待定]}
"""
    assert headings(load(HEAD + text, name="x.yaml").rules) == {
        "title": Heading(("Work package", "工作包"), needed=True),
        "finish": Heading(("Due by",), needed=False, absent=frozenset({"NA", "待定"})),
    }


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("{path: Name, as: raw}", "fields.title.as: has no meaning for a column"),
        ("{value: x}", "fields.title.value: has no meaning for a column"),
        ("{first_of: [Name, {value: x}]}", "fields.title.first_of: ends in a value"),
        ("{path: a.b}", "'a.b' is no heading; write a heading in double quotes"),
        ("{path: 'a || b'}", "is no heading"),
    ],
)
def test_what_means_nothing_for_a_column_is_refused(rule: str, words: str) -> None:
    assert any(words in line for line in problems(f"  title: {rule}\n"))


def test_rows_are_not_chosen_by_this_document() -> None:
    (line,) = problems("  title: {path: Name}\n", "when: {Name: [x]}\n")
    assert "has no meaning for a column" in line


def test_the_name_of_a_task_must_have_a_column() -> None:
    assert any("fields.title" in line for line in problems("  id: {path: ID}\n"))


def test_no_heading_of_the_shipped_document_is_of_two_fields() -> None:
    found = headings(load(SHIPPED.read_text("utf-8"), name="sheet-row.yaml").rules)
    folded = [
        "".join(name.casefold().split()) for heading in found.values() for name in heading.names
    ]
    assert sorted(folded) == sorted(set(folded)) or _only_spellings(folded)


def _only_spellings(folded: list[str]) -> bool:
    """Tell whether what is there twice is one heading, spelled with a blank and without."""
    return {name for name in folded if folded.count(name) > 1} <= {"wbs编号", "%complete"}
