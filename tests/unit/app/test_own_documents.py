"""Documents beside `milepost.yaml`: read by their names, all faults at once."""

import os
from importlib.resources import files
from pathlib import Path

import pytest

from hub.app.hub import own_documents
from hub.app.settings import load

ALERT = files("mappings").joinpath("prometheus", "alert.yaml").read_text("utf-8")
ZABBIX = """\
mapping: zabbix.problem
version: 1
to: alert
fields: {title: {path: name}, starts_at: {path: clock, as: epoch_seconds}}
"""
TASK = """\
mapping: prometheus.alert
version: 1
to: task
fields: {title: {value: t}, kind: {value: work}, status: {value: todo}}
"""


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MILEPOST_")]:
        monkeypatch.delenv(name)


def read(folder: Path, **texts: str | bytes) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Write documents, `__` standing for /, and read them; return documents and faults."""
    for name, text in ({"milepost": ""} | texts).items():
        file = folder / f"{name.replace('__', '/')}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    found, faults = own_documents(load(folder / "milepost.yaml"))
    return found, [line.removeprefix(f"{folder}/") for line in faults]


def test_mappings_and_the_catalogue_are_read_by_their_names(tmp_path: Path) -> None:
    found, faults = read(
        tmp_path,
        mappings__prometheus__alert=ALERT,
        mappings__zabbix__problem=ZABBIX,
        services="services: []\n",
    )
    assert faults == []
    assert found == [
        ("mapping", "prometheus/alert", ALERT),
        ("mapping", "zabbix/problem", ZABBIX),
        ("services", "services", "services: []\n"),
    ]


def test_without_documents_there_are_none(tmp_path: Path) -> None:
    assert read(tmp_path) == ([], [])


def test_all_faults_of_all_documents_come_at_once(tmp_path: Path) -> None:
    _, faults = read(
        tmp_path,
        mappings__prometheus__alert="mapping: prometheus.alert\n",
        mappings__zabbix__problem=ZABBIX.replace("epoch_seconds", "epoch_second"),
        services="services:\n  - {ref: a, teir: 1}\n",
    )
    assert {line.partition(":")[0] for line in faults} == {
        "mappings/prometheus/alert.yaml", "mappings/zabbix/problem.yaml", "services.yaml",
    }  # fmt: skip
    assert any(line.startswith("mappings/zabbix/problem.yaml:4: ") for line in faults)
    assert any(line.startswith("services.yaml:2: services[0].teir: ") for line in faults)


def test_a_document_that_is_not_that_of_its_file_is_a_fault(tmp_path: Path) -> None:
    _, faults = read(tmp_path, mappings__zabbix__event=ZABBIX)
    assert faults == [
        "mappings/zabbix/event.yaml:1: mapping: is zabbix.problem; write zabbix.event, or move it"
    ]


def test_a_document_that_makes_something_else_than_the_shipped_one_is_a_fault(
    tmp_path: Path,
) -> None:
    _, faults = read(tmp_path, mappings__prometheus__alert=TASK)
    assert faults == [
        "mappings/prometheus/alert.yaml:3: to: prometheus.alert makes alert, not task; write alert"
    ]


def test_a_document_that_is_not_utf_8_is_one_fault(tmp_path: Path) -> None:
    _, faults = read(tmp_path, mappings__prometheus__alert=b"\xff\xfe", services=b"\xff\xfe")
    assert [line.split(":")[0] for line in faults] == [
        "mappings/prometheus/alert.yaml", "services.yaml",
    ]  # fmt: skip
    assert all("save it as UTF-8" in line for line in faults)
