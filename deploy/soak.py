"""What `make soak` runs: the tests in their full sizes; writes its table to docs/evidence/."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
_PYTEST: Final = (sys.executable, "-m", "pytest", "-m", "soak", "-rs", "--timeout=7200")


def main() -> int:
    """Run what was asked for, or everything; return the status of the tests."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.jsonl"
        figures.touch()
        given = {**os.environ, "MILEPOST_FIGURES": str(figures)}
        done = subprocess.run([*_PYTEST, *sys.argv[1:]], env=given, check=False)
        rows = [json.loads(line) for line in figures.read_text(encoding="utf-8").splitlines()]
    now = datetime.now(UTC)
    path = ROOT / "docs" / "evidence" / f"soak-{now.date()}.md"
    path.write_text(report(rows, now, passed=done.returncode == 0), encoding="utf-8")
    print(f"written: {path.relative_to(ROOT)}")
    return done.returncode


def report(rows: Iterable[Mapping[str, Any]], now: datetime, *, passed: bool) -> str:
    """Write the figures as a table, in the order in which they came."""
    said = "every test passed" if passed else "not every test passed"
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    lines = [
        f"# Soak of {now.date()}\n",
        f"{machine}; {said}.\n",
        "| test | figures |",
        "| --- | --- |",
    ]
    for row in rows:
        told = "; ".join(f"{name} {_word(value)}" for name, value in row["figures"].items())
        name = str(row["test"]).removeprefix("test_").replace("_", " ")
        lines.append(f"| {name} | {told} |")
    return "\n".join(lines) + "\n"


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).replace("|", "/")


if __name__ == "__main__":
    sys.exit(main())
