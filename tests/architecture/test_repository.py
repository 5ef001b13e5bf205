"""What the repository promises of itself as a whole."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
ADRS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
KIB_100 = 100 * 1024

# What may be large: recorded answers of tools, evidence, pictures, the lock and the document that
# programs wrote. Nothing else is.
LARGE = re.compile(
    r"(^|/)fixtures/|^docs/(images|evidence)/|package-lock\.json$|^locks/|^hub/web/openapi\.json$|\.gen\.ts$"
)
PICTURES = re.compile(r"\.(png|jpg|svg|ico|woff2)$")

# Hosts of package registries and mirrors; split, so that this file does not name one.
HOSTS = re.compile(
    "|".join(
        re.escape(f"{name}.{zone}")
        for name, zone in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry.npmjs", "org"),
            ("registry.yarnpkg", "com"),
            ("deb.debian", "org"),
            ("npmmirror", "com"),
            ("tuna.tsinghua", "edu.cn"),
            ("mirrors.aliyun", "com"),
        )
    )
)
MACHINE = re.compile(r"(?<![\w.$}/-])/(?:work|root|home|opt/wheels|opt/pypi)/")


def tracked() -> list[str]:
    """Name the files that git holds; in a copy without git there is nothing to ask."""
    if not (ROOT / ".git").exists():
        pytest.fail("this is not a git checkout, so nobody can tell what is tracked")
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> Iterator[tuple[str, str]]:
    for name in tracked():
        if not LARGE.search(name) and not PICTURES.search(name):
            yield name, (ROOT / name).read_text("utf-8")


@pytest.mark.slow
def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_lock_is_known() -> None:
    assert [lock.name for lock in LOCKS] == ["build.txt", "dev.txt", "mpp.txt", "run.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_place_on_the_network_or_on_a_machine(lock: Path) -> None:
    for line in lock.read_text().splitlines():
        assert "://" not in line, line
        assert "--find-links" not in line, line
        assert "--index-url" not in line, line
        assert not re.search(r"(^|\s)/\w", line), line


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_of_a_lock_has_a_hash(lock: Path) -> None:
    pins = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert pins
    for pin in pins:
        if not pin.startswith("#"):
            assert "--hash=sha256:" in pin, pin


def test_the_locks_agree_on_versions() -> None:
    """They are installed into one environment, one after the other."""
    seen: dict[str, str] = {}
    for lock in LOCKS:
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(), re.MULTILINE):
            assert seen.setdefault(name, version) == version, f"{name} in {lock.name}"


def test_the_lock_of_the_dashboard_names_no_registry() -> None:
    text = (ROOT / "hub" / "dashboard" / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in item for name, item in packages.items() if name)


def test_nothing_large_and_nothing_binary_is_in_git() -> None:
    for name in tracked():
        if LARGE.search(name):
            continue
        content = (ROOT / name).read_bytes()
        assert len(content) <= KIB_100, f"{name} has {len(content)} bytes"
        assert b"\0" not in content or PICTURES.search(name), f"{name} is binary"


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    for name, text in texts():
        for number, line in enumerate(text.splitlines(), 1):
            assert not HOSTS.search(line), f"{name}:{number}: {line.strip()}"
            assert not MACHINE.search(line), f"{name}:{number}: {line.strip()}"


def test_nothing_minified_is_in_git() -> None:
    for name, text in texts():
        if name.endswith((".js", ".ts", ".tsx", ".css")):
            assert max(map(len, text.splitlines()), default=0) < 1000, name


def test_the_licence_is_the_whole_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert len(text) > 11_000


def test_every_adr_has_its_four_headings_in_order_and_fits_a_page() -> None:
    needed = ["Context", "Decision", "Alternatives and why not", "What would change our mind"]
    assert len(ADRS) >= 7
    for adr in ADRS:
        text = adr.read_text("utf-8")
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert [heading for heading in headings if heading in needed] == needed, adr.name
        assert text.startswith(f"# {adr.name[:4]} "), adr.name
        assert len(text.splitlines()) <= 70, adr.name


def test_the_adrs_are_numbered_without_a_gap() -> None:
    assert [int(adr.name[:4]) for adr in ADRS] == list(range(1, len(ADRS) + 1))


def test_every_connector_folder_tells_what_it_needs_and_where_it_ends() -> None:
    for package in sorted((ROOT / "connectors").glob("*/__init__.py")):
        readme = package.parent / "README.md"
        assert readme.is_file(), f"{readme.relative_to(ROOT)} is missing"


def test_the_stamps_of_the_makefile_are_not_in_git() -> None:
    assert not [name for name in tracked() if name.startswith((".venv", ".demo", "data/"))]
