"""Each connector says what of it was seen to work, and by which test; the READMEs show it."""

import ast
from pathlib import Path

import pytest

from deploy.quality import READMES, ROWS, SIGNS, Quality, connector_of, offered, qualities, written

ROOT = Path(__file__).resolve().parents[2]
FOUND = qualities()


def functions(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_connector_says_what_was_seen() -> None:
    folders = {path.parent.name for path in ROOT.glob("connectors/*/__init__.py")}
    assert {one.name for one in FOUND} == folders


@pytest.mark.parametrize("one", FOUND, ids=lambda one: one.name)
def test_it_speaks_of_just_what_the_connector_offers(one: Quality) -> None:
    # A heartbeat is no port: a connector has one where its tool has.
    assert set(one.can) - {"heartbeat"} == offered(connector_of(one.name))


@pytest.mark.parametrize("one", FOUND, ids=lambda one: one.name)
def test_every_word_is_of_the_closed_lists(one: Quality) -> None:
    assert set(one.can) <= set(ROWS)
    assert {*one.releases.values(), *(can["seen"] for can in one.can.values())} <= set(SIGNS)


@pytest.mark.parametrize("one", FOUND, ids=lambda one: one.name)
def test_what_was_seen_names_the_test_that_shows_it(one: Quality) -> None:
    for row, can in one.can.items():
        path, _, name = can["test"].partition("::")
        assert (ROOT / path).is_file(), f"{one.name}.{row}: {path}"
        if name:
            assert name in functions(ROOT / path), f"{one.name}.{row}: {name}"


@pytest.mark.parametrize("one", FOUND, ids=lambda one: one.name)
def test_what_was_not_seen_live_says_why(one: Quality) -> None:
    assert [
        row for row, can in one.can.items() if can["seen"] != "live" and not can.get("why")
    ] == []


@pytest.mark.parametrize(("language", "name"), list(enumerate(READMES)))
def test_the_readme_shows_it(language: int, name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert text == written(text, language), "run python -m deploy.quality"
