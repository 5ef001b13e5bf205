"""Real files, and what MPXJ reads in them."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.msproject.parse.filetype import examine
from hub.mapping import apply
from tests.connectors.msproject import plans

pytestmark = pytest.mark.needs_reference

KEYS = [
    "title",
    "file_type",
    "tasks",
    "null_tasks",
    "milestones",
    "summaries",
    "critical_tasks",
    "resources",
    "assignments",
    "dependencies",
    "dep_FS",
    "dep_FF",
    "dep_SF",
    "dep_SS",
    "deps_with_lag",
    "calendars",
    "project_start",
    "project_finish",
    "status_date",
    "currency",
    "minutes_per_day",
]
MONEY = ("sum_cost_leaf_tasks", "root_task_cost")


@pytest.fixture(scope="module")
def files(reference: Path) -> dict[str, dict[str, Any]]:
    listed = json.loads((reference / "data/msproject/expected.json").read_text(encoding="utf-8"))
    return {entry["file"]: entry for entry in listed["files"]}


def test_every_mspdi_file_sums_up_to_what_mpxj_reads(
    reference: Path, files: dict[str, dict[str, Any]]
) -> None:
    compared = 0
    for name, entry in files.items():
        if entry["class"] != "mspdi-xml":
            continue
        with (reference / "data/msproject" / name).open("rb") as file:
            summary = plans.read(file).summary
        wanted = entry["expected"]
        assert {key: summary[key] for key in KEYS} == {key: wanted[key] for key in KEYS}, name
        for key in MONEY:
            assert summary[key] == pytest.approx(wanted[key], abs=0.01), (name, key)
        compared += 1
    assert compared >= 8


def test_every_record_of_every_mspdi_file_fits_its_mapping(
    reference: Path, files: dict[str, dict[str, Any]]
) -> None:
    documents = plans.documents()
    mapped = 0
    for name, entry in files.items():
        if entry["class"] != "mspdi-xml":
            continue
        with (reference / "data/msproject" / name).open("rb") as file:
            for record in plans.read(file).records:
                assert not apply(documents[record.kind], record).unknown
                mapped += 1
    assert mapped > 100


def test_a_file_is_named_by_its_content_not_by_its_name(
    reference: Path, files: dict[str, dict[str, Any]]
) -> None:
    named = {
        name: examine((reference / "data/msproject" / name).read_bytes()[:4096]).name
        for name in files
    }
    assert named["48_aspose-tasks_BaselineProjects.xml"] == "pmxml"
    assert named["51_aspose-tasks_project.xml"] == "mspdi-xml"
