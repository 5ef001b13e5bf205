"""Plans of other formats through MPXJ: what it makes of real files, and what it may not do."""

import json
import os
import stat
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from connectors.msproject.mpxj import converting
from connectors.msproject.mpxj.process import run
from hub.errors import Anomalous, HubError, Misconfigured
from hub.mapping import apply
from tests.connectors.msproject import plans
from tests.connectors.msproject.test_reference_files import KEYS, MONEY

READ_BY_MPXJ = {"vendor-mpp", "mpxj-mpp", "other"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)
MPX = (
    b"MPX,Microsoft Project for Windows,4.0,ANSI\r\n"
    b'10,$,0,2,",",.\r\n60,90,40,98,91\r\n70,1,1,2,3\r\n'
)


def _files(reference: Path) -> list[dict[str, Any]]:
    listed = json.loads((reference / "data/msproject/expected.json").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = listed["files"]
    return found


def _read(data: bytes, **settings: Any) -> plans.Plan:
    return plans.content(data, **settings)


def _program(folder: Path, text: str) -> str:
    """Write a program that stands where `java` would."""
    path = folder / "java"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.needs_reference
@pytest.mark.needs_system("java")
def test_every_readable_file_sums_up_to_what_mpxj_itself_reads(reference: Path) -> None:
    documents = plans.documents()
    compared = 0
    for entry in _files(reference):
        if entry["class"] not in READ_BY_MPXJ:
            continue
        name, wanted = entry["file"], entry["expected"]
        with (reference / "data/msproject" / name).open("rb") as file:
            plan = plans.read(file)
        summary = plan.summary
        assert {key: summary[key] for key in KEYS} == {key: wanted[key] for key in KEYS}, name
        for key in MONEY:
            assert summary[key] == pytest.approx(wanted[key], abs=0.01), (name, key)
        assert plan.rejected == []
        for record in plan.records:
            assert not apply(documents[record.kind], record).unknown
        compared += 1
    assert compared >= 13


@pytest.mark.needs_reference
@pytest.mark.needs_system("java")
def test_every_file_that_must_fail_says_why_in_a_typed_error(reference: Path) -> None:
    says = {}
    for entry in _files(reference):
        if entry["class"] == "must-fail":
            with (
                (reference / "data/msproject" / entry["file"]).open("rb") as file,
                pytest.raises(HubError) as refused,
            ):
                plans.read(file)
            says[entry["file"]] = str(refused.value)
    assert (
        "password protected; remove the password" in says["57_aspose-tasks_PasswordProtected.mpp"]
    )
    assert "no plan that MPXJ knows" in says["59_aspose-tasks_project.mpp"]


SIBLINGS = [
    ("33_joniles_task-links-project2019-mpp14.mpp", "40_joniles_task-links-project2019-mspdi.xml"),
    ("34_joniles_task-links-project2003-mpp9.mpp", "41_joniles_task-links-project2003-mspdi.xml"),
]
SAME = (
    "title", "kind", "status", "start", "finish", "percent", "duration_minutes", "work_minutes",
    "float_source_minutes", "free_float_source_minutes", "critical_source", "constraint",
    "outline_level", "cost",
)  # fmt: skip


@pytest.mark.needs_reference
@pytest.mark.needs_system("java")
@pytest.mark.parametrize(("mpp", "xml"), SIBLINGS)
def test_a_plan_saved_in_both_forms_is_the_same_plan(reference: Path, mpp: str, xml: str) -> None:
    made = []
    for name in (mpp, xml):
        with (reference / "data/msproject" / name).open("rb") as file:
            made.append(plans.read(file))
    first, second = ({key: _told(v) for key, v in one.mapped("task").items()} for one in made)
    assert first == second
    links = [sorted(map(_link, one.mapped("dependency").values())) for one in made]
    assert links[0] == links[1]
    assert len(links[0]) == 8


def _told(values: dict[str, Any]) -> dict[str, Any]:
    # An exported file says 0 where MPXJ leaves out what is nought.
    return {name: values.get(name) or None for name in SAME}


def _link(values: dict[str, Any]) -> tuple[str, ...]:
    names = ("predecessor", "successor", "type", "lag", "lag_kind")
    return tuple(str(values.get(name) or 0) for name in names)


def test_without_the_extra_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converting, "find_spec", lambda _: None)
    with pytest.raises(Misconfigured, match=r"\.mpp file; to read it install the extra.*as XML"):
        _read(OLE)


def test_without_java_the_remedy_is_said_and_xml_is_still_read(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    with pytest.raises(Misconfigured, match="install Java 11 or newer, or set `java`"):
        _read(MPX, java=nowhere)
    fixture = (plans.FIXTURES / "links.xml").read_bytes()
    assert plans.content(fixture, java=nowhere).summary["file_type"] == "MSPDI"


def test_a_program_that_hangs_is_ended_at_its_limit(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    java = _program(tmp_path, f"echo $$ > {mark}\nsleep 600 & wait")
    began = time.monotonic()
    with pytest.raises(Misconfigured, match=r"within 0\.5 seconds and was ended; raise mpxj_sec"):
        _read(MPX, java=java, mpxj_seconds=0.5)
    assert time.monotonic() - began < 60
    group = int(mark.read_text())
    # A child of it may wait for somebody to take note of its end.
    assert not [one for one in _alive() if os.getpgid(one.pid) == group]


def _alive() -> list[psutil.Process]:
    return [
        one for one in psutil.process_iter(["status"])
        if one.info["status"] not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD} and one.is_running()
    ]  # fmt: skip


def test_a_program_that_writes_without_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converting, "LEAST_BYTES", 1 << 16)
    for where in ('"$last"', "/dev/stdout"):
        text = f'for last in "$@"; do :; done\nexec yes noise > {where}'
        java = _program(tmp_path, text)
        with pytest.raises(Anomalous, match="MPXJ made too much"):
            _read(MPX, java=java)


def test_a_program_that_breaks_or_says_nothing_is_a_typed_error(tmp_path: Path) -> None:
    broken = 'echo "Conversion Error: java.lang.NullPointerException"; exit 1'
    for text, says in (
        (broken, "MPXJ cannot read an MPX file: NullPointerException; or in the program"),
        ("exit 0", "it ended with 0"),
        ("kill -9 $$", "it ended with -9"),
        ("exit 3", "needs more than 512 MiB"),
    ):
        with pytest.raises(HubError, match=says.replace("(", r"\(")):
            _read(MPX, java=_program(tmp_path, text))


def test_noise_before_the_plan_is_no_fault(tmp_path: Path) -> None:
    fixture = plans.FIXTURES / "links.xml"
    text = f'echo "ERROR Log4j"\nfor last in "$@"; do :; done\ncp {fixture.resolve()} "$last"'
    summary = _read(MPX, java=_program(tmp_path, text)).summary
    assert summary["file_type"] == "MPX"


@pytest.mark.needs_reference
@pytest.mark.needs_system("java")
def test_a_heap_that_is_too_small_names_its_setting(reference: Path) -> None:
    name = "20_aspose-tasks_Software_Development.mpp"
    data = (reference / "data/msproject" / name).read_bytes()
    with pytest.raises(
        Misconfigured, match="needs more than 8 MiB to be read; raise mpxj_megabytes"
    ):
        _read(data, mpxj_megabytes=8)


@pytest.mark.needs_system("java")
def test_a_damaged_file_is_a_typed_error() -> None:
    for data in (OLE, b"ERMHDR\t19.12\t2026-01-01\n%T\tPROJECT\n%F\tproj_id\n%R\n", MPX[:40]):
        with pytest.raises(HubError) as refused:
            _read(data)
        assert "Traceback" not in str(refused.value)


def test_what_is_left_of_a_run_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with pytest.raises(HubError):
        _read(MPX, java=_program(tmp_path, "exit 1"))
    assert list(folder.iterdir()) == []


def test_a_program_gets_no_secret_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_SECRET", "hush")
    ended = run(["/usr/bin/env"], tmp_path, seconds=20, grown=tmp_path / "x", most=1)
    assert ended.status == 0
    assert "hush" not in ended.said


def test_too_large_a_file_is_refused_before_anything_runs(tmp_path: Path) -> None:
    java = _program(tmp_path, f"touch {tmp_path}/ran")
    with pytest.raises(Misconfigured, match="larger than 100000 bytes"):
        _read(OLE + bytes(200_000), java=java, max_bytes=100_000)
    assert not (tmp_path / "ran").exists()
