"""The guide shows what `make new-connector NAME=cronmail` writes, word for word."""

import re
from pathlib import Path

import pytest

from deploy.new_connector.starting import rendered

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "first-connector.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MADE = rendered("cronmail")
SHOWN = (
    "connectors/cronmail/settings.py",
    "connectors/cronmail/parse.py",
    "connectors/cronmail/source.py",
    "connectors/cronmail/__init__.py",
    "mappings/cronmail/alert.yaml",
)


def blocks() -> dict[str, str]:
    """Return the guide's texts by the path in their first line, and the capture by `json`."""
    found = {}
    for language, text in FENCE.findall(GUIDE.read_text("utf-8")):
        first, _, rest = text.partition("\n")
        if first.startswith("# "):
            found[first.removeprefix("# ")] = rest
        else:
            found[language] = text
    return found


@pytest.mark.parametrize("path", SHOWN)
def test_a_file_of_the_guide_is_the_one_that_the_command_writes(path: str) -> None:
    assert blocks()[path] == MADE[path]


def test_the_capture_of_the_guide_is_the_fixture_that_the_command_writes() -> None:
    assert blocks()["json"] == MADE["tests/connectors/cronmail/fixtures/failed.json"]


def test_the_tests_that_the_guide_names_are_there() -> None:
    named = blocks()["tests/connectors/cronmail/test_parse.py"].splitlines()
    assert len(named) >= 4
    for line in named:
        assert line in MADE["tests/connectors/cronmail/test_parse.py"].splitlines()


def test_the_entry_point_of_the_guide_names_the_object_of_the_guide() -> None:
    assert 'cronmail = "connectors.cronmail:CONNECTOR"' in blocks()["pyproject.toml"]
