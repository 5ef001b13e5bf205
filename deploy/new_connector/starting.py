"""What a new connector consists of, what may stand in its way, how it is written: all or nothing.

Only the standard library is needed: this runs before anything is installed.
"""

import keyword
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
TABLE = '[project.entry-points."milepost.connectors"]'
LONGEST = 20
"""Longer names would break the lines of the templates."""

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_FILES = {
    "connectors/@NAME@/__init__.py": "init.py",
    "connectors/@NAME@/settings.py": "settings.py",
    "connectors/@NAME@/parse.py": "parse.py",
    "connectors/@NAME@/source.py": "source.py",
    "connectors/@NAME@/README.md": "README.md",
    "connectors/@NAME@/quality.yaml": "quality.yaml",
    "mappings/@NAME@/alert.yaml": "alert.yaml",
    "tests/connectors/@NAME@/test_parse.py": "test_parse.py",
    "tests/connectors/@NAME@/test_source.py": "test_source.py",
    "tests/connectors/@NAME@/fixtures/failed.json": "failed.json",
}


class CannotStartError(Exception):
    """A connector of this name cannot be started here; the message says why and what to do."""


def rendered(name: str) -> dict[str, str]:
    """Return the files of a new connector, path to text."""
    return {
        path.replace("@NAME@", name): _template(source).replace("@NAME@", name)
        for path, source in _FILES.items()
    }


def _template(name: str) -> str:
    return (TEMPLATES / f"{name}.txt").read_text("utf-8")


def with_entry(pyproject: str, name: str) -> str:
    """Return `pyproject.toml` with the connector's entry point, the table in order of names.

    Raises: CannotStartError, when there is no such table or the name is in it.
    """
    if name in _entries(pyproject):
        raise CannotStartError(
            f"pyproject.toml has a connector {name} already; choose another name"
        )
    head, _, rest = pyproject.partition(f"{TABLE}\n")
    entries, blank, tail = rest.partition("\n\n")
    lines = [*entries.splitlines(), f'{name} = "connectors.{name}:CONNECTOR"']
    return f"{head}{TABLE}\n" + "\n".join(sorted(lines)) + blank + tail


def _entries(pyproject: str) -> Mapping[str, object]:
    if f"{TABLE}\n" not in pyproject:
        raise CannotStartError(f"pyproject.toml has no table {TABLE}; add it")
    try:
        project = tomllib.loads(pyproject)["project"]
    except tomllib.TOMLDecodeError as error:
        raise CannotStartError(f"pyproject.toml: {error}; mend it first") from None
    entries: Mapping[str, object] = project["entry-points"]["milepost.connectors"]
    return entries


def start(root: Path, name: str) -> list[str]:
    """Write the files of a new connector and its entry point; return their paths.

    Raises: CannotStartError; then nothing was written.
    """
    if fault := next(_faults(name), ""):
        raise CannotStartError(fault)
    folders = [root / kind / name for kind in ("connectors", "mappings", "tests/connectors")]
    for folder in folders:
        if folder.exists() or folder.is_symlink():
            place = folder.relative_to(root)
            raise CannotStartError(f"{place} exists; remove it or choose another name")
    files = rendered(name)
    project = root / "pyproject.toml"
    fresh = project.with_suffix(".toml.new")
    try:
        text = with_entry(project.read_text("utf-8"), name)
        _write(root, files)
        fresh.write_text(text, "utf-8")
        fresh.replace(project)
    except OSError as error:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        fresh.unlink(missing_ok=True)
        raise CannotStartError(f"{error.filename}: cannot be written ({error.strerror})") from error
    return [*files, "pyproject.toml"]


def _write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def _faults(name: str) -> Iterator[str]:
    if not name:
        yield "NAME is missing; write make new-connector NAME=acme"
    elif not _NAME.fullmatch(name):
        yield f"{name!r} is no name for a connector; use a-z, 0-9 and _, a letter first, like acme"
    elif len(name) > LONGEST:
        yield f"{name!r} is too long; use at most {LONGEST} letters"
    elif keyword.iskeyword(name) or keyword.issoftkeyword(name):
        yield f"{name!r} is a word of Python; choose another name"
