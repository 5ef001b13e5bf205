"""From our word back to the tool's."""

import pytest

from hub.errors import Unmappable
from hub.mapping import inverse, load
from hub.model.words import Severity

TEXT = """
mapping: tool.alert
to: alert
version: 1
fields:
  title: {path: name}
  starts_at: {path: at, as: instant}
  severity: {path: severity, table: severity}
tables:
  severity: {"4": high, "5": critical, "6": critical}
"""
DOCUMENT = load(TEXT, name="alert.yaml")


def test_a_word_that_alone_means_it_is_found() -> None:
    assert inverse(DOCUMENT, "severity", Severity.HIGH) == "4"


def test_two_words_that_mean_the_same_cannot_be_written_back() -> None:
    with pytest.raises(Unmappable, match=r"several words of the tool mean critical \(5, 6\)"):
        inverse(DOCUMENT, "severity", Severity.CRITICAL)


def test_a_word_that_the_tool_does_not_know_is_refused() -> None:
    with pytest.raises(Unmappable, match="no word of the tool means info"):
        inverse(DOCUMENT, "severity", Severity.INFO)


def test_a_field_without_a_table_has_no_way_back() -> None:
    with pytest.raises(Unmappable, match="title has no table"):
        inverse(DOCUMENT, "title", "x")
