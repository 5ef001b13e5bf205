"""`when`: which records a document is for."""

import pytest

from hub.contract import Record
from hub.errors import Misconfigured
from hub.mapping import Document, coverage, diff, load

LINK = """mapping: tool.link
to: dependency
version: 1
when: {when}
fields:
  predecessor: {{path: a}}
  successor: {{path: b}}
  type: {{value: FS}}
"""


def document(when: str) -> Document:
    return load(LINK.format(when=when), name="link.yaml")


@pytest.mark.parametrize(
    ("when", "taken"),
    [
        ("{kind: Blocks}", True),
        ("{kind: [Relates, Blocks]}", True),
        ('{kind: "Bl*"}', True),
        ("{kind: Relates}", False),
        ("{kind: []}", False),
        ('{missing: "*"}', False),
        ('{empty: "*"}', False),
        ("{tags: two}", True),
        ("{tags: three}", False),
        ("{n: 7}", True),
        ("{kind: Blocks, n: 8}", False),
        ('{kind: Blocks, "deep.er": x}', True),
    ],
)
def test_a_record_needs_one_of_the_words_for_each_path(when: str, *, taken: bool) -> None:
    body = {"kind": "Blocks", "empty": None, "tags": ["one", "two"], "n": 7, "deep": {"er": "x"}}
    assert document(when).takes(body) is taken


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ("Blocks", "link.yaml:4: when: is not paths with words"),
        ("{}", "link.yaml:4: when: is not paths with words"),
        ("{kind: {a: b}}", "link.yaml:4: when.kind: is not a list of words"),
        ("{kind: [[a]]}", "link.yaml:4: when.kind: is not a list of words"),
        ("{'a[': b}", "link.yaml:4: when.a[: "),
    ],
)
def test_a_fault_is_told_with_its_place(when: str, says: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        document(when)
    assert any(line.startswith(says) for line in refused.value.problems), refused.value.problems


def test_an_alert_is_never_left_out() -> None:
    text = "mapping: tool.alert\nto: alert\nversion: 1\nwhen: {a: b}\nfields:\n  title: {path: t}\n"
    with pytest.raises(Misconfigured) as refused:
        load(text + "  starts_at: {path: s}\n", name="a.yaml")
    assert any("every alert is shown" in line for line in refused.value.problems)


def test_what_is_left_out_is_neither_unmapped_nor_refused() -> None:
    records = [Record("link", "1", {"kind": "Relates"})]
    found = coverage(document("{kind: Blocks}"), records)
    assert (found.records, found.mapped, dict(found.refused)) == (1, 1, {})
    assert "kind" not in {leaf.path for leaf in found.unused}


def test_a_changed_choice_is_a_difference() -> None:
    record = Record("link", "1", {"kind": "Relates", "a": "x", "b": "y"})
    found = diff(document("{kind: Blocks}"), document('{kind: "*"}'), [record])
    assert any(line.startswith("when.kind: ") for line in found.summary), found.summary
