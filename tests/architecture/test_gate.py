"""The gate fails on a skip that no rule allows, and on nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REPORT = """<testsuites><testsuite><testcase classname="tests.a" name="test_b">
<skipped type="{type}" message="{message}"/></testcase></testsuite></testsuites>"""


def judged(
    report: Path, message: str, kind: str = "pytest.skip"
) -> subprocess.CompletedProcess[str]:
    report.write_text(REPORT.format(type=kind, message=message))
    command = [sys.executable, str(ROOT / ".ci" / "skips.py"), str(report)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_absent_reference_folder_is_a_reason(tmp_path: Path) -> None:
    assert judged(tmp_path / "r.xml", "the reference folder /x is absent").returncode == 0


def test_a_test_that_is_expected_to_fail_is_no_skip(tmp_path: Path) -> None:
    assert judged(tmp_path / "r.xml", "known", "pytest.xfail").returncode == 0


@pytest.mark.parametrize("message", ["postgres is not installed", "no time today", ""])
def test_any_other_skip_fails_the_gate_by_name(tmp_path: Path, message: str) -> None:
    ran = judged(tmp_path / "r.xml", message)
    assert ran.returncode == 1
    assert "tests.a::test_b" in ran.stderr


def test_the_gate_is_a_sound_shell_script() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", script], check=True)
    assert "set -euo pipefail" in script.read_text()
