"""Every real plan file of the reference folder through `milepost import --json`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.folder import Folder

pytestmark = [pytest.mark.slow, pytest.mark.needs_reference]

EXACT = (
    "title", "file_type", "tasks", "null_tasks", "milestones", "summaries", "critical_tasks",
    "resources", "assignments", "dependencies", "dep_FS", "dep_FF", "dep_SF", "dep_SS",
    "deps_with_lag", "calendars", "project_start", "project_finish", "status_date", "currency",
    "minutes_per_day",
)  # fmt: skip
MONEY = ("sum_cost_leaf_tasks", "root_task_cost")


@pytest.fixture(scope="module")
def plans(reference: Path) -> Path:
    return reference / "data" / "msproject"


@pytest.fixture(scope="module")
def expected(plans: Path) -> list[dict[str, Any]]:
    listed = json.loads((plans / "expected.json").read_text("utf-8"))
    return list(listed["files"])


def test_every_mspdi_file_is_imported_with_the_keys_that_mpxj_reads(
    tmp_path: Path, plans: Path, expected: list[dict[str, Any]]
) -> None:
    folder = Folder(tmp_path)
    mspdi = [entry for entry in expected if entry["class"] == "mspdi-xml"]
    assert len(mspdi) >= 8
    for n, entry in enumerate(mspdi):
        file = plans / entry["file"]
        told = folder.run("import", str(file), "--project", f"P{n}", "--json").json
        wanted = entry["expected"]
        assert {key: told[key] for key in EXACT} == {key: wanted[key] for key in EXACT}, file.name
        for key in MONEY:
            assert told[key] == pytest.approx(wanted[key], abs=0.01), (file.name, key)
        assert told["project"] == f"file:project:P{n}"
    with folder.serving() as hub:
        client = hub.client("viewer")
        for n, entry in enumerate(mspdi):
            board = client.get("/tasks", project=f"file:project:P{n}", count=1, limit=1)
            assert board["total"] == entry["expected"]["tasks"], entry["file"]


@pytest.mark.needs_system("java")
def test_every_other_file_is_imported_or_refused_and_then_stores_nothing(
    tmp_path: Path, plans: Path, expected: list[dict[str, Any]]
) -> None:
    folder = Folder(tmp_path)
    others = [entry for entry in expected if entry["class"] != "mspdi-xml"]
    assert {entry["class"] for entry in others} >= {"must-fail", "other", "vendor-mpp"}
    wanted = {}
    for n, entry in enumerate(others):
        fails = entry["class"] == "must-fail"
        words = ("import", str(plans / entry["file"]), "--project", f"P{n}", "--json")
        done = folder.run(*words, status=int(fails))
        if fails:
            assert done.out == ""
            assert "Traceback" not in done.err
        else:
            wanted[f"file:project:P{n}"] = entry["expected"]["tasks"]
            assert done.json["tasks"] == entry["expected"]["tasks"], entry["file"]
    with folder.serving() as hub:
        client = hub.client()
        assert {one["ref"] for one in client.items("projects")} == set(wanted)
        for project, tasks in wanted.items():
            assert client.get("/tasks", project=project, count=1, limit=1)["total"] == tasks
