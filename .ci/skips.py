"""Fail when a test was skipped for a reason that no rule allows."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

ALLOWED = ("the reference folder ", "zabbix-7.0 is for root only")


def skipped(report: Path) -> list[str]:
    """Name each skipped test with its reason, but for those that the rules allow."""
    cases = ET.parse(report).iter("testcase")
    found = [
        (f"{case.get('classname')}::{case.get('name')}", skip.get("message") or "")
        for case in cases
        for skip in case.iter("skipped")
        if skip.get("type") != "pytest.xfail"
    ]
    return [f"{name}: {why}" for name, why in found if not why.startswith(ALLOWED)]


if __name__ == "__main__":
    left_out = skipped(Path(sys.argv[1]))
    if left_out:
        raise SystemExit("skipped, and no rule allows it:\n  " + "\n  ".join(left_out))
