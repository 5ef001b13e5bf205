"""`make new-connector` in a copy of the repository: what it writes passes as it stands."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from deploy.new_connector.starting import LONGEST, CannotStartError, start

ROOT = Path(__file__).resolve().parents[2]
GROUP = "milepost.connectors"


def bare(folder: Path) -> Path:
    """Make what the program looks at, and no more."""
    for name in ("connectors", "mappings", "tests/connectors"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module", params=["nobodys", "a" * LONGEST])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository in which a connector was started."""
    root = tmp_path_factory.mktemp("copy")
    skip = shutil.ignore_patterns("dashboard", "static", "__pycache__", ".*_cache")
    for name in ("hub", "connectors", "mappings", "deploy"):
        shutil.copytree(ROOT / name, root / name, ignore=skip)
    shutil.copytree(ROOT / "tests" / "connectors", root / "tests" / "connectors", ignore=skip)
    for name in ("pyproject.toml", "Makefile", "tests/conftest.py", "tests/figures.py"):
        shutil.copy(ROOT / name, root / name)
    ran = ends(root, "make", "new-connector", f"NAME={request.param}", f"PYTHON={sys.executable}")
    assert "make setup" in ran
    return root


def name_of(root: Path) -> str:
    (new,) = {path.name for path in (root / "mappings").iterdir()} - {
        path.name for path in (ROOT / "mappings").iterdir()
    }
    return new


def ends(root: Path, *command: str) -> str:
    """Run a command in the copy and return what it said; it has to end well."""
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, env=environment
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def python(root: Path, *words: str) -> str:
    return ends(root, sys.executable, *words)


@pytest.mark.slow
def test_what_is_written_is_formatted_and_lints_clean(made: Path) -> None:
    name = name_of(made)
    places = (f"connectors/{name}", f"tests/connectors/{name}")
    python(made, "-m", "ruff", "format", "--no-cache", "--check", *places)
    python(made, "-m", "ruff", "check", "--no-cache", *places)


@pytest.mark.slow
def test_what_is_written_is_typed_strictly(made: Path, tmp_path: Path) -> None:
    name = name_of(made)
    files = [str(path) for path in made.glob(f"**/connectors/{name}/*.py")]
    assert len(files) == 6
    python(made, "-m", "mypy", "--cache-dir", str(tmp_path), *files)


@pytest.mark.slow
def test_what_is_written_keeps_the_floors(made: Path) -> None:
    ends(made, str(Path(sys.executable).parent / "lint-imports"), "--no-cache")


@pytest.mark.slow
def test_what_is_written_passes_its_own_tests(made: Path) -> None:
    ran = python(
        made, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/connectors/{name_of(made)}"
    )
    assert " passed" in ran


@pytest.mark.slow
def test_the_hub_finds_it_by_its_entry_point_with_its_document(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = name_of(made)
    entries = tomllib.loads((made / "pyproject.toml").read_text())["project"]["entry-points"]
    info = made / "fresh-0.dist-info"  # what `make setup` writes anew
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fresh\nVersion: 0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {entries[GROUP][name]}\n")
    (made / "milepost.yaml").write_text(
        f"connectors:\n  one: {{type: {name}, webhook_secret: env:SECRET}}\n"
    )
    found = python(
        made,
        "-c",
        "from hub.app.discovery import connectors, shipped_documents\n"
        f"print(*shipped_documents(connectors()[{name!r}]))",
    )
    assert found.split() == [f"{name}/alert"]
    monkeypatch.setenv("SECRET", "s3cret")
    run = "from hub.cli.main import main; main()"
    said = python(made, "-c", run, "check", "--data", str(made / "data"))
    assert "sound" in said


def test_the_entry_points_stay_in_order_and_nothing_else_changes(tmp_path: Path) -> None:
    root = bare(tmp_path)
    start(root, "nagios")
    before = (ROOT / "pyproject.toml").read_text().splitlines()
    after = (root / "pyproject.toml").read_text().splitlines()
    line = 'nagios = "connectors.nagios:CONNECTOR"'
    assert [entry for entry in after if entry != line] == before
    place = after.index(line)
    assert after[place - 1].startswith("msproject = ")
    assert after[place + 1].startswith("prometheus = ")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "NAME is missing"),
        ("Acme", "is no name for a connector"),
        ("1st", "is no name for a connector"),
        ("my-tool", "is no name for a connector"),
        ("../acme", "is no name for a connector"),
        ("acme\n", "is no name for a connector"),
        ("größe", "is no name for a connector"),
        ("class", "is a word of Python"),
        ("match", "is a word of Python"),
        ("a" * (LONGEST + 1), "is too long"),
        ("prometheus", "pyproject.toml has a connector prometheus already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(
    tmp_path: Path, name: str, why: str
) -> None:
    root = bare(tmp_path)
    before = everything(root)
    with pytest.raises(CannotStartError, match=why):
        start(root, name)
    assert everything(root) == before


@pytest.mark.parametrize("folder", ["connectors", "mappings", "tests/connectors"])
def test_a_folder_that_is_there_is_never_written_into(tmp_path: Path, folder: str) -> None:
    root = bare(tmp_path)
    (root / folder / "nobodys").mkdir()
    before = everything(root)
    with pytest.raises(CannotStartError, match=f"{folder}/nobodys exists"):
        start(root, "nobodys")
    assert everything(root) == before


def test_a_place_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    root = bare(tmp_path)
    (root / "mappings").rmdir()
    (root / "mappings").write_text("in the way")
    before = everything(root)
    with pytest.raises(CannotStartError, match="cannot be written"):
        start(root, "nobodys")
    assert everything(root) == before
    assert not (root / "connectors" / "nobodys").exists()
