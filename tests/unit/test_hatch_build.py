"""What builds the dashboard: when it builds, when not, and what it says when it cannot."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["hatch_build"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that is as small as the hook can bear."""
    for folder in ("hub/dashboard/src", "hub/dashboard/node_modules", "hub/i18n", "hub/web"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "hub/dashboard/src/main.ts").write_text("one")
    (tmp_path / "hub/i18n/en.json").write_text("{}")
    return tmp_path


def built(build: ModuleType, project: Path) -> None:
    """Leave what a build leaves."""
    static = project / "hub/web/static"
    static.mkdir()
    (static / "index.html").write_text("")
    (static / ".sources").write_text(build.digest(project))


def hook(build: ModuleType, project: Path) -> object:
    return build.WebBuild(str(project), {}, None, None, str(project), "wheel")


def fail(*_: object) -> None:
    raise AssertionError("nothing was to be built")


def test_unchanged_sources_are_not_built_again(
    build: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(build, project)
    monkeypatch.setattr(build, "Npm", fail)
    build.WebBuild.initialize(hook(build, project), "standard", {})


@pytest.mark.parametrize("changed", ["hub/dashboard/src/main.ts", "hub/i18n/en.json"])
def test_a_changed_source_or_catalogue_makes_the_build_stale(
    build: ModuleType, project: Path, changed: str
) -> None:
    built(build, project)
    (project / changed).write_text("two")
    assert not build.is_current(project)


def test_installed_packages_are_no_sources(build: ModuleType, project: Path) -> None:
    built(build, project)
    (project / "hub/dashboard/node_modules/new.js").write_text("x")
    assert build.is_current(project)


def test_an_editable_install_keeps_the_dashboard_that_is_there(
    build: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(build, project)
    (project / "hub/dashboard/src/main.ts").write_text("two")
    monkeypatch.setattr(build, "Npm", fail)
    build.WebBuild.initialize(hook(build, project), "editable", {})


def test_the_dashboard_can_be_left_out(
    build: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILEPOST_SKIP_UI", "1")
    monkeypatch.setattr(build, "Npm", fail)
    build.WebBuild.initialize(hook(build, project), "standard", {})
    assert not (project / "hub/web/static").exists()


def test_the_wheel_is_built_from_a_copy_so_that_no_package_of_a_developer_is_lost(
    build: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []

    class Recorded:
        def __init__(self, folder: Path) -> None:
            seen.append(folder)

        def install(self, *options: str) -> None:
            assert options == ("--omit=dev",)
            assert (seen[0] / "src/main.ts").is_file()
            assert (seen[0] / "../i18n/en.json").is_file()
            assert not (seen[0] / "node_modules").exists()

        def tool(self, *_: str) -> None:
            (seen[0] / "dist").mkdir()
            (seen[0] / "dist/index.html").write_text("built")

    monkeypatch.setattr(build, "Npm", Recorded)
    build.WebBuild.initialize(hook(build, project), "standard", {})
    assert not seen[0].is_relative_to(project)
    assert (project / "hub/web/static/index.html").read_text() == "built"
    assert build.is_current(project)


@pytest.mark.slow
def test_a_registry_that_cannot_be_reached_is_said_in_one_sentence(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "package.json").write_text('{"dependencies": {"react": "19.3.1"}}')
    package = {"version": "19.3.1", "integrity": "sha512-AAAA"}
    root = {"dependencies": {"react": "19.3.1"}}
    lock = {"lockfileVersion": 3, "packages": {"": root, "node_modules/react": package}}
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(build.NotBuilt, match=r"registry cannot be reached.*MILEPOST_SKIP_UI=1"):
        build.Npm(tmp_path).install()


def test_the_lock_names_no_host() -> None:
    lock = (ROOT / "hub/dashboard/package-lock.json").read_text("utf-8")
    assert "://" not in lock
    assert '"resolved"' not in lock


def test_every_package_of_the_lock_is_pinned_by_adigest() -> None:
    lock = json.loads((ROOT / "hub/dashboard/package-lock.json").read_text("utf-8"))
    packages = {path: one for path, one in lock["packages"].items() if path}
    bundled = [path for path, one in packages.items() if one.get("inBundle")]
    loose = [path for path, one in packages.items() if "integrity" not in one]
    assert sorted(loose) == sorted(bundled)


def test_what_is_shipped_has_a_free_licence() -> None:
    lock = json.loads((ROOT / "hub/dashboard/package-lock.json").read_text("utf-8"))
    free = {"MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD", "Unlicense"}
    # Used while building, not shipped: MPL-2.0, and one that states its licence in a file only.
    tools = ("node_modules/lightningcss", "node_modules/@react-aria/optimize-locales-plugin")
    shipped = {
        path: one.get("license")
        for path, one in lock["packages"].items()
        if path and not one.get("dev") and not path.startswith(tools)
    }
    assert {path: named for path, named in shipped.items() if named not in free} == {}


def test_an_unknown_command_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "hatch_build.py", "bake"], capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"none of: build, check, api, lock" in done.stderr
