"""Documents of version 3 as text that a person reads."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jira.richtext import plain
from tests.simulators.jira.adf import document


def node(kind: str, *content: Any, **attrs: Any) -> dict[str, Any]:
    return {"type": kind, "content": list(content), **({"attrs": attrs} if attrs else {})}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def line(words: str) -> dict[str, Any]:
    return node("paragraph", text(words))


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (None, ""),
        ("h1. As version 2 has it", "h1. As version 2 has it"),
        (node("doc", line("One"), node("paragraph"), line("Two")), "One\n\nTwo"),
        (node("doc", node("codeBlock", text("x = 1\ny"), language="python")), "x = 1\ny"),
        (
            node("doc", node("bulletList", node("listItem", line("a"), node("bulletList",
                 node("listItem", line("b"))) ), node("listItem", line("c")))),
            "- a\n  - b\n- c",
        ),
        (
            node("doc", node("paragraph", text("See "), node("mention", text="@李娜"),
                 node("hardBreak"), node("inlineCard", url="https://example.org/1"))),
            "See @李娜\nhttps://example.org/1",
        ),
        (
            node("doc", node("table", node("tableRow", node("tableHeader", line("A")),
                 node("tableCell", line("B"))))),
            "A | B",
        ),
        (node("doc", node("somethingNew", node("paragraph", text("kept")))), "kept"),
        (node("doc", "nonsense", {"content": 3}, {"type": "text"}), ""),
    ],
)  # fmt: skip
def test_a_document_is_read_as_a_person_reads_it(value: object, read: str) -> None:
    assert plain(value) == read


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])).filter(lambda t: "\r" not in t))
def test_plain_text_comes_back_as_it_was(words: str) -> None:
    assert plain(document(words)) == words.strip("\n")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "content", "text", "attrs", "url"]), inner, max_size=4
        )
    ),
    max_leaves=30,
)


@given(json_values)
def test_nothing_that_a_document_may_be_breaks_it(value: object) -> None:
    assert isinstance(plain(value), str)


def test_a_document_without_a_bottom_is_cut() -> None:
    deep: dict[str, Any] = line("far down")
    for _ in range(5000):
        deep = node("blockquote", deep)
    assert plain(deep) == ""
