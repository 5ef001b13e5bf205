"""The documents say what the code does: commands, settings, converters, links."""

import importlib
import pkgutil
import re
import shlex
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

import hub.cli
from deploy import reference
from hub.app.settings import HubSettings, Organisation, Retention
from hub.cli.program import app
from hub.services.ingest import incidents

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("connectors/*/*.md")]
    if "node_modules" not in path.parts
)
# Pictures that are taken of the running page, and may not be there yet.
TAKEN_LATER = {"docs/images/now-zh.png", "docs/images/now-en.png"}


def headings(path: Path) -> set[str]:
    found = re.findall(r"^#{2,4} (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {heading.replace("`", "").strip() for heading in found}


def targets() -> set[str]:
    text = (ROOT / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))


def shell_lines(path: Path) -> list[str]:
    """Return what a document tells people to type."""
    blocks = re.findall(
        r"^```(?:sh|console)\n(.*?)^```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_command_of_a_document_is_a_target(document: Path) -> None:
    for line in shell_lines(document):
        words = shlex.split(line, comments=True)
        if words[:1] == ["make"]:
            named = {word for word in words[1:] if "=" not in word}
            assert named <= targets(), f"{document.name}: {line}"


@pytest.mark.parametrize("name", READMES)
def test_a_readme_gives_the_two_commands(name: str) -> None:
    commands = shell_lines(ROOT / name)
    assert {"make demo", "make test"} <= set(commands)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_link_to_a_file_leads_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" in target or target.startswith("mailto:"):
            continue
        place = (document.parent / target).resolve()
        if str(place.relative_to(ROOT)) not in TAKEN_LATER:
            assert place.exists(), f"{document.name}: {target}"


def test_the_glossaries_explain_the_same_terms() -> None:
    def terms(name: str) -> list[tuple[str, str]]:
        text = (ROOT / "docs" / "glossary" / name).read_text("utf-8")
        rows = re.findall(r"^\| (.+?) \| (.+?) \| .+ \|$", text, re.MULTILINE)
        return [row for row in rows if set(row) != {"English", "中文"}]

    english, chinese = terms("en.md"), terms("zh-CN.md")
    assert len(english) >= 60
    assert english == [(word, term) for term, word in chinese]


def test_every_setting_of_a_connector_has_a_heading() -> None:
    described = headings(ROOT / "docs" / "reference" / "settings.md")
    for point in entry_points(group="milepost.connectors"):
        for field in point.load().settings.model_fields:
            assert field in described, f"{point.name}: {field}"


def test_every_setting_of_the_hub_has_a_heading() -> None:
    described = headings(ROOT / "docs" / "reference" / "settings.md")
    groups: dict[str, type[BaseModel]] = {"organisation": Organisation, "retention": Retention}
    parts = {f"{name}.{field}" for name, group in groups.items() for field in group.model_fields}
    assert parts | set(HubSettings.model_fields) - set(groups) <= described


@pytest.mark.parametrize("page", reference.pages(), ids=lambda page: page.name)
def test_a_page_that_is_written_by_the_code_says_what_the_code_says(page: Path) -> None:
    remedy = "run: .venv/bin/python -m deploy.reference"
    assert page.read_text("utf-8") == reference.pages()[page], remedy


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Walk a tree of commands; typer brings its own click, so there is no type to name."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
    for name, below in (inner or {}).items():
        yield from commands(below, f"{path} {name}")


@pytest.fixture(scope="module")
def milepost() -> dict[str, Any]:
    for module in pkgutil.iter_modules(hub.cli.__path__, "hub.cli."):
        importlib.import_module(module.name)
    return dict(commands(typer.main.get_command(app), "milepost"))


def test_every_command_has_a_heading(milepost: dict[str, Any]) -> None:
    assert set(milepost) <= headings(ROOT / "docs" / "reference" / "commands.md")


def test_every_option_of_a_command_stands_in_its_section(
    milepost: dict[str, Any],
) -> None:
    text = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
    general, *parts = text.split("\n## ")
    sections = dict(part.split("\n", 1) for part in parts)
    for name, command in milepost.items():
        for option in command.params:
            if option.opts[0].startswith("--") and "--help" not in option.opts:
                where = general + sections[name]
                assert any(word in where for word in option.opts), f"{name} {option.opts[0]}"


def test_every_make_target_has_a_heading() -> None:
    described = headings(ROOT / "docs" / "reference" / "commands.md")
    inner = {"help", "needs", "setup", "setup-run"}
    assert {f"make {target}" for target in targets() - inner} <= described


def test_the_settings_say_for_which_roles_days_are_lost() -> None:
    text = " ".join((ROOT / "docs" / "reference" / "settings.md").read_text("utf-8").split())
    said = re.search(r"Days lost arise only for (.+?):", text)
    assert said is not None
    roles = incidents._BLOCKING  # noqa: SLF001 - the rule itself, which nothing else tells
    assert set(re.findall(r"`(\w+)`", said[1])) == {role.value for role in roles}
